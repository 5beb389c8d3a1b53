"""The audit trail's own work: sealing every few minutes, verifying and tidying every night."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.actor import load_actor
from admin_app.policy import may
from admin_app.rulebook import load_rulebook
from admin_app.services.audit.checking import note_anchor, read_anchors, run, start, summary
from admin_app.services.audit.expiring import due, expire
from admin_app.services.audit.partitions import make_months
from admin_app.services.audit.sealing import seal
from admin_app.services.jobs import Work, periodic, wake
from admin_app.services.notices import notify
from admin_app.terms import load_terms
from models.event_segment import EventCheck
from models.people import Account, Appointment
from models.vocabulary import Act, Subject

BROKEN = "稽核紀錄驗證發現 {problems} 項異常，請立即通知系統管理者，不要再異動資料。明細請由系統管理者執行 portfolio verify 取得。"


@periodic("seal_events", zh="封存稽核紀錄", minutes=5)
def seal_events(work: Work) -> dict[str, Any]:
    """Seal what is finished. Another sealer may have been quicker: then there is nothing left to do."""
    try:
        made = seal(work.session, now=clock.now())
    except IntegrityError:
        work.session.rollback()
        return {"text": "另一個工作剛封存過。"}
    if made and made[0].number == 1:
        wake(work.session, "verify_events")  # a new trail is looked at at once, not only the next morning
    return {"text": f"封存 {sum(each.count for each in made):,} 筆，{len(made)} 段。"}


@periodic("verify_events", zh="驗證稽核紀錄", daily_at="03:30")
def verify_events(work: Work) -> dict[str, Any]:
    """What was sealed since yesterday morning; whoever may read the trail is told when something is wrong."""
    yesterday = dt.datetime.combine(clock.today() - dt.timedelta(days=1), dt.time())
    check = start(work.session, now=clock.now(), since=yesterday)
    run(work.session, check, clock=clock.now, anchors=read_anchors(work.settings.data_dir), report=_progress(work))
    if check.problems:
        tell_readers(work.session, check, on=clock.today())
    work.commit()
    note_anchor(work.settings.data_dir, check)
    return {"text": f"{summary(check)}。"}


@periodic("keep_events", zh="整理稽核紀錄的月份", daily_at="03:50")
def keep_events(work: Work) -> dict[str, Any]:
    """Make the months ahead, and let go of those kept long enough."""
    made = make_months(work.session, today=clock.today())
    gone = [month for month in due(work.session, today=clock.today(), months=work.settings.event_months) if not month.waiting]
    for month in gone:
        expire(work.session, month, now=clock.now())
    return {"text": f"備妥 {len(made)} 個月份，清除期滿的 {len(gone)} 個月份。"}


def tell_readers(session: Session, check: EventCheck, *, on: dt.date) -> int:
    """A notice to everybody the edition lets read the trail; how many."""
    readers = readers_of_events(session, on=on)
    for account in readers:
        notify(session, account.id, BROKEN.format(problems=check.problems), "/audit")
    return len(readers)


def readers_of_events(session: Session, *, on: dt.date) -> list[Account]:
    """Accounts of those who hold a post that may read events."""
    edition = load_terms(session, on=on).edition_id(on)
    if edition is None:
        return []
    rulebook = load_rulebook(session, edition)
    holders = {grant.holder for grant in rulebook.grants if grant.act is Act.read and grant.subject is Subject.event}
    posts = [post for post in rulebook.posts if holders & set(rulebook.with_implied(post))]
    held = Appointment.post.in_(posts) & or_(Appointment.ended_on.is_(None), Appointment.ended_on >= on)
    staff = select(Appointment.staff_id).where(held, Appointment.began_on <= on)
    accounts = session.scalars(select(Account).where(Account.staff_id.in_(staff), Account.enabled)).all()
    return [each for each in accounts if may(load_actor(session, each, rulebook, on=on), Act.read, Subject.event)]


def _progress(work: Work) -> Any:
    def report(check: EventCheck, findings: list[str]) -> None:
        work.progress(max(check.last_number - check.first_number + 1, 0), max(check.to_number - check.first_number + 1, 1))

    return report
