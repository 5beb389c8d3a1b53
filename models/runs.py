"""Sets of numbers written as runs: `7,12-15`. Long runs stay short to write and are never spread out in memory."""

from __future__ import annotations

from collections.abc import Iterator

Run = tuple[int, int]


def write_runs(runs: list[Run]) -> str:
    """`[(7, 7), (12, 15)]` as `7,12-15`."""
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def read_runs(text: str) -> Iterator[Run]:
    """The runs of `7,12-15`, in order. Anything else raises ValueError."""
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        yield int(first), int(last or first)


def without(first: int, last: int, absent: str) -> Iterator[int]:
    """The numbers from `first` to `last` that are in none of the runs `absent`."""
    at = first
    for begins, ends in read_runs(absent):
        yield from range(at, min(begins, last + 1))
        at = max(at, ends + 1)
    yield from range(at, last + 1)
