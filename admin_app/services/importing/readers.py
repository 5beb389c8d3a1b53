"""Text to value, by the type of the column it is for. What cannot be read is refused with a sentence saying how to write it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlalchemy import Boolean, Column, Date, DateTime, Enum, Integer, Numeric, String, Text, Time
from sqlalchemy.types import TypeEngine

from admin_app.services.codes import CodeBook
from admin_app.services.importing.columns import Reader
from models.base import Encrypted, Words
from models.values import text as texts
from models.values.course_code import CourseCode
from models.values.identity import check_id_number
from models.values.roc import parse_date
from models.values.text import quote, tidy
from models.vocabulary import Division, EnrolmentStatus, Gender, SemesterTerm, Term, Track

LARGEST_INTEGER = 2**31 - 1
SHOWN = 12
"""A message lists at most this many values to choose from."""

SYNONYMS: Mapping[Term, tuple[str, ...]] = {
    Gender.male: ("1", "男生", "m"),
    Gender.female: ("2", "女生", "f"),
    Division.day: ("日間部", "日間", "日"),
    Division.evening: ("進修", "進修學校", "夜間部", "夜校", "進"),
    SemesterTerm.first: ("1", "第一學期", "上學期", "上"),
    SemesterTerm.second: ("2", "第二學期", "下學期", "下"),
    EnrolmentStatus.enrolled: ("在校", "就學", "就讀", "在籍"),
    EnrolmentStatus.transferred: ("轉學", "轉出學校"),
    EnrolmentStatus.completed: ("結業",),
    Track.general: ("普通科", "普通"),
    Track.vocational: ("專業群科", "職業科"),
}
YES = frozenset({"是", "1", "y", "yes", "true", "v", "✓", "✔", "○", "有", "已"})
NO = frozenset({"否", "0", "n", "no", "false", "x", "✗", "✘", "×", "無", "未"})
_TIME = re.compile(
    r"(?P<half>上午|下午|am|pm)?\s*(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9]{2})?\s*(?P<after>am|pm)?", re.IGNORECASE
)
_FOUR_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})")


def reader_for(column: Column[object], codes: str = "") -> Reader:
    """The reader of a declared column."""
    kind = column.type
    if codes:
        return coded(codes, _length(kind))
    match kind:
        case Enum() if kind.enum_class is not None:
            return chosen(tuple(kind.enum_class))
        case Boolean():
            return lambda text, book: yes_or_no(text)
        case DateTime():
            return lambda text, book: moment(text)
        case Date():
            return lambda text, book: parse_date(text)
        case Time():
            return lambda text, book: clock_time(text)
        case Integer():
            return lambda text, book: whole(text)
        case Numeric():
            return decimal(kind.precision or 15, kind.scale or 0)
        case Words():
            return lambda text, book: words(text)
    return written(_length(kind), lines=isinstance(kind, Text) and not isinstance(kind, Encrypted))


def form_of(column: Column[object], codes: str = "") -> str:
    """How the column is written, for the template."""
    kind = column.type
    if codes:
        return "代碼或名稱"
    match kind:
        case Enum() if kind.enum_class is not None:
            return "、".join(str(each.value) for each in kind.enum_class)
        case Boolean():
            return "是、否"
        case DateTime():
            return "民國年月日及時間，例如 1150915 12:30"
        case Date():
            return "民國年月日，例如 1150915"
        case Time():
            return "24 小時制，例如 13:10"
        case Integer():
            return "整數"
        case Numeric():
            return f"數字，小數最多 {kind.scale} 位" if kind.scale else "整數"
        case Words():
            return "多項以頓號分隔"
    longest = _length(kind)
    return f"文字，最多 {longest} 字" if longest else "文字"


def coded(code_list: str, longest: int | None = None) -> Reader:
    """A value of a code list, given as the code or in words."""
    take = written(longest)

    def read(text: str, book: CodeBook) -> object:
        plain = tidy(text)
        value = book.value(code_list, plain)
        if value is None:
            known = [f"{code} {zh}" if code != zh else zh for code, zh in book.lists.get(code_list, {}).items()]
            found = {each: each.split(" ")[0] for each in known}.get(plain)
            if found is None:
                raise ValueError(f"{quote(text)}不在代碼表內，可填：{options(known)}")
            value = found
        return take(value, book)

    return read


def chosen(terms: tuple[Term, ...]) -> Reader:
    """One of a set of fixed words, given in 中文, by its name or as other systems write it."""
    known = {word.casefold(): term for term in terms for word in (*SYNONYMS.get(term, ()), term.name, term.zh)}

    def read(text: str, book: CodeBook) -> Term:
        found = known.get(tidy(text).replace(" ", "").casefold())
        if found is None:
            raise ValueError(f"{quote(text)}不是可填的值，請填 {options(term.zh for term in terms)}")
        return found

    return read


def written(longest: int | None, *, lines: bool = False) -> Reader:
    """Words, tidied; too long is refused, because cutting would lose what was written."""

    def read(text: str, book: CodeBook) -> str:
        plain = tidy(text, lines=lines)
        if longest is not None and len(plain) > longest:
            raise ValueError(f"有 {len(plain)} 字，最多 {longest} 字，請縮短")
        return plain

    return read


def decimal(precision: int, scale: int) -> Reader:
    """A number as written: one with more decimals than are kept is refused, never rounded."""

    def read(text: str, book: CodeBook) -> Decimal | None:
        value = texts.number(text)
        if value is None:
            return None
        exact = value.normalize()
        if -int(exact.as_tuple().exponent) > scale:
            raise ValueError(f"{quote(text)}小數最多 {scale} 位，請更正（成績不四捨五入）")
        if abs(value) >= 10 ** (precision - scale):
            raise ValueError(f"{quote(text)}太大，請更正")
        return value

    return read


def whole(text: str) -> int | None:
    """A whole number both databases can hold."""
    value = texts.integer(text)
    if value is not None and abs(value) > LARGEST_INTEGER:
        raise ValueError(f"{quote(text)}太大，請更正")
    return value


def yes_or_no(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain in YES:
        return True
    if plain in NO:
        return False
    raise ValueError(f"{quote(text)}不是可填的值，請填 是、否")


def clock_time(text: str) -> dt.time:
    """`13:10`, `1310` or `下午 1:10`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = _FOUR_DIGITS.fullmatch(plain)
    found = _TIME.fullmatch(f"{digits[1]}:{digits[2]}" if digits else plain)
    try:
        if found is None:
            raise ValueError(plain)
        half = (found["half"] or found["after"] or "").casefold()
        hour = int(found["hour"])
        if half in ("下午", "pm") and hour < 12:
            hour += 12
        return dt.time(0 if half in ("上午", "am") and hour == 12 else hour, int(found["minute"]))
    except ValueError:
        raise ValueError(f"{quote(text)}不是時間，請以 24 小時制填寫，例如 13:10") from None


def moment(text: str) -> dt.datetime:
    """A day and a time, parted by a space or `T`."""
    day, _, time = unicodedata.normalize("NFKC", text).strip().replace("T", " ").partition(" ")
    found = parse_date(day)
    if found is None:
        raise ValueError("未填日期，請更正")
    return dt.datetime.combine(found, clock_time(time) if time.strip() else dt.time())


def words(text: str) -> tuple[str, ...]:
    return tuple(each for each in re.split(r"[、,;|\s]+", tidy(text)) if each)


def id_number(text: str, book: CodeBook) -> str:
    return check_id_number(text)


def course_code(text: str, book: CodeBook) -> str:
    """The 23 characters in their one spelling. The sentence of a refusal names the 課程代碼 itself, so that is cut."""
    try:
        return str(CourseCode.parse(text))
    except ValueError as error:
        raise ValueError(f"{quote(text)}{str(error).removeprefix('課程代碼')}") from None


def options(values: Iterable[str]) -> str:
    """Values to choose from, for a sentence."""
    every = list(values)
    return "、".join(every[:SHOWN]) + (f" 等 {len(every)} 項" if len(every) > SHOWN else "")


def _length(kind: TypeEngine[object]) -> int | None:
    return kind.length if isinstance(kind, String) else None
