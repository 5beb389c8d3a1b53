"""The age of the newest restore point: red at 24 hours for those who manage the platform, said to students at 72."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from admin_app.services.keeping.alarm import backup_alarm
from models.keeping import Backup
from models.keyring import DataKey

NOW = dt.datetime(2026, 11, 24, 8)
SECOND, HOUR = dt.timedelta(seconds=1), dt.timedelta(hours=1)


def point(session: Session, age: dt.timedelta, *, gone: bool = False) -> None:
    """A restore point of that age, written and read again in two minutes."""
    taken = NOW - age
    facts = {"place": "/mnt/backup", "database_bytes": 1, "files": 0, "file_bytes": 0, "digest": "0" * 64}
    row = Backup(name=f"{taken:%Y%m%dT%H%M%S}", taken_at=taken, verified_at=taken + SECOND * 120, **facts)
    row.gone_at = NOW if gone else None
    session.add(row)
    session.flush()


@pytest.mark.parametrize(
    ("age", "rings", "warns"),
    [
        (HOUR, False, False),
        (24 * HOUR - SECOND, False, False),
        (24 * HOUR, True, False),
        (72 * HOUR - SECOND, True, False),
        (72 * HOUR, True, True),
    ],
)
def test_it_rings_to_the_second(age: dt.timedelta, rings: bool, warns: bool, session: Session) -> None:
    point(session, age)
    point(session, age + 100 * HOUR)
    found = backup_alarm(session, NOW)
    assert (found.rings, found.warns_students, bool(found.to_students)) == (rings, warns, warns)
    assert ("立即備份" in found.sentence) == rings


def test_what_is_gone_does_not_count(session: Session) -> None:
    point(session, HOUR, gone=True)
    point(session, 30 * HOUR)
    assert backup_alarm(session, NOW).rings


def test_a_school_that_never_backed_up_hears_of_it(session: Session) -> None:
    """Whoever manages the platform at once; students three days after the system was set up."""
    session.execute(text("DELETE FROM data_key"))
    session.add(DataKey(key_id="12345678", check_value="0" * 64, installed_at=NOW - 71 * HOUR))
    session.flush()
    assert backup_alarm(session, NOW).rings
    assert not backup_alarm(session, NOW).warns_students
    assert backup_alarm(session, NOW + 2 * HOUR).warns_students
