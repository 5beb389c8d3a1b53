"""競賽參與紀錄. Its local 領域 says which unit checks it against its 應登錄名單; it never leaves the school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import ColumnElement, Date, String
from sqlalchemy.orm import Mapped

from models.base import field as labelled
from models.records.achievements.base import WHAT, Achievement
from models.vocabulary import Subject

SKILL = "skill"
SPORTS = "sports"


class Contest(Achievement):
    """A contest taken part in, whatever the result."""

    __tablename__ = "contest"
    __zh__ = "競賽參與紀錄"
    __natural_key__ = ("student", "semester", "name", "item", "announced_on")

    name: Mapped[str] = labelled("競賽名稱", String(80), index=True, example="全國高級中等學校技藝競賽", group=WHAT)
    item: Mapped[str] = labelled("項目(組別)", String(60), default="", example="機械製圖", group=WHAT)
    level: Mapped[str] = labelled("競賽等級代碼", String(2), index=True, codes="contest_level", example="3", group=WHAT)
    award: Mapped[str] = labelled("獎項", String(40), default="", help="未得獎時留白", example="優勝", group=WHAT)
    announced_on: Mapped[dt.date] = labelled("結果公布日期", Date, index=True, example="1151120", group=WHAT)
    participation: Mapped[str] = labelled("團體參與代碼", String(2), codes="team_participation", example="1", group=WHAT)
    field: Mapped[str] = labelled(
        "領域",
        String(10),
        index=True,
        codes="contest_field",
        help="供實習處（技藝技能）及體育組（體育）核對，不隨名冊送出",
        example="skill",
        group=WHAT,
        local=True,
    )

    @classmethod
    def lenses(cls) -> dict[Subject, Callable[[], ColumnElement[bool]] | None]:
        return {
            Subject.achievement: None,
            Subject.certificate_or_skill_contest: lambda: cls.field == SKILL,
            Subject.sports_contest: lambda: cls.field == SPORTS,
        }

    def __str__(self) -> str:
        return f"{self.name} {self.award}".rstrip()
