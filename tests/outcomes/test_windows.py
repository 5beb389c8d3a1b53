"""The one window function, to the second; and the places of 勾選, which the database counts."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from admin_app.services import outcomes, windows
from admin_app.services.outcomes import NotNow
from models.calendar import Window
from models.extension import Extension
from models.records.learning_outcome import OutcomeState
from models.selection import SelectionKind, SelectionPlace
from models.vocabulary import WindowKind
from tests.outcomes.conftest import NOON, Class

SECOND = dt.timedelta(seconds=1)
CLOSES = dt.datetime(2027, 2, 3, 23, 59)


def _window(place: Class, kind: WindowKind, closes_at: dt.datetime, **whose: object) -> None:
    place.session.add(Window(semester=place.people["學期"], kind=kind, opens_at=NOON, closes_at=closes_at, **whose))
    place.session.flush()


def _open(place: Class, now: dt.datetime, began_at: dt.datetime | None = None) -> bool:
    student = place.people["詹子君"]
    return bool(windows.window(place.session, WindowKind.upload, student, place.people["學期"], now=now, began_at=began_at))


def test_the_last_second_counts_and_the_next_does_not(place: Class) -> None:
    _window(place, WindowKind.upload, CLOSES)
    assert [_open(place, now) for now in (NOON - SECOND, NOON, CLOSES, CLOSES + SECOND)] == [False, True, True, False]
    assert _open(place, CLOSES + windows.GRACE, CLOSES)
    assert not _open(place, CLOSES + windows.GRACE, CLOSES + SECOND)
    assert not _open(place, CLOSES + windows.GRACE + SECOND, CLOSES)


def test_a_class_and_a_person_may_have_their_own_end(place: Class) -> None:
    _window(place, WindowKind.upload, CLOSES)
    _window(place, WindowKind.upload, CLOSES + dt.timedelta(days=1), school_class=place.people["班"])
    assert _open(place, CLOSES + SECOND)
    later = CLOSES + dt.timedelta(days=3)
    place.session.add(
        Extension(semester=place.people["學期"], student=place.people["詹子君"], kind=WindowKind.upload, until=later, reason="住院")
    )
    place.session.flush()
    assert _open(place, later)
    assert not _open(place, later + SECOND)


@pytest.mark.parametrize(
    ("kind", "closes_at", "why"),
    [
        (WindowKind.upload, dt.datetime(2027, 2, 2, 23, 59), "休業式後兩週"),
        (WindowKind.achievement, dt.datetime(2027, 2, 15), "二週前"),
        (WindowKind.certification, CLOSES, "上傳截止之後"),
    ],
)
def test_a_window_that_breaks_the_rule_is_refused(place: Class, kind: WindowKind, closes_at: dt.datetime, why: str) -> None:
    _window(place, WindowKind.upload, CLOSES)
    with pytest.raises(ValueError, match=why):
        _window(place, kind, closes_at)


def test_six_works_are_selected_and_the_database_counts_them(place: Class) -> None:
    _window(place, WindowKind.selection, CLOSES)
    student, teacher, works = place.actor("詹子君"), place.actor("林佳均"), []
    for number in range(7):
        work = place.work(f"報告 {number}")
        outcomes.send(place.session, work, by=student, now=NOON)
        outcomes.certify(place.session, work, by=teacher, now=NOON)
        works.append(work)
    for work in works[:6]:
        outcomes.select(place.session, work, by=student, now=NOON)
    with pytest.raises(NotNow, match="最多勾選 6 件"):
        outcomes.select(place.session, works[6], by=student, now=NOON)
    outcomes.unselect(place.session, works[2], by=student, now=NOON)
    outcomes.select(place.session, works[6], by=student, now=NOON)
    assert [each.state for each in works].count(OutcomeState.selected) == 6
    year = place.people["學期"].school_year_id
    mine = outcomes.places(place.session, student.student_id or 0, year, SelectionKind.outcome)
    assert [each.number for each in mine] == [1, 2, 3, 4, 5, 6]
    for number in (6, 7):
        row = {"student_id": student.student_id, "school_year_id": year, "kind": SelectionKind.outcome, "number": number}
        with pytest.raises(IntegrityError), place.session.begin_nested():
            place.session.execute(insert(SelectionPlace).values(**row, most=6, record_kind="learning_outcome", record_id=999))
