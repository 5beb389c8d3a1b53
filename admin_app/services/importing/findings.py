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

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.error

    @property
    def advice(self) -> str:
        """The finding without its line: what stands beside the row in the file to mend."""
        return f"{self.field}{self.message}"

    def __str__(self) -> str:
        where = f"第 {self.line} {self.unit} " if self.line else ""
        return f"{where}{self.advice}"


def error(field: str, message: str, *, value: str = "", line: int = 0, unit: str = "行") -> Finding:
    """Something that keeps a row out. `message` follows the field's name and says what to do."""
    return Finding(line, field, value, message, Severity.error, unit)


def warning(field: str, message: str, *, value: str = "", line: int = 0, unit: str = "行") -> Finding:
    """Something to look at; the row is imported all the same."""
    return Finding(line, field, value, message, Severity.warning, unit)
