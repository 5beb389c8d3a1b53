"""Files that are not what they seem (promises §6.1): each refused with a sentence that says what to do, or served harmless."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
from PIL import Image
from werkzeug.formparser import MultiPartParser
from werkzeug.sansio.multipart import MultipartDecoder

from admin_app import arriving
from admin_app.services.evidence import content, names
from admin_app.services.evidence.refusing import Refused
from admin_app.storage import Incoming, LocalStore
from models.evidence import FileKind
from tests.conftest import sample
from tests.evidence import files
from tests.evidence.files import EICAR, GOOD, KINDS, PAGE, SCRIPT, archive, box, chunk, office


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "files")


def arrival(store: LocalStore, body: bytes) -> Incoming:
    made = store.incoming()
    made.write(body)
    return made


def verdict(store: LocalStore, body: bytes) -> str:
    """The sentence of the refusal, or the kind that was taken."""
    with arrival(store, body) as file:
        try:
            return content.kind_of(file).name
        except Refused as refused:
            assert refused.status in (413, 422)
            return refused.sentence


def with_tail(kind: str, tail: bytes) -> bytes:
    return GOOD[kind]() + tail


# What is two things at once, and what is another thing than its name says

TWO_IN_ONE = {
    "PDF and ZIP": with_tail("pdf", archive()),
    "PDF and ZIP, ended twice": with_tail("pdf", archive() + b"\n%%EOF\n"),
    "ZIP before PDF": archive() + files.pdf(),
    "PDF with a script": files.pdf(catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
    "PDF with a launcher": files.pdf(catalog=b"/OpenAction << /S /Launch /F (cmd.exe) >>"),
    "PDF with a file in it": files.pdf(extra=b"<< /Type /EmbeddedFile /Length 2 >>\nstream\nMZ\nendstream"),
    "HTML before PDF": PAGE + files.pdf(),
    "HTML in a PDF's first line": files.pdf().replace(b"%PDF-1.7\n", b"%PDF-1.7 " + PAGE + b"\n", 1),
    "HTML after PDF": with_tail("pdf", PAGE),
    "JPEG with PHP in a comment": b"\xff\xd8\xff\xfe"
    + struct.pack(">H", 27)
    + b"<?php system($_GET[0]); ?>"[:25]
    + files.jpg()[2:],
    "JPEG with a script behind": with_tail("jpg", SCRIPT),
    "JPEG and ZIP": with_tail("jpg", archive()),
    "PNG with HTML in a text": files.png(extra=chunk(b"tEXt", b"Comment\0" + PAGE)),
    "PNG with HTML behind": with_tail("png", PAGE),
    "PNG and ZIP": with_tail("png", archive()),
    "MP3 with a page in its tag": files.mp3(tag=PAGE),
    "MP3 and ZIP": with_tail("mp3", archive()),
    "MP4 with a page in a free box": files.mp4(extra=box(b"free", PAGE)),
    "MP4 with HTML before": PAGE + files.mp4(),
    "MP4 and ZIP": files.mp4(extra=box(b"free", archive())) + box(b"free", archive()),
    "GIF and script": b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "HTML": PAGE,
    "EICAR": EICAR,
    "program": b"MZ\x90\0" + b"\0" * 60,
    "docm": office("word/vbaProject.bin"),
    "docx": office(),
    "zip": archive(),
    "text": "我的學習心得".encode(),
    "nothing known": bytes(range(128, 256)) * 4,
    "MOV": files.mp4(brand=b"qt  "),
    "HEIC": box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"\0" * 40),
    "3GP": files.mp4(brand=b"3gp4"),
    "M4A": files.mp4(brand=b"M4A "),
    "WEBP": b"RIFF\x10\0\0\0WEBPVP8 ",
    "WAV": b"RIFF\x10\0\0\0WAVEfmt ",
}
NAMES = ("pdf", "png", "exe", "html")


@pytest.mark.parametrize("case", TWO_IN_ONE, ids=str)
def test_what_is_something_else_is_refused_with_advice(store: LocalStore, case: str) -> None:
    said = verdict(store, TWO_IN_ONE[case])
    assert said not in KINDS, f"{case} 被當成 {said} 收下"
    assert any(word in said for word in ("請", "不能上傳", "重新"))


@pytest.mark.parametrize(
    ("case", "advice"),
    [("MOV", "MP4"), ("HEIC", "最相容"), ("docx", "另存新檔"), ("docm", "另存新檔"), ("zip", "解壓縮"), ("GIF and script", "JPEG")],
)
def test_the_advice_fits_what_it_is(store: LocalStore, case: str, advice: str) -> None:
    assert advice in verdict(store, TWO_IN_ONE[case])


# What is cut or damaged

CUTS = [(kind, part) for kind in KINDS for part in (0.02, 0.2, 0.45, 0.7, 0.9, 0.999)]


@pytest.mark.parametrize(("kind", "part"), CUTS)
def test_a_file_that_was_cut_is_refused(store: LocalStore, kind: str, part: float) -> None:
    body = GOOD[kind]()
    said = verdict(store, body[: min(int(len(body) * part), len(body) - 3)])
    assert said not in KINDS and "請" in said


@pytest.mark.parametrize("kind", KINDS)
def test_damage_never_ends_in_an_error(store: LocalStore, kind: str) -> None:
    """A byte changed here and there: taken or refused, never anything else, and never slow."""
    body = GOOD[kind]()
    places = sample(list(range(0, min(len(body), 3000), 7)), 60)
    began = time.monotonic()
    for place in places:
        spoilt = bytearray(body)
        spoilt[place] ^= 0xFF
        verdict(store, bytes(spoilt))
    assert time.monotonic() - began < 20


# Locked, huge, bombs


def test_a_locked_pdf_says_what_to_do(store: LocalStore) -> None:
    locked = (
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"28" * 32 + b"> /U <" + b"29" * 32 + b"> >>"
    )  # nobody knows the password of this one
    body = files.pdf(extra=locked).replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 4 0 R /ID [<00><00>]")
    assert "密碼" in verdict(store, body)


def test_a_picture_that_would_fill_the_memory_is_not_opened(store: LocalStore) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 10**6)) + chunk(b"IEND", b"")
    assert "像素" in verdict(store, bomb)
    photo = files.jpg()
    at = photo.index(b"\xff\xc0")
    assert "像素" in verdict(store, photo[: at + 5] + struct.pack(">HH", 60_000, 60_000) + photo[at + 9 :])


def test_more_pixels_than_the_header_says_are_refused_early(store: LocalStore) -> None:
    header = struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0)
    body = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 30_000_000, 9)) + chunk(b"IEND", b"")
    )
    tracemalloc.start()
    assert "不完整" in verdict(store, body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8_000_000


# Photos that tell where they were taken


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_photo_is_shown_without_the_place_it_was_taken(store: LocalStore, orientation: int) -> None:
    body = files.jpg(gps=True, orientation=orientation)
    assert b"4711" in body
    with arrival(store, body) as file:
        shown = content.cleaned(file, content.kind_of(file), store)
        assert shown is not None
        with shown:
            shown.seek(0)
            clean = shown.read()
    assert b"4711" not in clean and b"taken at home" not in clean
    exif = Image.open(io.BytesIO(clean)).getexif()
    assert dict(exif) == ({0x0112: orientation} if orientation > 1 else {})
    assert Image.open(io.BytesIO(clean)).tobytes() == Image.open(io.BytesIO(body)).tobytes()


def test_a_screenshot_loses_its_texts_and_what_follows_its_end(store: LocalStore) -> None:
    body = files.png(extra=chunk(b"eXIf", b"II*\0where") + chunk(b"tEXt", b"Author\0Lin")) + b"an older, larger picture"
    with arrival(store, body) as file:
        shown = content.cleaned(file, content.kind_of(file), store)
        assert shown is not None
        with shown:
            shown.seek(0)
            assert shown.read() == files.png()


@pytest.mark.parametrize("kind", ["png", "pdf", "mp4"])
def test_what_tells_nothing_is_shown_as_it_is(store: LocalStore, kind: str) -> None:
    with arrival(store, GOOD[kind]()) as file:
        assert content.cleaned(file, FileKind[kind], store) is None


def test_a_progressive_photo_is_taken(store: LocalStore) -> None:
    assert verdict(store, files.jpg(progressive=True)) == "jpg"


# Names

BAD_NAMES = [
    "../../etc/passwd.pdf",
    "..\\..\\windows\\system.pdf",
    "/absolute/path.pdf",
    "C:\\Users\\lin\\報告.pdf",
    "%2e%2e%2fescaped.pdf",
    "nul\0byte.pdf",
    "line\r\nSet-Cookie: a=b.pdf",
    "tab\there.pdf",
    "a" * 400 + ".pdf",
    "長" * 300 + ".pdf",
    "CON",
    "NUL.pdf",
    "",
    ".",
    "..",
    ".pdf",
    "turned\u202efdp.exe",
    "isolated\u2066hidden\u2069.pdf",
    "zero\u200bwidth.pdf",
    "mark\ufeffed.pdf",
    "e\u0301.pdf",
    "é.pdf",
    "report.pdf.exe",
    "report.exe",
    "😀 作品.pdf",
    "עברית.pdf",
    'quote".pdf',
    "semi;colon.pdf",
    "<script>.pdf",
    "{{7*7}}.pdf",
    "spaces   .pdf   ",
    "\ud800lone.pdf",
    "報告，最終版（改）.PDF",
]


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_a_name_is_shown_as_it_is_and_hides_nothing(name: str) -> None:
    shown = names.shown_name(name, FileKind.pdf)
    assert shown.endswith(".pdf") and 5 <= len(shown) <= 255 and shown[0] not in ". "
    assert not any(sign in shown for sign in "/\\\r\n\t\0\u202e\u2066\u2069\u200b\ufeff") and shown.isprintable()
    header = names.disposition(shown)
    assert header.isascii() and header.startswith("attachment; filename=") and "\n" not in header
    assert header.count('"') == 2


def test_a_double_ending_stays_visible() -> None:
    assert names.shown_name("report.exe", FileKind.pdf) == "report.exe.pdf"
    assert names.shown_name("turned\u202efdp.exe", FileKind.pdf) == "turned[U+202E]fdp.exe.pdf"
    assert names.shown_name("e\u0301.jpeg", FileKind.jpg) == names.shown_name("é.JPG", FileKind.jpg) == "é.jpg"


# Where the steps of reading end


@pytest.mark.parametrize("tail", [b"", b"\r", b"\n", b"\r\n", b"\r\n--edg"], ids=ascii)
def test_a_body_is_read_to_the_byte_wherever_a_step_ends(tail: bytes) -> None:
    """Werkzeug alone adds a CR for one of these lengths."""
    body = files.pdf() + tail
    assert MultipartDecoder._last_partial_boundary_index is arriving.whole_boundary
    for less in range(40):
        form = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + body + b"\r\n--edge--\r\n"
        parser = MultiPartParser(buffer_size=len(form) - less)
        _, found = parser.parse(io.BytesIO(form), b"edge", len(form))
        assert found["file"].read() == body
        found["file"].close()
