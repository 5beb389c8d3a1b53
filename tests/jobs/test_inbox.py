"""What the system has for one person: the bell, notices, the jobs they asked for, and the outbox of whoever keeps accounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.database import engine_options
from admin_app.services import mail, notices
from admin_app.services.jobs import defer, runner
from models.event import Event
from models.job import Job, JobState
from models.mail import Mail, MailState
from models.notice import Notice
from models.people import Account

Clients = Callable[[str], Any]


@pytest.fixture
def here(app: Flask) -> Iterator[Session]:
    """A signed session on the application's database, apart from it."""
    engine = create_engine(**engine_options(app.extensions["settings"].database_url))
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        yield session
    engine.dispose()


def account_id(here: Session, username: str) -> int:
    return here.scalars(select(Account.id).where(Account.username == username)).one()


def left_for(here: Session, username: str, text: str = "名冊已匯入。", url: str = "/account") -> int:
    made = notices.notify(here, account_id(here, username), text, url)
    here.commit()
    return made.id


def unread(here: Session, username: str) -> int:
    here.rollback()
    return notices.unread(here, account_id(here, username))


# Notices


def test_the_bell_says_how_many_are_unread(here: Session, client_for: Clients) -> None:
    client = client_for("library_director")
    client.post("/notices/read")
    assert "則未讀" not in client.get("/admin/").text
    left_for(here, "library_director")
    left_for(here, "library_director")
    assert "2 則未讀" in client.get("/admin/").text
    client.post("/notices/read")
    assert "則未讀" not in client.get("/admin/").text


def test_opening_a_notice_marks_it_read_and_leads_to_its_page(here: Session, client_for: Clients) -> None:
    number = left_for(here, "activities_section", "社團名冊已匯入。", "/admin/club/")
    client = client_for("activities_section")
    assert "社團名冊已匯入。" in client.get("/notices").text
    answer = client.post(f"/notices/{number}/open")
    assert answer.headers["Location"] == "/admin/club/"
    assert unread(here, "activities_section") == 0


def test_nobody_sees_or_opens_anothers_notice(here: Session, client_for: Clients) -> None:
    number = left_for(here, "internship_office", "新生名冊已匯入。")
    other = client_for("activities_section")
    assert "新生名冊" not in other.get("/notices").text
    assert other.post(f"/notices/{number}/open").status_code == 404
    other.post("/notices/read")
    assert unread(here, "internship_office") == 1


def test_looking_at_notices_changes_nothing(here: Session, client_for: Clients) -> None:
    left_for(here, "instruction_section")
    client_for("instruction_section").get("/notices")
    assert unread(here, "instruction_section") == 1


@pytest.mark.parametrize("url", ["//elsewhere.example", "https://elsewhere.example", "javascript:alert(1)"])
def test_a_notice_leads_nowhere_else(url: str, here: Session) -> None:
    with pytest.raises(ValueError, match="本系統"):
        notices.notify(here, 1, "看這裡", url)


def test_old_notices_are_swept(here: Session) -> None:
    number = left_for(here, "sports_section")
    here.get_one(Notice, number).created_at = clock.now() - notices.KEPT * 2
    here.commit()
    assert notices.sweep(here, now=clock.now()) == 1
    here.commit()


# Jobs


def asked_by(here: Session, username: str, **values: Any) -> int:
    made = defer(here, "send_mail", by=account_id(here, username))
    for key, value in values.items():
        setattr(made, key, value)
    here.commit()
    return made.id


def test_a_person_follows_their_own_job(here: Session, client_for: Clients) -> None:
    number = asked_by(here, "registration_section", state=JobState.running, done=3, total=10, message="讀取第 3 列")
    client = client_for("registration_section")
    page = client.get(f"/jobs/{number}").text
    assert "讀取第 3 列" in page
    assert 'max="10"' in page
    answer = client.get(f"/jobs/{number}/progress").json
    assert answer == {"text": "執行中　3／10　讀取第 3 列", "done": 3, "total": 10, "finished": False}
    assert f"/jobs/{number}" in client.get("/jobs").text


def test_a_finished_job_leads_to_its_result(here: Session, client_for: Clients) -> None:
    result = json.dumps({"text": "匯入 30 列。", "url": "/admin/student/"})
    number = asked_by(
        here, "registration_section", state=JobState.done, result=result, message="匯入 30 列。", finished_at=clock.now()
    )
    page = client_for("registration_section").get(f"/jobs/{number}").text
    assert "匯入 30 列。" in page
    assert 'href="/admin/student/"' in page


