"""Walking a grid page by page: every row once, in one order on both engines, forwards and backwards."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import false, true
from sqlalchemy.orm import Session

from admin_app.grid import paging
from admin_app.grid.columns import column
from admin_app.grid.paging import END, Leaf, NoSuchPage, Place, read_page
from admin_app.grid.query import GridQuery
from models.calendar import SchoolYear
from models.classes import Department, SchoolClass
from models.people import Student
from models.values.identity import fake_id_number
from models.vocabulary import Division, EnrolmentStatus, Gender
from tests.conftest import sample

ROWS = 130
ORDERS: list[tuple[str, ...]] = [
    (),
    ("name",),
    ("-name",),
    ("seat_no",),
    ("-seat_no",),
    ("status",),
    ("-status_changed_on",),
    ("status_changed_on", "-seat_no"),
    ("school_class.name",),
    ("-school_class.name",),
    ("school_class.name", "seat_no"),
    ("-school_class_id", "seat_no", "-name"),
    ("school_class.department.name",),
    ("gender", "-school_class.grade", "name"),
]


@pytest.fixture
def crowd(session: Session) -> Session:
    """Students with few names, missing seats, classes and days: ties and gaps everywhere."""
    luck = random.Random(115)
    year = SchoolYear(year=115)
    parts = [Department(division=Division.day, name=name, short=name[0]) for name in ("機械科", "電機科")]
    classes = [
        SchoolClass(school_year=year, division=Division.day, department=luck.choice(parts), name=name, grade=luck.randint(1, 3))
        for name in ("機一甲", "電二乙", "機一乙", "電三甲")
    ]
    session.add_all([year, *parts, *classes])
    for number in range(ROWS):
        gender = luck.choice(list(Gender))
        session.add(
            Student(
                student_no=f"115{number:05}",
                name=luck.choice(("王小明", "陳怡君", "Amy Lin", "amy lin", "李四", "𠮷野")),
                id_number=fake_id_number(number, Gender.male),
                gender=gender,
                born_on=dt.date(2009, 9, 1),
                school_class=luck.choice([*classes, None]),
                seat_no=luck.choice([None, *range(1, 9)]),
                status=luck.choice(list(EnrolmentStatus)),
                status_changed_on=luck.choice([None, dt.date(2026, 9, 1), dt.date(2026, 10, 1)]),
            )
        )
    session.flush()
    return session


def asked(order: tuple[str, ...], **more: Any) -> GridQuery:
    shown = [column(Student, key) for key in ("student_no", "name", "school_class.name", "school_class.department.name")]
    return GridQuery(model=Student, columns=shown, scope=more.pop("scope", true()), order=order, **more)


def walk(session: Session, query: GridQuery, size: int, *, backwards: bool = False) -> Iterator[Leaf]:
    place = Place(size, before=END) if backwards else Place(size)
    while True:
        leaf = read_page(session.connection(), query, place)
        yield leaf
        anchor = leaf.previous if backwards else leaf.next
        if not anchor:
            return
        place = Place(size, before=anchor) if backwards else Place(size, after=anchor)


def ids(leaves: list[Leaf]) -> list[int]:
    return [row[0] for leaf in leaves for row in leaf.rows]


@pytest.fixture(params=[1_000, 20], ids=["counted", "too many to count"])
def cap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Small sets are sorted whole, large ones walked along an index; both ways must tell the same."""
    monkeypatch.setattr(paging, "CAP", request.param)
    return int(request.param)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: ",".join(order) or "id")
def test_all_pages_together_are_the_whole_set_forwards_and_backwards(order: tuple[str, ...], cap: int, crowd: Session) -> None:
    whole = [row[0] for row in crowd.execute(asked(order).rows())]
    assert len(set(whole)) == ROWS
    for size in (7, 50):
        forwards = list(walk(crowd, asked(order), size))
        assert ids(forwards) == whole
        assert [leaf.first for leaf in forwards] == list(range(1, ROWS + 1, size))
        backwards = list(walk(crowd, asked(order), size, backwards=True))
        assert len(backwards[-1].rows) == size, "the first page is a full one"
        seen = [number for leaf in reversed(backwards[:-1]) for number in (row[0] for row in leaf.rows)]
        assert seen == whole[ROWS - len(seen) :]
        assert [row[0] for row in backwards[-1].rows] == whole[:size]


