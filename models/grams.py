"""Finding Chinese text: names and titles as pairs of characters, each pair with the rows that hold it.

No engine has an index for 「姓名含『怡君』」: the embedded PostgreSQL has no pg_trgm, and SQLite's trigrams need three characters.
So every character of a grammed column is kept together with the one after it, the last alone: a word of two characters or more is
looked up by its first pair and its last, one of a single character by the pairs that begin with it. Pairs only narrow a search
down, the column itself decides: case is folded at least as far here as either engine folds it. Encrypted columns are never in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Integer, PrimaryKeyConstraint, Select, String, Table, and_, bindparam, inspect, select
from sqlalchemy.orm import Session

from models.base import Base, Entity

GRAMMED: Mapping[str, tuple[str, ...]] = {
    "account": ("username",),
    "certificate": ("code", "name", "number"),
    "certificate_winner": ("award", "name"),
    "class_office": ("title", "unit_name"),
    "club": ("name", "place"),
    "club_office": ("title",),
    "consultation": ("topic",),
    "contest": ("award", "item", "name"),
    "course": ("code", "former_code", "former_name", "name"),
    "department": ("code", "name", "short"),
    "elective_course": ("course_name",),
    "flexible_learning": ("content", "organiser"),
    "general_career_plan": ("clusters", "disciplines", "pathway"),
    "group_activity": ("content", "organiser"),
    "guardian": ("code", "email", "name"),
    "leadership": ("title", "unit_name"),
    "learning_outcome": ("name",),
    "other_achievement": ("name", "organiser", "score_text"),
    "precollege_course": ("name", "organiser"),
    "school_class": ("name",),
    "school_office": ("title", "unit_name"),
    "service_learning": ("name", "organiser"),
    "sports_winner": ("award", "contest_name", "item"),
    "staff": ("code", "name", "title", "unit"),
    "student": ("name", "student_no"),
    "vocational_career_plan": ("occupation",),
    "workplace_learning": ("organiser", "title"),
}
"""Table → the columns found by their characters."""
ROWS = 5_000
CHUNK = 20_000
LAST = 0x10FFFF
SURROGATES = (0xD800, 0xE000)

GRAM = Table(
    "gram",
    Base.metadata,
    Column("field", Integer, nullable=False, autoincrement=False, info={"zh": "欄位"}),
    Column("gram", String(2).with_variant(String(2, collation="C"), "postgresql"), nullable=False, info={"zh": "字"}),
    Column("record_id", Integer, nullable=False, autoincrement=False, info={"zh": "編號"}),
    PrimaryKeyConstraint("field", "gram", "record_id"),
    sqlite_with_rowid=False,
)
"""By code point on both engines. The primary key is the whole row, so that the table is its own index."""


def fold(text: str) -> str:
    """The text without case, character by character: what either engine takes for the same is the same here."""
    return "".join(each.lower()[0] for each in text)


def pairs(text: str | None) -> set[str]:
    """Each character with the next; the last alone."""
    folded = fold(text or "")
    return {folded[number : number + 2] for number in range(len(folded))}


@cache
def field_number(table: str, column: str) -> int:
    """What a column is called in the table: short, and the same for ever."""
    return zlib.crc32(f"{table}.{column}".encode()) & 0x7FFFFFFF


def holding(table: str, column: str, word: str) -> Select[int]:
    """Ids of the rows whose column may hold the word; whether it does, the column itself says. A row may come more than once."""
    first, *others = _lookups(fold(word))
    field = field_number(table, column)
    one = GRAM.alias()
    stmt = select(one.c.record_id).where(one.c.field == field, first(one.c.gram))
    for other in others:
        more = GRAM.alias()
        stmt = stmt.join(more, and_(more.c.record_id == one.c.record_id, more.c.field == field, other(more.c.gram)))
    return stmt


def _lookups(word: str) -> list[Any]:
    if len(word) == 1:
        return [lambda gram: and_(gram >= word, gram < _after(word)) if ord(word) < LAST else gram >= word]
    ends = dict.fromkeys((word[:2], word[-2:]))
    return [lambda gram, pair=pair: gram == pair for pair in ends]


def _after(character: str) -> str:
    """The next character there is."""
    number = ord(character) + 1
    return chr(SURROGATES[1] if number == SURROGATES[0] else number)


def follow(session: Session, gone: Collection[Entity]) -> None:
    """Keep up with a flush: rows that came, changed or went. In the same transaction as they."""
    added = [row for row in session.new if _is_grammed(row)]
    changed = [row for row in session.dirty if _is_grammed(row) and row not in gone]
    dropped, kept = set(_of(row for row in gone if _is_grammed(row))), set(_of(added))
    for row in changed:
        for name in GRAMMED[row.__tablename__]:
            before, after = _change(row, name)
            field, number = field_number(row.__tablename__, name), inspect(row).identity[0]
            dropped |= {(field, each, number) for each in before - after}
            kept |= {(field, each, number) for each in after - before}
    connection = session.connection()
    forget(connection, dropped - kept)
    remember(connection, kept)


def _is_grammed(row: object) -> bool:
    return isinstance(row, Entity) and row.__tablename__ in GRAMMED


def _of(rows: Iterable[Any]) -> Iterator[tuple[int, str, int]]:
    for row in rows:
        values = inspect(row).dict
        for name in GRAMMED[row.__tablename__]:
            for each in pairs(values.get(name)):
                yield field_number(row.__tablename__, name), each, values["id"]


def _change(row: Any, name: str) -> tuple[set[str], set[str]]:
    history = inspect(row).attrs[name].history
    if not history.has_changes():
        return set(), set()
    return pairs(history.deleted[0] if history.deleted else ""), pairs(history.added[0] if history.added else "")


def remember(connection: Connection, found: Iterable[tuple[int, str, int]]) -> None:
    """Write these pairs, in the order of their key."""
    _batched(connection, GRAM.insert(), sorted(found))


def write(connection: Connection, rows: Iterable[tuple[int, Sequence[str | None]]], fields: Sequence[int]) -> int:
    """The pairs of (id, texts of these fields), for tables that have none yet, by the engine's quickest way in; how many."""
    total, told = 0, iter(rows)
    while batch := list(islice(told, CHUNK)):
        texts = [(field, text, number) for number, held in batch for field, text in zip(fields, held, strict=True)]
        found = sorted({(field, each, number) for field, text, number in texts for each in pairs(text)})
        _copied(connection, found)
        total += len(found)
    return total