@pytest.mark.parametrize("url", ["//elsewhere.example", "https://elsewhere.example", "javascript:alert(1)"])
def test_a_result_leads_nowhere_else(url: str, here: Session, client_for: Clients) -> None:
    number = asked_by(here, "registration_section", state=JobState.done, result=json.dumps({"url": url}), finished_at=clock.now())
    assert url not in client_for("registration_section").get(f"/jobs/{number}").text


@pytest.mark.parametrize("page", ["/jobs/{}", "/jobs/{}/progress"])
def test_anothers_job_does_not_exist(page: str, here: Session, client_for: Clients) -> None:
    number = asked_by(here, "registration_section", message="讀取第 3 列")
    answer = client_for("equipment_section").get(page.format(number))
    assert answer.status_code == 404
    assert client_for("equipment_section").get(page.format(99_999_999)).status_code == 404
    assert "讀取第 3 列" not in client_for("equipment_section").get("/jobs").text


@pytest.mark.parametrize("number", ["2147483648", "99999999999999999999"])
def test_a_number_no_job_has_is_not_found(number: str, client_for: Clients) -> None:
    assert client_for("equipment_section").get(f"/jobs/{number}").status_code == 404


# The outbox


def sent_to(here: Session, username: str, **more: Any) -> int:
    account = here.get_one(Account, account_id(here, username))
    made = mail.post(here, to="someone@example.edu.tw", subject="設定密碼", text="秘密連結 abc", account_id=account.id, **more)
    here.commit()
    return made.id


def test_who_keeps_accounts_sees_which_mails_there_are_and_not_what_they_say(here: Session, client_for: Clients) -> None:
    number = sent_to(here, "library_director", kind="設定密碼連結")
    client = client_for("equipment_section")
    pages = [client.get("/admin/mail/").text, client.get(f"/admin/mail/details/?id={number}").text]
    pages.append(client.post("/admin/mail/export/csv/").text)
    assert "設定密碼連結" in pages[0]
    for page in pages:
        assert "someone@" not in page
        assert "秘密連結" not in page


def test_the_other_side_of_the_wall_sees_no_mail_of_ours(here: Session, client_for: Clients) -> None:
    number = sent_to(here, "library_director")
    assert client_for("evening_division").get(f"/admin/mail/details/?id={number}").status_code == 404
    assert client_for("activities_section").get("/admin/mail/").status_code == 403


def test_a_mail_that_failed_is_sent_again_on_request(here: Session, client_for: Clients) -> None:
    number = sent_to(here, "library_director")
    row = here.get_one(Mail, number)
    row.state, row.attempts, row.problem = MailState.failed, 9, "郵件伺服器不收這封信（550）"
    here.commit()
    body = {"action": "again", "rowid": str(number), "confirmed": "1"}
    assert client_for("equipment_section").post("/admin/mail/action/", data=body).status_code == 302
    here.rollback()
    assert (here.get_one(Mail, number).state, here.get_one(Mail, number).attempts) == (MailState.waiting, 0)
    again = select(func.count()).select_from(Event).where(Event.kind == "mail", Event.record_id == number, Event.verb == "update")
    assert here.scalar(again) == 2


def test_a_mail_whose_link_is_gone_says_what_to_do_instead(here: Session, client_for: Clients) -> None:
    number = sent_to(here, "library_director", one_time=True)
    row = here.get_one(Mail, number)
    row.state, row.mail_body = MailState.sent, ""
    here.commit()
    answer = client_for("equipment_section").post(
        "/admin/mail/action/", data={"action": "again", "rowid": str(number), "confirmed": "1"}
    )
    assert answer.status_code == 409
    assert "重新產生連結" in answer.text


@pytest.mark.parametrize("page", ["new", "edit", "delete"])
def test_nobody_writes_a_mail_by_hand(page: str, here: Session, client_for: Clients) -> None:
    number = sent_to(here, "library_director")
    client = client_for("equipment_section")
    assert client.get(f"/admin/mail/{page}/?id={number}").status_code == 404
    assert client.post(f"/admin/mail/{page}/?id={number}", data={"id": number, "kind": "假的"}).status_code == 404


def test_a_job_finished_in_the_background_leaves_a_notice(app: Flask, here: Session, client_for: Clients) -> None:
    number = asked_by(here, "counseling_office")
    here.rollback()
    runner.run_job(here.get_bind().engine, app.extensions["settings"], number)
    here.rollback()
    assert here.get_one(Job, number).state is JobState.done
    assert "「寄信」已完成" in client_for("counseling_office").get("/notices").text
