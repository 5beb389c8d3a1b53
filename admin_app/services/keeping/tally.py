"""Counting a database: rows by table, and by class the rows about its students."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, inspect, literal, select, union_all

from models.catalogue import METADATA

NO_CLASS = "（無班級）"


@dataclass(frozen=True)
class Tally:
    """`tables`: rows by table. `classes`: class → table → rows about the students of that class."""

    tables: Mapping[str, int]
    classes: Mapping[str, Mapping[str, int]]


def count(connection: Connection) -> Tally:
    """Count what is there. An older schema lacks some tables; they are left out."""
    present = set(inspect(connection).get_table_names())
    known = [each for each in METADATA.sorted_tables if each.name in present]
    return Tally(_rows(connection, known), _by_class(connection, known) if {"student", "school_class"} <= present else {})


def differences(before: Tally, after: Tally, *, apart_from: frozenset[str] = frozenset()) -> list[str]:
    """What two counts do not agree on, in sentences."""
    found = [
        f"{name}：備份時 {before.tables.get(name, 0):,} 筆，還原後 {after.tables.get(name, 0):,} 筆"
        for name in sorted(before.tables.keys() | after.tables.keys())
        if name not in apart_from and before.tables.get(name, 0) != after.tables.get(name, 0)
    ]
    classes = sorted(before.classes.keys() | after.classes.keys())
    return found + [f"{each}：各類筆數不同" for each in classes if before.classes.get(each) != after.classes.get(each)]


def _rows(connection: Connection, tables: list[Table]) -> dict[str, int]:
    counted = (select(literal(each.name).label("name"), func.count().label("number")).select_from(each) for each in tables)
    return {row.name: row.number for row in connection.execute(union_all(*counted))}


def _by_class(connection: Connection, tables: list[Table]) -> dict[str, dict[str, int]]:
    """Two statements, whatever the number of classes."""
    student = METADATA.tables["student"]
    about = [each for each in tables if "student_id" in each.columns and each.name != "account"]
    own = select(literal("student").label("name"), student.c.school_class_id, func.count()).group_by(student.c.school_class_id)
    others = (
        select(literal(each.name), student.c.school_class_id, func.count())
        .select_from(each.join(student, each.c.student_id == student.c.id))
        .group_by(student.c.school_class_id)
        for each in about
    )
    names = _class_names(connection)
    found: dict[str, dict[str, int]] = {}
    for name, class_id, number in connection.execute(union_all(own, *others)):
        found.setdefault(names.get(class_id, NO_CLASS), {})[name] = number
    return found


def _class_names(connection: Connection) -> dict[int, str]:
    each, year = METADATA.tables["school_class"], METADATA.tables["school_year"]
    stmt = select(each.c.id, year.c.year, each.c.division, each.c.name).join(year, year.c.id == each.c.school_year_id)
    return {number: f"{of} 學年度 {division.zh} {name}" for number, of, division, name in connection.execute(stmt)}
