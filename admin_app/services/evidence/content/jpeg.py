"""JPEG: its segments walked, its pixels really decoded (small), and a copy without what tells where it was taken."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, NamedTuple, cast

from PIL import Image

from admin_app.services.evidence.refusing import Refused
from admin_app.storage import Incoming

MOST_PIXELS = 50_000_000
STEP = 256 * 1024
CUT = "這張照片不完整（可能沒有傳完或存檔中斷），打不開。請重新儲存或重拍後再上傳。"
HUGE = f"這張圖片的長寬超過 {MOST_PIXELS // 10_000:,} 萬像素，打開會佔滿記憶體。請縮小後再上傳。"
LONE = frozenset({0x01, *range(0xD0, 0xD8)})
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
KEPT_APPS = {0xE0: b"JFIF", 0xE2: b"ICC_PROFILE", 0xEE: b"Adobe"}
EXIF, XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/"
ORIENTATION = 0x0112
Image.MAX_IMAGE_PIXELS = None  # `refuse_huge` looks first


class Segment(NamedTuple):
    """A marker and its bytes; for the pixels (`data` None) they are still in the file, from `start` to `end`."""

    marker: int
    data: bytes | None
    start: int
    end: int


def check(file: Incoming, size: int) -> None:
    """Raise `Refused` unless this is a whole JPEG whose pixels can be decoded."""
    width, height = 0, 0
    for each in segments(file):
        if each.marker in FRAMES and each.data is not None and len(each.data) >= 5:
            height, width = struct.unpack(">HH", each.data[1:5])
            refuse_huge(width, height)
    if not width or not height:
        raise Refused(CUT)
    file.seek(0)
    decode(file, "JPEG")


def clean(file: Incoming, target: Incoming) -> None:
    """Write the picture without EXIF (but its orientation), XMP, IPTC, comments, and whatever follows its end."""
    target.write(b"\xff\xd8")
    orientation = _orientation(file)
    if orientation > 1:
        target.write(_only_orientation(orientation))
    file.seek(0)
    for each in segments(file):
        if each.data is None:
            _copy(file, each.start, each.end, target)
        elif _stays(each):
            target.write(struct.pack(">BBH", 0xFF, each.marker, len(each.data) + 2) + each.data)
    target.write(b"\xff\xd9")


def segments(file: Incoming) -> Iterator[Segment]:
    """The segments of the first picture in the file, up to its end. Raises `Refused` when there is none."""
    file.seek(2)
    while True:
        marker = _marker(file)
        if marker == EOI:
            return
        if marker in LONE or marker == SOI:
            continue
        length = file.read(2)
        if len(length) < 2 or (number := struct.unpack(">H", length)[0]) < 2:
            raise Refused(CUT)
        data = file.read(number - 2)
        if len(data) < number - 2:
            raise Refused(CUT)
        yield Segment(marker, data, 0, 0)
        if marker == SOS:
            start = file.tell()
            end = _end_of_pixels(file, start)
            yield Segment(0, None, start, end)
            file.seek(end)


def refuse_huge(width: int, height: int) -> None:
    """A small file may say it is a picture that fills all memory."""
    if width * height > MOST_PIXELS:
        raise Refused(HUGE)


def decode(file: Incoming, name: str) -> None:
    """Decode a picture at an eighth of its size: everything is read, little is kept."""
    try:
        with Image.open(cast(IO[bytes], file), formats=[name]) as picture:
            refuse_huge(*picture.size)
            picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
            picture.load()
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError):
        raise Refused(CUT) from None


def _marker(file: Incoming) -> int:
    sign = file.read(1)
    if sign != b"\xff":
        raise Refused(CUT)
    while sign == b"\xff":
        sign = file.read(1)
    if not sign or sign == b"\0":
        raise Refused(CUT)
    return sign[0]


def _end_of_pixels(file: Incoming, start: int) -> int:
    """Where the next marker stands that belongs to no pixels."""
    at, before = start, b""
    while part := file.read(STEP):
        text = before + part
        found = text.find(b"\xff")
        while 0 <= found < len(text) - 1:
            if text[found + 1] not in (0x00, 0xFF, *range(0xD0, 0xD8)):
                return at - len(before) + found
            found = text.find(b"\xff", found + 1)
        at += len(part)
        before = b"\xff" if text.endswith(b"\xff") else b""
    raise Refused(CUT)


def _stays(each: Segment) -> bool:
    assert each.data is not None  # noqa: S101 - segments without any are dealt with before
    if each.marker == 0xFE:
        return False
    if 0xE0 <= each.marker <= 0xEF:
        return each.marker in KEPT_APPS and each.data.startswith(KEPT_APPS[each.marker])
    return True


def _orientation(file: Incoming) -> int:
    """Which way up the picture is, 1 to 8."""
    file.seek(0)
    for each in segments(file):
        if each.marker == 0xE1 and each.data is not None and each.data.startswith(EXIF):
            exif = Image.Exif()
            try:
                exif.load(each.data)
                found = exif.get(ORIENTATION, 1)
            except (ValueError, SyntaxError, KeyError, TypeError, struct.error, OSError):
                return 1
            return found if isinstance(found, int) and 1 <= found <= 8 else 1
        if each.marker == SOS:
            break
    return 1


def _only_orientation(orientation: int) -> bytes:
    """An EXIF segment that says which way up, and nothing else."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)
    return struct.pack(">BBH", 0xFF, 0xE1, len(EXIF + tiff) + 2) + EXIF + tiff


def _copy(file: Incoming, start: int, end: int, target: Incoming) -> None:
    file.seek(start)
    left = end - start
    while left > 0 and (part := file.read(min(STEP, left))):
        target.write(part)
        left -= len(part)
