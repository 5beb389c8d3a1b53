"""File names as a person's device called them, made safe to show and to send."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from models.evidence import LONGEST_NAME, FileKind

UNNAMED = "未命名"
_SEPARATORS = re.compile(r"[\\/]")
_ENDINGS = {"pdf": ("pdf",), "jpg": ("jpg", "jpeg", "jpe", "jfif"), "png": ("png",), "mp3": ("mp3",), "mp4": ("mp4", "m4v")}


def shown_name(name: str, kind: FileKind) -> str:
    """The last part of a path, NFC, signs that show nothing or turn the line round made visible, ending as its content does."""
    last = _SEPARATORS.split(unicodedata.normalize("NFC", name))[-1]
    text = " ".join("".join(_visible(sign) for sign in last).split()).strip(". ")
    stem, dot, ending = text.rpartition(".")
    if dot and ending.lower() in _ENDINGS[kind.name]:
        text = stem.strip(". ")
    return f"{(text or UNNAMED)[: LONGEST_NAME - 5]}.{kind.name}"


def disposition(name: str, *, inline: bool = False) -> str:
    """The header that names a download (RFC 6266): plain letters for the oldest, UTF-8 for everybody else."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name) or "file"
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _visible(sign: str) -> str:
    """Control, bidirectional and zero-width signs as `U+202E`: what a name hides is seen."""
    if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"[U+{ord(sign):04X}]"
    return sign
