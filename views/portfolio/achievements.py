"""Which of the ten categories a new achievement belongs to."""

from __future__ import annotations

from flask import render_template, url_for
from flask_login import login_required

from models.catalogue import ACHIEVEMENTS
from views.portfolio.blueprint import blueprint, whose

EXAMPLES = {
    "leadership": "班長、社長、小老師",
    "contest": "校內外比賽，有沒有得名都可以",
    "certificate": "技能檢定、語文檢定、證照",
    "service_learning": "志工、社區服務",
    "flexible_learning": "自主學習、選手培訓、微課程",
    "group_activity": "班級活動、社團、週會、講座",
    "workplace_learning": "職場參觀、實習、打工學習",
    "artwork": "作品、程式、影片、設計",
    "precollege_course": "大學先修課程、微學分",
    "other_achievement": "不屬於前面任何一種",
}


@blueprint.get("/categories")
@login_required
def choose() -> str:
    """The ten, each with what belongs to it; the last one catches the rest."""
    whose()
    kinds = sorted(ACHIEVEMENTS, key=lambda each: list(EXAMPLES).index(each.__tablename__))
    offered = [(url_for("portfolio.new", kind=each.__tablename__), each.__zh__, EXAMPLES[each.__tablename__]) for each in kinds]
    return render_template("portfolio/choose.html", offered=offered)
