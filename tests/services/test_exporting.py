"""What leaves the system: every text a text, every value recoverable, every name one a browser can save."""

from __future__ import annotations

import csv
import datetime as dt
import enum
import io
import re
import time
import tracemalloc
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from admin_app.services.exporting import (
    attachment_headers,
    csv_stream,
    display,
    neutralise,
    restore,
)
from models.vocabulary import Division

from .formulas import FORMULAS, HARMLESS

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(FORMULAS + HARMLESS)


def parsed(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[list[str]]:
    data = b"".join(csv_stream(header, rows))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_gets_an_apostrophe_and_is_given_back(text: str) -> None:
    assert neutralise(text) == f"'{text}"
    assert restore(neutralise(text)) == text
    assert parsed(["欄"], [[text, "x"]])[1] == [f"'{text}", "x"]


@pytest.mark.parametrize("text", HARMLESS)
def test_an_ordinary_text_is_left_alone(text: str) -> None:
    assert neutralise(text) == restore(text) == text


@settings(max_examples=400, deadline=None, database=None)
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=5), max_size=12))
def test_csv_gives_back_every_text(rows: list[list[str]]) -> None:
    read = parsed(["甲", "乙"], rows)[1:]
    assert [[restore(cell) for cell in row] for row in read] == rows
    dangerous = re.compile(r"[\s\u200b\ufeff]*[=+\-@＝＋－＠]|[\t\r]")
    assert not any(dangerous.match(cell) for row in read for cell in row)


def test_csv_leaves_numbers_dates_and_answers_alone() -> None:
    day = dt.date(2026, 9, 1)
    row = [
        -5,
        -2.5,
        Decimal("-80.50"),
        day,
        dt.datetime(2026, 9, 1, 8, 5),
        dt.time(8, 5),
        True,
        None,
        Division.evening,
        ("甲", "=乙"),
    ]
    assert parsed(["欄"] * 10, [row])[1] == [
        "-5",
        "-2.5",
        "-80.5",
        "2026-09-01",
        "2026-09-01 08:05:00",
        "08:05",
        "是",
        "",
        "進修部",
        "甲、=乙",
    ]
    assert parsed(["欄"], [[("=甲", "乙")], [["-1"]]])[1:] == [["'=甲、乙"], ["'-1"]]


def test_display() -> None:
    class Level(enum.IntEnum):
        high = 3

    class Label(str):
        __slots__ = ()

    utc = dt.datetime(2026, 9, 1, 16, 30, tzinfo=ZoneInfo("UTC"))
    pairs: list[tuple[object, str]] = [
        (False, "否"),
        (utc, "2026-09-02 00:30:00"),
        (Decimal("1E+2"), "100"),
        (Decimal("0.00"), "0"),
        (Level.high, "3"),
        (Label("甲"), "甲"),
        (frozenset({Division.day, Division.evening}), "日校、進修部"),
        ((), ""),
        (["甲", None, 2], "甲、、2"),
        (dt.time(8, 5, 9), "08:05:09"),
    ]
    assert [display(value) for value, _ in pairs] == [text for _, text in pairs]


def test_csv_streams_in_blocks_with_little_memory_and_time() -> None:
    taken = 0
    row = ("11510001", "王小明", "普一甲", 12, "程式設計社", "社長", dt.date(2026, 9, 1), "帶領社團活動")

    def rows() -> Any:
        nonlocal taken
        for _ in range(100_000):
            taken += 1
            yield row

    blocks = csv_stream([f"欄{number}" for number in range(8)], rows())
    assert taken == 0
    first = next(blocks)
    assert taken < 2_000 and 30_000 < len(first) < 200_000
    tracemalloc.start()
    size = sum(len(block) for block in blocks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken == 100_000 and size > 8_000_000
    assert peak < 2_000_000
    begun = time.process_time()
    assert sum(1 for _ in csv_stream([f"欄{number}" for number in range(8)], rows())) > 100
    assert time.process_time() - begun < 3


def test_an_empty_csv_still_has_its_header() -> None:
    assert b"".join(csv_stream(["學號", "=姓名"], [])) == "\ufeff學號,'=姓名\r\n".encode()


@pytest.mark.parametrize(
    ("filename", "saved", "ascii_name"),
    [
        ("社團幹部_115-1.csv", "社團幹部_115-1.csv", "115-1.csv"),
        ("學籍資料.xlsx", "學籍資料.xlsx", "download.xlsx"),
        ('a"b\r\nSet-Cookie: x.csv', "a_bSet-Cookie_ x.csv", "a_bSet-Cookie_ x.csv"),
        ("../../etc/passwd", "_.._etc_passwd", "etc_passwd"),
        ("\u202egpj.xlsx\u2066", "gpj.xlsx", "gpj.xlsx"),
        ("con.csv", "_con.csv", "_con.csv"),
        ("100%\x00.csv", "100%.csv", "100.csv"),
        ("e\u0301.csv", "é.csv", "e.csv"),
        ("", "download", "download"),
        ("...", "download", "download"),
        ("😀.csv", "😀.csv", "download.csv"),
    ],
)
def test_file_names(filename: str, saved: str, ascii_name: str) -> None:
    headers = attachment_headers(filename)
    assert headers["X-Content-Type-Options"] == "nosniff"
    value = headers["Content-Disposition"]
    assert value.startswith(f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''")
    assert parse_options_header(value) == ("attachment", {"filename": saved})


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(max_size=300))
def test_any_file_name_makes_a_safe_header(filename: str) -> None:
    value = attachment_headers(filename)["Content-Disposition"]
    assert re.fullmatch(
        r"attachment; filename=\"[^\"\\%/:*?<>|\x00-\x1f\x7f-\uffff]+\"; filename\*=UTF-8''[A-Za-z0-9%._~-]+", value
    )
    saved = parse_options_header(value)[1]["filename"]
    assert len(saved.encode()) <= 200
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f\u202a-\u202e\u2066-\u2069]', saved)
