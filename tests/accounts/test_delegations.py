"""代理人: by the owner or the head of the unit, dated, for a part or all, seen by both, revoked at once, never lent on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from admin_app import clock
from models.notice import Notice
from models.people import Account, Appointment, Delegation
from models.values.roc import format_roc
from tests.permissions.school import School

Clients = Callable[[str], Any]
OWNER, HEAD, STAND_IN = "activities_section", "student_affairs_director", "library_director"
TODAY, DAY = clock.today(), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def tidy(place: School) -> Iterator[None]:
    """No 代理 of one test is there in the next."""
    with place.session() as session:
        known = set(session.scalars(select(Delegation.id)))
    yield
    with place.session() as session:
        for row in session.scalars(select(Delegation).where(Delegation.id.not_in(known))):
            session.delete(row)


def post_of(place: School, username: str) -> int:
    with place.session() as session:
        person = session.scalars(select(Account.staff_id).where(Account.username == username)).one()
        return session.scalars(select(Appointment.id).where(Appointment.staff_id == person, Appointment.post == username)).one()


def staff_of(place: School, username: str) -> int:
    with place.session() as session:
        return session.scalars(select(Account.staff_id).where(Account.username == username)).one() or 0


def lend(place: School, client: Any, owner: str = OWNER, to: str = STAND_IN, **more: Any) -> Any:
    body = {
        "appointment": post_of(place, owner),
        "delegate": staff_of(place, to),
        "began_on": format_roc(TODAY),
        "ended_on": format_roc(TODAY + 9 * DAY),
        "reason": "公假",
        **more,
    }
    return client.post("/delegations", data=body)


def lent(place: School) -> list[Delegation]:
    with place.session() as session:
        rows = list(session.scalars(select(Delegation).order_by(Delegation.id)))
        session.expunge_all()
        return rows


def opens(client: Any, screen: str = "club") -> int:
    return int(client.get(f"/admin/{screen}/new/").status_code)


@pytest.mark.parametrize("by", [OWNER, HEAD])
def test_owner_or_head_names_who_stands_in_and_revokes(by: str, place: School, client_for: Clients) -> None:
    stand_in = client_for(STAND_IN)
    assert opens(stand_in) == 403
    assert lend(place, client_for(by)).status_code == 302
    assert opens(stand_in) == 200
    assert "公假" in stand_in.get("/delegations").text
    number = lent(place)[-1].id
    assert client_for(by).post(f"/delegations/{number}/revoke").status_code == 302
    assert opens(stand_in) == 403


def test_the_delegate_is_told(place: School, client_for: Clients) -> None:
    lend(place, client_for(OWNER))
    with place.session() as session:
        mine = select(Account.id).where(Account.username == STAND_IN).scalar_subquery()
        assert "請您代理" in " ".join(session.scalars(select(Notice.text).where(Notice.account_id == mine)))


def test_a_part_of_the_work_is_a_part(place: School, client_for: Clients) -> None:
    lend(place, client_for(OWNER), subjects=["club_office"])
    assert (opens(client_for(STAND_IN), "club_office"), opens(client_for(STAND_IN), "club")) == (200, 403)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"to": OWNER}, "本人"),
        ({"to": "evening_clerk"}, "日校"),
        ({"ended_on": format_roc(TODAY + 400 * DAY)}, "最長一年"),
        ({"began_on": format_roc(TODAY + 3 * DAY), "ended_on": format_roc(TODAY + DAY)}, "早於"),
        ({"began_on": format_roc(TODAY - 9 * DAY), "ended_on": format_roc(TODAY - DAY)}, "過了"),
        ({"reason": " "}, "事由"),
        ({"subjects": ["grade"]}, "範圍"),
        ({"ended_on": ""}, "迄日"),
    ],
)
def test_what_cannot_be_lent_is_explained(wrong: dict[str, Any], why: str, place: School, client_for: Clients) -> None:
    before = len(lent(place))
    answer = lend(place, client_for(OWNER), **wrong)
    assert (answer.status_code, why in answer.text) == (422, True)
    assert len(lent(place)) == before


@pytest.mark.parametrize("by", ["discipline_section", "academic_director", "evening_director", STAND_IN])
def test_nobody_else_lends_it(by: str, place: School, client_for: Clients) -> None:
    before = len(lent(place))
    assert lend(place, client_for(by), to="discipline_section").status_code in (403, 422)
    assert len(lent(place)) == before


def test_what_is_lent_is_not_lent_on(place: School, client_for: Clients) -> None:
    lend(place, client_for(OWNER))
    before = len(lent(place))
    answer = lend(place, client_for(STAND_IN), to="discipline_section")
    assert answer.status_code in (403, 422)
    assert len(lent(place)) == before


def test_who_stands_in_for_the_head_names_nobody(place: School, client_for: Clients) -> None:
    """Otherwise a head's stand-in could lend the work of the whole unit."""
    assert lend(place, client_for(HEAD), owner=HEAD).status_code == 302
    before = len(lent(place))
    assert lend(place, client_for(STAND_IN), owner=OWNER, to="discipline_section").status_code in (403, 422)
    assert len(lent(place)) == before


def test_nobody_else_revokes_it(place: School, client_for: Clients) -> None:
    lend(place, client_for(OWNER))
    number = lent(place)[-1].id
    assert client_for("discipline_section").post(f"/delegations/{number}/revoke").status_code == 404
    assert client_for(STAND_IN).post(f"/delegations/{number}/revoke").status_code in (403, 404)
    assert lent(place)[-1].revoked_on is None


def test_colleagues_are_those_of_ones_own_side(place: School, client_for: Clients) -> None:
    with place.session() as session:
        evening = session.scalars(select(Account).where(Account.username == "evening_clerk")).one().person.name
    offered = client_for(OWNER).get("/delegations/colleagues", query_string={"query": evening}).get_json()
    assert not [text for _, text in offered if text.startswith(evening)]
    assert len(client_for(OWNER).get("/delegations/colleagues?query=").get_json()) <= 20


def test_the_keepers_keep_to_the_same_limits(place: School, client_for: Clients) -> None:
    body = {
        "appointment": post_of(place, OWNER),
        "delegate": staff_of(place, STAND_IN),
        "division": "day",
        "began_on": format_roc(TODAY),
        "ended_on": format_roc(TODAY + 400 * DAY),
    }
    answer = client_for("equipment_section").post("/admin/delegation/new/", data=body)
    assert (answer.status_code, "最長一年" in answer.text) == (422, True)
