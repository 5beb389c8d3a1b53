"""Search by pairs of characters finds what looking into every row finds, and follows whatever happens to a row."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from sqlalchemy import Enum, String, delete, insert, select, true
from sqlalchemy.orm import Session

from admin_app.grid import paging
from admin_app.grid.columns import column
from admin_app.grid.paging import Place, read_page
from admin_app.grid.query import GridQuery
from admin_app.services import finding
from models.catalogue import ENTITIES
from models.classes import Course
from models.grams import GRAM, GRAMMED, field_number
from models.people import Student
from models.values.identity import fake_id_number
from models.vocabulary import Gender
from tests.conftest import SOAK

LETTERS = "陳怡君王小明𠮷龍潭ＡＢａaAbBß%_\\'\"1２ 　éÉİıσΣς的"
WORDS = 400 if SOAK else 120


def invented(luck: random.Random, most: int) -> str:
    return "".join(luck.choice(LETTERS) for _ in range(luck.randint(1, most)))


@pytest.fixture
def crowd(session: Session) -> Session:
    luck = random.Random(4)
    for number in range(150):
        session.add(
            Student(
                student_no=f"115{number:05}",
                name=invented(luck, 9),
                id_number=fake_id_number(number, Gender.male),
                gender=Gender.male,
                born_on=dt.date(2009, 9, 1),
            )
        )
        code = f"1140304{number % 90 + 10}V2130101020{number:03}"[:23]
        session.add(Course(code=code.ljust(23, "0"), name=invented(luck, 12)))
    session.flush()
    return session


def found(session: Session, model: type, word: str) -> set[int]:
    names = {Student: ("name", "student_no"), Course: ("name", "code", "former_name")}[model]
    searched = [column(model, name) for name in names]
    query = GridQuery(model=model, columns=searched[:1], scope=true(), order=("name",), searchable=searched, search=word)
    leaf = read_page(session.connection(), query, Place(200))
    naive = {row[0] for row in session.execute(query.rows())}
    assert (leaf.total, {row[0] for row in leaf.rows}) == (len(naive), naive), repr(word)
    return naive


def test_pairs_find_what_looking_into_every_row_finds(crowd: Session) -> None:
    luck, hits = random.Random(9), 0
    texts = [*crowd.scalars(select(Student.name)), *crowd.scalars(select(Course.name))]
    for _ in range(WORDS):
        text = luck.choice(texts)
        at = luck.randrange(len(text))
        piece = luck.choice((text[at : at + luck.randint(1, 6)], invented(luck, 3), text.swapcase(), "115000"))
        hits += sum(bool(found(crowd, model, piece)) for model in (Student, Course))
    assert hits > WORDS / 2


@pytest.mark.parametrize("word", ["%", "_", "\\", "陳 君", "𠮷", "Ａ", "a", "A", "115", "11500001", "\U0010ffff", "\ud7ff", "'"])
def test_odd_words_too(word: str, crowd: Session) -> None:
    for model in (Student, Course):
        found(crowd, model, word)


def test_a_word_that_is_everywhere_is_counted_to_the_cap(crowd: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "CAP", 30)
    searched = [column(Student, name) for name in ("name", "student_no")]
    query = GridQuery(model=Student, columns=searched, scope=true(), order=("student_no",), searchable=searched, search="115")
    leaf = read_page(crowd.connection(), query, Place(20))
    assert (leaf.total, leaf.is_capped) == (30, True)
    assert [row[2] for row in leaf.rows] == [f"115{number:05}" for number in range(20)]


def test_a_word_often_in_one_column_and_seldom_in_another_keeps_one_order(crowd: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "CAP", 30)
    for number, row in enumerate(crowd.scalars(select(Student).limit(12))):
        row.name = f"王{number}115"
    crowd.flush()
    searched = [column(Student, name) for name in ("name", "student_no")]
    for word in ("115", "115 王", "115 0"):
        query = GridQuery(model=Student, columns=searched, scope=true(), order=("-name",), searchable=searched, search=word)
        expected = [row[0] for row in crowd.execute(query.rows())]
        leaf = read_page(crowd.connection(), query, Place(20))
        seen = [row[0] for row in leaf.rows]
        while leaf.next:
            leaf = read_page(crowd.connection(), query, Place(20, after=leaf.next))
            seen += [row[0] for row in leaf.rows]
        last = read_page(crowd.connection(), query, Place(20, before=paging.END))
        assert (seen, [row[0] for row in last.rows]) == (expected, expected[-20:]), word


def test_a_row_is_found_by_what_it_is_now(crowd: Session) -> None:
    row = crowd.scalars(select(Student).limit(1)).one()
    row.name = "歐陽測試"
    crowd.flush()
    assert found(crowd, Student, "歐陽測") == {row.id}
    row.name = "司馬"
    crowd.flush()
    assert found(crowd, Student, "歐陽") == set()
    crowd.delete(row)
    crowd.flush()
    assert found(crowd, Student, "司馬") == set()
    assert finding.verify(crowd) == []


def test_the_demo_school_was_grammed_as_it_was_made(school: Session) -> None:
    assert finding.verify(school) == []


def test_rebuilding_mends_what_was_written_past_us(crowd: Session) -> None:
    crowd.connection().execute(delete(GRAM).where(GRAM.c.record_id > 70))
    crowd.connection().execute(insert(GRAM), [{"field": field_number("student", "name"), "gram": "多餘", "record_id": 1}])
    drift = {(each.table, each.column): each for each in finding.verify(crowd)}
    assert drift["student", "name"].missing > 0 and drift["student", "name"].left_over == 1
    finding.rebuild(crowd)
    assert finding.verify(crowd) == []


def test_nothing_encrypted_or_sensitive_is_grammed_and_no_two_columns_share_a_number() -> None:
    models = {model.__tablename__: model for model in ENTITIES}
    numbers = []
    for table, names in GRAMMED.items():
        for name in names:
            shown = column(models[table], name)
            assert shown.sortable and isinstance(shown.type, String) and not isinstance(shown.type, Enum), (table, name)
            numbers.append(field_number(table, name))
    assert len(set(numbers)) == len(numbers)
