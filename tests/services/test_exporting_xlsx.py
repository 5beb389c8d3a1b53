"""XLSX as it leaves the system, opened by two other libraries: every text a text, never a formula; numbers and dates typed."""

from __future__ import annotations

import datetime as dt
import io
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from admin_app.services.exporting import TooManyRowsError, xlsx_file, xlsx_writer
from admin_app.services.tabular import read_table
from models.vocabulary import Division

from .formulas import FORMULAS, HARMLESS

XLSX_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=40) | st.sampled_from(
    FORMULAS + HARMLESS
)


def workbook(header: Sequence[str], rows: Sequence[Sequence[object]], **options: Any) -> bytes:
    file = io.BytesIO()
    xlsx_file(header, rows, options.pop("sheet", "名冊"), file, **options)
    return file.getvalue()


def loaded(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


@settings(max_examples=100, deadline=None, database=None)
@given(st.lists(st.tuples(XLSX_TEXTS, XLSX_TEXTS), max_size=8))
def test_texts_are_texts_and_unchanged(rows: list[tuple[str, str]]) -> None:
    data = workbook(["甲", "=乙"], rows)
    for line in loaded(data).active.iter_rows():
        for cell in line:
            assert cell.value is None or (cell.data_type == "s" and isinstance(cell.value, str) and cell.hyperlink is None)
    read = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert [(*row, "", "")[:2] for row in read[1:]] + [("", "")] * (len(rows) + 1 - len(read)) == rows


@pytest.mark.parametrize(
    "text",
    [
        '<r></is></c><c r="A9"><f>1+1</f></c><c><is></r>',
        "<r><t>x</t></r>",
        "<r></r>",
        "<r>",
        "_x0041_",
        "a_x000D_b",
        "一\r\n二\x01\x00",
        " 前後 ",
        "http://example.invalid",
        "mailto:a@example.invalid",
        "{=1}",
        "😀" * 100,
    ],
)
def test_texts_that_xlsx_writers_take_for_something_else(text: str) -> None:
    data = workbook([text], [[text]], notes=[[text]])
    book = loaded(data)
    assert [cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line] == ["s", "s", "s"]
    assert read_table(data, "a.xlsx", default_header=("欄",)).rows[1].raw == (text,)


def test_keeps_types() -> None:
    row = ["00123", 12, -2.5, Decimal("80.5"), dt.date(2026, 9, 1), dt.datetime(2026, 9, 1, 8, 5), dt.time(8, 5), True, None]
    exact = [10**17, Decimal("0.12345678901234567"), float("nan"), float("inf"), dt.date(1899, 1, 1), Division.day, ("甲", "乙")]
    header = [f"欄{number}" for number in range(len(row) + len(exact))]
    sheet = loaded(workbook(header, [[*row, *exact]])).active
    values = [cell.value for cell in sheet[2]]
    assert values[:4] == ["00123", 12, -2.5, 80.5]
    assert values[4:9] == [dt.datetime(2026, 9, 1), dt.datetime(2026, 9, 1, 8, 5), dt.time(8, 5), "是", None]
    assert values[9:] == ["100000000000000000", "0.12345678901234567", "nan", "inf", "1899-01-01", "日校", "甲、乙"]
    assert [sheet.cell(2, column).number_format for column in (1, 5, 6, 7)] == ["@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm"]


def test_is_ready_to_use() -> None:
    data = workbook(
        ["學號", "自述"], [["1", "很長的文字" * 40], ["=1", "短"]], notes=[["欄", "說明"], ["學號", "8 碼"]], as_text=True
    )
    book = loaded(data)
    sheet = book.active
    assert book.sheetnames == ["名冊", "說明"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet["A1"].font.bold) == ("A2", "A1:B3", True)
    assert 6 <= sheet.column_dimensions["A"].width < 12
    assert sheet.column_dimensions["B"].width > 55
    assert sheet["A3"].quotePrefix and not sheet["A2"].quotePrefix
    assert book["說明"]["B2"].value == "8 碼"


def test_the_same_rows_give_the_same_bytes() -> None:
    first = workbook(["學號"], [["1"]], notes=[["x"]])
    time.sleep(1.1)
    assert workbook(["學號"], [["1"]], notes=[["x"]]) == first


def test_sheet_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = loaded(workbook(["欄"], [["字" * 40_000], ["😀" * 20_000]])).active
    assert cell["A2"].value.endswith("全文請匯出 CSV）") and len(cell["A2"].value) == 32_767
    assert len(cell["A3"].value.encode("utf-16-le")) // 2 <= 32_767
    names = {"": "資料", "a/b:[c]": "a_b__c_", "'x'": "x", "History": "資料", "學" * 40: "學" * 31, "說明": "說明"}
    for name, shown in names.items():
        assert loaded(workbook(["欄"], [], sheet=name, notes=[["x"]])).sheetnames[0] == shown
    monkeypatch.setattr(xlsx_writer, "LAST_ROW", 3)
    with pytest.raises(TooManyRowsError, match="改匯出 CSV"):
        workbook(["欄"], [["1"]] * 4)
