"""Checks an XLSX file before anything opens it, and hands on a fresh archive of only the parts that were checked.

The fresh archive matters: two programs may read one forged ZIP directory differently, so what is opened later must be
exactly what was inspected here."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.parsers import expat

from admin_app.services.tabular.parts import PartScan
from admin_app.services.tabular.table import MAX_UNPACKED, TableError

MAX_ENTRIES = 2_000
MAX_TEXT = 30_000_000
CHUNK = 256 * 1024
_NESTED = re.compile(
    r"\.(zip|xls[xmb]?|doc[xm]?|ppt[xm]?|od[tsp]|jar|war|apk|7z|rar|tar|t?gz|t?bz2?|xz|zst|cab|iso)$", re.IGNORECASE
)
_KEPT = re.compile(r"(\[Content_Types\]\.xml|.*\.(xml|rels))", re.IGNORECASE)
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    NotImplementedError,
)
"""What the ZIP and XML readers raise at a damaged file."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Checked:
    """A fresh archive to open, and the cells that hold an error such as #N/A (they are read as empty)."""

    archive: io.BytesIO
    errors: list[str]


def check_xlsx(data: bytes) -> Checked:
    """Refuse what is not a plain XLSX workbook of sensible size."""
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise TableError("這個檔案內的項目太多，不是一般的 Excel 檔。請用 Excel 重新另存成 .xlsx 再匯入。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            _check_directory(source.infolist())
            return _repack(source)
    except DAMAGE as error:
        raise TableError("Excel 檔（.xlsx）已損壞或不完整，請重新下載或用 Excel 另存新檔再匯入。") from error


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.orig_filename for entry in entries]
    if any(entry.flag_bits & 0x2041 for entry in entries):
        raise TableError("這個 Excel 檔有密碼保護，請先移除密碼再匯入。")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise TableError("這個檔案的壓縮方式不是 Excel 所用的，請用 Excel 重新另存成 .xlsx 再匯入。")
    if any(_escapes(entry) for entry in entries) or len({name.lower() for name in names}) != len(names):
        raise TableError("這個檔案內含不合規定的路徑，可能遭竄改，不予讀取。")
    if any(_NESTED.search(name) for name in names):
        raise TableError("這個 Excel 檔內嵌了其他檔案或壓縮檔，請移除內嵌物件後再匯入。")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise TableError(f"這個檔案解壓縮後超過 {MAX_UNPACKED // 1024 // 1024} MB，不予讀取。請只留下要匯入的工作表再另存。")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise TableError("這個 Excel 檔含有巨集，請另存成不含巨集的 .xlsx 再匯入。")
    if "xl/workbook.xml" not in {name.lower() for name in names}:
        raise TableError("這不是 Excel 活頁簿（.xlsx）。請用 Excel 另存成 .xlsx 或 CSV（UTF-8）再匯入。")


def _escapes(entry: zipfile.ZipInfo) -> bool:
    """A name that points outside, cannot be a part's name, or is a link."""
    name = entry.orig_filename
    strange = name.startswith("/") or any(char in name for char in "\\:\0") or ".." in name.split("/")
    return strange or stat.S_ISLNK(entry.external_attr >> 16)


def _repack(source: zipfile.ZipFile) -> Checked:
    """Read every XML part to its end, look at every element, and write it anew."""
    target = io.BytesIO()
    scans: list[PartScan] = []
    left = MAX_UNPACKED
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as fresh:
        for entry in source.infolist():
            if not _KEPT.fullmatch(entry.filename):
                continue
            scan = PartScan(scans[-1].elements if scans else 0)
            with source.open(entry) as part, fresh.open(zipfile.ZipInfo(entry.filename, _EPOCH), "w") as copy:
                while block := part.read(CHUNK):
                    left -= len(block)
                    if left < 0:
                        raise TableError(f"這個檔案解壓縮後超過 {MAX_UNPACKED // 1024 // 1024} MB，不予讀取。")
                    scan.feed(block)
                    copy.write(block)
            scan.close()
            scans.append(scan)
    _check_text(scans)
    target.seek(0)
    return Checked(target, [ref for scan in scans for ref in scan.errors])


def _check_text(scans: Sequence[PartScan]) -> None:
    """A long text is stored once and may be shown in a million cells: what counts is the text when written out."""
    longest = [0] * max((len(scan.strings) for scan in scans), default=0)
    for scan in scans:
        for index, length in enumerate(scan.strings):
            longest[index] = max(length, longest[index])
    written = sum(longest[index] if index < len(longest) else 0 for scan in scans for index in scan.uses)
    if written > MAX_TEXT:
        raise TableError("工作表的文字總量太大，不予讀取。請分成幾個檔案再匯入。")
