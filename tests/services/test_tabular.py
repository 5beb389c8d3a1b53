"""Table files as schools hand them over: encodings, delimiters, headers that are not first, lines that hold no data."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_app.services.tabular import TableError, find_header, read_table
from admin_app.services.tabular.headers import is_total, tidy
from admin_app.services.tabular.text import in_cp950

HEADER = ("學號", "姓名", "班級", "備註")
KNOWN = {*HEADER, "座號", "生日", "身分證統一編號"}.__contains__
COURSES = ("課程代碼", "科目名稱", "授課學期學分", "原課程代碼", "原科目名稱")
ONE_WAY = "¢£¥•‾∼☉♁､"
"""Characters Python writes to CP950 as the bytes of others."""
PEOPLE = (("11510001", "何明軒", "普一甲", ""), ("11510002", "游珮瑜", "普一甲", "轉入"), ("11510003", "瓦旦‧尤幹", "電一乙", ""))


def lines(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def workbook(rows: Sequence[Sequence[object]], name: str = "名冊") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize(
    ("codec", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_every_encoding_and_delimiter_reads_the_same(codec: str, named: str, delimiter: str) -> None:
    table = read_table(lines((HEADER, *PEOPLE), delimiter).encode(codec), "名冊.csv", KNOWN)
    assert (table.encoding, table.delimiter, table.format) == (named, delimiter, "csv")
    assert table.header == HEADER
    assert [row.raw for row in table.rows] == list(PEOPLE)
    assert [row.line for row in table.rows] == [2, 3, 4]
    assert table.rows[1].cells == dict(zip(HEADER, PEOPLE[1], strict=True))
    assert not table.warnings


def test_cp950_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "名冊.csv"
    path.write_bytes(lines((HEADER, *PEOPLE)).encode("cp950"))
    for source in (path, str(path)):
        table = read_table(source, known=KNOWN)
        assert table.encoding == "cp950"
        assert [row.raw for row in table.rows] == list(PEOPLE)


def test_a_lone_bad_byte_in_cp950_spoils_one_cell_only() -> None:
    data = lines((HEADER, *PEOPLE)).encode("cp950").replace("游珮瑜".encode("cp950"), b"\xff" + "珮瑜".encode("cp950"))
    table = read_table(data, "名冊.csv", KNOWN)
    assert table.rows[1].raw == ("11510002", "�珮瑜", "普一甲", "轉入")
    assert "無法辨識" in table.rows[1].remarks[0]
    assert not table.rows[0].remarks
    assert table.warnings == ["第 3 行有無法辨識的字元，已改為 �。"]


def test_a_bad_byte_does_not_turn_utf8_into_big5() -> None:
    table = read_table(lines((HEADER, *PEOPLE)).encode() + b"115,\xe6\x9e,x\r\n", "名冊.csv", KNOWN)
    assert table.encoding == "utf-8"
    assert table.rows[0].raw == PEOPLE[0]
    assert table.rows[3].cells["姓名"] == "�"


def test_a_character_only_the_hong_kong_set_has_is_read_and_said() -> None:
    data = lines((HEADER, *PEOPLE)).encode("cp950").replace("游".encode("cp950"), "㗎".encode("big5hkscs"))
    table = read_table(data, "名冊.csv", KNOWN)
    assert table.encoding == "big5hkscs"
    assert table.rows[1].cells["姓名"] == "㗎珮瑜"
    assert "Big5 擴充字" in table.rows[1].remarks[0]
    assert not table.rows[0].remarks


def test_title_blank_lines_repeated_header_and_totals_are_not_data() -> None:
    spaced = ("學　號", " 姓 名 ", "班\n級", "備註")
    rows = [("龍潭高中 115 學年度名冊",), (), spaced, *PEOPLE[:2], (), spaced, PEOPLE[2], ("", "共 3 人"), ("合計", "", "", "3")]
    table = read_table(workbook(rows), "名冊.xlsx", KNOWN)
    assert table.header == HEADER
    assert table.header_line == 3
    assert [(row.line, row.cells["姓名"]) for row in table.rows] == [(4, "何明軒"), (5, "游珮瑜"), (8, "瓦旦‧尤幹")]
    assert [row.line for row in table.skipped] == [7, 9, 10]
    text = read_table(lines([tuple(cell.replace("\n", "") for cell in row) for row in rows]).encode("cp950"), "名冊.csv", KNOWN)
    assert [row.line for row in text.rows] == [4, 5, 8]


def test_lines_with_embedded_newlines_keep_their_numbers() -> None:
    data = '學號,姓名,備註\r\n1,甲,"一\r\n二\n三"\r\n\r\n2,乙,"說「""好""」, 再見"\r\n3,丙,\r\n'
    table = read_table(data.encode(), "a.csv", KNOWN)
    assert [(row.line, row.cells["學號"]) for row in table.rows] == [(2, "1"), (6, "2"), (7, "3")]
    assert table.rows[0].cells["備註"] == "一\r\n二\n三"
    assert table.rows[1].cells["備註"] == '說「"好"」, 再見'


def test_an_unclosed_quote_is_refused_with_its_line() -> None:
    rows = "".join(f"{number},甲{number},\r\n" for number in range(3, 40))
    with pytest.raises(TableError, match="第 3 行"):
        read_table(f'學號,姓名,備註\r\n1,甲,\r\n2,"乙,\r\n{rows}'.encode(), "a.csv", KNOWN)


def test_a_file_without_header_uses_the_default_one() -> None:
    data = "115999999V2130101010101\t國語文\t222222\t\t\r\n115999999V2130101010202\t數學B\t222222\t\t\r\n".encode()
    table = read_table(data, "課程代碼.TXT", set(COURSES).__contains__, COURSES)
    assert (table.format, table.delimiter, table.header_line, table.header) == ("txt", "\t", 0, COURSES)
    assert [row.line for row in table.rows] == [1, 2]
    assert table.rows[1].cells["科目名稱"] == "數學B"
    headed = read_table(("\t".join(COURSES) + "\r\n").encode() + data, "課程代碼.txt", None, COURSES)
    assert headed.header_line == 1
    assert [row.raw for row in headed.rows] == [row.raw for row in table.rows]


def test_workbook_values_become_what_a_person_sees() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("名冊")
        day = book.add_format({"num_format": "[$-404]e/m/d;@"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        clock, span = book.add_format({"num_format": "hh:mm"}), book.add_format({"num_format": "[h]:mm"})
        for at in range(11):
            sheet.write_string(0, at, f"欄{chr(0x4E00 + at)}")
        for at, number in enumerate((11550001, 0.1 + 0.2, 1e20, -2.5)):
            sheet.write_number(1, at, number)
        sheet.write_datetime(1, 4, dt.datetime(2010, 11, 12), day)
        sheet.write_datetime(1, 5, dt.datetime(2026, 9, 1, 8, 5), moment)
        sheet.write_number(1, 6, 8.5 / 24, clock)
        sheet.write_number(1, 7, 1.5, span)
        sheet.write_boolean(1, 8, True)
        sheet.write_string(1, 9, "00123")
        sheet.write_formula(1, 10, "=1/0", None, "#DIV/0!")
        book.add_worksheet("空白")
    table = read_table(file.getvalue(), "值.xlsx")
    dates = ("2010-11-12", "2026-09-01 08:05:00", "08:30", "36:00")
    assert table.rows[0].raw == ("11550001", "0.3", "100000000000000000000", "-2.5", *dates, "TRUE", "00123", "")
    assert table.warnings == ["有公式錯誤的儲存格讀為空白：第 2 列第 11 欄（#DIV/0!）。請改正公式或直接填入值。"]


def test_the_best_understood_visible_sheet_is_read_and_the_others_named() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("填寫說明").write_row(0, 0, ["請勿更改欄名", "學號"])
        book.add_worksheet("名冊").write_column(0, 0, ["學號", "11510001"])
        hidden = book.add_worksheet("隱藏")
        hidden.write_row(0, 0, HEADER)
        hidden.hide()
    table = read_table(file.getvalue(), "a.xlsx", KNOWN)
    assert (table.sheet, table.header, [row.raw for row in table.rows]) == ("名冊", ("學號",), [("11510001",)])
    assert table.warnings == ["只讀取工作表「名冊」；「填寫說明」未讀取，需要時請另存後再匯入。"]
    with pytest.raises(TableError, match="找不到標題列"):
        read_table(file.getvalue(), "a.xlsx", {"姓名", "班級"}.__contains__)


def test_odd_columns_are_said() -> None:
    data = lines([("學號", "姓名", "備註", "備註", ""), ("1", "甲", "一", "二", "三"), ("2", "乙", "a", "b", "", "d")]).encode()
    table = read_table(data, "a.csv", KNOWN)
    assert table.header == ("學號", "姓名", "備註", "備註 (2)")
    assert table.rows[0].cells == {"學號": "1", "姓名": "甲", "備註": "一", "備註 (2)": "二"}
    assert "多出" in table.rows[0].remarks[0]
    assert "欄名重複：備註" in table.warnings[0]
    gap = read_table(lines([("學號", "", "姓名"), ("1", "甲", "乙")]).encode(), "a.csv", KNOWN)
    assert gap.rows[0].cells == {"學號": "1", "姓名": "乙"}
    assert gap.warnings == ["第 2 欄有資料但沒有欄名，未讀取。"]


def test_find_header_takes_the_row_with_most_known_headings() -> None:
    assert find_header([("名冊",), ("姓名", "x", "學號"), ("學號", "姓名", "班級")], KNOWN) == 2
    assert find_header([("姓名",), ("甲",)], KNOWN) == 0
    assert find_header([("姓名", "甲"), ("x", "y")], KNOWN) is None


@pytest.mark.parametrize(
    "cell", ["合計", "總計：", "共 261 人", "共1,063筆", "共計 3 名", "以下空白", "總人數：30", "列印日期：115/9/1"]
)
def test_closing_lines(cell: str) -> None:
    assert is_total(("", f" {cell} "))


@pytest.mark.parametrize("cell", ["共同科目", "合計生", "共 人", "11510001", "總務處", "小計算機社"])
def test_lines_that_only_look_like_closing_lines(cell: str) -> None:
    assert not is_total((cell, "合計"))


def outcome(data: bytes, filename: str) -> str:
    """The sentence a file is refused with, or nothing."""
    try:
        table = read_table(data, filename, default_header=COURSES)
    except TableError as error:
        return str(error)
    assert all(len(row.raw) >= len(table.header) for row in table.rows)
    return ""


@settings(max_examples=200, deadline=None, database=None)
@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.txt", "a.xlsx"]))
def test_any_bytes_are_read_or_refused_in_words(data: bytes, filename: str) -> None:
    refusal = outcome(data, filename)
    assert not refusal or refusal.endswith("。")


NAMES = st.text(st.characters(codec="cp950", exclude_categories=["Cc"], exclude_characters=ONE_WAY), max_size=8)


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(NAMES, max_size=30))
def test_cp950_names_survive(names: list[str]) -> None:
    kept = [name for name in names if tidy(name) and '"' not in name]
    rows = [("學號", "姓名"), *((str(number), name.replace(",", "，")) for number, name in enumerate(kept, start=1))]
    table = read_table(lines(rows).encode("cp950"), "a.csv", KNOWN)
    assert [row.cells["姓名"] for row in table.rows] == [name for _, name in rows[1:]]
    assert all(in_cp950(row.raw[1]) for row in table.rows)
