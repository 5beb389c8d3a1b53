"""Runs of verification: kept as they go, so that one that was interrupted goes on where it was, and the last one can be shown.

What a good run has seen (the last segment's number and seal) is also written to a file outside the database: whoever cuts off the
end of the chain there is caught by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.services.audit.sealing import last_segment
from admin_app.services.audit.verifying import Step, sealed_to, verify_rest, verify_segments, verify_surroundings
from models.event_segment import EventCheck, EventSegment

ANCHORS = "event-anchors.txt"
MOST_FINDINGS = 500
MOST_ANCHORS = 400
Anchor = tuple[int, str]
Report = Callable[[EventCheck, list[str]], None]
"""Told after each round: how far the run is, and the sentences it added. May commit."""


def start(session: Session, *, now: dt.datetime, since: dt.datetime | None = None, until: dt.datetime | None = None) -> EventCheck:
    """A new run: over everything, or over what was sealed from `since` to `until`."""
    sealed = select(func.min(EventSegment.number), func.max(EventSegment.number))
    if since is not None:
        sealed = sealed.where(EventSegment.sealed_at >= since)
    if until is not None:
        sealed = sealed.where(EventSegment.sealed_at < until)
    first, last = session.execute(sealed).one()
    whole, before = since is None and until is None, (first or 1) - 1
    check = EventCheck(started_at=now, whole=whole, first_number=first or 0, last_number=before, to_number=last or 0)
    session.add(check)
    session.flush()
    return check


def unfinished(session: Session) -> EventCheck | None:
    """The newest run over everything, if it was interrupted."""
    found = session.scalars(select(EventCheck).where(EventCheck.whole).order_by(EventCheck.id.desc()).limit(1)).first()
    return found if found is not None and found.finished_at is None else None


def latest(session: Session) -> EventCheck | None:
    """The newest finished run."""
    stmt = select(EventCheck).where(EventCheck.finished_at.is_not(None)).order_by(EventCheck.id.desc()).limit(1)
    return session.scalars(stmt).first()


def run(session: Session, check: EventCheck, *, clock: Callable[[], dt.datetime], anchors: list[Anchor], report: Report) -> None:
    """Go on with a run to its end."""
    known = [*anchors, *_known(session, check)] if check.last_number < max(check.first_number, 1) else []
    for step in chain([Step(None, 0, verify_surroundings(session, known))], _steps(session, check)):
        _take(check, step)
        report(check, step.findings)
    check.finished_at = clock()
    report(check, [])


def read_anchors(folder: Path) -> list[Anchor]:
    """What earlier runs noted outside the database, the newest last."""
    path = folder / ANCHORS
    lines = path.read_text(encoding="utf-8").split("\n")[-MOST_ANCHORS:] if path.exists() else []
    parts = [line.split() for line in lines]
    return [(int(part[1]), part[2]) for part in parts if len(part) == 3 and part[1].isdigit()]


def note_anchor(folder: Path, check: EventCheck) -> None:
    """Note what a good run has seen last. Called after its commit."""
    if check.problems == 0 and check.last_digest:
        with (folder / ANCHORS).open("a", encoding="utf-8") as file:
            file.write(f"{check.started_at:%Y-%m-%dT%H:%M:%S} {check.last_number} {check.last_digest}\n")


def summary(check: EventCheck) -> str:
    """The outcome in one sentence."""
    scope = f"第 {check.first_number}–{check.last_number} 段、" if check.last_number else ""
    outcome = f"發現 {check.problems} 項異常" if check.problems else "沒有異常"
    return f"{scope}{check.events:,} 筆事件，{outcome}"


def _steps(session: Session, check: EventCheck) -> Iterator[Step]:
    if check.to_number:
        yield from verify_segments(session, check.last_number + 1, check.to_number)
    if check.whole:
        end = last_segment(session)
        if end is not None and end.number > check.to_number:  # sealed while this run was under way
            yield from verify_segments(session, check.to_number + 1, end.number)
        yield from verify_rest(session, sealed_to(session))


def _take(check: EventCheck, step: Step) -> None:
    check.events += step.events
    check.problems += len(step.findings)
    if step.segment is not None:
        check.last_number, check.last_digest = step.segment.number, step.segment.digest
    if step.findings:
        kept = [*filter(None, check.findings.split("\n")), *step.findings]
        check.findings = "\n".join(kept[:MOST_FINDINGS])


def _known(session: Session, check: EventCheck) -> list[Anchor]:
    """What earlier good runs of this database saw last."""
    stmt = select(EventCheck.last_number, EventCheck.last_digest).where(
        EventCheck.id < check.id, EventCheck.finished_at.is_not(None), EventCheck.problems == 0, EventCheck.last_digest != ""
    )
    return [(number, digest) for number, digest in session.execute(stmt.order_by(EventCheck.id.desc()).limit(MOST_ANCHORS))]
