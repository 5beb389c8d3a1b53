"""The 23-character 課程代碼: taken apart, checked position by position, and put into words.

The single-character parts and 群別 are closed sets of the national 編碼原則, so a character outside them is a slip. 科別, 領域
and 科目 grow with every curriculum: any is accepted, and what the code lists do not know is said in words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Self

from models.values.text import quote

LENGTH = 23
PLAN_KEY_LENGTH = 16
UNLISTED = "代碼表未收錄"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the code: where it stands, what it may hold, and the code list that names its values."""

    label: str
    start: int
    width: int
    pattern: str
    allowed: str
    codes: str = ""

    def take(self, code: str) -> str:
        """The part's characters. Raises ValueError telling the position and what is allowed there."""
        value = code[self.start - 1 : self.start - 1 + self.width]
        if re.fullmatch(self.pattern, value) is None:
            raise ValueError(f"課程代碼{self.position}（{self.label}）為『{value}』，應為 {self.allowed}")
        return value

    @property
    def position(self) -> str:
        return f"第 {self.start} 碼" if self.width == 1 else f"第 {self.start} 至 {self.start + self.width - 1} 碼"


def _one_of(label: str, start: int, values: str, codes: str) -> Part:
    """A part with a closed set of values, written with spaces between them."""
    listed = values.split()
    return Part(label, start, len(listed[0]), "|".join(listed), "、".join(listed), codes)


GROUPS = "11 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 40 41"

PARTS = (
    Part("適用入學年度", 1, 3, r"1[0-9]{2}", "民國年三碼，例如 114"),
    Part("學校代碼", 4, 6, r"[0-9A-Z]{6}", "六碼數字或英文字母，例如 030402"),
    _one_of("課程類型", 10, "H V M S C E F G", "course_type"),
    _one_of("群別", 11, GROUPS, "course_group"),
    Part("科別", 13, 3, r"[0-9A-Z]{3}", "三碼數字或英文字母，例如 301", "department_code"),
    Part("班群", 16, 1, r"[0-7A-Z]", "0（不分班群）、1–7（建教合作及專班）或 A–Z（學校自訂）", "class_group"),
    _one_of("課程類別", 17, "1 2 3 4 5 6 7 8 9 A B C D E F", "course_category"),
    _one_of("開課方式", 18, "0 1 2 A B C D E", "opening_mode"),
    _one_of("科目屬性", 19, "0 1 2 3 4 5 6 A B C D E", "course_attribute"),
    Part("領域名稱", 20, 2, r"[0-9A-Z]{2}", "兩碼數字或英文字母，例如 01", "course_field"),
    Part("科目名稱代碼", 22, 2, r"[0-9A-Z]{2}", "兩碼數字或英文字母，例如 01"),
)

ACTIVITY_CATEGORIES = frozenset("89")
CREDITED_ACTIVITY = "D"


@dataclass(frozen=True, slots=True)
class CourseCode:
    """A 課程代碼 in its parts, in the order they are printed."""

    entry_year: int
    school: str
    course_type: str
    group: str
    department: str
    class_group: str
    category: str
    opening: str
    attribute: str
    field: str
    subject: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Takes lower case and full-width characters. Raises ValueError with a whole sentence."""
        code = unicodedata.normalize("NFKC", text).strip().upper()
        if len(code) != LENGTH:
            raise ValueError(f"課程代碼須為 {LENGTH} 碼，{quote(code)}為 {len(code)} 碼")
        entry_year, *rest = (part.take(code) for part in PARTS)
        return cls(int(entry_year), *rest)

    @property
    def plan_key(self) -> str:
        """The student's 群科班代碼: which approved 課程計畫 the course stands in."""
        return str(self)[:PLAN_KEY_LENGTH]

    @property
    def submittable(self) -> bool:
        """團體活動 and 彈性學習 go into no score roster, except 充實／補強 with credit."""
        return self.category not in ACTIVITY_CATEGORIES or self.attribute == CREDITED_ACTIVITY

    def in_words(self, names: Callable[[str, str], str | None]) -> list[tuple[str, str]]:
        """Each part as (label, words). `names(list, value)` is the code lists' name for a value, None when they have none."""
        return [(part.label, self._words(part, value, names)) for part, value in zip(PARTS, self._values(), strict=True)]

    def _words(self, part: Part, value: str, names: Callable[[str, str], str | None]) -> str:
        if part.label == "適用入學年度":
            return f"{value} 學年度"
        if not part.codes:
            return value
        if part.codes == "class_group" and value.isalpha():
            return f"{value}（學校自訂）"
        name = names(part.codes, value)
        return f"{value}（{UNLISTED}）" if name is None else f"{name}（{value}）"

    def _values(self) -> list[str]:
        return [str(value) for value in astuple(self)]

    def __str__(self) -> str:
        return "".join(self._values())
