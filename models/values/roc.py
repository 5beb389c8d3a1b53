"""Dates in 民國 years, read from the many ways schools write them and written in the two ways rosters ask for.

How a 民國 year is told from a western one, always the same way:

- a year of up to three digits, or a date of 6 or 7 digits without separators, is 民國: `94/12/31`, `941231`, `0941231`;
- a year of four digits from 1900 on, or a date of 8 digits, is western: `2011-08-10`, `20110810`;
- 民國 or 西元 in front must agree with that, and a year outside 民國 1–199 is refused.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from models.values.text import quote

BEFORE_ROC = 1911
LAST_ROC_YEAR = 199
FIRST_WESTERN_YEAR = 1900
FIRST_MONTH_OF_SCHOOL_YEAR = 8
HINT = "請填民國年月日，例如 0941231 或 94/12/31"

_CLOCK = re.compile(
    r"(?:T|\s+)(?:上午|下午|[AP]M)?\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*(?:[AP]M|Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
_ERA = r"(?P<era>民國|西元)?\s*"
_FORMS = (
    re.compile(_ERA + r"(?P<year>[0-9]{1,4})(?P<sign>[/.-])(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})"),
    re.compile(_ERA + r"(?P<year>[0-9]{1,4})\s*年\s*(?P<month>[0-9]{1,2})\s*月\s*(?P<day>[0-9]{1,2})\s*日?"),
    re.compile(_ERA + r"(?P<year>[0-9]{2,4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:\.0+)?"),  # .0: a number cell of a spreadsheet
)

_MOMENT = re.compile(r"(?P<day>.*\S)(?:\s+|T)(?P<clock>[0-9]{1,2}:?[0-9]{2})")
_TIME = re.compile(r"(?P<hour>[0-9]{1,2}):?(?P<minute>[0-9]{2})")


def parse_date(text: str | dt.date | None) -> dt.date | None:
    """The day that was written, None for a blank. The clock of a spreadsheet's date cell (`2011-08-10 00:00:00`) is dropped.

    Raises ValueError with a sentence that lacks only the name of the field in front.
    """
    if isinstance(text, dt.date):
        return text.date() if isinstance(text, dt.datetime) else text
    written = unicodedata.normalize("NFKC", text or "").strip()
    if not written:
        return None
    found = _match(written)
    if found is None:
        raise ValueError(f"{quote(written)}不是日期，{HINT}")
    year = _western_year(found["year"], found["era"])
    try:
        return dt.date(year, int(found["month"]), int(found["day"]))
    except ValueError:
        raise ValueError(f"{quote(written)}不存在，{HINT}") from None


def parse_moment(text: str) -> dt.datetime | None:
    """A day and a time of day: `115/11/23 17:00`, `1151123 1700`; midnight when there is no time. None for a blank."""
    written = unicodedata.normalize("NFKC", text).strip()
    found = _MOMENT.fullmatch(written)
    day = parse_date(found["day"] if found else written)
    clock = parse_clock(found["clock"]) if found else dt.time()
    return dt.datetime.combine(day, clock or dt.time()) if day else None


def parse_clock(text: str) -> dt.time | None:
    """A time of day: `09:10`, `0910`, `910`. None for a blank."""
    written = unicodedata.normalize("NFKC", text).strip()
    if not written:
        return None
    found = _TIME.fullmatch(written)
    if found is None:
        raise ValueError(f"時間{quote(written)}看不懂，請填如 09:10")
    try:
        return dt.time(int(found["hour"]), int(found["minute"]))
    except ValueError:
        raise ValueError(f"沒有{quote(written)}這個時間，請填如 09:10") from None


def format_roc(day: dt.date) -> str:
    """`115/11/23`: what a person reads."""
    return f"{roc_year(day)}/{day:%m/%d}"


def format_roc7(day: dt.date) -> str:
    """`1151123`: what a roster holds."""
    return f"{roc_year(day):03d}{day:%m%d}"


def roc_year(day: dt.date) -> int:
    """115 for 2026. There is no 民國 year before 1912."""
    if day.year <= BEFORE_ROC:
        raise ValueError(f"『{day.isoformat()}』早於民國元年")
    return day.year - BEFORE_ROC


def school_year_of(day: dt.date) -> int:
    """The 學年度 a day falls in: 115 from 1 August 2026 to 31 July 2027."""
    return day.year - BEFORE_ROC - (day.month < FIRST_MONTH_OF_SCHOOL_YEAR)


def _match(written: str) -> re.Match[str] | None:
    clock = _CLOCK.search(written)
    day = written[: clock.start()] if clock and clock.end() == len(written) else written
    return next((found for form in _FORMS if (found := form.fullmatch(day.strip()))), None)


def _western_year(digits: str, era: str | None) -> int:
    """0, which no calendar has, when the digits and the era disagree or the year is out of range."""
    year, era_by_length = int(digits), "西元" if len(digits) == 4 else "民國"
    if era not in (None, era_by_length):
        return 0
    if era_by_length == "民國":
        return year + BEFORE_ROC if 1 <= year <= LAST_ROC_YEAR else 0
    return year if FIRST_WESTERN_YEAR <= year <= BEFORE_ROC + LAST_ROC_YEAR else 0
