"""MP4: its boxes walked to the end of the file; there must be a film and its samples."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from admin_app.services.evidence.refusing import Refused
from admin_app.storage import Incoming

CUT = "這個影片檔不完整（可能沒有傳完或存檔中斷）。請重新匯出成 MP4，確認能播放到結尾後再上傳。"
BROKEN = "這個檔案不是能播放的 MP4。請用手機或電腦的影片編輯重新匯出成 MP4（H.264）再上傳。"
BRANDS = frozenset(
    brand.encode()
    for brand in (
        *("isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "mp41", "mp42", "mp71", "avc1", "dash"),
        *("M4V ", "M4VP", "M4VH", "MSNV", "f4v ", "XAVC", "NDSC", "NDSH"),
    )
)
MOST_BOXES = 20_000


class Box(NamedTuple):
    name: bytes
    start: int
    end: int


def begins(head: bytes) -> bool:
    """Whether a file begins as an MP4 film: QuickTime, sound only and pictures have brands of their own."""
    return head[4:8] == b"ftyp" and head[8:12] in BRANDS


def check(file: Incoming, size: int) -> None:
    """Raise `Refused` unless the boxes fill the file exactly and hold a film."""
    names, tracks = set(), 0
    for box in boxes(file, 0, size):
        names.add(box.name)
        if box.name == b"moov":
            tracks += sum(each.name == b"trak" for each in boxes(file, box.start, box.end))
    if b"moov" not in names or b"mdat" not in names:
        raise Refused(CUT if names & {b"mdat", b"moov", b"ftyp"} else BROKEN)
    if not tracks:
        raise Refused(BROKEN)


def boxes(file: Incoming, start: int, end: int) -> Iterator[Box]:
    """The boxes from `start` to `end`. Raises `Refused` when they do not end there."""
    at = start
    for _ in range(MOST_BOXES):
        if at == end:
            return
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            raise Refused(CUT)
        length, name = struct.unpack(">I4s", head[:8])
        inside = at + 8
        if length == 1 and len(head) == 16:
            length, inside = struct.unpack(">Q", head[8:])[0], at + 16
        elif length == 0:
            length = end - at
        if length < 8 or at + length > end or not all(32 <= sign < 127 or sign == 0xA9 for sign in name):
            raise Refused(CUT)
        yield Box(name, inside, at + length)
        at += length
    raise Refused(BROKEN)
