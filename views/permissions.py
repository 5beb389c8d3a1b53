"""權限總表, and 「某人能否對某筆做某事？」."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask_login import login_required
from sqlalchemy import select
from werkzeug.exceptions import BadRequest, NotFound

from admin_app import audit, clock, identity
from admin_app.actor import load_actor
from admin_app.extensions import db
from admin_app.policy import Denied, Verdict, may, require
from admin_app.rulebook import BOTH, SYSTEM_DEFAULT, Rulebook, load_rulebook
from admin_app.services import explaining
from admin_app.services.permissions import table
from admin_app.services.rule_words import load_words
from admin_app.terms import load_terms
from models.people import Account
from models.regulation import Post, Relation, Unit
from models.values.roc import format_roc, parse_date
from models.vocabulary import Act, Division, Subject

blueprint = Blueprint("permissions", __name__, url_prefix="/permissions")


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def matrix() -> str:
    """Post × subject × act for one division and one day."""
    by = identity.actor()
    if by.staff_id is None:
        raise Denied(Verdict(False, "權限總表供教職員查閱。"))
    on = _day(request.args.get("on", ""))
    book = _rulebook(on)
    division = _division(request.args.get("division", ""), by.division)
    post, subject = _post(request.args.get("post", ""), book), _subject(request.args.get("subject", ""))
    return render_template(
        "permissions/matrix.html",
        book=book,
        division=division,
        divisions=list(Division),
        on=format_roc(on),
        post=post,
        subject=subject,
        parts=table(book, division, post=post, subject=subject),
        posts=_post_choices(book),
        my_posts=list(dict.fromkeys(holding.post for holding in by.holdings if holding.post in book.posts)),
        subjects=[each for each in Subject if any(grant.subject is each for grant in book.grants)],
        relations=_relations(book),
        rule_url=url_for("regulation.edition", code=book.code),
        both=BOTH,
        default=SYSTEM_DEFAULT,
    )


def _day(text: str) -> dt.date:
    try:
        return parse_date(text) or clock.today()
    except ValueError as error:
        raise BadRequest(f"{error}。") from None


def _rulebook(on: dt.date) -> Rulebook:
    """The rulebook of the edition that decides on that day."""
    current = identity.rulebook()
    edition_id = load_terms(db.session, on=on).edition_id(on) if on != clock.today() else current.edition_id
    if edition_id is None:
        raise NotFound("這一天還沒有施行中的補充規定，請換一個日期。")
    return current if edition_id == current.edition_id else load_rulebook(db.session, edition_id)


def _division(text: str, own: Division | None) -> Division:
    if text and text not in Division.__members__:
        raise BadRequest("網址中的部別不存在，請從選單選擇。")
    return Division[text] if text else own or Division.day


def _post(text: str, book: Rulebook) -> str:
    if text and text not in book.posts:
        raise BadRequest("這一天的規定沒有這個職務，請從選單選擇。")
    return text


def _subject(text: str) -> Subject | None:
    if text and text not in Subject.__members__:
        raise BadRequest("網址中的對象不存在，請從選單選擇。")
    return Subject[text] if text else None


def _post_choices(book: Rulebook) -> dict[str, list[tuple[str, str]]]:
    """Posts under their unit; those of no unit under their division."""
    stmt = (
        select(Post.code, Post.zh, Post.division, Unit.zh)
        .outerjoin(Unit, (Unit.edition_id == Post.edition_id) & (Unit.code == Post.unit))
        .where(Post.edition_id == book.edition_id)
        .order_by(Unit.position.is_(None), Unit.position, Post.position)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for code, zh, division, unit in db.session.execute(stmt):
        found.setdefault(unit or f"{division.zh if division else '不分部別'}（不屬單位）", []).append((code, zh))
    return found


def _relations(book: Rulebook) -> list[dict[str, Any]]:
    """What the duty tables do not name, in words."""
    words = load_words(db.session, ("rule.act", "rule.subject"))
    rows = db.session.scalars(select(Relation).where(Relation.edition_id == book.edition_id).order_by(Relation.position))
    return [
        {
            "code": row.code,
            "holders": "、".join(book.zh(post) for post in row.holders),
            "acts": "、".join(words["rule.act"].get(act, act) for act in row.acts),
            "subjects": "、".join(words["rule.subject"].get(subject, subject) for subject in row.subjects),
            "division": row.division.zh if row.division else BOTH,
            "basis": row.basis,
            "work": row.work,
        }
        for row in rows
    ]


@blueprint.route("/explain", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def explain() -> Any:
    """Ask about a person, an act and a kind or one record. Asking is an event; it never shows the record."""
    by = identity.actor()
    verdict = require(may(by, Act.explain, Subject.permission))
    answer, problems = (None, []) if request.method == "GET" else _answer()
    page = render_template(
        "permissions/explain.html",
        verdict=verdict,
        errors=problems,
        answer=answer,
        divisions="、".join(division.zh for division in Division if division in explaining.reach_of(by)),
        chosen=_chosen_person(),
        kinds=_kinds(),
        acts=list(Act),
        asked=request.form,
    )
    return page, 422 if problems else 200


def _kinds() -> dict[str, list[tuple[str, str]]]:
    """What can be asked about: grids, and subjects that have none."""
    screens = current_app.extensions["screens"].values()
    shown = {subject for view in screens for subject in view.model.lenses()}
    return {
        "資料表": [(f"grid:{view.slug}", view.zh) for view in screens],
        "其他對象": [(f"subject:{subject.name}", subject.zh) for subject in Subject if subject not in shown],
    }


def _chosen_person() -> Account | None:
    number = _number(request.values.get("person", ""))
    return explaining.find_person(db.session, explaining.reach_of(identity.actor()), number) if number else None


def _number(text: str) -> int | None:
    """An id as typed; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else None


