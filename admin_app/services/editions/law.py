"""A draft becomes law: what article 八 asks for, what would make a rule unusable, and from which semester it applies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from admin_app.rulebook import ALL_RECORDS
from models.calendar import Semester
from models.regulation import Duty, Edition, EditionPart, Post, Relation, Seat, Title, Unit
from models.vocabulary import Act, EditionStatus, Subject


class CannotPublish(ValueError):
    """A draft lacks something article 八 asks for, or names what it does not have; the message lists what."""


def publish(
    session: Session,
    draft: Edition,
    *,
    adopted_on: dt.date | None,
    approved_on: dt.date | None,
    approval_no: str,
    effective_on: dt.date | None,
    now: dt.datetime,
) -> Edition:
    """Make a draft law. Article 八: 校務會議 passes it and 校長 approves it, so both dates and the 文號 must be there.

    Semesters under way keep the edition they began with: it is stamped on them first. Those that begin on or after 生效日
    follow the new one, whatever they were stamped with.
    """
    _must_be_publishable(draft, adopted_on, approved_on, approval_no, effective_on)
    found = list(flaws(session, draft))
    if found:
        raise CannotPublish(f"草案還有不能施行的列：{'；'.join(found)}。")
    stamp_started(session, on=now.date())
    draft.adopted_on, draft.approved_on, draft.effective_on = adopted_on, approved_on, effective_on
    draft.approval_no, draft.published_at, draft.status = approval_no.strip(), now, EditionStatus.published
    session.flush()
    _release_not_begun(session, effective_on, on=now.date())
    return draft


def _must_be_publishable(
    draft: Edition, adopted_on: dt.date | None, approved_on: dt.date | None, approval_no: str, effective_on: dt.date | None
) -> None:
    missing = [
        label
        for label, value in (
            ("校務會議通過日期", adopted_on),
            ("校長核定日期", approved_on),
            ("核定文號", approval_no.strip()),
            ("生效日期", effective_on),
        )
        if not value
    ]
    if draft.status is EditionStatus.published:
        raise CannotPublish("這個版本已經發布。")
    if missing:
        raise CannotPublish(f"依第八點，修正須經校務會議通過並陳核校長核定；還缺：{'、'.join(missing)}。")
    if adopted_on and approved_on and approved_on < adopted_on:
        raise CannotPublish("校長核定日期不可早於校務會議通過日期，請檢查兩個日期。")
    if approved_on and effective_on and effective_on < approved_on:
        raise CannotPublish("生效日期不可早於校長核定日期，請檢查兩個日期。")


def flaws(session: Session, edition: Edition) -> Iterator[str]:
    """Sentences on rows that nobody could act on: a post, unit, act or subject the edition does not have."""
    posts = {each.code for each in _rows(session, Post, edition)}
    units = {each.code for each in _rows(session, Unit, edition)}
    acts, subjects = set(Act.__members__), {*Subject.__members__, ALL_RECORDS}
    for model, attribute, known, zh in (
        (Duty, "owners", posts, "職務"),
        (Duty, "acts", acts, "行為"),
        (Duty, "subjects", subjects, "對象"),
        (Relation, "holders", posts, "職務"),
        (Relation, "acts", acts, "行為"),
        (Relation, "subjects", subjects, "對象"),
        (Post, "also", posts, "職務"),
        (Title, "posts", posts, "職務"),
        (Seat, "post", posts, "職務"),
        (Post, "unit", {*units, ""}, "單位"),
        (Unit, "parent", {*units, ""}, "單位"),
    ):
        for row in _rows(session, model, edition):
            for code in _codes(getattr(row, attribute)):
                if code not in known:
                    yield f"{model.__zh__}「{row}」所列的{zh} {code} 不在這個版本裡"
    for row in _rows(session, Duty, edition):
        if not (row.owners and row.acts and row.subjects):
            yield f"工作職掌「{row}」缺主責、行為或對象"


def _rows(session: Session, model: type[Any], edition: Edition) -> Iterable[Any]:
    part: type[EditionPart] = model
    return session.scalars(select(part).where(part.edition_id == edition.id).order_by(part.position, part.id))


def _codes(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def stamp_started(session: Session, *, on: dt.date) -> None:
    """Stamp every semester that has begun with the edition that was in force when it did, so that no later one reaches back."""
    begun = select(Semester).where(Semester.edition_id.is_(None), Semester.starts_on <= on)
    for semester in session.scalars(begun).all():
        at_start = _in_force(session, Edition.effective_on <= semester.starts_on)
        semester.edition_id = at_start or _in_force(session, Edition.effective_on <= on)


def _release_not_begun(session: Session, effective_on: dt.date | None, *, on: dt.date) -> None:
    ahead = select(Semester).where(Semester.edition_id.is_not(None), Semester.starts_on > on, Semester.starts_on >= effective_on)
    for semester in session.scalars(ahead).all():
        semester.edition_id = None
    session.flush()


def _in_force(session: Session, condition: ColumnElement[bool]) -> int | None:
    newest = (Edition.effective_on.desc(), Edition.id.desc())
    stmt = select(Edition.id).where(Edition.status == EditionStatus.published, condition).order_by(*newest).limit(1)
    return session.scalar(stmt)


def applies_from(session: Session, edition: Edition) -> Semester | None:
    """The first semester in the calendar the edition decides; None when no such semester has been entered yet."""
    mine = Semester.edition_id == edition.id
    if edition.effective_on is not None:
        mine = mine | (Semester.edition_id.is_(None) & (Semester.starts_on >= edition.effective_on))
    return session.scalar(select(Semester).where(mine).order_by(Semester.starts_on).limit(1))
