"""班級名稱 read as 科簡稱＋年級＋班序: 機一甲, 普二丁, and 進機一甲 in the 進修部."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from models.values.text import quote, tidy
from models.vocabulary import Division

EVENING = "進"
GRADES = "一二三"

_FORM = re.compile(
    rf"({EVENING}?)(?!{EVENING})([\u4e00-\u9fff]{{1,3}}?)([{GRADES}])([甲乙丙丁戊己庚辛壬癸忠孝仁愛信義和平]|[0-9]{{1,2}})"
)


@dataclass(frozen=True, slots=True)
class ClassName:
    """What a class's name says about it."""

    division: Division
    short: str
    grade: int
    section: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError with a sentence that lacks only the name of the field in front."""
        found = _FORM.fullmatch(tidy(text))
        if found is None:
            raise ValueError(f"{quote(text)}不是班級名稱，應為科簡稱、年級、班序，例如 機一甲；進修部前加「進」，例如 進機一甲")
        evening, short, grade, section = found.groups()
        return cls(Division.evening if evening else Division.day, short, GRADES.index(grade) + 1, section)

    def fits(self, department_name: str) -> bool:
        """Whether the class can belong to the 科別: 食 is short for 食品加工科."""
        return tidy(department_name).startswith(self.short)

    def __str__(self) -> str:
        prefix = EVENING if self.division is Division.evening else ""
        return f"{prefix}{self.short}{GRADES[self.grade - 1]}{self.section}"
