"""Whatever goes wrong while saving, the form comes back with everything in it; and it is saved once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from models.values.roc import format_roc, parse_date
from tests.conftest import SchoolClient
from tests.forms.help import CLERK, field, opened
from tests.permissions.acts import count, desk_of
from tests.permissions.cases import KEEPERS
from tests.permissions.conftest import enter
from tests.permissions.forms import body_for
from tests.permissions.pages import changed, form_of
from tests.permissions.school import School
from views.base.filling import Filling

Clients = Callable[[str], SchoolClient]
NEW = "/admin/club_office/new/"


def filled(place: School, client: SchoolClient, **values: str) -> list[tuple[str, str]]:
    """A new club office as the page would send it."""
    desk = desk_of(place, CLERK, "club_office", None)
    desk.clear()
    body = {name: str(value) for name, value in dict(body_for(desk)).items() if value}
    return changed(opened(client, NEW), **{**body, **values})


def form_again(html: str) -> list[tuple[str, str]]:
    """What the button 「回到表單」 of an error page sends."""
    part = html.split('<div class="form-again">')[1]
    return [pair for pair in form_of(part.replace("<form", '<form class="record-form"', 1)) if pair[0] != "csrf_token"]


def broken(*_args: Any, **_kwargs: Any) -> Any:
    raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))


def test_a_database_that_is_away_costs_nothing_typed(place: School, client_for: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_for(CLERK)
    body = filled(place, client, title="影像組長", brief="帶社員完成校慶紀錄。")
    with monkeypatch.context() as away:
        away.setattr(Filling, "fill", broken)
        answer = client.post(NEW, data=body)
    assert answer.status_code == 503
    assert "您填的內容都還在" in answer.text
    back = client.post(NEW, data=form_again(answer.text))
    assert back.status_code == 200
    again = dict(form_of(back.text))
    for name in ("student", "club", "title", "began_on", "brief"):
        assert again[name] == dict(body)[name]
    assert client.post(NEW, data=form_of(back.text)).status_code == 302


def test_an_expired_token_shows_the_form_again(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    body = filled(place, client, title="器材長")
    before = count(place, "club_office")
    answer = client.post(NEW, data=[*body, ("csrf_token", "an old one")], with_token=False)
    assert answer.status_code == 400
    back = client.post(NEW, data=form_again(answer.text))
    assert dict(form_of(back.text))["title"] == "器材長"
    assert count(place, "club_office") == before


def test_a_form_another_site_sent_is_not_shown_again(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    body = filled(place, client, title="偽造的職務")
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post(NEW, data=[*body, ("csrf_token", "none")], with_token=False, headers=headers)
    assert answer.status_code in (400, 403)
    assert "偽造的職務" not in answer.text


def test_a_text_too_large_leads_back_to_the_form(client_for: Clients) -> None:
    answer = client_for(CLERK).post(NEW, data={"once": "a", "brief": "長" * 600_000})
    assert answer.status_code == 413
    assert f'href="{NEW}#draft"' in answer.text


def test_every_kind_of_field_comes_back_as_it_was_sent(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    body = filled(place, client, title="組長", began_on="115/02/30", ended_on="下週五", brief="一\r\n二")
    answer = client.post(NEW, data=body)
    assert answer.status_code == 422
    again = dict(form_of(answer.text))
    assert (again["began_on"], again["ended_on"]) == ("115/02/30", "下週五")
    assert again["student"] == dict(body)["student"]
    assert again["club"] == dict(body)["club"]
    assert again["brief"].splitlines() == ["一", "二"]


def test_one_student_gone_does_not_cost_the_others(place: School, client_for: Clients) -> None:
    line = KEEPERS["consultation"]
    client = client_for(line.post)
    desk = desk_of(place, line.post, "consultation", line.division)
    desk.clear()
    body: dict[str, Any] = {**dict(body_for(desk)), "topic": ""}
    chosen = [str(each) for each in body["students"]]
    answer = client.post("/admin/consultation/new/", data={**body, "students": ["999999", *chosen]})
    assert answer.status_code == 422
    assert [value for name, value in form_of(answer.text) if name == "students"] == chosen
    assert "找不到所選的資料" in answer.text


def test_a_form_sent_twice_is_saved_once(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    body = filled(place, client, title="美宣長")
    before = count(place, "club_office")
    assert client.post(NEW, data=body).status_code == 302
    again = client.post(NEW, data=changed(body, title="公關長"))
    assert again.status_code == 302
    assert "沒有重複新增" in client.get(again.location).text
    assert count(place, "club_office") == before + 1


def test_a_form_sent_twice_at_once_is_saved_once(place: School, app: Flask) -> None:
    first = enter(app, CLERK)
    body = filled(place, first, title="總務長")
    before = count(place, "club_office")
    gate = threading.Barrier(2)
    other: Any = app.test_client()
    other.token = first.token
    for cookie in ("portfolio",):
        other.set_cookie(cookie, first.get_cookie(cookie).value)  # type: ignore[union-attr]

    def press(client: Any, title: str) -> int:
        gate.wait()
        return int(client.post(NEW, data=changed(body, title=title)).status_code)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, (first, other), ("總務長", "活動長")))
    assert count(place, "club_office") == before + 1


def test_a_refused_form_may_be_sent_again(place: School, client_for: Clients) -> None:
    """The mark is used up only by what was saved."""
    client = client_for(CLERK)
    body = filled(place, client, title="文書長", ended_on="100/01/01")
    assert client.post(NEW, data=body).status_code == 422
    assert client.post(NEW, data=changed(body, ended_on="")).status_code == 302


def test_a_rule_of_the_database_is_said_beside_its_field(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    answer = client.post(NEW, data=filled(place, client, title="庶務長", began_on="115/10/01", ended_on="115/09/01"))
    assert answer.status_code == 422
    assert "結束日期不可早於開始日期" in field(answer.text, "ended_on")
    assert answer.text.count("結束日期不可早於開始日期") == 2  # beside the field, and at the top
    assert '<a href="#ended_on">' in answer.text


def test_the_count_of_characters_is_the_pages(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    fits = "字" * 49 + "\r\n" + "𠮷" * 50
    assert client.post(NEW, data=filled(place, client, title="編輯長", brief=fits)).status_code == 302
    answer = client.post(NEW, data=filled(place, client, title="編輯長二", brief="字" * 103))
    assert answer.status_code == 422
    assert "最多 100 字，目前 103 字，請刪減 3 字" in field(answer.text, "brief")


def test_the_next_form_keeps_the_club_and_the_day(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    body = [*filled(place, client, title="第一位"), ("_add_another", "1")]
    answer = client.post(NEW, data=body)
    assert answer.status_code == 302
    page = client.get(answer.location)
    kept = dict(form_of(page.text))
    assert kept["club"] == dict(body)["club"]
    assert kept["began_on"] == as_shown(dict(body)["began_on"])
    assert (kept["student"], kept["title"]) == ("", "")
    assert 'data-first="student"' in page.text
    assert "已連續新增 1 筆" in page.text
    second = filled(place, client, title="第二位")
    third = client.post(answer.location, data=[*second, ("_add_another", "1")])
    assert "這次已連續新增 2 筆" in client.get(third.location).text
    assert dict(opened(client, NEW))["club"] == ""


def as_shown(text: str) -> str:
    day = parse_date(text)
    assert day is not None
    return format_roc(day)


def test_secret_fields_are_marked_so_that_no_device_keeps_them(client_for: Clients) -> None:
    page = client_for("registration_section").get("/admin/student/")
    row = re.search(r"edit/\?id=(\d+)", page.text)
    assert row is not None
    form = client_for("registration_section").get(f"/admin/student/edit/?id={row[1]}").text
    marked = {name for name in dict(form_of(form)) if "data-private" in field_head(form, name)}
    assert {"id_number", "born_on", "indigenous_group"} <= marked
    assert "name" not in marked


def field_head(html: str, name: str) -> str:
    parts = html.split('<div class="field')[1:]
    return next((part.split(">")[0] for part in parts if f'name="{name}"' in part), "")
