"""權限總表 and the duty rows say what the policy says and what the paper says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.actor import Actor, Holding
from admin_app.policy import may
from admin_app.rulebook import Rulebook, load_rulebook
from admin_app.services.editions.printed import PrintedRow, printed_rule
from admin_app.services.permissions import DUTY_COLUMNS, MATRIX_COLUMNS, duty_rows, matrix_rows, table
from models.regulation import Edition
from models.vocabulary import Act, Division, Subject

ORACLE = Path(__file__).parents[1] / "oracle"


def paper(name: str) -> list[dict[str, str]]:
    with (ORACLE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def edition(session: Session) -> Edition:
    return session.scalars(select(Edition)).one()


@pytest.fixture
def book(session: Session, edition: Edition) -> Rulebook:
    return load_rulebook(session, edition.id)


def test_the_matrix_says_what_the_policy_answers(book: Rulebook) -> None:
    rows = list(matrix_rows(book))
    assert len(rows) == len({row[:4] for row in rows})
    for row in rows:
        holder = Actor(1, "某人", None, book, (Holding(row.post),))
        verdict = may(holder, Act[row.act], Subject[row.subject], Division[row.division])
        assert (row.allowed == "yes") is verdict.allowed, row
        assert bool(row.duty) is verdict.allowed, row


def test_the_matrix_holds_every_permission_of_the_paper(book: Rulebook) -> None:
    allowed = {(row.duty, row.division, row.post, row.act, row.subject) for row in matrix_rows(book) if row.allowed == "yes"}
    printed = {(row["duty"], row["division"], row["post"], row["act"], row["subject"]) for row in paper("permissions")}
    assert printed
    assert printed <= allowed


def test_a_head_holds_the_rows_of_the_office(book: Rulebook) -> None:
    rows = {row[:4]: row for row in matrix_rows(book)}
    assert rows["internship_director", "day", "career_plan_vocational", "record"].duty == "D05"
    assert rows["evening_director", "evening", "accounts", "manage"].duty == "E01"
    assert rows["principal", "evening", "grade", "read"].duty == "R12"


def test_the_duty_rows_are_those_printed(session: Session, edition: Edition) -> None:
    printed = {row["code"]: row for name in ("duties_day", "duties_evening") for row in paper(name)}
    rows = list(duty_rows(session, edition.id))
    assert [row.code for row in rows] == list(printed)
    assert all(row.note == printed[row.code]["note"] for row in rows)
    found = {row.code: row for row in rows}
    assert found["D05"][4:7] == ("實習處、科主任", "record", "career_plan_vocational")
    assert found["E21"][1:5] == ("evening", "每學期期末", "確認、檢核及提醒行政單位上傳與登錄資料", "進修部主任")
    assert len(DUTY_COLUMNS) == len(rows[0])


def test_the_columns_fit(book: Rulebook) -> None:
    assert next(matrix_rows(book))._fields == MATRIX_COLUMNS


def test_the_page_shows_each_permission_once(book: Rulebook) -> None:
    for division in Division:
        shown = [
            (holder.post, division.name, block.subject.name, line.act.name)
            for part in table(book, division)
            for block in part.blocks
            for line in block.lines
            for holder in line.holders
        ]
        allowed = {row[:4] for row in matrix_rows(book) if row.allowed == "yes" and row.division == division.name}
        assert len(shown) == len(set(shown))
        assert set(shown) == allowed


def test_the_page_of_one_post_and_of_one_subject(book: Rulebook) -> None:
    blocks = [block for part in table(book, Division.day, post="activities_section") for block in part.blocks]
    assert [block.subject for block in blocks] == [
        Subject.club_membership,
        Subject.club_office,
        Subject.meeting,
        Subject.delegation,
    ]
    (part,) = table(book, Division.evening, subject=Subject.class_office)
    assert [line.act for line in part.blocks[0].lines] == [Act.record, Act.read]


def grid(rows: tuple[PrintedRow, ...]) -> list[list[str]]:
    """The table as a reader sees it: each row's five columns, a merged cell repeated in every place it covers."""
    found = [[""] * 5 for _ in rows]
    taken = [[False] * 5 for _ in rows]
    for top, row in enumerate(rows):
        for cell in row.cells:
            left = taken[top].index(False)
            for y in range(top, top + cell.rows):
                for x in range(left, left + cell.columns):
                    assert not taken[y][x]
                    taken[y][x], found[y][x] = True, cell.text
    assert all(all(line) for line in taken)
    return found


def test_the_printed_tables_are_whole_and_say_what_the_paper_says(session: Session, edition: Edition) -> None:
    for each, name in zip(printed_rule(session, edition).tables, ("duties_day", "duties_evening"), strict=True):
        for cells, row in zip(grid(each.rows), paper(name), strict=True):
            when, group, work, owner, note = cells
            assert work == row["work"]
            assert row["when"] in ("", when)
            assert row["group"] in ("", group)
            assert row["owner"] in ("", owner)
            assert row["note"] in ("", note)


def test_a_merged_owner_stands_in_every_row_it_covers(session: Session, edition: Edition) -> None:
    evening = printed_rule(session, edition).tables[1]
    owners = {row.duty.code: row.texts["owner"] for row in evening.rows}
    assert owners["E04"] == "進修部幹事"
    assert {owners[code] for code in ("E10", "E11", "E12", "E13")} == {"進修部學務組"}
    assert owners["E17"] == "進修部"
    readings = {row.duty.code for row in evening.rows if row.readings}
    assert readings == {"E04", "E11", "E12", "E13", "E17"}
