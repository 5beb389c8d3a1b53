"""匯入批次: what was brought in from files this school year, and one that was taken back."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from sqlalchemy import select

from models.import_batch import ImportBatch, ImportState
from models.people import Account
from models.vocabulary import Division
from seed.demo.school import School

BROUGHT = (
    ("registration_section", "students", "day", "115-1_日校_學生名冊.csv", 95, (1063, 331, 0, 732, 0), ImportState.imported),
    ("evening_clerk", "students", "evening", "115-1_進修部_學生名冊.xlsx", 94, (261, 88, 2, 171, 0), ImportState.imported),
    ("instruction_section", "teaching", "day", "115-1_配課表.xlsx", 92, (240, 236, 0, 4, 0), ImportState.imported),
    ("activities_section", "club_membership", "day", "115-1_社團名單.xlsx", 47, (412, 396, 0, 9, 7), ImportState.undone),
)
"""Who, what, division, file, how many days ago, (read, added, changed, unchanged, bad), how it ended."""


def build_imports(school: School) -> None:
    """Finished batches whose files are long gone."""
    school.add(_batches(school))


def _batches(school: School) -> Iterator[ImportBatch]:
    accounts = {each.username: each for each in school.session.scalars(select(Account).where(Account.demo))}
    for username, kind, division, filename, ago, figures, state in BROUGHT:
        at = dt.datetime.combine(school.today - dt.timedelta(days=ago), dt.time(9, 20))
        rows, added, changed, unchanged, bad = figures
        yield ImportBatch(
            account=accounts[username],
            kind=kind,
            divisions=(Division[division].name,),
            filename=filename,
            digest=hashlib.sha256(filename.encode()).hexdigest(),
            size=rows * 96,
            state=state,
            rows=rows,
            added=added,
            changed=changed,
            unchanged=unchanged,
            bad=bad,
            file_kept=False,
            uploaded_at=at,
            checked_at=at + dt.timedelta(minutes=1),
            imported_at=at + dt.timedelta(minutes=6),
            undone_at=at + dt.timedelta(hours=2) if state is ImportState.undone else None,
            undone_by=accounts[username] if state is ImportState.undone else None,
        )
