"""What a batch would do, said before it is done and kept for the page: counts, findings, differences, rows to mend."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from admin_app.actor import Actor
from admin_app.services.importing import planning
from admin_app.services.importing.batches.keeping import MEND, REPORT, Store
from admin_app.services.importing.batches.receiving import chosen_columns, read_upload
from admin_app.services.importing.findings import Finding
from admin_app.services.importing.kind import Draft
from admin_app.services.importing.kinds import find_kind
from admin_app.services.importing.plan import Plan
from admin_app.services.importing.reach import confine, refuse_what_only_others_add
from admin_app.services.importing.reading import Tell, say_nothing
from admin_app.services.importing.writing import bad_rows_file
from models.import_batch import ImportBatch, ImportState

_QUOTED = re.compile(r"『[^』]*』|「[^」]*」")
_FIGURES = re.compile(r"[0-9A-Za-z,、.…-]+")
_PLACE = re.compile(r"與?第 ?[0-9、 ]+(等 [0-9]+ )?[行列](所填)?")
_CLAUSE = re.compile(r"[，。；]")


def plan_batch(session: Session, store: Store, batch: ImportBatch, *, by: Actor, on: dt.date, tell: Tell = say_nothing) -> Plan:
    """What the batch would do now, as far as `by` may. Raises TableError and FileGoneError with a sentence to show."""
    kind = find_kind(batch.kind)
    plan = planning.plan(
        session,
        kind,
        read_upload(kind, store.upload(batch), batch.filename),
        on=on,
        semester_id=batch.semester_id,
        filename=batch.filename,
        chosen=chosen_columns(batch),
        confine=confine(by),
        tell=tell,
    )
    refuse_what_only_others_add(by, plan)
    return plan


def note_check(store: Store, batch: ImportBatch, plan: Plan, *, now: dt.datetime) -> None:
    """Keep what the plan says, beside the file and in figures on the batch; the caller commits."""
    store.keep(batch, REPORT, report(plan))
    store.keep(batch, MEND, b"".join(bad_rows_file(plan)).decode("utf-8"))
    batch.rows, batch.added, batch.changed = len(plan.drafts), plan.added, plan.changed
    batch.unchanged, batch.bad, batch.also = plan.unchanged, plan.bad, len(plan.to_add_also)
    batch.divisions = tuple(sorted(each.name for each in plan.divisions))
    batch.outlook, batch.checked_at = outlook(plan), now
    batch.state, batch.problem = ImportState.checked, ""


def outlook(plan: Plan) -> str:
    """A digest of everything that would be written, and over which versions of the school's rows."""
    added = [(draft.line, sorted(draft.values)) for draft in plan.to_add]
    changed = [
        (draft.line, draft.entity.id, draft.entity.version, sorted(draft.differences))
        for draft in plan.to_change
        if draft.entity is not None
    ]
    said = [added, changed, [draft.line for draft in plan.bad_rows], plan.proposals]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def report(plan: Plan) -> dict[str, Any]:
    """The plan as the page shows it."""
    return {
        "target": plan.target,
        "proposals": plan.proposals,
        "findings": list(_findings(plan)),
        "differences": [asdict(each) for each in plan.differences],
        "samples": [_label(draft) for draft in plan.to_add[:5]],
    }


def _findings(plan: Plan) -> Iterator[dict[str, Any]]:
    errors_first = sorted(plan.findings, key=lambda each: (not each.is_error, each.line))
    for each in errors_first:
        yield {"line": each.line, "text": str(each), "error": each.is_error, "group": group_of(each)}


def group_of(finding: Finding) -> str:
    """What findings of one sort have in common: the field, and the sentence without what this row says."""
    if not finding.line:
        return "關於整個檔案"
    plain = _FIGURES.sub("", _QUOTED.sub("", _PLACE.sub("", finding.message))).strip("：:有 ")
    first = _CLAUSE.split(plain)[0].strip() or plain
    return f"{finding.field}：{first}" if finding.field else first


def _label(draft: Draft) -> str:
    name = draft.values.get("name")
    return "　".join(filter(None, (draft.who, name if isinstance(name, str) else "")))