def _copied(connection: Connection, found: list[tuple[int, str, int]]) -> None:
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name != "postgresql":
            cursor.executemany("INSERT INTO gram (field, gram, record_id) VALUES (?, ?, ?)", found)
            return
        with cursor.copy("COPY gram (field, gram, record_id) FROM STDIN") as copy:
            for row in found:
                copy.write_row(row)
    finally:
        cursor.close()


def forget(connection: Connection, found: Iterable[tuple[int, str, int]]) -> None:
    """Take these pairs out."""
    columns = (GRAM.c.field, GRAM.c.gram, GRAM.c.record_id)
    same = [column == bindparam(f"{column.name}_") for column in columns]
    _batched(connection, GRAM.delete().where(*same), sorted(found), "_")


def _batched(connection: Connection, stmt: Any, found: list[tuple[int, str, int]], suffix: str = "") -> None:
    names = [f"{name}{suffix}" for name in ("field", "gram", "record_id")]
    rows = (dict(zip(names, each, strict=True)) for each in found)
    while batch := list(islice(rows, ROWS)):
        connection.execute(stmt, batch)


def stored(connection: Connection, table: Table, ids: Collection[int] | None = None) -> Iterator[tuple[int, str, int]]:
    """The pairs that belong to a table's rows as they are in the database."""
    names = GRAMMED[table.name]
    stmt = select(table.c.id, *(table.c[name] for name in names)).order_by(table.c.id)
    for number, *texts in connection.execute(stmt if ids is None else stmt.where(table.c.id.in_(ids))):
        for name, text in zip(names, texts, strict=True):
            field = field_number(table.name, name)
            yield from ((field, each, number) for each in pairs(text))
