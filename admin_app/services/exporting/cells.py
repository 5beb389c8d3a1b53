"""One value as it leaves the system: its text, and the guard that keeps a spreadsheet from running it."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from admin_app.clock import TAIPEI

_STARTERS = "=+\\-@＝＋－＠﹦﹢﹣﹫\t\r\n"
_BLANK = "\x00-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_DANGEROUS = re.compile(f"'*[{_BLANK}]*[{_STARTERS}]")
_GUARDED = re.compile(f"''*[{_BLANK}]*[{_STARTERS}]")
_FIRST = re.compile(f"['{_BLANK}{_STARTERS}]")
FIRST = frozenset(char for char in map(chr, range(0x10000)) if _FIRST.match(char))
"""What a text that needs a closer look can begin with; nearly all texts are let through by this one test."""


def neutralise(text: str) -> str:
    """A text that a spreadsheet would take for a formula, also behind blanks, gets a leading apostrophe.

    A text that already has the apostrophe gets one more, so `restore` always gives back what was there.
    """
    if not text or text[0] not in FIRST or not _DANGEROUS.match(text):
        return text
    return f"'{text}"


def restore(text: str) -> str:
    """What `neutralise` was given."""
    return text[1:] if _GUARDED.match(text) else text


def display(value: object) -> str:
    """A value as exported text: 是/否, ISO dates in Taipei time, 中文 terms, nothing for None, lists joined by 、."""
    if isinstance(value, str):
        return value
    shown = _SHOWN.get(type(value))
    return shown(value) if shown else _other(value)


def _other(value: object) -> str:
    """A value of a class derived from a known one, or of none."""
    if isinstance(value, enum.Enum):
        return display(value.value)
    shown = next((shown for known, shown in _SHOWN.items() if isinstance(value, known)), str)
    return shown(value)


def _moment(value: dt.datetime) -> str:
    return local(value).isoformat(" ", "seconds")


def _time(value: dt.time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _decimal(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"


def _joined(values: Iterable[object]) -> str:
    texts = [display(value) for value in values]
    return "、".join(sorted(texts) if isinstance(values, set | frozenset) else texts)


def local(moment: dt.datetime) -> dt.datetime:
    """A moment on the school's clock, without a zone."""
    return moment.astimezone(TAIPEI).replace(tzinfo=None) if moment.tzinfo else moment


_SHOWN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    bool: lambda value: "是" if value else "否",
    int: str,
    float: str,
    Decimal: _decimal,
    dt.datetime: _moment,
    dt.date: dt.date.isoformat,
    dt.time: _time,
    tuple: _joined,
    list: _joined,
    set: _joined,
    frozenset: _joined,
}
"""By class, because an export asks this for every cell. A class comes before the one it derives from."""


def is_text(value: object) -> bool:
    """Whether a value is exported as words; numbers, dates and 是/否 cannot be formulas and stay as they are."""
    return not isinstance(value, _PLAIN)


_PLAIN = (int, float, Decimal, dt.date, dt.time, type(None))
