"""A mail is written with what causes it, leaves once, and outlives a mail server that is down for a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.config import ConfigError, Settings, read_settings
from admin_app.services import mail
from admin_app.services.jobs import routines, runner
from models.mail import Mail, MailState
from tests.jobs.postbox import Postbox

Send = Callable[[], None]
BREAKS = ["\n", "\r", "\r\n", "\0", "\x0b", "\u2028", "\x85"]


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    box.open()
    yield box
    box.close()


@pytest.fixture
def settings(settings: Settings, postbox: Postbox) -> Settings:
    return replace(
        settings,
        smtp_url=f"smtp://127.0.0.1:{postbox.port}/",
        mail_from="龍潭高中學習歷程 <noreply@portfolio.example.edu.tw>",
        base_url="https://portfolio.example.edu.tw",
    )


@pytest.fixture
def send(session: Session, settings: Settings) -> Send:
    """Let the worker's next turn come."""

    def send() -> None:
        engine = session.get_bind().engine
        job_id = routines.run_early(engine, "send_mail")
        assert job_id is not None
        assert runner.run_job(engine, settings, job_id)
        session.expire_all()

    return send


def posted(session: Session, to: str = "t901@example.edu.tw", **more: Any) -> Mail:
    made = mail.post(session, to=to, **{"subject": "設定密碼", "text": "葉子涵老師您好：\n請設定密碼。", **more})
    session.commit()
    return made


def state(session: Session) -> list[MailState]:
    return list(session.scalars(select(Mail.state).order_by(Mail.id)))


def test_a_mail_arrives_as_it_was_written(session: Session, send: Send, postbox: Postbox) -> None:
    posted(session)
    send()
    arrived = postbox.mails[0]
    assert (arrived["To"], arrived["Subject"]) == ("t901@example.edu.tw", "設定密碼")
    assert str(arrived["From"]) == "龍潭高中學習歷程 <noreply@portfolio.example.edu.tw>"
    assert postbox.texts == ["葉子涵老師您好：\n請設定密碼。"]
    assert state(session) == [MailState.sent]


def test_a_mail_of_a_transaction_rolled_back_is_never_sent(session: Session, send: Send, postbox: Postbox) -> None:
    mail.post(session, to="t901@example.edu.tw", subject="設定密碼", text="…")
    session.rollback()
    send()
    assert postbox.mails == []


def test_a_mail_leaves_once_however_often_the_worker_comes_round(session: Session, send: Send, postbox: Postbox) -> None:
    for number in range(5):
        posted(session, to=f"t90{number}@example.edu.tw")
    for _ in range(3):
        send()
    assert sorted(mail["To"] for mail in postbox.mails) == [f"t90{number}@example.edu.tw" for number in range(5)]


def test_after_a_day_without_a_mail_server_everything_is_sent_once(session: Session, send: Send, postbox: Postbox) -> None:
    began = dt.datetime.now(dt.UTC)
    postbox.close()
    for number in range(5):
        posted(session, to=f"t90{number}@example.edu.tw")
    for minutes in (0, 1, 3, 60, 600, 1440):
        with time_machine.travel(began + dt.timedelta(minutes=minutes), tick=True):
            send()
    assert state(session) == [MailState.waiting] * 5
    assert "連不上" in session.scalars(select(Mail.problem)).first()
    postbox.open()
    with time_machine.travel(began + dt.timedelta(minutes=1471), tick=True):
        send()
        send()
    assert sorted(mail["To"] for mail in postbox.mails) == [f"t90{number}@example.edu.tw" for number in range(5)]
    assert state(session) == [MailState.sent] * 5


def test_what_is_no_longer_needed_is_not_sent_when_the_server_is_back(session: Session, send: Send, postbox: Postbox) -> None:
    postbox.close()
    posted(session, topic="duty:D12")
    posted(session, not_after=clock.now() - dt.timedelta(seconds=1))
    posted(session, to="t902@example.edu.tw", topic="duty:D13")
    mail.withdraw(session, "duty:D12")
    session.commit()
    postbox.open()
    send()
    assert [arrived["To"] for arrived in postbox.mails] == ["t902@example.edu.tw"]
    assert state(session) == [MailState.withdrawn, MailState.withdrawn, MailState.sent]


def test_an_address_that_is_refused_fails_and_holds_up_nobody(session: Session, send: Send, postbox: Postbox) -> None:
    postbox.refuse = {"gone@example.edu.tw": "550 no gone@example.edu.tw here", "busy@example.edu.tw": "451 later"}
    for to in ("gone@example.edu.tw", "busy@example.edu.tw", "t901@example.edu.tw"):
        posted(session, to=to)
    send()
    assert state(session) == [MailState.failed, MailState.waiting, MailState.sent]
    problems = list(session.scalars(select(Mail.problem).order_by(Mail.id)))
    assert "550" in problems[0]
    assert not any("@" in problem for problem in problems)


