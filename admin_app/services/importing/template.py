"""A blank file to fill in, as the kind declares it: the headings alone on the first sheet, and what each means on the second."""

from __future__ import annotations

import io
from collections.abc import Iterator

from admin_app.services.codes import CodeBook
from admin_app.services.exporting import xlsx_file
from admin_app.services.importing.columns import Column
from admin_app.services.importing.kind import Kind
from admin_app.services.importing.kinds import find_kind
from models.base import Entity

NOTES = ("欄位", "填寫", "意義", "格式", "範例", "可填的值")
HOW = (
    "第一張工作表的標題列請保留，資料從第二列開始填。",
    "同一筆資料再匯入一次會更新原有的那一筆；留白的格子不會改動原有資料。",
)


def template(wanted: str | type[Entity] | Kind, codes: CodeBook | None = None) -> bytes:
    """An XLSX file. With `codes` the values of each code list are printed too."""
    kind = find_kind(wanted)
    columns = [column for column in kind.columns if column.in_template]
    notes = [*((line,) for line in HOW), (), NOTES, *(_note(column, codes) for column in columns)]
    file = io.BytesIO()
    xlsx_file([column.zh for column in columns], (), kind.zh, file, notes, as_text=True)
    return file.getvalue()


def code_lists(wanted: str | type[Entity] | Kind) -> list[str]:
    """The code lists a template can print; for `load_codes`."""
    return sorted({column.codes for column in find_kind(wanted).columns if column.codes})


def _note(column: Column, codes: CodeBook | None) -> tuple[str, ...]:
    needed = "必填" if column.required else "可留白"
    return (column.zh, needed, column.help, column.form, column.example, "、".join(_values(column, codes)))


def _values(column: Column, codes: CodeBook | None) -> Iterator[str]:
    if not column.codes or codes is None:
        return
    for value, zh in codes.lists.get(column.codes, {}).items():
        yield value if value == zh else f"{value} {zh}"
    if column.codes not in codes.complete:
        yield "（表外的值也可填，畫面顯示「代碼表未收錄」）"
