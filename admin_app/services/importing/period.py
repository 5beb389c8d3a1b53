"""What a file says about itself in its name and title: 學年度, 學期 and 部別."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from models.vocabulary import Division, SemesterTerm

_TERMS = {"1": 1, "一": 1, "上": 1, "2": 2, "二": 2, "下": 2}
_FORMS = (
    re.compile(r"(?<![0-9])(1[0-9]{2})\s*學年度?\s*第?\s*([12一二上下])\s*學期"),
    re.compile(r"(?<![0-9])(1[0-9]{2})\s*[-_.]\s*([12])(?![0-9]|[-_.][0-9])"),
    re.compile(r"(?<![0-9])(1[0-9]{2})([12])(?![0-9])"),
)
_YEAR = re.compile(r"(?<![0-9])(1[0-9]{2})\s*學年度?")
_TERM_ONLY = re.compile(r"第?\s*([12一二上下])\s*(?:學期)?")


@dataclass(frozen=True, slots=True)
class Period:
    """Each part is None when nothing says so."""

    year: int | None = None
    term: SemesterTerm | None = None
    division: Division | None = None


def read_period(*sources: str) -> Period:
    """From a file's name and the lines above its header; the first that says a part decides it."""
    texts = [unicodedata.normalize("NFKC", source) for source in sources if source]
    both = next((said for text in texts if (said := _year_and_term(text))), None)
    year = next((int(found[1]) for text in texts if (found := _YEAR.search(text))), None)
    return Period(
        year=both[0] if both else year,
        term=both[1] if both else None,
        division=_division(texts),
    )


def semester_text(text: str) -> tuple[int | None, SemesterTerm]:
    """What a 學期 cell says: `1151`, `115-1`, `115學年度第1學期`, or the 學期 alone. Raises ValueError."""
    plain = unicodedata.normalize("NFKC", text).strip()
    both = _year_and_term(plain)
    if both:
        return both
    alone = _TERM_ONLY.fullmatch(plain)
    if alone is None:
        raise ValueError(f"『{plain[:20]}』不是學期，請填學期代碼，例如 1151")
    return None, _term(alone[1])


def _year_and_term(text: str) -> tuple[int, SemesterTerm] | None:
    found = next((found for form in _FORMS if (found := form.search(text))), None)
    return (int(found[1]), _term(found[2])) if found else None


def _term(sign: str) -> SemesterTerm:
    return SemesterTerm.first if _TERMS[sign] == 1 else SemesterTerm.second


def _division(texts: Iterable[str]) -> Division | None:
    """進修部 when any source names it; a file of the 日校 may well come from 「日校」 too, but never the other way round."""
    every = " ".join(texts)
    if re.search(r"進修部|進修學校|夜間部", every):
        return Division.evening
    return Division.day if re.search(r"日校|日間部", every) else None
