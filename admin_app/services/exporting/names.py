"""The name under which a file is saved, told to browsers old and new (RFC 6266, RFC 8187)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

LONGEST = 180
"""Bytes of UTF-8; file systems take 255 with room for a browser's own 「(1)」."""
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


def safe_name(filename: str) -> str:
    """A name any system can store: no control, direction or path characters, no device's name, not too long."""
    composed = unicodedata.normalize("NFC", filename)
    visible = "".join(char for char in composed if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    name = " ".join(_FORBIDDEN.sub("_", visible).split()).strip(". ")
    stem, extension = _split(name)
    room = LONGEST - len(extension.encode())
    return _named(stem.encode()[:room].decode(errors="ignore").rstrip(". "), extension)


def _split(name: str) -> tuple[str, str]:
    """The stem, and the extension with its dot if it has a sensible one."""
    stem, dot, extension = name.rpartition(".")
    return (stem, dot + extension) if dot and len(extension) <= 10 else (name, "")


def _named(stem: str, extension: str) -> str:
    name = f"{stem or 'download'}{extension}"
    return f"_{name}" if _DEVICE.match(name) else name


def attachment_headers(filename: str) -> dict[str, str]:
    """Headers that make a browser save the answer under this name and never show it in place."""
    name = safe_name(filename)
    return {
        "Content-Disposition": f"attachment; filename=\"{_ascii(name)}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
    }


def _ascii(name: str) -> str:
    """What is left in ASCII for a program that does not know `filename*`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = " ".join(re.sub(r'[%\\/:*?"<>|\x00-\x1f\x7f]', "_", plain).split())
    stem, extension = _split(plain)
    return _named(stem.strip("-_. "), extension)
