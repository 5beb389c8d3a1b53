"""年度帳號清查: opened by the keepers of accounts, filled in and confirmed by the head of each unit; confirming carries it out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from admin_app import audit
from admin_app.actor import Actor
from admin_app.policy import judge, require
from admin_app.rulebook import Rulebook, UnitRule
from admin_app.services.account_life.keeping import active, kept
from admin_app.services.posts.handover import accounts_of
from admin_app.services.posts.telling import tell
from models.access_review import AccessReview, AccessReviewLine, ReviewFinding
from models.calendar import SchoolYear
from models.people import Account, Appointment, Staff
from models.values.roc import format_roc
from models.vocabulary import Act, Division

TIME_TO_ANSWER = dt.timedelta(days=14)


class CannotReview(ValueError):
    """The review cannot be opened, changed or confirmed; the message says why."""


def reviewed_units(rulebook: Rulebook, divisions: Sequence[Division]) -> list[UnitRule]:
    """The units with a review of their own: those with a head; the units under them are in theirs."""
    return [unit for unit in rulebook.units.values() if unit.head and unit.division in divisions]


def open_reviews(session: Session, year: SchoolYear, *, by: Actor, on: dt.date) -> list[AccessReview]:
    """Open a review for every unit that has none this year and has anybody to review; tells the heads."""
    sides = [side for side in Division if side in kept(by)]
    known = set(session.scalars(select(AccessReview.unit).where(AccessReview.school_year_id == year.id)))
    lists = _lists(session, by.rulebook, sides, on)
    made = []
    for unit in reviewed_units(by.rulebook, sides):
        if unit.code in known or not lists.get(unit.code):
            continue
        review = AccessReview(school_year=year, unit=unit.code, division=unit.division, opened_on=on, due_on=on + TIME_TO_ANSWER)
        session.add(review)
        session.flush()
        session.add_all(_lines(review, lists[unit.code]))
        made.append(review)
    session.flush()
    for review in made:
        require(judge(session, by, Act.manage, review))
        audit.track(session, "open_review", "access_review", record=review)
        _ask_head(session, by.rulebook, review, on, "請確認")
    return made


def _lines(review: AccessReview, people: Mapping[int, tuple[Account, list[str]]]) -> Iterator[AccessReviewLine]:
    for account, posts in people.values():
        yield AccessReviewLine(
            review=review,
            account=account,
            unit=review.unit,
            division=review.division,
            person=account.person.name,
            posts="、".join(dict.fromkeys(posts))[:400] or "未任職務",
        )


def _lists(
    session: Session, rulebook: Rulebook, divisions: Sequence[Division], on: dt.date
) -> dict[str, dict[int, tuple[Account, list[str]]]]:
    """For each unit with a head: the enabled accounts with a post of it or of a unit under it, and those of its staff."""
    found: dict[str, dict[int, tuple[Account, list[str]]]] = {}
    heads = {unit.zh: code for code, unit in rulebook.units.items()}
    posts = _posts_today(session, on)
    stmt = (
        select(Account)
        .join(Account.staff)
        .options(joinedload(Account.staff))
        .where(Account.enabled, Account.division.in_(divisions), or_(Staff.left_on.is_(None), Staff.left_on >= on))
        .order_by(Staff.code)
    )
    for account in session.scalars(stmt):
        held = posts.get(account.staff_id or 0, [])
        units = [rulebook.posts[post].unit for post in held if post in rulebook.posts]
        listed = heads.get(account.staff.unit, "") if account.staff else ""
        for unit in {_reviewed_by(rulebook, each) for each in (*units, listed) if each} - {""}:
            names = [rulebook.zh(post) for post in held]
            found.setdefault(unit, {})[account.id] = (account, names)
    return found


def _posts_today(session: Session, on: dt.date) -> dict[int, list[str]]:
    rows = session.execute(
        select(Appointment.staff_id, Appointment.post).where(Appointment.staff_id.is_not(None), active(on)).order_by(Appointment.id)
    )
    found: dict[int, list[str]] = {}
    for staff, post in rows:
        found.setdefault(staff or 0, []).append(post)
    return found


def _reviewed_by(rulebook: Rulebook, unit: str) -> str:
    return next((each.code for each in rulebook.up(unit) if each.head), "")


def heads_of(session: Session, rulebook: Rulebook, unit: str, *, on: dt.date) -> list[Appointment]:
    """Who heads a unit today."""
    stmt = select(Appointment).options(joinedload(Appointment.staff))
    return list(session.scalars(stmt.where(Appointment.post == rulebook.head_of(unit), active(on))))


def lines_of(session: Session, review: AccessReview) -> Sequence[AccessReviewLine]:
    """The review's list, in the order it was made."""
    stmt = select(AccessReviewLine).options(joinedload(AccessReviewLine.account))
    return session.scalars(stmt.where(AccessReviewLine.review_id == review.id).order_by(AccessReviewLine.id)).all()


