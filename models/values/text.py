"""Tidying what people type and what other systems export, without touching what a name is made of."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

SHOWN = 30
"""A message quotes at most this many characters of what was typed."""

_HALF_WIDTH = {code: code - 0xFEE0 for first, last in ("０９", "ＡＺ", "ａｚ") for code in range(ord(first), ord(last) + 1)}
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_INTEGER = re.compile(r"([+-]?[0-9]{1,15})(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_DAMAGED = frozenset("?？\ufffd")


def tidy(text: str, *, lines: bool = False) -> str:
    """Text with half-width letters and digits, and single spaces between words.

    中文 punctuation stays full-width, and the dot of names like 雅幼‧尤幹 stays the dot it is: only letters, digits and
    spaces have a half-width form nobody minds. Full normalisation (NFKC) would also rewrite rare characters in names.
    `lines=True` keeps line breaks.
    """
    plain = text.translate(_HALF_WIDTH).translate(_INVISIBLE)
    if not lines:
        return " ".join(plain.split())
    return "\n".join(" ".join(line.split()) for line in plain.splitlines()).strip()


def quote(text: str) -> str:
    """What was typed, as a message quotes it: 『…』, cut when it is long."""
    plain = tidy(text)
    return f"『{plain[:SHOWN]}…』" if len(plain) > SHOWN else f"『{plain}』"


def lost_characters(text: str) -> bool:
    """Whether a name lost a character on the way: CP950 writes `?` for what it does not know, or a private 造字."""
    return any(sign in _DAMAGED or unicodedata.category(sign) == "Co" for sign in text)


def integer(text: str | None) -> int | None:
    """A whole number, None for a blank. Takes full-width digits, `12.0` (a spreadsheet's 12) and `1,200`."""
    plain = _digits(text)
    if not plain:
        return None
    found = _INTEGER.fullmatch(plain)
    if found is None:
        raise ValueError(f"{quote(text or '')}不是整數，請以阿拉伯數字填寫，例如 12")
    return int(found[1])


def number(text: str | None) -> Decimal | None:
    """A decimal number exactly as written (scores are never rounded), None for a blank."""
    plain = _digits(text)
    if not plain:
        return None
    if _NUMBER.fullmatch(plain) is None:
        raise ValueError(f"{quote(text or '')}不是數字，請以阿拉伯數字填寫，例如 85 或 85.5")
    return Decimal(plain)


def _digits(text: str | None) -> str:
    plain = unicodedata.normalize("NFKC", text or "").strip().replace("\N{MINUS SIGN}", "-")
    return plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain
