"""After a change of state the same questions are asked again: from the next request on people get what the paper gives them now.

Twelve changes; each in a browser that was signed in before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import clock
from models.calendar import Semester
from models.classes import SchoolClass, Teaching
from models.people import Account, Appointment, Delegation, Guardianship, Staff, Student
from models.vocabulary import Division, EnrolmentStatus
from tests.access.personas import IN_DATE
from tests.conftest import SchoolClient
from tests.permissions.conftest import enter
from tests.permissions.pages import seen
from tests.permissions.school import School

YESTERDAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """Somebody whose standing changes, how, and the screens where it shows. `out`: the session is over from the next request on."""

    name: str
    username: str
    happens: Callable[[Session, Account], None]
    screens: tuple[str, ...]
    out: bool = False


def _disable(session: Session, account: Account) -> None:
    account.enabled = False


def _expire(session: Session, account: Account) -> None:
    account.expires_on = clock.today() - YESTERDAY


def _leave(session: Session, account: Account) -> None:
    assert account.staff is not None
    account.staff.left_on = clock.today() - YESTERDAY


def _graduate(session: Session, account: Account) -> None:
    assert account.student is not None
    account.student.status = EnrolmentStatus.graduated


def _transfer_out(session: Session, account: Account) -> None:
    assert account.student is not None
    account.student.status = EnrolmentStatus.transferred


def _end_posts(session: Session, account: Account) -> None:
    for each in session.scalars(select(Appointment).where(Appointment.staff_id == account.staff_id)):
        each.began_on, each.ended_on = each.began_on - 400 * YESTERDAY, clock.today() - YESTERDAY


def _hand_over(session: Session, account: Account) -> None:
    successor = Staff(code="SUCC1", name="馮郁婷", division=account.division)
    for each in list(session.scalars(select(Appointment).where(Appointment.staff_id == account.staff_id))):
        session.add(Appointment(post=each.post, division=each.division, staff=successor, began_on=clock.today()))
        each.began_on, each.ended_on = each.began_on - 400 * YESTERDAY, clock.today() - YESTERDAY


def _revoke(session: Session, account: Account) -> None:
    for each in session.scalars(select(Delegation).where(Delegation.delegate_id == account.staff_id)):
        each.revoked_on = clock.today()


def _move_class(session: Session, account: Account) -> None:
    """The 導師's students all go to another class: nobody is left to look after."""
    post = session.scalars(select(Appointment).where(Appointment.staff_id == account.staff_id)).first()
    assert post is not None
    other = session.scalars(
        select(SchoolClass).where(SchoolClass.id != post.school_class_id, SchoolClass.division == Division.day)
    ).first()
    assert other is not None
    for number, student in enumerate(session.scalars(select(Student).where(Student.school_class_id == post.school_class_id))):
        student.school_class_id, student.seat_no = other.id, min(99, 50 + number)


def _lose_child(session: Session, account: Account) -> None:
    for each in session.scalars(select(Guardianship).where(Guardianship.guardian_id == account.guardian_id)):
        session.delete(each)


def _teach_no_more(session: Session, account: Account) -> None:
    other = session.scalars(select(Staff).where(Staff.id != account.staff_id, Staff.division == account.division)).first()
    for each in session.scalars(select(Teaching).where(Teaching.staff_id == account.staff_id)):
        each.staff = other


def _close_semester(session: Session, account: Account) -> None:
    for each in session.scalars(select(Semester).where(Semester.closed_on.is_(None))):
        each.closed_on = clock.today()


CHANGES = [
    Change("account_disabled", "sports_section", _disable, ("sports_winner",), out=True),
    Change("account_expired", "discipline_section", _expire, ("class_office",), out=True),
    Change("staff_left", "instruction_section", _leave, ("elective_course",), out=True),
    Change("student_graduated", "student", _graduate, ("student", "learning_outcome"), out=True),
    Change("student_transferred_out", "evening_student", _transfer_out, ("student", "learning_outcome"), out=True),
    Change("posts_ended", "counseling_office", _end_posts, ("general_career_plan",), out=True),
    Change("post_handed_over", "registration_section", _hand_over, ("student", "grade"), out=True),
    Change("delegation_revoked", IN_DATE, _revoke, ("club", "club_office"), out=True),
    Change("class_moved", "homeroom_teacher", _move_class, ("student", "grade", "contest")),
    Change("guardianship_ended", "guardian", _lose_child, ("student", "grade")),
    Change("teaches_no_more", "teacher", _teach_no_more, ("grade", "learning_outcome")),
    Change("semester_closed", "activities_section", _close_semester, ("club", "club_office")),
]


@pytest.fixture(params=CHANGES, ids=lambda change: change.name)
def changed(request: pytest.FixtureRequest, app: Flask, place: School) -> tuple[Change, SchoolClient]:
    """A browser signed in before the change, after it."""
    change: Change = request.param
    client = enter(app, change.username)
    assert all(client.get(f"/admin/{screen}/").status_code == 200 for screen in change.screens)
    with place.session() as session:
        change.happens(session, session.scalars(select(Account).where(Account.username == change.username)).one())
    place.forget()
    return change, client


def test_what_one_gets_is_what_the_paper_gives_now(changed: tuple[Change, Any], place: School) -> None:
    change, client = changed
    for screen in change.screens:
        found = seen(client, screen)
        if change.out:
            assert found.status == 302, f"{change.username} 還看得到 {screen}"
        elif not place.opens(change.username, screen):
            assert found.status == 403
        else:
            assert found.total == len(place.expected(change.username, screen))


def test_the_twelve_are_twelve() -> None:
    assert len(CHANGES) == 12
