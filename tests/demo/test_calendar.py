"""The demo school's calendar, for any day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary import WindowKind
from seed.demo.calendar import school_calendar, windows

days = st.dates(dt.date(2018, 8, 1), dt.date(2060, 7, 31))


@given(days)
def test_any_day_lies_in_the_current_of_three_semesters(today: dt.date) -> None:
    oldest, previous, current = school_calendar(today)
    assert current.starts_on <= today <= current.ends_on
    assert current.closed_on is None
    for earlier, later in ((oldest, previous), (previous, current)):
        assert earlier.starts_on < earlier.ends_on
        assert earlier.closed_on is not None and earlier.ends_on < earlier.closed_on < later.starts_on
        assert (later.year, later.number) in ((earlier.year, 2), (earlier.year + 1, 1))


@pytest.mark.parametrize("year", range(2025, 2030))
def test_every_day_of_a_year_has_its_semester(year: int) -> None:
    first = dt.date(year, 8, 1)
    terms = {school_calendar(first + dt.timedelta(days=number))[-1] for number in range(365)}
    assert {(term.year, term.number) for term in terms if not term.shifted} == {(year - 1911, 1), (year - 1911, 2)}


@given(days)
def test_uploads_stay_open_for_two_weeks_after_the_last_day(today: dt.date) -> None:
    for term in school_calendar(today):
        for window in windows(term):
            assert window.opens_at < window.closes_at
            if window.kind is WindowKind.upload and not (window.grade == 3 and term.number == 2):
                assert window.closes_at.date() >= term.ends_on + dt.timedelta(days=14)
