"""PNG: every chunk's checksum, its pixels unpacked piece by piece and counted, and a copy without what tells where it was taken."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from admin_app.services.evidence.content.jpeg import refuse_huge
from admin_app.services.evidence.refusing import Refused
from admin_app.storage import Incoming

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CUT = "這張圖片不完整（可能沒有傳完或存檔中斷），打不開。請重新存檔或重新截圖後再上傳。"
STEP = 256 * 1024
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Adam7: first column, first row, step across, step down."""
KEPT = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs", b"hIST")
)


class Header(NamedTuple):
    width: int
    height: int
    depth: int
    colour: int
    interlaced: int


class Chunk(NamedTuple):
    """A chunk's name and where its data stands."""

    name: bytes
    start: int
    length: int


def check(file: Incoming, size: int) -> None:
    """Raise `Refused` unless this is a whole PNG whose pixels can be unpacked."""
    header, unpacked = None, _Pixels()
    for number, each in enumerate(chunks(file, verify=True, pixels=unpacked)):
        if number == 0:
            header = _header(file, each)
            unpacked.expected = _expected(header)
    if header is None or unpacked.count != unpacked.expected:
        raise Refused(CUT)


def clean(file: Incoming, target: Incoming) -> None:
    """Write the picture without EXIF, texts, times, animations, private chunks, and whatever follows its end."""
    target.write(SIGNATURE)
    for each in chunks(file):
        if each.name in KEPT:
            file.seek(each.start - 8)
            left = each.length + 12
            while left > 0 and (part := file.read(min(STEP, left))):
                target.write(part)
                left -= len(part)
            file.seek(each.start + each.length + 4)


class _Pixels:
    """Unpacks the pixels piece by piece and only counts them; refuses more than the header says there are."""

    def __init__(self) -> None:
        self.expected, self.count, self._stream = 0, 0, zlib.decompressobj()

    def feed(self, part: bytes) -> None:
        try:
            while part:
                self.count += len(self._stream.decompress(part, STEP))
                part = self._stream.unconsumed_tail
                if self.count > self.expected:
                    raise Refused(CUT)
        except zlib.error:
            raise Refused(CUT) from None


def chunks(file: Incoming, *, verify: bool = False, pixels: _Pixels | None = None) -> Iterator[Chunk]:
    """The chunks up to the end. `verify`: with their checksums. Raises `Refused` when one is cut or damaged."""
    file.seek(len(SIGNATURE))
    while True:
        head = file.read(8)
        if len(head) < 8:
            raise Refused(CUT)
        length, name = struct.unpack(">I4s", head)
        start = file.tell()
        if length > 0x7FFFFFFF:
            raise Refused(CUT)
        yield Chunk(name, start, length)
        file.seek(start)
        if verify:
            _verify(file, name, length, pixels)
        else:
            file.seek(start + length + 4)
        if name == b"IEND":
            return


def _verify(file: Incoming, name: bytes, length: int, pixels: _Pixels | None) -> None:
    check, left = zlib.crc32(name), length
    while left > 0:
        part = file.read(min(STEP, left))
        if not part:
            raise Refused(CUT)
        check = zlib.crc32(part, check)
        if name == b"IDAT" and pixels is not None:
            pixels.feed(part)
        left -= len(part)
    said = file.read(4)
    if len(said) < 4 or struct.unpack(">I", said)[0] != check:
        raise Refused(CUT)


def _header(file: Incoming, chunk: Chunk) -> Header:
    file.seek(chunk.start)
    data = file.read(13)
    if chunk.name != b"IHDR" or chunk.length != 13 or len(data) < 13:
        raise Refused(CUT)
    width, height, depth, colour, packing, filters, interlaced = struct.unpack(">IIBBBBB", data)
    if not width or not height or packing or filters or interlaced > 1 or depth not in DEPTHS.get(colour, ()):
        raise Refused(CUT)
    refuse_huge(width, height)
    return Header(width, height, depth, colour, interlaced)


def _expected(header: Header) -> int:
    """How many bytes the pixels are once unpacked."""
    bits = header.depth * CHANNELS[header.colour]
    if not header.interlaced:
        return (1 + (header.width * bits + 7) // 8) * header.height
    total = 0
    for left, top, across, down in PASSES:
        columns, rows = -(-(header.width - left) // across), -(-(header.height - top) // down)
        if columns > 0 and rows > 0:
            total += (1 + (columns * bits + 7) // 8) * rows
    return total