@pytest.mark.parametrize("order", sample(ORDERS, 6), ids=lambda order: ",".join(order) or "id")
def test_back_from_any_page_is_the_page_before(order: tuple[str, ...], cap: int, crowd: Session) -> None:
    leaves = list(walk(crowd, asked(order), 30))
    for before, here in pairwise(leaves):
        back = read_page(crowd.connection(), asked(order), Place(30, before=here.previous))
        assert ids([back]) == ids([before])
        assert back.first == before.first


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: ",".join(order) or "id")
def test_a_page_by_number_is_the_page_by_anchor(order: tuple[str, ...], cap: int, crowd: Session) -> None:
    for number, leaf in enumerate(walk(crowd, asked(order), 25), start=1):
        if (number - 1) * 25 < cap:
            assert ids([read_page(crowd.connection(), asked(order), Place(25, number))]) == ids([leaf])


def test_what_is_not_counted_has_no_page_numbers(crowd: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number would have every row before the page read and thrown away."""
    monkeypatch.setattr(paging, "CAP", 20)
    assert read_page(crowd.connection(), asked(()), Place(10, number=2)).rows
    with pytest.raises(NoSuchPage):
        read_page(crowd.connection(), asked(()), Place(10, number=3))


@pytest.mark.parametrize("name", ["seat_no", "school_class.name", "status_changed_on"])
def test_nothing_stands_first_upwards_and_last_downwards(name: str, crowd: Session) -> None:
    shown = asked((name,))
    shown.columns = [column(Student, name)]
    up = read_page(crowd.connection(), shown, Place(200)).rows
    gaps = [row[1] is None for row in up]
    assert any(gaps) and gaps == sorted(gaps, reverse=True)
    down = read_page(crowd.connection(), asked((f"-{name}",)), Place(200)).rows
    assert [row[0] for row in down] == [row[0] for row in reversed(up)]


def test_a_row_deleted_meanwhile_costs_nobody_their_place(cap: int, crowd: Session) -> None:
    first = read_page(crowd.connection(), asked(("name",)), Place(20))
    whole = [row[0] for row in crowd.execute(asked(("name",)).rows())]
    crowd.delete(crowd.get_one(Student, first.rows[-1][0]))
    crowd.flush()
    after = read_page(crowd.connection(), asked(("name",)), Place(20, after=first.next))
    assert ids([after]) == whole[20:40]


def test_a_set_is_counted_to_the_cap_and_no_further(crowd: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for cap, expected in ((ROWS - 1, (ROWS - 1, True)), (ROWS, (ROWS, False)), (ROWS + 1, (ROWS, False))):
        monkeypatch.setattr(paging, "CAP", cap)
        leaf = read_page(crowd.connection(), asked(()), Place(50))
        assert (leaf.total, leaf.is_capped) == expected


def test_the_last_page_of_a_counted_set_knows_its_numbers(crowd: Session) -> None:
    leaf = read_page(crowd.connection(), asked(("name",)), Place(50, before=END))
    assert (leaf.first, len(leaf.rows), leaf.next) == (ROWS - 49, 50, "")


def test_a_page_beyond_the_last_is_none(cap: int, crowd: Session) -> None:
    with pytest.raises(NoSuchPage):
        read_page(crowd.connection(), asked(()), Place(50, number=4))


def test_the_scope_holds_on_every_page(cap: int, crowd: Session) -> None:
    inside = {row[0] for row in crowd.execute(asked((), scope=Student.seat_no > 4).rows())}
    assert set(ids(list(walk(crowd, asked(("name",), scope=Student.seat_no > 4), 10)))) == inside
    nobody = read_page(crowd.connection(), asked(("name",), scope=false()), Place(10))
    assert (nobody.total, list(nobody.rows)) == (0, [])


@pytest.mark.parametrize("text", ["x", "AAAA", "after", "%%%", "５０", "A" * 400])
def test_what_is_not_an_anchor_is_refused(text: str, crowd: Session) -> None:
    with pytest.raises(ValueError, match="anchor"):
        read_page(crowd.connection(), asked(("name",)), Place(50, after=text))


def test_an_anchor_is_good_for_its_own_order_only_and_says_nothing(crowd: Session) -> None:
    leaf = read_page(crowd.connection(), asked(("name",)), Place(50))
    assert leaf.next.isascii() and "王" not in leaf.next and len(leaf.next) < 120
    for order in (("-name",), ("student_no",), ("name", "seat_no")):
        with pytest.raises(ValueError, match="anchor"):
            read_page(crowd.connection(), asked(order), Place(50, after=leaf.next))
