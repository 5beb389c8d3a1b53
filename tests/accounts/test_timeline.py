"""Days from–to: what a set of appointments leaves open and where two meet, against counting the days one by one."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from admin_app.services.posts.timeline import DAY, Span, overlaps, vacancies

FIRST = dt.date(2026, 8, 1)
YEAR = Span(FIRST, dt.date(2027, 7, 31))
DAYS = [FIRST + number * DAY for number in range(365)]
some_day = st.integers(min_value=-60, max_value=420).map(lambda number: FIRST + number * DAY)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    began = draw(some_day)
    ended = draw(st.one_of(st.none(), st.integers(min_value=0, max_value=400).map(lambda number: began + number * DAY)))
    return Span(began, ended)


def days_of(found: list[Span]) -> list[dt.date]:
    return [day for span in found for day in DAYS if span.holds(day)]


def ordered(found: list[Span]) -> bool:
    """In order, and with at least a day between: two that touch would be one."""
    return all(one.last() + DAY < other.began for one, other in pairwise(found))


@given(st.lists(spans(), max_size=6))
def test_a_vacancy_is_a_day_nobody_holds(held: list[Span]) -> None:
    found = vacancies(held, YEAR)
    assert days_of(found) == [day for day in DAYS if not any(span.holds(day) for span in held)]
    assert ordered(found)


@given(st.lists(spans(), max_size=6))
def test_an_overlap_is_a_day_two_hold(held: list[Span]) -> None:
    found = overlaps(held, YEAR)
    assert days_of(found) == [day for day in DAYS if sum(span.holds(day) for span in held) > 1]
    assert ordered(found)


@given(spans())
def test_one_holder_never_overlaps(held: Span) -> None:
    assert overlaps([held], YEAR) == []


def test_a_handover_leaves_neither_a_gap_nor_an_overlap() -> None:
    day = dt.date(2027, 2, 1)
    held = [Span(FIRST, day - DAY), Span(day, YEAR.ended)]
    assert (vacancies(held, YEAR), overlaps(held, YEAR)) == ([], [])


def test_for_good_covers_the_rest_of_the_year() -> None:
    assert vacancies([Span(FIRST)], YEAR) == []
    assert vacancies([Span(FIRST + DAY)], YEAR) == [Span(FIRST, FIRST)]
