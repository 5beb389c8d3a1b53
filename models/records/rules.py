"""Constraints several record kinds share. Each call makes a new one: a constraint belongs to one table."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, UniqueConstraint

from models.base import sentence

BRIEF_LENGTH = 100
"""內容簡述 and 成果簡述 of the national rosters."""


def only_once(table: str, *columns: str) -> UniqueConstraint:
    """No two rows with the same columns. Named in short: PostgreSQL cuts names at 63 characters."""
    return UniqueConstraint(*columns, name=f"uq_{table}_only_once")


def ends_after_it_begins() -> CheckConstraint:
    """結束日期 is not before 開始日期."""
    return sentence("ended_on IS NULL OR ended_on >= began_on", "ends_after_it_begins")


def closes_after_it_opens() -> CheckConstraint:
    """結束時間 is after 開始時間."""
    return sentence("ended_at IS NULL OR ended_at > began_at", "closes_after_it_opens")


def fits(column: str, most: int) -> CheckConstraint:
    """At most `most` characters; SQLite does not look at a column's length."""
    return sentence(f"length({column}) <= {most}", f"{column}_fits")


def at_least_one(column: str) -> CheckConstraint:
    """At least one character: nothing but an empty text is refused."""
    return sentence(f"length({column}) > 0", f"{column}_is_written")


def is_positive(column: str) -> CheckConstraint:
    """More than nothing, where filled in."""
    return sentence(f"{column} IS NULL OR {column} > 0", f"{column}_is_positive")


def is_not_negative(column: str) -> CheckConstraint:
    """Nothing or more, where filled in."""
    return sentence(f"{column} IS NULL OR {column} >= 0", f"{column}_is_not_negative")


def is_a_score(column: str) -> CheckConstraint:
    """0 to 100, where filled in."""
    return sentence(f"{column} IS NULL OR {column} BETWEEN 0 AND 100", f"{column}_is_a_score")


def is_a_web_address(column: str) -> CheckConstraint:
    """Empty, or an address a browser opens as a page and never runs."""
    return sentence(
        f"{column} = '' OR substr({column}, 1, 8) = 'https://' OR substr({column}, 1, 7) = 'http://'",
        f"{column}_is_a_web_address",
    )
