"""Posts come and go: 代理 from a day to a day, an appointment that ended yesterday, two posts in one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from admin_app import clock
from models.people import Account, Appointment, Delegation
from models.vocabulary import Division
from tests.permissions.acts import count
from tests.permissions.pages import seen
from tests.permissions.school import School

Clients = Callable[[str], Any]
BY = "library_director"
"""圖書館主任 has no line of the paper but 工作小組會議."""
DAY = dt.timedelta(days=1)
Give = Callable[..., None]


@pytest.fixture
def appoint(place: School) -> Iterator[Give]:
    """Appoints 圖書館主任 to further posts, for one test."""
    made: list[int] = []

    def give(post: str, began: int = -30, ended: int | None = None, **scope: Any) -> None:
        with place.session() as session:
            holder = session.scalars(select(Account).where(Account.username == BY)).one()
            until = clock.today() + ended * DAY if ended is not None else None
            row = Appointment(post=post, staff_id=holder.staff_id, began_on=clock.today() + began * DAY, ended_on=until, **scope)
            session.add(row)
            session.flush()
            made.append(row.id)
        place.forget()

    yield give
    with place.session() as session:
        for number in made:
            session.delete(session.get_one(Appointment, number))
    place.forget()


@pytest.fixture
def lend(place: School) -> Iterator[Give]:
    """Lets 圖書館主任 stand in for somebody, for one test."""
    made: list[int] = []

    def give(owner: str, began: int = -1, ended: int = 1, revoked: int | None = None, subjects: tuple[str, ...] = ()) -> None:
        with place.session() as session:
            absent = session.scalars(select(Account).where(Account.username == owner)).one()
            post = select(Appointment).where(Appointment.staff_id == absent.staff_id, Appointment.post == owner)
            row = Delegation(
                appointment=session.scalars(post).first(),
                delegate_id=session.scalars(select(Account).where(Account.username == BY)).one().staff_id,
                began_on=clock.today() + began * DAY,
                ended_on=clock.today() + ended * DAY,
                revoked_on=clock.today() + revoked * DAY if revoked is not None else None,
                subjects=subjects,
            )
            session.add(row)
            session.flush()
            made.append(row.id)
        place.forget()

    yield give
    with place.session() as session:
        for number in made:
            session.delete(session.get_one(Delegation, number))
    place.forget()


def form(clients: Clients, screen: str) -> Any:
    return clients(BY).get(f"/admin/{screen}/new/")


def test_without_a_post_nothing_opens(client_for: Clients) -> None:
    assert form(client_for, "club").status_code == 403


def test_who_stands_in_may_do_the_work(lend: Give, client_for: Clients) -> None:
    lend("activities_section")
    assert form(client_for, "club").status_code == 200


def test_the_page_says_for_whom_one_stands_in(lend: Give, place: School, client_for: Clients) -> None:
    lend("activities_section")
    with place.session() as session:
        absent = session.scalars(select(Account).where(Account.username == "activities_section")).one().person.name
    assert f"代理{absent}" in form(client_for, "club").text


def test_the_stand_in_sees_what_the_holder_sees(lend: Give, place: School, client_for: Clients) -> None:
    lend("activities_section")
    assert seen(client_for(BY), "club_office").total == len(place.expected("activities_section", "club_office"))


def test_who_lends_keeps_their_post(lend: Give, client_for: Clients) -> None:
    lend("activities_section")
    assert client_for("activities_section").get("/admin/club/new/").status_code == 200


@pytest.mark.parametrize(("began", "ended"), [(-10, -1), (1, 10)])
def test_before_and_after_its_days_nobody_stands_in(began: int, ended: int, lend: Give, client_for: Clients) -> None:
    lend("activities_section", began=began, ended=ended)
    assert form(client_for, "club").status_code == 403


@pytest.mark.parametrize(("began", "ended"), [(0, 0), (-5, 0), (0, 5)])
def test_the_first_and_the_last_day_count(began: int, ended: int, lend: Give, client_for: Clients) -> None:
    lend("activities_section", began=began, ended=ended)
    assert form(client_for, "club").status_code == 200


def test_what_is_revoked_is_over_at_once(lend: Give, client_for: Clients) -> None:
    lend("activities_section", revoked=0)
    assert form(client_for, "club").status_code == 403


def test_one_may_stand_in_for_a_part(lend: Give, client_for: Clients) -> None:
    lend("activities_section", subjects=("club_office",))
    assert form(client_for, "club_office").status_code == 200
    assert form(client_for, "club").status_code == 403


def test_a_post_that_ended_with_its_holder_is_lent_no_more(lend: Give, place: School, client_for: Clients) -> None:
    lend("sports_section")
    with place.session() as session:
        held = session.scalars(select(Appointment).where(Appointment.post == "sports_section")).one()
        held.ended_on = clock.today() - DAY
    assert form(client_for, "sports_winner").status_code == 403
    with place.session() as session:
        session.scalars(select(Appointment).where(Appointment.post == "sports_section")).one().ended_on = None


@pytest.mark.parametrize(("began", "ended"), [(-30, None), (-30, 0), (0, None)])
def test_an_appointment_counts_from_its_first_to_its_last_day(
    began: int, ended: int | None, appoint: Give, client_for: Clients
) -> None:
    appoint("activities_section", began, ended)
    assert form(client_for, "club").status_code == 200


@pytest.mark.parametrize(("began", "ended"), [(-30, -1), (1, None)])
def test_an_appointment_of_yesterday_or_tomorrow_gives_nothing(
    began: int, ended: int | None, appoint: Give, client_for: Clients
) -> None:
    appoint("activities_section", began, ended)
    assert form(client_for, "club").status_code == 403
    assert seen(client_for(BY), "club_office").status == 403


def test_a_post_lost_meanwhile_saves_nothing(appoint: Give, place: School, client_for: Clients) -> None:
    appoint("activities_section")
    assert form(client_for, "club").status_code == 200
    with place.session() as session:
        held = select(Appointment).order_by(Appointment.id.desc()).limit(1)
        session.scalars(held).one().ended_on = clock.today() - DAY
    before = count(place, "club")
    assert client_for(BY).post("/admin/club/new/", data={"name": "遲到社"}).status_code == 403
    assert count(place, "club") == before


def test_permissions_of_two_posts_add_up(appoint: Give, client_for: Clients) -> None:
    appoint("activities_section")
    appoint("discipline_section")
    assert [form(client_for, screen).status_code for screen in ("club", "class_office", "grade")] == [200, 200, 403]


def test_each_page_names_the_post_that_allows_it(appoint: Give, client_for: Clients) -> None:
    appoint("activities_section")
    appoint("discipline_section")
    assert "D12" in form(client_for, "club").text
    assert "D11" in form(client_for, "class_office").text


def test_posts_on_both_sides_show_both_sides(appoint: Give, place: School, client_for: Clients) -> None:
    appoint("discipline_section")
    appoint("evening_student_affairs", division=Division.evening)
    both = place.expected("discipline_section", "class_office") | place.expected("evening_student_affairs", "class_office")
    assert seen(client_for(BY), "class_office").total == len(both)


@pytest.mark.parametrize(("post", "division"), [("evening_student_affairs", "day"), ("discipline_section", "evening")])
def test_an_appointment_across_the_wall_gives_nothing(post: str, division: str, appoint: Give, client_for: Clients) -> None:
    """設備組 appoints for 日校: an evening post given by them stays on paper."""
    appoint(post, division=Division[division])
    assert form(client_for, "class_office").status_code == 403
    assert seen(client_for(BY), "class_office").status == 403


def test_a_homeroom_post_without_a_class_reaches_nobody(appoint: Give, client_for: Clients) -> None:
    appoint("homeroom_teacher")
    assert seen(client_for(BY), "student").total == 0


def test_a_disabled_account_is_out_at_once(place: School, client_for: Clients) -> None:
    client = client_for("student_affairs_clerk")
    assert client.get("/admin/").status_code == 200
    with place.session() as session:
        session.scalars(select(Account).where(Account.username == "student_affairs_clerk")).one().enabled = False
    assert client.get("/admin/").status_code == 302
