"""職務交接: the old holder is out, the new one in, both are told; undone before it begins; next year's prepared in one go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from admin_app import clock
from admin_app.services.posts.next_year import next_span
from admin_app.services.posts.seats import school_year_span
from models.notice import Notice
from models.people import Account, Appointment, Staff
from models.values.roc import format_roc
from models.vocabulary import Division
from tests.permissions.school import School

Clients = Callable[[str], Any]
DAY = dt.timedelta(days=1)
KEEPER = "equipment_section"


def staff_of(place: School, username: str) -> int:
    with place.session() as session:
        return session.scalars(select(Account.staff_id).where(Account.username == username)).one() or 0


def held(place: School, post: str) -> list[Appointment]:
    with place.session() as session:
        rows = session.scalars(
            select(Appointment).where(Appointment.post == post).order_by(Appointment.began_on, Appointment.id)
        ).all()
        session.expunge_all()
        return list(rows)


def notices(place: School, username: str) -> str:
    with place.session() as session:
        mine = select(Account.id).where(Account.username == username).scalar_subquery()
        return " ".join(session.scalars(select(Notice.text).where(Notice.account_id == mine)))


def hand(client: Any, post: str, successor: int, day: dt.date, leaving: int | str = "", **more: Any) -> Any:
    body = {"kind": "staff", "staff": successor, "day": format_roc(day), "basis": "115 學年度派令", "leaving": leaving, **more}
    return client.post(f"/posts/{post}/handover", data=body)


def test_who_handed_over_is_out_within_one_request_and_the_successor_in(place: School, client_for: Clients) -> None:
    old, new = client_for("sports_section"), client_for("library_director")
    assert (old.get("/admin/sports_winner/new/").status_code, new.get("/admin/sports_winner/new/").status_code) == (200, 403)
    (row,) = held(place, "sports_section")
    answer = hand(client_for(KEEPER), "sports_section", staff_of(place, "library_director"), clock.today(), row.id)
    assert answer.status_code == 302
    assert old.get("/admin/sports_winner/new/").status_code == 302  # signed out
    assert new.get("/admin/sports_winner/new/").status_code == 200
    before, after = held(place, "sports_section")
    assert (before.ended_on, after.began_on, after.ended_on) == (clock.today() - DAY, clock.today(), row.ended_on)
    assert "體育組" in notices(place, "sports_section")
    assert "接替" in notices(place, "library_director")


def test_what_is_prepared_can_be_taken_back_until_it_begins(place: School, client_for: Clients) -> None:
    client, day = client_for(KEEPER), clock.today() + 30 * DAY
    (row,) = held(place, "discipline_section")
    assert hand(client, "discipline_section", staff_of(place, "library_director"), day, row.id).status_code == 302
    before, after = held(place, "discipline_section")
    assert (before.ended_on, after.began_on) == (day - DAY, day)
    assert client.post(f"/posts/appointments/{after.id}/undo").status_code == 302
    (again,) = held(place, "discipline_section")
    assert again.ended_on == row.ended_on


def test_what_has_begun_cannot_be_taken_back(place: School, client_for: Clients) -> None:
    (row,) = held(place, "activities_section")
    client_for(KEEPER).post(f"/posts/appointments/{row.id}/undo")
    assert [each.id for each in held(place, "activities_section")] == [row.id]


@pytest.mark.parametrize(
    ("day", "basis", "why"),
    [(dt.date(2015, 1, 1), "派令", "交接日須晚於"), (clock.today(), "", "依據"), (clock.today(), "派令", "不需要交接")],
)
def test_a_handover_that_cannot_be_says_why_and_loses_nothing(
    day: dt.date, basis: str, why: str, place: School, client_for: Clients
) -> None:
    (row,) = held(place, "activities_section")
    successor = staff_of(place, "activities_section" if "不需要" in why else "library_director")
    answer = hand(client_for(KEEPER), "activities_section", successor, day, row.id, basis=basis)
    assert (answer.status_code, why in answer.text) == (422, True)
    assert f'value="{format_roc(day)}"' in answer.text
    assert len(held(place, "activities_section")) == 1


def test_a_day_that_is_none_is_explained(place: School, client_for: Clients) -> None:
    body = {"kind": "staff", "staff": staff_of(place, "library_director"), "day": "115/02/30", "basis": "派令"}
    answer = client_for(KEEPER).post("/posts/activities_section/handover", data=body)
    assert (answer.status_code, "115/02/30" in answer.text) == (422, True)


def test_posts_of_the_other_side_are_not_handed_over(place: School, client_for: Clients) -> None:
    successor = staff_of(place, "library_director")
    assert hand(client_for(KEEPER), "evening_student_affairs", successor, clock.today()).status_code == 404
    assert hand(client_for("evening_division"), "activities_section", successor, clock.today()).status_code == 404


def test_a_class_without_a_tutor_is_shown_vacant(place: School, client_for: Clients) -> None:
    with place.session() as session:
        row = session.scalars(
            select(Appointment).where(Appointment.post == "homeroom_teacher").order_by(Appointment.id.desc()).limit(1)
        ).one()
        row.ended_on, name = clock.today() - DAY, row.school_class.name if row.school_class else ""
    page = client_for(KEEPER).get("/posts?show=vacant").text
    assert f"導師（{name}）" in page
    assert "出缺" in page


def test_next_year_is_copied_changed_and_filled_in_one_go(place: School, client_for: Clients) -> None:
    client, coming = client_for(KEEPER), next_span(clock.today())
    chosen = {}
    for post in ("activities_section", "registration_section"):
        row = held(place, post)[0]
        chosen[post] = f"{post}.0.0.{row.id}"
    new = staff_of(place, "library_director")
    body = {"row": list(chosen.values()), f"staff.{chosen['registration_section']}": new, "basis": "116 學年度聘書"}
    assert client.post("/posts/next-year", data=body).status_code == 302
    (same,) = [each for each in held(place, "activities_section") if each.began_on == coming.began]
    (other,) = [each for each in held(place, "registration_section") if each.began_on == coming.began]
    assert (same.staff_id, other.staff_id) == (held(place, "activities_section")[0].staff_id, new)
    assert {same.ended_on, other.ended_on} == {coming.ended}
    again = client.post("/posts/next-year", data=body)
    assert again.status_code == 422
    assert len([each for each in held(place, "activities_section") if each.began_on == coming.began]) == 1


def test_one_row_without_anybody_saves_none(place: School, client_for: Clients) -> None:
    with place.session() as session:
        session.scalars(select(Appointment).where(Appointment.post == "internship_section")).one().ended_on = clock.today() - DAY
    before = len(held(place, "discipline_section"))
    row = held(place, "discipline_section")[0]
    body = {"row": ["internship_section.0.0.0", f"discipline_section.0.0.{row.id}"], "basis": "116 學年度聘書"}
    answer = client_for(KEEPER).post("/posts/next-year", data=body)
    assert (answer.status_code, "還沒有人選" in answer.text) == (422, True)
    assert len(held(place, "discipline_section")) == before


def test_a_school_year_runs_from_august_to_july() -> None:
    span = school_year_span(dt.date(2026, 11, 24))
    assert (span.began, span.ended) == (dt.date(2026, 8, 1), dt.date(2027, 7, 31))
    assert next_span(dt.date(2026, 11, 24)).began == dt.date(2027, 8, 1)


def test_who_left_is_not_appointed(place: School, client_for: Clients) -> None:
    with place.session() as session:
        gone = Staff(code="X900", name="石志明", division=Division.day, left_on=clock.today() - DAY)
        session.add(gone)
        session.flush()
        number = gone.id
    (row,) = held(place, "activities_section")[:1]
    answer = hand(client_for(KEEPER), "activities_section", number, clock.today(), row.id)
    assert (answer.status_code, "離職" in answer.text) == (422, True)