def test_a_mail_whose_sender_died_is_sent_later_under_the_same_number(session: Session, send: Send, postbox: Postbox) -> None:
    made = posted(session)
    values = {"state": MailState.sending, "try_after": clock.now() + dt.timedelta(minutes=10)}
    session.connection().execute(update(Mail).values(**values))
    session.commit()
    send()
    assert postbox.mails == []
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=11), tick=True):
        send()
    assert str(postbox.mails[0]["Message-ID"]) == f"<{made.message_id}@portfolio.example.edu.tw>"


# What may not be read, and where it may not get to


def test_addresses_and_texts_are_unreadable_in_the_database(session: Session) -> None:
    posted(session, text="一次性連結 https://portfolio.example.edu.tw/password/abc")
    stored = str(session.execute(text("SELECT * FROM mail")).all()) + str(session.execute(text("SELECT * FROM event")).all())
    assert "t901@" not in stored
    assert "password/abc" not in stored


def test_the_record_of_a_mail_holds_neither_address_nor_text(session: Session) -> None:
    from models.event import Event

    posted(session, text="一次性連結 https://portfolio.example.edu.tw/password/abc")
    changes = session.scalars(select(Event.changes).where(Event.kind == "mail")).one()
    assert "t901@" not in changes
    assert "password/abc" not in changes


def test_a_one_time_link_is_gone_from_the_outbox_once_sent(session: Session, send: Send, postbox: Postbox) -> None:
    made = posted(session, text="https://portfolio.example.edu.tw/password/abc", one_time=True)
    send()
    assert postbox.texts == ["https://portfolio.example.edu.tw/password/abc"]
    assert session.get_one(Mail, made.id).mail_body == ""
    with pytest.raises(mail.NotSendable, match="重新產生"):
        mail.send_again(session.get_one(Mail, made.id), now=clock.now())


@pytest.mark.parametrize("sign", BREAKS, ids=ascii)
def test_nothing_typed_becomes_a_header(sign: str, session: Session, send: Send, postbox: Postbox) -> None:
    posted(session, subject=f"通知{sign}Bcc: thief@example.com", text=f"{sign}Bcc: thief@example.com{sign}")
    send()
    assert postbox.mails[0]["Bcc"] is None
    assert postbox.mails[0]["To"] == "t901@example.edu.tw"


@pytest.mark.parametrize(
    "to",
    [
        *[f"t901@example.edu.tw{sign}Bcc: thief@example.com" for sign in BREAKS],
        "t901@example.edu.tw, thief@example.com",
        "葉子涵 <t901@example.edu.tw>",
        "t901",
        "@example.edu.tw",
        "t901@",
        "t9 01@example.edu.tw",
        "",
        "a@b@c",
        f"{'t' * 250}@example.edu.tw",
    ],
    ids=ascii,
)
def test_what_is_not_one_address_is_refused(to: str, session: Session) -> None:
    with pytest.raises(mail.BadAddress, match="電子郵件"):
        mail.post(session, to=to, subject="設定密碼", text="…")


# Without a mail server, and with one that is set up wrongly


def test_without_a_mail_server_mail_is_kept(session: Session, settings: Settings, postbox: Postbox) -> None:
    posted(session)
    engine = session.get_bind().engine
    job_id = routines.run_early(engine, "send_mail")
    assert job_id is not None
    runner.run_job(engine, replace(settings, smtp_url=""), job_id)
    session.expire_all()
    assert state(session) == [MailState.waiting]


GOOD = {
    "PORTFOLIO_SECRET_KEY": "a secret key for tests only",
    "PORTFOLIO_SMTP_URL": "smtp://box:p%40ss@mail.example.edu.tw:587/?starttls=1",
    "PORTFOLIO_MAIL_FROM": "學習歷程 <noreply@example.edu.tw>",
    "PORTFOLIO_BASE_URL": "https://portfolio.example.edu.tw/",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTFOLIO_SMTP_URL", "mail.example.edu.tw:25"),
        ("PORTFOLIO_SMTP_URL", "http://mail.example.edu.tw"),
        ("PORTFOLIO_MAIL_FROM", ""),
        ("PORTFOLIO_MAIL_FROM", "學習歷程"),
        ("PORTFOLIO_BASE_URL", ""),
        ("PORTFOLIO_BASE_URL", "portfolio.example.edu.tw"),
    ],
)
def test_half_a_mail_setting_is_refused_with_what_to_set(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=name):
        read_settings({**GOOD, "PORTFOLIO_DATA_DIR": str(tmp_path), name: value})


def test_links_in_mails_start_with_the_systems_own_address(tmp_path: Path) -> None:
    settings = read_settings({**GOOD, "PORTFOLIO_DATA_DIR": str(tmp_path)})
    assert settings.link("/password/abc") == "https://portfolio.example.edu.tw/password/abc"
