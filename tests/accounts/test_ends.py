"""Departures and idle accounts: access ends, what was held ends, records stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.rulebook import load_rulebook
from admin_app.services.account_life import finding
from admin_app.services.account_life.idle import disable_idle, tell_keepers
from models.event import Event
from models.notice import Notice
from models.people import Account, Appointment, Delegation, Staff
from models.records.club import Club
from models.regulation import Edition
from models.vocabulary import Division
from tests.permissions.pages import seen
from tests.permissions.school import School

Clients = Callable[[str], Any]
DAY = dt.timedelta(days=1)
NOW = clock.now()


def test_who_left_loses_posts_and_delegations_and_keeps_every_record(place: School, client_for: Clients) -> None:
    with place.session() as session:
        account = session.scalars(select(Account).where(Account.username == "activities_section")).one()
        person = account.staff
        assert person is not None
        person.left_on = clock.today() - DAY
        clubs = session.scalar(select(func.count(Club.id)))
        key, number = f"staff-{person.id}", account.id
    keeper = client_for("equipment_section")
    page = keeper.get("/accounts/departed").text
    assert "活動組" in page
    assert keeper.post("/accounts/departed", data={"person": key}).status_code == 302
    with place.session() as session:
        assert session.get_one(Account, number).enabled is False
        rows = session.scalars(select(Appointment).where(Appointment.post == "activities_section")).all()
        assert {row.ended_on for row in rows} == {clock.today() - DAY}
        open_ones = select(Delegation).where(Delegation.revoked_on.is_(None), Delegation.ended_on >= clock.today())
        assert not [each for each in session.scalars(open_ones) if each.appointment_id in {row.id for row in rows}]
        assert session.scalar(select(func.count(Club.id))) == clubs
    assert seen(client_for("student_affairs_director"), "club").total > 0
    assert key not in keeper.get("/accounts/departed").text


def test_the_other_side_ends_nobody(place: School, client_for: Clients) -> None:
    with place.session() as session:
        person = session.scalars(select(Account).where(Account.username == "sports_section")).one().staff
        assert person is not None
        person.left_on = clock.today() - DAY
        key = f"staff-{person.id}"
    assert client_for("evening_division").post("/accounts/departed", data={"person": key}).status_code == 400
    with place.session() as session:
        session.get_one(Staff, int(key.removeprefix("staff-"))).left_on = None


@pytest.fixture
def idlers(session: Session) -> dict[str, Account]:
    """Accounts last used, or made and never used, so many days ago."""
    found = {}
    for number, (name, seen_days, made_days) in enumerate(
        [("used", 10, 900), ("idle", 401, 900), ("never", None, 401), ("new", None, 399), ("unknown", None, None)]
    ):
        found[name] = Account(
            username=f"I{number}",
            staff=Staff(code=f"I{number}", name="范佳穎"),
            signed_in_at=NOW - seen_days * DAY if seen_days else None,
            created_on=NOW.date() - made_days * DAY if made_days else None,
        )
    session.add_all(found.values())
    session.flush()
    return found


def test_only_what_is_idle_longer_than_the_setting_is_disabled(session: Session, idlers: dict[str, Account]) -> None:
    book = load_rulebook(session, session.scalars(select(Edition.id)).one())
    assert {each.username for each in disable_idle(session, book, now=NOW, days=400)} == {"I1", "I2"}
    session.flush()
    assert {name for name, each in idlers.items() if not each.enabled} == {"idle", "never"}
    assert session.scalar(select(func.count(Event.id)).where(Event.verb == "disable_idle")) == 2


def test_with_nothing_set_nothing_is_disabled(session: Session, idlers: dict[str, Account]) -> None:
    book = load_rulebook(session, session.scalars(select(Edition.id)).one())
    assert list(disable_idle(session, book, now=NOW, days=0)) == []


def test_a_keeper_is_never_disabled_and_is_told_who_was(session: Session, idlers: dict[str, Account]) -> None:
    book = load_rulebook(session, session.scalars(select(Edition.id)).one())
    keeper = idlers["idle"]
    session.add(Appointment(post="equipment_section", staff=keeper.staff, began_on=NOW.date() - 900 * DAY))
    session.flush()
    gone = disable_idle(session, book, now=NOW, days=400)
    assert [each.username for each in gone] == ["I2"]
    tell_keepers(session, book, Division.day, gone, on=NOW.date())
    session.flush()
    told = session.scalars(select(Notice)).all()
    assert [(each.account_id, "I2" in each.text) for each in told] == [(keeper.id, True)]


def test_each_figure_of_the_overview_counts_what_it_says(session: Session, idlers: dict[str, Account]) -> None:
    idlers["new"].enabled = False
    idlers["unknown"].expires_on = NOW.date() - DAY
    idlers["used"].must_change_password, idlers["used"].password_hash = True, "x"
    session.flush()
    found = {each.name: each.number for each in finding.counts(session, [Division.day], on=NOW.date(), idle_days=180)}
    assert found == {"usable": 3, "disabled": 1, "expired": 1, "idle": 1, "never": 1, "first_password": 1}
    assert not any(each.number for each in finding.counts(session, [Division.evening], on=NOW.date(), idle_days=180))


def test_a_mail_address_of_two_people_is_shown_with_both(session: Session) -> None:
    session.add_all(Staff(code=f"M{number}", name="范佳穎", email="Same@example.edu.tw") for number in (1, 2))
    session.flush()
    (shared,) = finding.shared_mails(session, [Division.day])
    assert (shared.email, len(shared.people)) == ("same@example.edu.tw", 2)


@pytest.mark.parametrize("name", ["usable", "disabled", "expired", "idle", "never", "first_password"])
def test_each_figure_leads_to_its_list(name: str, client_for: Clients) -> None:
    page = client_for("equipment_section").get("/accounts").text
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.split('class="figure-name" href="')[1:]]
    number = ["usable", "disabled", "expired", "idle", "never", "first_password"].index(name)
    assert client_for("equipment_section").get(links[number]).status_code == 200
