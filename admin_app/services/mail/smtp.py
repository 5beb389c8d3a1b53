"""The mail server as the outbox needs it: a connection, one mail at a time, and what became of it in one word."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from admin_app.clock import TAIPEI
from admin_app.config import Settings
from models.mail import Mail

PATIENCE = 20
"""Seconds to wait for the mail server."""


class Unreachable(RuntimeError):
    """The mail server is not there or will not talk to us; nothing was sent."""


@dataclass(frozen=True)
class Outcome:
    """What became of a mail: `sent`, or not, and whether trying again may help. `problem` holds no address."""

    sent: bool
    again: bool = False
    problem: str = ""


@contextmanager
def connect(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection to the mail server of `PORTFOLIO_SMTP_URL`, signed in and encrypted as it says."""
    try:
        server = _open(settings.smtp_url)
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"郵件伺服器連不上（{type(error).__name__}）") from None
    try:
        yield server
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _open(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE)
    try:
        if parse_qs(parts.query).get("starttls") == ["1"]:
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def send(server: smtplib.SMTP, settings: Settings, mail: Mail) -> Outcome:
    """Hand one mail to the server. A connection that breaks raises `Unreachable`: the mail may or may not have arrived."""
    try:
        server.send_message(message(settings, mail))
    except smtplib.SMTPServerDisconnected:
        raise Unreachable("郵件伺服器中斷連線") from None
    except smtplib.SMTPRecipientsRefused as error:
        return _refused(max((code for code, _ in error.recipients.values()), default=550))
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code)
    except OSError as error:
        raise Unreachable(f"郵件伺服器連不上（{type(error).__name__}）") from None
    return Outcome(sent=True)


def _refused(code: int) -> Outcome:
    """4xx: not now. 5xx: never. The server's words stay out, they often repeat the address."""
    if code < 500:
        return Outcome(sent=False, again=True, problem=f"郵件伺服器請我們稍後再試（{code}）")
    return Outcome(sent=False, problem=f"郵件伺服器不收這封信（{code}），請確認信箱是否正確")


def message(settings: Settings, mail: Mail) -> EmailMessage:
    """The mail as it travels. The same mail always has the same Message-ID, so that a second delivery is known as one."""
    name, sender = parseaddr(settings.mail_from)
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(display_name=name, addr_spec=sender)
    made["To"] = Address(addr_spec=mail.mail_to)
    made["Subject"] = mail.mail_subject
    made["Date"] = format_datetime(mail.created_at.replace(tzinfo=TAIPEI))
    made["Message-ID"] = f"<{mail.message_id}@{sender.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.mail_body)
    return made
