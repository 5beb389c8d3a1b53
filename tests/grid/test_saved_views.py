"""Saved views: private or the unit's, never more than the policy allows, changed only by who keeps them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from admin_app.audit import Signature, sign
from admin_app.extensions import db
from models.event import Event
from models.people import Account, Staff
from models.regulation import Unit
from models.saved_view import SavedView, ViewChoice
from tests.conftest import SchoolClient
from tests.grid.test_filters import total
from tests.test_grid import MOST_STATEMENTS, counted

Clients = Callable[[str], SchoolClient]
STATE = "flt.school_class.name.is=機一甲&sort=student_no&desc=1"


@pytest.fixture(autouse=True)
def none_left(app: Flask) -> Iterator[None]:
    yield
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(delete(ViewChoice))
        connection.execute(delete(SavedView))


def save(client: SchoolClient, name: str, *, state: str = STATE, grid: str = "student", **more: str) -> Any:
    return client.post("/saved-views/new", data={"grid": grid, "state": state, "name": name, **more})


def view(app: Flask, name: str) -> SavedView:
    with app.app_context():
        return db.session.scalars(select(SavedView).where(SavedView.name == name)).one()


def unit_of(client: SchoolClient) -> str:
    html = client.get("/saved-views/new?grid=student&sort=name").text
    found = re.search(r'<option value="(\w+)">', html)
    assert found is not None
    return found[1]


def test_a_view_brings_back_what_the_grid_showed(app: Flask, client_for: Clients) -> None:
    client = client_for("registration_section")
    assert save(client, "機一甲名冊").status_code == 302
    answer = client.get(f"/admin/student/?view={view(app, '機一甲名冊').id}", follow_redirects=True)
    assert "班級：機一甲" in answer.text
    assert 'aria-sort="descending"' in answer.text
    assert "<span data-view>機一甲名冊</span>" in answer.text


def test_a_pinned_view_stands_in_the_side_navigation_and_the_default_opens_first(client_for: Clients) -> None:
    client = client_for("registration_section")
    save(client, "機一甲名冊", pinned="on", is_default="on")
    html = client.get("/admin/").text
    assert 'class="nav-views"' in html
    assert "機一甲名冊" in html
    assert "班級：機一甲" in client.get("/admin/student/", follow_redirects=True).text
    assert "班級：機一甲" not in client.get("/admin/student/?view=0").text
    save(client, "機二甲名冊", state="flt.school_class.name.is=機二甲", is_default="on")
    assert "班級：機二甲" in client.get("/admin/student/", follow_redirects=True).text


def test_search_and_names_are_kept_only_when_asked(app: Flask, client_for: Clients) -> None:
    client = client_for("registration_section")
    state = "flt.name.has=王&flt.gender.is=female&search=王小明&page=3&semester=2&after=x"
    html = client.get(f"/saved-views/new?grid=student&{state}").text
    assert "個人資料條件一起儲存" in html
    save(client, "女生", state=state)
    assert view(app, "女生").state == "flt.gender.is=female"
    save(client, "王家", state=state, personal="on")
    assert "search=" in view(app, "王家").state
    assert "page" not in view(app, "王家").state


def test_nobody_else_opens_a_private_view(app: Flask, client_for: Clients) -> None:
    save(client_for("registration_section"), "機一甲名冊")
    number = view(app, "機一甲名冊").id
    for username in ("homeroom_teacher", "student"):
        assert client_for(username).get(f"/admin/grade/?view={number}").status_code == 404
        assert client_for(username).get(f"/saved-views/{number}").status_code == 404
        assert client_for(username).post(f"/saved-views/{number}/remove").status_code == 404


def test_a_shared_view_shows_a_colleague_only_their_own_rows(app: Flask, client_for: Clients) -> None:
    owner, colleague = client_for("registration_section"), client_for("homeroom_teacher")
    unit = unit_of(owner)
    put_into(app, "homeroom_teacher", unit)
    save(owner, "全校成績", grid="grade", state="sort=score&desc=1&semester=all", unit=unit)
    number = view(app, "全校成績").id
    assert "全校成績" in colleague.get("/saved-views/menu?grid=grade").text
    seen = colleague.get(f"/admin/grade/?view={number}", follow_redirects=True)
    own = total(colleague.get("/admin/grade/?semester=all&view=0").text)
    assert 0 < total(seen.text) == own < total(owner.get("/admin/grade/?semester=all&view=0").text)


def put_into(app: Flask, username: str, unit: str) -> None:
    """The person's post aside, the staff roster says they belong to the unit."""
    with app.app_context():
        sign(db.session, Signature(None, "測試"))
        account = db.session.scalars(select(Account).where(Account.username == username)).one()
        staff = db.session.get_one(Staff, account.staff_id)
        staff.unit = db.session.scalars(select(Unit.zh).where(Unit.code == unit)).first() or ""
        db.session.commit()


