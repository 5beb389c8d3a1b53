"""What is odd or wrong about a row, as a sentence with its line: what it says, and what the person who mends it should do."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.Enum):
    """An error keeps the row out; a warning is said and the row is imported."""

    error = "錯誤"
    warning = "提醒"


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` is 0 for the file as a whole. `value` is what was written; of an ID number, its mask."""

    line: int
    field: str
    value: str
    message: str
    severity: Severity
    unit: str = "行"
    who: str = ""
    """Whose row it is, such as 「學號 11510001」; shown beside the line."""

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.error

    @property
    def advice(self) -> str:
        """The finding without its line: what stands beside the row in the file to mend."""
        return f"{self.field}{self.message}"

    def __str__(self) -> str:
        who = f"（{self.who}）" if self.who else " "
        return f"第 {self.line} {self.unit}{who}{self.advice}" if self.line else self.advice


def about_file(message: str, field: str = "") -> Finding:
    """Something to know about the file as a whole."""
    return Finding(0, field, "", message, Severity.warning)
