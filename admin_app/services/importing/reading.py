"""A file's lines as drafts: each cell read by the column it stands in, each reference looked up."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from admin_app.services.exporting import restore
from admin_app.services.importing.columns import Column
from admin_app.services.importing.kind import Draft, Kind
from admin_app.services.importing.links import Key, key_of
from admin_app.services.importing.school import School
from admin_app.services.tabular import Row, Table, read_table
from models.values.identity import mask, normalise_id_number
from models.values.text import quote, tidy

FORMULA = "=＝"
TELL_EVERY = 500
Tell = Callable[[int, int, str], None]
"""Told how far a long piece of work is: done, of how many, what. May raise to stop it."""


def say_nothing(done: int, total: int, message: str) -> None:
    """For those who do not wait."""


def open_table(kind: Kind, source: Table | bytes | str | Path, filename: str) -> Table:
    """The file as a table. Raises TableError with a sentence for the person who brought it."""
    if isinstance(source, Table):
        return source
    return read_table(source, filename, known=kind.headings.knows, default_header=kind.header)


def unit_of(table: Table) -> str:
    """A person counts 列 in a spreadsheet and 行 in a text file."""
    return "列" if table.format == "xlsx" else "行"


def read_drafts(kind: Kind, table: Table, used: Mapping[str, Column], school: School, tell: Tell = say_nothing) -> list[Draft]:
    """Every line, read and looked up; what is wrong stands in its findings."""
    headings = {column.name: heading for heading, column in used.items()}
    drafts = [_read(row, kind, table, used, headings, school) for row in table.rows]
    for number, draft in enumerate(drafts):
        if number % TELL_EVERY == 0:
            tell(number, len(drafts), "讀取各列")
        for resolve in kind.resolvers:
            resolve(draft, school)
        _require(draft, kind)
    return drafts


def _read(row: Row, kind: Kind, table: Table, used: Mapping[str, Column], headings: Mapping[str, str], school: School) -> Draft:
    draft = Draft(row, unit_of(table), kind.by_name, headings)
    for remark in row.remarks:
        draft.warn("", remark)
    if any(tidy(cell) for cell in row.raw[len(table.header) :]):
        draft.fail("", "格數比標題列多，各欄可能移位，請核對後更正")
    for heading, column in used.items():
        text = restore(row.cells.get(heading, ""))
        if tidy(text):
            _take(draft, column, text, school)
    return draft


def _take(draft: Draft, column: Column, text: str, school: School) -> None:
    if column.read is None:
        draft.texts[column.name] = text
        return
    try:
        value = column.read(text, school.book)
    except ValueError as error:
        draft.fail(column.name, str(error), text)
        return
    if value is None:
        return
    draft.values[column.attr] = value
    if isinstance(value, str) and value[:1] in FORMULA:
        draft.warn(column.name, f"{quote(value)}以等號開頭，當作文字匯入，不會計算；請確認內容", value)


def _require(draft: Draft, kind: Kind) -> None:
    for attr, column in kind.by_attr.items():
        required = any(each.required for each in kind.columns if each.attr == attr)
        if required and not any(attr in found for found in (draft.values, draft.about, draft.failed)):
            draft.fail(column.name, "未填，請補上")


def refuse_duplicates(kind: Kind, drafts: Iterable[Draft]) -> None:
    """Rows that share what must be one row's own are all kept out, and each names the others."""
    every = list(drafts)
    own = () if kind.shared else (kind.key,)
    for attrs in (*own, *kind.uniques):
        for group in _sharing(kind, every, attrs):
            for draft in group:
                _name_the_others(draft, attrs, group, kind)


def _sharing(kind: Kind, drafts: Iterable[Draft], attrs: tuple[str, ...]) -> list[list[Draft]]:
    found: dict[Key, list[Draft]] = defaultdict(list)
    for draft in drafts:
        own = key_of(kind.model, draft.values, attrs)
        if own is not None:
            found[own].append(draft)
    return [group for group in found.values() if len(group) > 1]


def _name_the_others(draft: Draft, attrs: tuple[str, ...], group: list[Draft], kind: Kind) -> None:
    others = [each.line for each in group if each is not draft]
    lines = "、".join(str(line) for line in others[:5]) + (f" 等 {len(others)} {draft.unit}" if len(others) > 5 else "")
    columns = [kind.by_attr[attr] for attr in attrs if attr in kind.by_attr]
    shared = [column for column in columns if column.name in draft.headings] or columns[:1]
    values = [draft.written(column.name) for column in shared]
    shown = "、".join(
        mask(normalise_id_number(value)) if column.secret else value for column, value in zip(shared, values, strict=True)
    )
    where = f"與第 {lines} {draft.unit}重複"
    draft.fail(shared[0].name, f"『{shown}』{where}，這些列都沒有匯入，請確認後只保留正確的一列", values[0])


def merge_shared(kind: Kind, drafts: Iterable[Draft]) -> None:
    """Rows about the same thing become one, as long as they agree on it; those that do not are kept out."""
    for group in _sharing(kind, drafts, kind.key):
        first = group[0]
        for draft in group[1:]:
            differing = [attr for attr, value in draft.values.items() if first.values.get(attr, value) != value]
            for attr in differing:
                name = kind.by_attr[attr].name
                draft.fail(name, f"與第 {first.line} {first.unit}所填不同，請改成一致")
                first.fail(name, f"與第 {draft.line} {draft.unit}所填不同，請改成一致")
            draft.part_of = first


def plain_code(text: str) -> str:
    """A code in its one spelling: half-width, upper case, without spaces around it."""
    return unicodedata.normalize("NFKC", text).strip().upper()