def test_a_colleague_uses_a_shared_view_but_the_owner_and_the_head_keep_it(app: Flask, client_for: Clients) -> None:
    owner, colleague, head = client_for("registration_section"), client_for("homeroom_teacher"), client_for("academic_director")
    unit = unit_of(owner)
    put_into(app, "homeroom_teacher", unit)
    save(owner, "機一甲成績", grid="grade", state="flt.student.school_class.name.is=機一甲", unit=unit)
    number = view(app, "機一甲成績").id
    assert colleague.post(f"/saved-views/{number}", data={"name": "改名", "pinned": "on"}).status_code == 302
    assert view(app, "機一甲成績").name == "機一甲成績"
    assert colleague.post(f"/saved-views/{number}/remove").status_code == 403
    assert head.post(f"/saved-views/{number}", data={"name": "一甲成績", "unit": unit, "revision": "1"}).status_code == 302
    assert head.post(f"/saved-views/{number}/remove").status_code == 302
    assert "一甲成績" not in colleague.get("/admin/").text


def test_nobody_shares_with_a_unit_that_is_not_theirs(client_for: Clients) -> None:
    answer = save(client_for("registration_section"), "機一甲名冊", unit="principal_office")
    assert answer.status_code == 403
    assert "只能分享給自己的單位" in answer.text
    assert 'value="機一甲名冊"' in answer.text


def test_the_second_of_two_savers_is_told_and_loses_nothing(app: Flask, client_for: Clients) -> None:
    client = client_for("registration_section")
    save(client, "機一甲名冊")
    number = view(app, "機一甲名冊").id
    assert client.post(f"/saved-views/{number}", data={"name": "甲班", "revision": "1"}).status_code == 302
    late = client.post(f"/saved-views/{number}", data={"name": "機一甲", "revision": "1"})
    assert late.status_code == 409
    assert 'value="機一甲"' in late.text
    assert view(app, "甲班").state.startswith("flt.")


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"name": ""}, 422, "取個名稱"),
        ({"name": "長" * 41}, 422, "最多 40 字"),
        ({"name": "空的", "state": "page=3"}, 422, "還是預設的樣子"),
        ({"name": "壞的", "state": "flt.nonsense.is=1"}, 400, "篩選條件不存在"),
        ({"name": "別人的", "grid": "nonsense"}, 404, "找不到這份清單"),
    ],
)
def test_what_cannot_be_saved_says_why(body: dict[str, str], status: int, says: str, client_for: Clients) -> None:
    answer = client_for("registration_section").post("/saved-views/new", data={"grid": "student", "state": STATE, **body})
    assert answer.status_code == status
    assert says in answer.text


def test_a_name_is_used_once_for_each_grid(client_for: Clients) -> None:
    client = client_for("registration_section")
    save(client, "名冊")
    assert save(client, "名冊").status_code == 422
    assert save(client, "名冊", grid="grade", state="sort=score").status_code == 302


def test_saving_and_removing_leave_events_without_the_conditions(app: Flask, client_for: Clients) -> None:
    client = client_for("registration_section")
    save(client, "機一甲名冊")
    client.post(f"/saved-views/{view(app, '機一甲名冊').id}/remove")
    with app.app_context():
        events = db.session.scalars(select(Event).where(Event.kind == "saved_view").order_by(Event.id.desc()).limit(2)).all()
        assert [each.verb for each in events] == ["remove_view", "save_view"]
        assert "機一甲名冊" in events[1].changes
        assert "flt." not in events[1].changes


def test_a_view_with_totals_costs_no_page_a_seventh_statement(app: Flask, client_for: Clients) -> None:
    client = client_for("registration_section")
    save(client, "全校成績", grid="grade", state="semester=all&totals=1&sort=score", pinned="on", is_default="on")
    address = client.get("/admin/grade/").headers["Location"]
    client.get(address)
    with counted() as sent:
        assert "平均" in client.get(address).text
    assert len(sent) <= MOST_STATEMENTS, "\n".join(sent)


def test_without_the_token_nothing_is_saved(client_for: Clients) -> None:
    client = client_for("registration_section")
    data = {"grid": "student", "state": STATE, "name": "機一甲名冊"}
    assert client.post("/saved-views/new", data=data, with_token=False).status_code == 400