def answer(lines: Sequence[AccessReviewLine], findings: Mapping[int, tuple[ReviewFinding | None, str]], *, by: Actor) -> None:
    """Write down what the head says of each. One's own account is never one's own to disable."""
    for line in lines:
        finding, remark = findings.get(line.id, (line.finding, line.remark))
        if line.account.staff_id == by.staff_id and finding is ReviewFinding.disable:
            raise CannotReview("不能停用自己的帳號；若即將離任，請選「職務異動」並於備註說明。")
        if finding is ReviewFinding.change and not remark.strip():
            raise CannotReview(f"{line.person}選了「職務異動」，請在備註寫明改為什麼職務、自何日起。")
        line.finding, line.remark = finding, remark.strip()[:120]


def confirm(session: Session, review: AccessReview, *, by: Actor, now: dt.datetime) -> int:
    """Sign the review and carry it out: each account to be disabled is, with its event; how many."""
    lines = lines_of(session, review)
    if review.confirmed_on is not None:
        raise CannotReview(f"這份清查已由{review.confirmed_by}於 {format_roc(review.confirmed_on)} 確認。")
    for line in lines:
        require(judge(session, by, Act.confirm, line))
    left = [line.person for line in lines if line.finding is None]
    if left:
        raise CannotReview(f"還有 {len(left)} 人沒有選擇處理方式：{'、'.join(left[:8])}{'等' if len(left) > 8 else ''}。")
    review.confirmed_on, review.confirmed_by = now.date(), f"{by.name}（{by.rulebook.zh(by.rulebook.head_of(review.unit))}）"
    disabled = [line.account for line in lines if line.finding is ReviewFinding.disable and line.account.enabled]
    for account in disabled:
        account.enabled = False
    session.flush()
    changes = sum(line.finding is ReviewFinding.change for line in lines)
    audit.track(session, "confirm_review", "access_review", record=review, disabled=len(disabled), changes=changes)
    return len(disabled)


def remind(session: Session, reviews: Sequence[AccessReview], *, rulebook: Rulebook, on: dt.date) -> int:
    """Remind the heads of unfinished reviews, each once a day; how many."""
    waiting = [each for each in reviews if each.confirmed_on is None and each.reminded_on != on]
    for review in waiting:
        review.reminded_on = on
        _ask_head(session, rulebook, review, on, "提醒您確認")
        audit.track(session, "remind_review", "access_review", record=review)
    return len(waiting)


def _ask_head(session: Session, rulebook: Rulebook, review: AccessReview, on: dt.date, words: str) -> None:
    unit = rulebook.units[review.unit].zh
    for head in heads_of(session, rulebook, review.unit, on=on):
        for account in accounts_of(session, head):
            text = f"{words}{unit}的年度帳號清查，請於 {format_roc(review.due_on)} 前完成。"
            tell(session, account, text, f"/access-reviews/{review.id}")
