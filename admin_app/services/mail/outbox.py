"""The outbox: what may be put in it, and what may be taken out of it again."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from email.errors import HeaderParseError
from email.headerregistry import Address

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import BULK_ALLOWED
from admin_app.services.jobs import wake
from models.mail import Mail, MailState
from models.people import Account
from models.vocabulary import Division

_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


class BadAddress(ValueError):
    """This is no mail address; the message says what one looks like."""


class NotSendable(ValueError):
    """This mail cannot be sent again; the message says why and what to do."""


def post(
    session: Session,
    *,
    to: str,
    subject: str,
    text: str,
    account_id: int | None = None,
    kind: str = "通知",
    one_time: bool = False,
    not_after: dt.datetime | None = None,
    topic: str = "",
) -> Mail:
    """Write a mail in the caller's transaction; it leaves after the commit.

    `kind` names it in the outbox's grid · `one_time`: the text holds a one-time link and is emptied once sent · `not_after`: not
    sent any more after that moment · `topic`: a key by which `withdraw` takes it back once it is no longer needed.
    """
    now = clock.now()
    made = Mail(
        account_id=account_id,
        division=_division(session, account_id),
        kind=kind,
        mail_to=address(to),
        mail_subject=one_line(subject),
        mail_body=text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""),
        one_time=one_time,
        try_after=now,
        not_after=not_after,
        topic=topic,
        message_id=secrets.token_hex(16),
        created_at=now,
    )
    session.add(made)
    session.flush()
    wake(session, "send_mail")
    return made


def withdraw(session: Session, topic: str) -> int:
    """Take back the mails of a topic that have not left yet; how many."""
    stmt = (
        update(Mail)
        .where(Mail.topic == topic, Mail.state == MailState.waiting)
        .values(state=MailState.withdrawn, mail_body="", version=Mail.version + 1)
        .execution_options(**{BULK_ALLOWED: True, "synchronize_session": False})
    )
    return int(session.execute(stmt).rowcount)  # type: ignore[attr-defined]


def send_again(mail: Mail, *, now: dt.datetime) -> None:
    """Let a mail leave at the next turn: one that failed, was taken back, or is waiting for a server that is down."""
    if mail.state is MailState.sending:
        raise NotSendable("正在寄送，請稍候再看結果。")
    if not mail.mail_body:
        raise NotSendable("內文已清除（含一次性連結或逾保存期限），不能再寄；需要時請重新產生連結。")
    if mail.not_after is not None and mail.not_after < now:
        raise NotSendable("已過這封信的寄送期限，不能再寄。")
    mail.state, mail.try_after, mail.attempts, mail.problem = MailState.waiting, now, 0, ""


def address(text: str) -> str:
    """A plain `somebody@host` address; anything that could be more than one address or one header is refused."""
    text = text.strip()
    try:
        plain = text.isascii() and text.isprintable() and Address(addr_spec=text).addr_spec == text and len(text) <= 254
    except (HeaderParseError, ValueError, IndexError):
        plain = False
    if not plain or " " in text or "," in text or "@" not in text:
        raise BadAddress("電子郵件位址不正確，請填像 t001@example.edu.tw 這樣的一個位址。")
    return text


def one_line(text: str) -> str:
    """A header never holds a line break or another control character."""
    return _BREAKS.sub(" ", text).strip()[:200]


def _division(session: Session, account_id: int | None) -> Division:
    found = session.scalar(select(Account.division).where(Account.id == account_id)) if account_id else None
    return found or Division.day
