"""Files made to do harm, files that are damaged, and files that are just too large: refused in words, quickly."""

from __future__ import annotations

import io
import random
import resource
import time
import zipfile
from collections.abc import Iterator

import pytest
import xlsxwriter

from admin_app.services.tabular import TableError, parts, read_table

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>學號</t></is></c></row>'
MAX_SECONDS, MAX_MEMORY = 20, 400


def archive(content: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in content.items():
            target.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def sheet(cells: str, before: str = "", **more: str | bytes) -> bytes:
    """A workbook of one sheet with these rows."""
    body = f'{before}<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    return archive({**PARTS, "xl/worksheets/sheet1.xml": body, **more})


def good(rows: int = 30, columns: int = 4) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        for row in range(rows):
            page.write_row(row, 0, [f"欄{chr(0x4E00 + column)}" if row == 0 else f"值{row}" for column in range(columns)])
    return file.getvalue()


@pytest.fixture(autouse=True)
def _cheap() -> Iterator[None]:
    """Refusing must not cost what the attack wanted to cost."""
    begun, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.process_time() - begun < MAX_SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MAX_MEMORY


def refused(data: bytes, words: str, filename: str = "a.xlsx") -> None:
    with pytest.raises(TableError, match=words) as error:
        read_table(data, filename)
    assert str(error.value).endswith("。")


def refusal(data: bytes) -> str:
    """The sentence a file is refused with, or that it was read."""
    try:
        read_table(data, "a.xlsx")
    except TableError as error:
        return str(error)
    return "已讀取。"


def test_the_plain_workbook_is_read() -> None:
    table = read_table(sheet(HEAD + '<row r="2"><c r="A2"><v>11510001</v></c></row>'), "a.xlsx")
    assert [(row.line, row.raw) for row in table.rows] == [(2, ("11510001",))]


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1048576"><c><v>1</v></c></row>',
        '<row r="2"><c r="XFD2" t="inlineStr"><is><t>x</t></is></c></row>',
        '<row r="2"><c r="A999999"><v>1</v></c></row>',
        "<row/>" * 60_000 + "<row><c><v>1</v></c></row>",
        '<x:row xmlns:x="http://a" r="1048576"><x:c><x:v>1</x:v></x:c></x:row>',
        f'<row r="2">{"<c><v>1</v></c>" * 201}</row>',
        '<row r="50000"><c r="A50000"><v>1</v></c></row><row r="50001"><c r="GR50001"><v>1</v></c></row>',
    ],
)
def test_a_far_cell_is_refused(far: str) -> None:
    refused(sheet(HEAD + far), "超出可讀取的範圍")


def test_a_format_painted_down_the_whole_sheet_does_no_harm() -> None:
    far = '<row r="2"><c r="A2"><v>1</v></c></row><row r="1048576" ht="20"><c r="XFD1048576" s="1"/></row>'
    assert len(read_table(sheet(HEAD + far), "a.xlsx").rows) == 1


def test_shared_text_shown_many_times_is_counted_as_written_out() -> None:
    texts = f'<sst xmlns="{MAIN}"><si><t>{"長" * 30_000}</t></si></sst>'
    data = sheet(("<row>" + '<c t="s"><v>0</v></c>' * 20 + "</row>") * 5_000, **{"xl/sharedStrings.xml": texts})
    assert len(data) < 100_000
    refused(data, "文字總量太大")
    longer = f'<sst xmlns="{MAIN}"><si><t>{"長" * 70_000}</t></si></sst>'
    refused(sheet(HEAD, **{"xl/sharedStrings.xml": longer}), "32,767 字")


def test_unpacked_size_is_counted_by_declaration_and_in_fact() -> None:
    data = sheet(HEAD, **{"xl/media/image1.png": b"\0" * (101 * 1024 * 1024)})
    assert len(data) < 200_000
    refused(data, "解壓縮後超過 100 MB")
    lying = bytearray(sheet(" " * 3_000_000 + HEAD))
    at = lying.rindex(b"xl/worksheets/sheet1.xml") - 46
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    refused(bytes(lying), "已損壞")


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]>', "不合規定的宣告"),
        ('<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd">', "不合規定的宣告"),
        ("<a/>", "已損壞"),
    ],
)
def test_entities_and_broken_xml(before: str, words: str) -> None:
    refused(sheet(HEAD, before), words)