def _answer() -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
    account, act, kind = _chosen_person(), Act.__members__.get(request.form.get("act", "")), request.form.get("kind", "")
    text = request.form.get("record", "").strip()
    number = _number(text)
    problems = [
        {"id": field, "label": label, "text": sentence}
        for field, label, sentence, right in (
            ("person", "人員", "請輸入姓名或帳號，從清單選取", account),
            ("act", "行為", "請從清單選擇", act),
            ("kind", "對象", "請從清單選擇", any(kind == value for group in _kinds().values() for value, _ in group)),
            ("record", "編號", "請填資料的編號，只含數字", number or not text),
        )
        if not right
    ]
    if problems or account is None or act is None:
        return None, problems
    return _ask(account, act, kind, number)


def _ask(account: Account, act: Act, kind: str, number: int | None) -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
    by = identity.actor()
    person = load_actor(db.session, account, identity.rulebook(), on=clock.today())
    sort, _, name = kind.partition(":")
    if sort == "subject":
        verdict, zh = explaining.explain_subject(person, act, Subject[name]), Subject[name].zh
    else:
        view = current_app.extensions["screens"][name]
        row = explaining.find_record(db.session, explaining.reach_of(by), view.model, number) if number else None
        if number and row is None:
            return None, [{"id": "record", "label": "編號", "text": f"{view.zh}沒有編號 {number} 的資料，或不在您可查詢的部別"}]
        verdict, zh = explaining.explain(db.session, person, act, view.model, row), view.zh
    what = f"{act.zh}「{zh}」" + (f"編號 {number} 這一筆" if number and sort == "grid" else "")
    audit.acting(db.session, require(may(by, Act.explain, Subject.permission)))
    note = f"{account.username} {what}：{'可以' if verdict else '不可以'}"
    audit.track(db.session, "explain", "account", record=account, note=note[:200])
    db.session.commit()
    return {
        "verdict": verdict,
        "person": account.person.name,
        "what": what,
        "row_url": _row_url(verdict),
        "posts": explaining.posts_today(db.session, person),
        "usable": identity.usable(account, on=clock.today()),
    }, []


def _row_url(verdict: Verdict) -> str:
    if verdict.grant is None:
        return ""
    page = "regulation.public" if verdict.grant.is_duty else "permissions.matrix"
    return url_for(page, _anchor=verdict.grant.row)


@blueprint.get("/people")
@login_required  # type: ignore[untyped-decorator]
def people() -> Any:
    """People with an account the asker may ask about, by typing: [{id, value, text}]."""
    by = identity.actor()
    require(may(by, Act.explain, Subject.permission))
    found = explaining.find_people(db.session, explaining.reach_of(by), request.args.get("query", "")[:60])
    return jsonify([{"id": str(each.id), "value": str(each.id), "text": f"{each.person}　帳號 {each.username}"} for each in found])
