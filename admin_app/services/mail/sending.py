"""The job that empties the outbox: each mail is claimed, sent and marked by itself; a server that is down only delays."""

from __future__ import annotations

import datetime as dt
import smtplib
from typing import Any

from sqlalchemy import ColumnElement, Update, select, update
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import BULK_ALLOWED
from admin_app.services.jobs import Work, periodic
from admin_app.services.mail.smtp import Outcome, Unreachable, connect, send
from models.mail import Mail, MailState

AT_ONCE = 200
"""Mails over one connection."""
LEASE = dt.timedelta(minutes=10)
"""A mail being sent by a process that died is tried again after this."""
LONGEST_WAIT = dt.timedelta(minutes=30)
MOST_TRIES = 150
"""With half an hour between them about three days."""
TEXT_KEPT = dt.timedelta(days=30)
OUT = (MailState.waiting, MailState.sending)


@periodic("send_mail", zh="寄信", minutes=1)
def send_mail(work: Work) -> dict[str, Any]:
    """Send what is due. Every mail is committed by itself, so that one that left is never sent again by a later failure."""
    session, now = work.session, clock.now()
    _drop_late(session, now)
    work.commit()
    if not work.settings.sends_mail:
        return {"text": "尚未設定寄信，信件保留在寄件匣。"}
    sent = 0
    while due := _due(session, clock.now()):
        left = _send_some(work, due, sent)
        if left is None:
            return {"text": f"寄出 {sent} 封；郵件伺服器連不上，稍後再試。"}
        sent += left
    return {"text": f"寄出 {sent} 封。"}


@periodic("empty_mail", zh="清除舊信件內文", daily_at="03:20")
def empty_mail(work: Work) -> dict[str, Any]:
    """Texts of mails that ended a month ago; that they were sent stays on record."""
    ended = (Mail.state.not_in(OUT), Mail.created_at < clock.now() - TEXT_KEPT, Mail.mail_body != "")
    found = work.session.scalars(select(Mail.id).where(*ended).limit(10_000)).all()
    _change(work.session, Mail.id.in_(found), mail_body="")
    return {"text": f"清除 {len(found)} 封。"}


def _due(session: Session, now: dt.datetime) -> list[int]:
    stmt = select(Mail.id).where(Mail.state.in_(OUT), Mail.try_after <= now).order_by(Mail.try_after, Mail.id)
    return list(session.scalars(stmt.limit(AT_ONCE)))


def _drop_late(session: Session, now: dt.datetime) -> None:
    """A mail past its day is not sent any more; one nobody would take for three days has failed."""
    waiting = Mail.state == MailState.waiting
    _change(session, waiting & (Mail.not_after < now), state=MailState.withdrawn, problem="已過寄送期限", mail_body="")
    _change(
        session,
        waiting & (Mail.attempts >= MOST_TRIES),
        state=MailState.failed,
        problem="三天都寄不出去，請確認郵件伺服器後再寄一次",
    )


def _send_some(work: Work, due: list[int], before: int) -> int | None:
    """Send these; how many left. None when the server cannot be reached: then everything due waits a little longer."""
    sent = 0
    try:
        with connect(work.settings) as server:
            for number in due:
                sent += _send_one(work, server, number)
                work.progress(before + sent, before + len(due))
    except Unreachable as error:
        work.session.rollback()
        _postpone(work.session, due, str(error))
        work.commit()
        return None
    return sent


def _send_one(work: Work, server: smtplib.SMTP, number: int) -> int:
    session, now = work.session, clock.now()
    due = (Mail.id == number) & Mail.state.in_(OUT) & (Mail.try_after <= now)
    taken = _change(session, due, state=MailState.sending, try_after=now + LEASE, attempts=Mail.attempts + 1)
    work.commit()
    if not taken:
        return 0
    mail = session.get_one(Mail, number, populate_existing=True)
    outcome = send(server, work.settings, mail)
    _change(session, Mail.id == number, **_became(mail, outcome))
    work.commit()
    return int(outcome.sent)


def _became(mail: Mail, outcome: Outcome) -> dict[str, Any]:
    now = clock.now()
    if outcome.sent:
        return {"state": MailState.sent, "sent_at": now, "problem": "", "mail_body": "" if mail.one_time else mail.mail_body}
    if outcome.again:
        return {"state": MailState.waiting, "problem": outcome.problem, "try_after": now + wait_after(mail.attempts)}
    return {"state": MailState.failed, "problem": outcome.problem}


def _postpone(session: Session, due: list[int], problem: str) -> None:
    tried = session.scalar(
        select(Mail.attempts).where(Mail.id.in_(due), Mail.state.in_(OUT)).order_by(Mail.attempts.desc()).limit(1)
    )
    again = clock.now() + wait_after((tried or 0) + 1)
    values = {"state": MailState.waiting, "try_after": again, "problem": problem}
    _change(session, Mail.id.in_(due) & (Mail.state == MailState.waiting), **values, attempts=Mail.attempts + 1)
    _change(session, Mail.id.in_(due) & (Mail.state == MailState.sending), **values)


def wait_after(attempts: int) -> dt.timedelta:
    """One minute, two, four … half an hour."""
    return min(dt.timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT)


def _change(session: Session, which: ColumnElement[bool], **values: Any) -> int:
    """A mail's progress is no change anybody made: it leaves no event, but moves the version like one."""
    stmt: Update = update(Mail).where(which).values(**values, version=Mail.version + 1)
    done = session.execute(stmt, execution_options={BULK_ALLOWED: True, "synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]
