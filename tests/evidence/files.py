"""Files for the tests, made here: small, sound, and of every kind the store takes; and ways to spoil them."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

from PIL import Image

KINDS = ("pdf", "jpg", "png", "mp3", "mp4")


@cache
def pdf(pages: int = 1, extra: bytes = b"", catalog: bytes = b"", size: int = 0, seed: str = "") -> bytes:
    """A PDF. `extra`: further objects; `catalog`: further entries of its catalogue; `size`: at least so many bytes."""
    kids = " ".join(f"{3 + number} 0 R" for number in range(pages)).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count " + str(pages).encode() + b" >>",
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages,
    ]
    if size or seed:
        filler = random.Random(seed).randbytes(max(size, 16))
        objects.append(b"<< /Length " + str(len(filler)).encode() + b" >>\nstream\n" + filler + b"\nendstream")
    if extra:
        objects.append(extra)
    body, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += str(number).encode() + b" 0 obj\n" + each + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    xref = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + xref + tail


@cache
def picture(width: int = 320, height: int = 240) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(width).randbytes(width * height * 3))


@cache
def jpg(*, gps: bool = False, orientation: int = 1, progressive: bool = False) -> bytes:
    """A photo; `gps`: with the place where it was taken (24.86 N, 121.21 E) and the camera's number."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    if gps:
        exif[0xA431] = "camera-serial-4711"
        place = exif.get_ifd(0x8825)
        place.update({1: "N", 2: (24.0, 51.0, 36.0), 3: "E", 4: (121.0, 12.0, 36.0)})
    target = io.BytesIO()
    more = {"exif": exif, "comment": b"taken at home"} if gps or orientation > 1 else {}
    picture().save(target, "JPEG", quality=80, progressive=progressive, **more)
    return target.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@cache
def png(*, extra: bytes = b"") -> bytes:
    """A picture; `extra`: further chunks after the header."""
    target = io.BytesIO()
    picture(160, 120).save(target, "PNG")
    made = target.getvalue()
    return made[:33] + extra + made[33:]


@cache
def mp3(frames: int = 40, tag: bytes = b"") -> bytes:
    """Silence: 128 kbit/s, 44.1 kHz, with a tag in front."""
    head = b"\xff\xfb\x90\x64"
    sound = (head + b"\0" * (417 - 4)) * frames
    return b"ID3\x04\0\0" + bytes((0, 0, len(tag) >> 7 & 127, len(tag) & 127)) + tag + sound


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


@cache
def mp4(brand: bytes = b"isom", samples: int = 20_000, extra: bytes = b"") -> bytes:
    """The skeleton of a film: its boxes are right, there is nothing to see."""
    film = box(b"moov", box(b"mvhd", b"\0" * 100) + box(b"trak", box(b"tkhd", b"\0" * 84)))
    return box(b"ftyp", brand + b"\0\0\2\0isomiso2mp41") + extra + film + box(b"mdat", random.Random(4).randbytes(samples))


GOOD: dict[str, Callable[[], bytes]] = {"pdf": pdf, "jpg": jpg, "png": png, "mp3": mp3, "mp4": mp4}


@cache
def archive(name: str = "work.txt", content: bytes = b"nothing to see") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr(name, content)
    return target.getvalue()


@cache
def office(part: str = "word/document.xml") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr(part, "<document/>")
    return target.getvalue()


EICAR = (
    b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EI" + b"CAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
)  # in two parts, so that no scanner takes the tests away
SCRIPT = b"<script>alert(document.cookie)</script>"
PAGE = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
