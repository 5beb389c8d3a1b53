"""MP3: its frames walked from the first to the last; what is cut in the middle of one is refused."""

from __future__ import annotations

import struct

from admin_app.services.evidence.refusing import Refused
from admin_app.storage import Incoming

CUT = "這個錄音檔不完整（可能沒有傳完或存檔中斷）。請重新匯出成 MP3，聽得到結尾後再上傳。"
BROKEN = "這個檔案不是能播放的 MP3。請用錄音程式重新匯出成 MP3 再上傳。"
FEWEST = 3
MOST_PADDING = 64 * 1024
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""By version (3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5)."""
BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def begins(head: bytes) -> bool:
    """Whether a file begins with a tag of an MP3 or with a frame."""
    return head.startswith(b"ID3") or frame_length(head[:4]) > 0


def check(file: Incoming, size: int) -> None:
    """Raise `Refused` unless frame follows frame to the end."""
    at = _after_tag(file, size)
    end = _before_tags(file, size)
    at = _first_frame(file, at, end)
    count, first = 0, at
    while at < end:
        file.seek(at)
        length = frame_length(file.read(4))
        if not length:
            if not _is_padding(file, at, end):
                raise Refused(BROKEN if count < FEWEST else CUT)
            break
        if at + length > end:
            raise Refused(CUT)
        at, count = at + length, count + 1
    if count < FEWEST:
        raise Refused(BROKEN)
    _as_long_as_it_says(file, first, end)


def frame_length(head: bytes) -> int:
    """Bytes of the layer III frame that begins so; 0 when none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate, padding = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return 0
    kilobits = BITRATES[3 if version == 3 else 2][bitrate]
    return (144 if version == 3 else 72) * kilobits * 1000 // RATES[version][rate] + padding


def _after_tag(file: Incoming, size: int) -> int:
    file.seek(0)
    head = file.read(10)
    if not head.startswith(b"ID3"):
        return 0
    if len(head) < 10 or any(sign & 0x80 for sign in head[6:10]):
        raise Refused(CUT)
    length = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + (10 if head[5] & 0x10 else 0)
    if length >= size:
        raise Refused(CUT)
    return length


def _before_tags(file: Incoming, size: int) -> int:
    """Where the frames end: before the tags some programs add at the end."""
    end = size
    file.seek(max(0, end - 128))
    if file.read(3) == b"TAG":
        end -= 128
    file.seek(max(0, end - 32))
    foot = file.read(32)
    if foot.startswith(b"APETAGEX"):
        length, flags = struct.unpack("<I4xI", foot[12:24])
        end -= length + (32 if flags & 0x80000000 else 0)
    return max(end, 0)


def _first_frame(file: Incoming, at: int, end: int) -> int:
    """Some programs leave zeros between the tag and the first frame."""
    file.seek(at)
    head = file.read(min(MOST_PADDING, max(0, end - at)))
    skipped = len(head) - len(head.lstrip(b"\0"))
    return at + skipped


def _is_padding(file: Incoming, at: int, end: int) -> bool:
    if end - at > MOST_PADDING:
        return False
    file.seek(at)
    return not file.read(end - at).strip(b"\0\xaa\xff U")


def _as_long_as_it_says(file: Incoming, first: int, end: int) -> None:
    """The first frame of most encoders says how many bytes there are."""
    file.seek(first)
    frame = file.read(512)
    for sign in (b"Xing", b"Info"):
        at = frame.find(sign, 0, 64)
        if at > 0:
            flags = struct.unpack(">I", frame[at + 4 : at + 8])[0]
            if flags & 2:
                offset = at + 8 + (4 if flags & 1 else 0)
                if struct.unpack(">I", frame[offset : offset + 4])[0] > end - first + 8192:
                    raise Refused(CUT)
