"""Replaying a record's events gives exactly what its row holds, whatever was done to it and in whichever way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Date, DateTime, Enum, Integer, Numeric, Time, create_engine, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import UNRECORDED, Signature, sign, track
from admin_app.database import engine_options
from admin_app.services import importing
from admin_app.services.audit import replay, restored
from models.base import Entity, Words
from models.catalogue import ENTITIES, RECORDS
from models.event import Event
from models.people import Appointment, Delegation, Guardian, Staff, Student
from models.plain import plain, restore
from tests.conftest import SOAK
from tests.databases import Servers

MODELS = [*RECORDS, Staff, Student, Guardian, Appointment, Delegation]
TEXT = st.text("陳小明 a0|,\"'\n\\é𠮷", max_size=8)
FIXED = {"id", "version", "semester_id", "id_number", "id_number_index"}


@pytest.fixture(scope="module")
def desk(servers: Servers, engine_name: str) -> Iterator[Session]:
    """A session on a copy of the demo school, in which many examples are lived through."""
    engine = create_engine(**engine_options(servers.copy(engine_name, "school")))
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        yield session
    engine.dispose()


def values_of(column: Any) -> st.SearchStrategy[Any]:
    """Something a column may hold."""
    kind = column.type
    by_type: list[tuple[Any, st.SearchStrategy[Any]]] = [
        (Enum, st.sampled_from(list(getattr(kind, "enum_class", None) or ["?"]))),
        (Words, st.lists(st.sampled_from("甲乙丙丁"), max_size=3, unique=True).map(tuple)),
        (DateTime, st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1))),
        (Date, st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))),
        (Time, st.times()),
        (Boolean, st.booleans()),
        (Numeric, st.decimals(0, 99, places=getattr(kind, "scale", None) or 0)),
        (Integer, st.integers(1, 90)),
    ]
    found = next((values for types, values in by_type if isinstance(kind, types)), TEXT)
    return st.one_of(st.none(), found) if column.nullable else found


def stored(model: type[Entity]) -> list[str]:
    """What the table holds; a column the database works out is told by what it is worked out from."""
    return [attribute.key for attribute in inspect(model).column_attrs if attribute.key in model.__table__.c]


def open_columns(model: type[Entity]) -> list[Any]:
    """Columns a person may fill, without those that name another row."""
    columns = [model.__table__.c[key] for key in stored(model)]
    return [each for each in columns if each.key not in FIXED | UNRECORDED and not each.foreign_keys]


def rows_of(desk: Session, model: type[Entity]) -> Sequence[Entity]:
    return desk.scalars(select(model).order_by(model.id.desc()).limit(40)).all()


@st.composite
def steps(draw: st.DrawFn) -> tuple[type[Entity], int, Any, dict[str, Any]]:
    """A kind, which of its rows, what is done to it, and with which values."""
    model = draw(st.sampled_from(MODELS))
    columns = draw(st.lists(st.sampled_from(open_columns(model)), min_size=1, max_size=3, unique_by=lambda each: each.key))
    values = {each.key: draw(values_of(each)) for each in columns}
    return model, draw(st.integers(0, 39)), draw(st.sampled_from(DEEDS)), values


def create(desk: Session, rows: Sequence[Entity], model: type[Entity], values: dict[str, Any]) -> list[Entity]:
    like = {key: getattr(rows[0], key) for key in stored(model) if key not in ("id", "version")}
    made = model(**{**like, **values})
    desk.add(made)
    return [made]


def update(desk: Session, rows: Sequence[Entity], model: type[Entity], values: dict[str, Any]) -> list[Entity]:
    for key, value in values.items():
        setattr(rows[0], key, value)
    return [rows[0]]


def update_unread(desk: Session, rows: Sequence[Entity], model: type[Entity], values: dict[str, Any]) -> list[Entity]:
    """A row nobody has read since the last commit, as in a long job."""
    desk.expire(rows[0])
    return update(desk, rows, model, values)


def mark_many(desk: Session, rows: Sequence[Entity], model: type[Entity], values: dict[str, Any]) -> list[Entity]:
    """What a bulk action does: the same values for each chosen row, in one flush."""
    return [update(desk, [row], model, values)[0] for row in rows[:5]]


def delete(desk: Session, rows: Sequence[Entity], model: type[Entity], values: dict[str, Any]) -> list[Entity]:
    desk.expire(rows[-1])
    desk.delete(rows[-1])
    return [rows[-1]]


DEEDS = (create, update, update_unread, mark_many, delete)


@settings(
    max_examples=1_000 if SOAK else 60,
    deadline=None,
    derandomize=not SOAK,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=st.lists(st.deferred(steps), min_size=1, max_size=6))
def test_replaying_gives_what_the_rows_hold(desk: Session, story: list[Any]) -> None:
    touched: set[tuple[type[Entity], int]] = set()
    for model, which, deed, values in story:
        rows = rows_of(desk, model)
        if rows:
            chosen = [rows[which % len(rows)], *rows]
            touched |= attempt(desk, partial(deed, desk, chosen, model, values))
    for model, number in touched:
        agree(desk, model, number)


def attempt(desk: Session, deed: Any) -> set[tuple[type[Entity], int]]:
    """Do it and commit; what the rules of the database refuse has not happened."""
    try:
        rows = deed()
        desk.flush()
        found = {(type(row), row.id) for row in rows}
        desk.commit()
    except DBAPIError:
        desk.rollback()
        return set()
    return found


def agree(desk: Session, model: type[Entity], number: int) -> None:
    """The events of a row, played back, and the row as the database has it."""
    desk.expire_all()
    row = desk.get(model, number)
    held = replay(events_of(desk, model, number))
    if row is None:
        assert held is None
        return
    assert held is not None
    assert restored(model, held) == {key: getattr(row, key) for key in stored(model) if key not in UNRECORDED}


def events_of(desk: Session, model: type[Entity], number: int) -> Sequence[Event]:
    kind = model.__tablename__
    return desk.scalars(select(Event).where(Event.kind == kind, Event.record_id == number).order_by(Event.id)).all()


def test_an_import_replays_too(desk: Session, tmp_path: Path) -> None:
    for names in (("簡玉蘭", "葉春美"), ("簡玉鸞", "葉春美")):
        file = tmp_path / "教師.csv"
        file.write_text("教師代碼,姓名\n" + "".join(f"T90{number},{name}\n" for number, name in enumerate(names)), encoding="utf-8")
        importing.commit(desk, importing.plan(desk, "staff", file, on=clock.today()))
    rows = desk.scalars(select(Staff).where(Staff.code.in_(["T900", "T901"])).order_by(Staff.code)).all()
    assert [len(events_of(desk, Staff, row.id)) for row in rows] == [2, 1]
    for number in [row.id for row in rows]:
        agree(desk, Staff, number)


def test_what_was_there_before_is_told_also_when_nobody_had_read_it(desk: Session) -> None:
    row = Staff(code="T910", name="簡玉蘭")
    desk.add(row)
    desk.commit()
    row.name = "簡玉鸞"
    desk.commit()
    assert '"name": ["簡玉蘭", "簡玉鸞"]' in events_of(desk, Staff, row.id)[-1].changes


def test_a_number_written_another_way_is_no_change(desk: Session) -> None:
    grade = next(row for row in rows_of(desk, RECORDS_BY["grade"]) if row.score is not None)  # type: ignore[attr-defined]
    before = len(events_of(desk, type(grade), grade.id))
    grade.score = str(float(grade.score))  # type: ignore[attr-defined]
    desk.commit()
    assert len(events_of(desk, type(grade), grade.id)) == before


RECORDS_BY = {model.__tablename__: model for model in RECORDS}


def test_what_was_only_tracked_changes_nothing(desk: Session) -> None:
    row = rows_of(desk, Staff)[0]
    before = replay(events_of(desk, Staff, row.id))
    track(desk, "reveal", "staff", record=row, 欄位="電子郵件")
    desk.commit()
    assert replay(events_of(desk, Staff, row.id)) == before
    with pytest.raises(ValueError, match="同名"):
        track(desk, "reveal", "staff", record=row, email="x")


@given(data=st.data())
@settings(deadline=None, derandomize=not SOAK)
def test_every_column_value_survives_being_told(data: st.DataObject) -> None:
    column = data.draw(st.sampled_from([column for model in ENTITIES for column in model.__table__.c]))
    value = data.draw(values_of(column))
    assert restore(plain(value, column.type), column.type) == value
