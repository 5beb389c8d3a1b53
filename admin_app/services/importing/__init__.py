"""Import of every kind of file. `plan` says what would happen, `write` or `commit` does it, `write_bad_rows` hands back the rest.

Every step but the last only looks: columns are recognised, cells read, references looked up, rows compared with the school's.
Importing the same file twice changes nothing. A blank cell leaves what the school has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from admin_app.services.importing import planning
from admin_app.services.importing.columns import MEND
from admin_app.services.importing.findings import Finding, Severity
from admin_app.services.importing.kind import Difference, Kind
from admin_app.services.importing.kinds import KINDS, UnknownKindError, find_kind, required
from admin_app.services.importing.plan import Plan, Result
from admin_app.services.importing.planning import ClosedTermError, Confine
from admin_app.services.importing.reading import Tell, say_nothing
from admin_app.services.importing.template import code_lists, template
from admin_app.services.importing.writing import ImportConflictError, commit, write, write_bad_rows
from admin_app.services.tabular import Table, TableError
from models.base import Entity

__all__ = [
    "KINDS",
    "MEND",
    "ClosedTermError",
    "Difference",
    "Finding",
    "ImportConflictError",
    "Kind",
    "Plan",
    "Result",
    "Severity",
    "TableError",
    "UnknownKindError",
    "code_lists",
    "commit",
    "find_kind",
    "plan",
    "required",
    "template",
    "write",
    "write_bad_rows",
]


def plan(
    session: Session,
    kind: str | type[Entity] | Kind,
    source: Table | bytes | str | Path,
    *,
    on: dt.date,
    semester_id: int | None = None,
    filename: str = "",
    chosen: Mapping[str, str] | None = None,
    confine: Confine | None = None,
    tell: Tell = say_nothing,
) -> Plan:
    """What importing `source` on a day would do; nothing is written.

    `semester_id` is the semester chosen on the page; without it the one the file names, else the current one. `filename` goes
    with `bytes`: files say their 學期 and 部別 in their names. `chosen` is what a person made of the headings; `confine` fails the
    rows that person may not write. Raises UnknownKindError and TableError with a sentence to show.
    """
    return planning.plan(
        session,
        find_kind(kind),
        source,
        on=on,
        semester_id=semester_id,
        filename=filename,
        chosen=chosen,
        confine=confine or planning.confine_nothing,
        tell=tell,
    )
