"""Days from–to, inclusive at both ends; no end means for good. What a set of them leaves open, and where they overlap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `began` to `ended`, both days included; `ended` None: until further notice."""

    began: dt.date
    ended: dt.date | None = None

    def last(self) -> dt.date:
        return self.ended or dt.date.max

    def holds(self, day: dt.date) -> bool:
        return self.began <= day <= self.last()

    def within(self, window: Span) -> Span | None:
        """What of this lies within `window`; None when nothing does."""
        began, last = max(self.began, window.began), min(self.last(), window.last())
        return Span(began, None if last == dt.date.max else last) if began <= last else None


def vacancies(spans: Iterable[Span], window: Span) -> list[Span]:
    """The days of `window` no span covers, as spans in order."""
    found, day = [], window.began
    for span in sorted(filter(None, (each.within(window) for each in spans))):
        if span.began > day:
            found.append(Span(day, span.began - DAY))
        if span.last() >= window.last():
            return found
        day = max(day, span.last() + DAY)
    found.append(Span(day, window.ended))
    return found


def overlaps(spans: Iterable[Span], window: Span) -> list[Span]:
    """The days of `window` that two spans or more cover, as spans in order that do not touch."""
    found: list[Span] = []
    for shared in sorted(_shared(sorted(filter(None, (each.within(window) for each in spans))))):
        if found and (found[-1].ended is None or shared.began <= found[-1].last() + DAY):
            last = max(found[-1].last(), shared.last())
            found[-1] = Span(found[-1].began, None if last == dt.date.max else last)
        else:
            found.append(shared)
    return found


def _shared(spans: list[Span]) -> Iterator[Span]:
    """Each span against the one before it that lasts longest: where they meet."""
    longest: Span | None = None
    for span in spans:
        if longest is not None and (both := span.within(longest)) is not None:
            yield both
        if longest is None or span.last() > longest.last():
            longest = span
