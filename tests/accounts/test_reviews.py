"""年度帳號清查: opened by the keepers, answered and signed by the unit's head alone; signing carries it out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from admin_app import clock
from models.access_review import AccessReview, AccessReviewLine
from models.event import Event
from models.people import Account
from tests.permissions.school import School

Clients = Callable[[str], Any]
KEEPER, HEAD, OTHER = "equipment_section", "academic_director", "student_affairs_director"


@pytest.fixture
def review(place: School, client_for: Clients) -> int:
    """This year's review of 教務處."""
    client_for(KEEPER).post("/access-reviews")
    with place.session() as session:
        found = session.scalars(select(AccessReview).where(AccessReview.unit == "academic_office")).one()
        found.confirmed_on, found.confirmed_by = None, ""
        for line in session.scalars(select(AccessReviewLine).where(AccessReviewLine.review_id == found.id)):
            line.finding, line.remark = None, ""
        return found.id


def lines(place: School, review: int) -> dict[str, int]:
    """Line ids by user name."""
    with place.session() as session:
        stmt = (
            select(Account.username, AccessReviewLine.id).join(AccessReviewLine.account).where(AccessReviewLine.review_id == review)
        )
        return dict(session.execute(stmt).all())


def answers(place: School, review: int, **others: str) -> dict[str, str]:
    found = lines(place, review)
    return {f"finding.{number}": others.get(username, "keep") for username, number in found.items()}


def test_the_list_holds_the_unit_and_the_units_under_it(place: School, review: int) -> None:
    found = set(lines(place, review))
    assert {"academic_director", "equipment_section", "registration_section", "academic_clerk"} <= found
    assert not {"discipline_section", "evening_clerk", "convener"} & found


def test_the_head_signs_and_what_was_said_is_done(place: School, client_for: Clients, review: int) -> None:
    clerk = client_for("academic_clerk")
    assert clerk.get("/admin/").status_code == 200
    body = {**answers(place, review, academic_clerk="disable"), "confirm": "1"}
    assert client_for(HEAD).post(f"/access-reviews/{review}", data=body).status_code == 302
    assert clerk.get("/admin/").status_code == 302
    with place.session() as session:
        row = session.get_one(AccessReview, review)
        assert (row.confirmed_on, "教務主任" in row.confirmed_by) == (clock.today(), True)
        disabled = session.scalars(select(Account).where(Account.username == "academic_clerk")).one()
        event = select(Event).where(Event.kind == "account", Event.record_id == disabled.id, Event.verb == "update")
        assert '"enabled": [true, false]' in session.scalars(event.order_by(Event.id.desc()).limit(1)).one().changes
        disabled.enabled = True
    again = client_for(HEAD).post(f"/access-reviews/{review}", data=body)
    assert again.status_code in (403, 422)


@pytest.mark.parametrize("by", [KEEPER, "registration_section", OTHER, "evening_director", "convener"])
def test_nobody_else_signs(by: str, place: School, client_for: Clients, review: int) -> None:
    answer = client_for(by).post(f"/access-reviews/{review}", data={**answers(place, review), "confirm": "1"})
    assert answer.status_code in (403, 404)
    with place.session() as session:
        assert session.get_one(AccessReview, review).confirmed_on is None


def test_an_unanswered_line_is_named_and_what_was_answered_stays_typed(place: School, client_for: Clients, review: int) -> None:
    body = answers(place, review)
    skipped = body.pop(f"finding.{lines(place, review)['academic_clerk']}")
    body |= {f"remark.{lines(place, review)['registration_section']}": "續任", "confirm": "1"}
    answer = client_for(HEAD).post(f"/access-reviews/{review}", data=body)
    assert (answer.status_code, "還有 1 人" in answer.text, "續任" in answer.text, skipped) == (422, True, True, "keep")


def test_a_change_of_post_says_which(place: School, client_for: Clients, review: int) -> None:
    body = answers(place, review, registration_section="change")
    answer = client_for(HEAD).post(f"/access-reviews/{review}", data=body)
    assert (answer.status_code, "備註寫明" in answer.text) == (422, True)


def test_the_head_does_not_disable_themselves(place: School, client_for: Clients, review: int) -> None:
    answer = client_for(HEAD).post(f"/access-reviews/{review}", data=answers(place, review, academic_director="disable"))
    assert (answer.status_code, "自己的帳號" in answer.text) == (422, True)


def test_unfinished_units_are_listed_and_reminded(place: School, client_for: Clients, review: int) -> None:
    page = client_for(KEEPER).get("/access-reviews").text
    assert re.search(r"教務處.*?未確認", page, re.DOTALL)
    assert client_for(KEEPER).post("/access-reviews/remind").status_code == 302
    with place.session() as session:
        assert session.get_one(AccessReview, review).reminded_on == clock.today()


def test_a_head_sees_only_the_own_unit(place: School, client_for: Clients, review: int) -> None:
    assert client_for(OTHER).get(f"/access-reviews/{review}").status_code == 404
    assert "教務處" not in client_for(OTHER).get("/access-reviews").text.split("<main")[1]