def test_endless_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_ELEMENTS", 100_000)
    refused(sheet("<x/>" * 200_000), "內容太多")


def test_a_part_in_another_encoding() -> None:
    body = f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}</sheetData></worksheet>'
    refused(archive({**PARTS, "xl/worksheets/sheet1.xml": body.encode("utf-16")}), "已損壞")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../outside.xml", "路徑"),
        ("/etc/outside.xml", "路徑"),
        ("xl\\outside.xml", "路徑"),
        ("C:outside.xml", "路徑"),
        ("xl/WORKBOOK.xml", "路徑"),
        ("xl/embeddings/inner.xlsx", "內嵌"),
        ("inner.zip", "內嵌"),
        ("xl/vbaProject.bin", "巨集"),
    ],
)
def test_entries_that_have_no_place_in_a_workbook(name: str, words: str) -> None:
    refused(sheet(HEAD, **{name: "x"}), words)


def test_a_link_an_encrypted_entry_and_too_many_entries() -> None:
    file = io.BytesIO(sheet(HEAD))
    with zipfile.ZipFile(file, "a") as target:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        target.writestr(link, "/etc/hostname")
    refused(file.getvalue(), "路徑")
    locked = bytearray(sheet(HEAD))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    refused(bytes(locked), "密碼")
    refused(sheet(HEAD, **{f"x/{number}.xml": "" for number in range(2_001)}), "項目太多")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"\r\n , ,\r\n", "沒有任何資料"),
        (b"PK\x03\x04 not a zip", "已損壞"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "舊版 Excel"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "網頁"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "不是文字檔"),
        (b"\xff" * 5000, "不是文字檔"),
        (archive({"word/document.xml": "<a/>"}), "不是 Excel 活頁簿"),
    ],
)
def test_what_is_not_a_table(data: bytes, words: str) -> None:
    refused(data, words)


def test_a_missing_file_is_named_without_its_folder() -> None:
    with pytest.raises(TableError, match=r"無法讀取檔案「沒有\.csv」"):
        read_table("/nowhere/沒有.csv")


def test_a_workbook_cut_anywhere_is_refused() -> None:
    data = good()
    for end in range(4, len(data), 97):
        refused(data[:end], "已損壞")


def test_a_workbook_with_flipped_bytes_is_read_or_refused() -> None:
    data, chance = good(), random.Random(115)
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            changed[chance.randrange(4, len(changed))] = chance.randrange(256)
        assert refusal(bytes(changed)).endswith("。")


def test_parts_with_changed_characters_are_read_or_refused() -> None:
    chance = random.Random(8)
    with zipfile.ZipFile(io.BytesIO(good())) as source:
        whole = {name: source.read(name) for name in source.namelist()}
    for _ in range(300):
        name = chance.choice(sorted(whole))
        changed = bytearray(whole[name])
        for _ in range(chance.randint(1, 3)):
            changed[chance.randrange(len(changed))] = chance.choice(b'0123456789ABZ"<>/ rtscv=')
        assert refusal(archive({**whole, name: bytes(changed)})).endswith("。")


def test_row_column_and_size_limits_are_exact() -> None:
    rows = b"1,2\n" * 50_000
    assert len(read_table("學號,姓名\n".encode() + rows, "a.csv").rows) == 50_000
    refused("學號,姓名\n".encode() + rows + b"1,2\n", "超過 50,000 列", "a.csv")
    wide = ",".join(f"欄{chr(0x4E00 + number)}" for number in range(200))
    assert len(read_table(wide.encode(), "a.csv").header) == 200
    refused(f"{wide},多".encode(), "超過 200 欄", "a.csv")
    limit = 10 * 1024 * 1024
    full = ("甲,乙\n".encode() + (b"1," + b"x" * 100_000 + b"\n") * 104).ljust(limit, b" ")
    assert len(read_table(full, "a.csv").rows) == 104
    refused(full + b" ", "超過 10 MB", "a.csv")
    refused(b"\n" * 600_000, "500,000 行", "a.csv")
    refused(good(50_002, 2), "超過 50,000 列")
