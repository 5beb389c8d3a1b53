"""`portfolio rotate-key`, over a real database and with a real process that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from admin_app.config import ConfigError, read_settings
from admin_app.database import app_session
from admin_app.keyring import encrypted_columns
from admin_app.services import rotation
from models import vault
from models.event import Event
from models.people import Student
from models.vault import Vault, VaultLocked, key_id
from models.vocabulary import Gender
from tests.conftest import DATA_KEY, sample
from tests.keys.conftest import NEW_KEY, Portfolio

BOTH = Vault([NEW_KEY, DATA_KEY])
ONLY_NEW = Vault([NEW_KEY])
KILLED_AT = sample([(lines, 0.004 * wait) for lines in range(1, 7) for wait in range(10)], 4)
"""How many lines of progress are waited for, and how many seconds after that the process is killed."""


def both_keys(folder: Path) -> None:
    (folder / "data.key").write_bytes(NEW_KEY + b"\n" + DATA_KEY + b"\n")


def tokens(session: Session) -> list[str]:
    """Every encrypted value as it is stored."""
    session.rollback()
    return [
        token
        for table, names in encrypted_columns().items()
        for name in names
        for token in session.scalars(text(f'SELECT "{name}" FROM "{table.name}" WHERE "{name}" IS NOT NULL'))  # noqa: S608
    ]


def numbers(session: Session) -> dict[int, str]:
    session.rollback()
    session.expire_all()
    return dict(session.execute(select(Student.id, Student.id_number)).all())


# Vault


def test_a_token_names_its_key_and_opens_with_either_while_both_are_there() -> None:
    old = Vault([DATA_KEY]).encrypt("A123456789")
    assert old.startswith(f"{key_id(DATA_KEY)}:")
    assert BOTH.decrypt(old) == "A123456789"
    assert BOTH.encrypt("B").startswith(f"{key_id(NEW_KEY)}:")


def test_a_token_older_than_the_names_still_opens() -> None:
    unnamed = Vault([DATA_KEY]).encrypt("A123456789").partition(":")[2]
    assert BOTH.decrypt(unnamed) == "A123456789"


def test_a_token_of_another_key_says_which_key_is_missing() -> None:
    with pytest.raises(VaultLocked, match=key_id(DATA_KEY)):
        ONLY_NEW.decrypt(Vault([DATA_KEY]).encrypt("A123456789"))


def test_each_purpose_has_a_key_of_its_own() -> None:
    made = {vault.derive(DATA_KEY, purpose) for purpose in ("encrypt", "index", "name", "check")}
    assert len(made) == 4
    assert DATA_KEY not in made


# Rotation


def test_every_value_of_every_table_is_written_anew(small: Session, portfolio: Portfolio, tmp_path: Path) -> None:
    before = numbers(small)
    assert portfolio("accounts").exit_code == 0
    both_keys(tmp_path)
    found = portfolio("rotate-key")
    assert found.exit_code == 0, found.output
    assert "舊金鑰現在還不能銷毀" in found.output
    stored = tokens(small)
    assert len(stored) > 5_000
    assert [token for token in stored if not ONLY_NEW.is_newest(token)] == []
    vault.install(ONLY_NEW)
    assert numbers(small) == before
    someone = small.scalars(select(Student).limit(1)).one()
    assert someone.id_number_index == ONLY_NEW.index(someone.id_number)


def test_only_the_last_check_says_the_old_key_may_go(small: Session, portfolio: Portfolio, tmp_path: Path) -> None:
    assert portfolio("accounts").exit_code == 0
    both_keys(tmp_path)
    early = portfolio("rotate-key", "--finish")
    assert early.exit_code == 1
    assert "還有資料用舊金鑰" in early.output
    assert portfolio("rotate-key").exit_code == 0
    found = portfolio("rotate-key", "--finish")
    assert found.exit_code == 0, found.output
    assert "封存在離線的地方" in found.output
    assert NEW_KEY.decode() not in found.output
    (tmp_path / "data.key").write_bytes(NEW_KEY)
    assert portfolio("accounts").exit_code == 0
    (tmp_path / "data.key").write_bytes(DATA_KEY)
    assert "資料金鑰不對" in portfolio("accounts").output


def test_a_value_an_old_process_wrote_meanwhile_is_noticed(small: Session, portfolio: Portfolio, tmp_path: Path) -> None:
    both_keys(tmp_path)
    assert portfolio("rotate-key").exit_code == 0
    vault.install(Vault([DATA_KEY]))
    small.rollback()
    stale = Vault([DATA_KEY]).encrypt("")
    small.execute(text("UPDATE student SET special_status = :stale WHERE id = 1"), {"stale": stale})
    small.commit()
    assert "學生學籍資料 1 筆" in portfolio("rotate-key", "--finish").output
    assert portfolio("rotate-key").exit_code == 0
    assert portfolio("rotate-key", "--finish").exit_code == 0


def test_a_new_key_is_put_on_top_of_the_file_and_shown_to_nobody(portfolio: Portfolio, tmp_path: Path) -> None:
    found = portfolio("rotate-key", "--new")
    assert found.exit_code == 0, found.output
    new, old = (tmp_path / "data.key").read_bytes().splitlines()
    assert old == DATA_KEY
    assert new.decode() not in found.output
    assert oct((tmp_path / "data.key").stat().st_mode & 0o777) == "0o600"
    assert portfolio("rotate-key", "--new").exit_code == 1


def test_with_one_key_the_command_says_how_to_begin(portfolio: Portfolio) -> None:
    found = portfolio("rotate-key")
    assert found.exit_code == 0
    assert "--new" in found.output


def test_what_began_and_what_came_of_it_are_events(small: Session, portfolio: Portfolio, tmp_path: Path) -> None:
    both_keys(tmp_path)
    portfolio("rotate-key")
    vault.install(BOTH)
    notes = small.scalars(select(Event.note).where(Event.verb == "rotate_key").order_by(Event.id)).all()
    assert notes[0] == f"開始改用金鑰 {key_id(NEW_KEY)}"
    assert notes[1].startswith("改寫 ")


def test_an_encrypted_file_is_written_anew(tmp_path: Path) -> None:
    kept = tmp_path / "import-files" / "0a1b"
    kept.parent.mkdir()
    kept.write_bytes(Vault([DATA_KEY]).encrypt_bytes(b"A123456789"))
    (tmp_path / "import-files" / ".0a1b.rotating").write_bytes(b"left by a run that was killed")
    (tmp_path / "notes.txt").write_text("not encrypted at all")
    vault.install(BOTH)
    assert rotation.rotate_files(tmp_path, lambda *_: None) == 1
    assert ONLY_NEW.decrypt_bytes(kept.read_bytes()) == b"A123456789"
    assert rotation.rotate_files(tmp_path, lambda *_: None) == 0
    assert oct(kept.stat().st_mode & 0o777) == "0o600"
    assert [path.name for path in kept.parent.iterdir()] == ["0a1b"]


# While it is under way


def halfway(small: Session) -> None:
    """Both keys are known, and some of the students are written with the new one."""
    vault.install(BOTH)
    engine = small.get_bind()
    assert isinstance(engine, Engine)
    place = next(each for each in rotation.places() if each.indexes)
    chunks = rotation._chunks(engine, place, BOTH, 50)
    assert next(chunks) == 50
    small.rollback()


def test_halfway_every_number_is_read_and_found(small: Session) -> None:
    before = numbers(small)
    halfway(small)
    assert numbers(small) == before
    first, last = (
        small.scalars(select(Student).order_by(Student.id).limit(1)),
        small.scalars(select(Student).order_by(Student.id.desc()).limit(1)),
    )
    for one in (first.one(), last.one()):
        found = select(Student.id).where(Student.id_number_index.in_(BOTH.indexes(one.id_number)))
        assert small.scalars(found).all() == [one.id]


def test_halfway_a_number_cannot_be_given_to_a_second_student(small: Session) -> None:
    halfway(small)
    taken = small.scalars(select(Student.id_number).order_by(Student.id.desc()).limit(1)).one()
    born_on = small.scalars(select(Student.born_on)).first()
    twin = Student(
        student_no="99999999",
        name="雙胞",
        id_number=taken,
        gender=Gender.male,
        born_on=born_on,
    )
    small.add(twin)
    with pytest.raises(ValueError, match="已有一位學生是這個身分證號"):
        small.flush()


@pytest.mark.parametrize(("lines", "seconds"), KILLED_AT)
def test_a_killed_run_loses_nothing_and_is_simply_run_again(
    lines: int, seconds: float, small: Session, environ: dict[str, str], tmp_path: Path
) -> None:
    before = numbers(small)
    events = small.execute(select(Event.id, Event.changes).order_by(Event.id)).all()
    both_keys(tmp_path)
    run = "from admin_app.cli import cli; cli()"
    command = [sys.executable, "-c", run, "rotate-key"]
    whole = {**os.environ, **environ, "PYTHONPATH": os.getcwd()}
    killed = subprocess.Popen(command, env=whole, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    for _ in range(lines):
        killed.stdout.readline()
    time.sleep(seconds)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    vault.install(BOTH)
    assert numbers(small) == before
    small.rollback()
    again = subprocess.run(command, env=whole, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert all(ONLY_NEW.is_newest(token) for token in tokens(small))
    assert numbers(small) == before
    kept = small.execute(select(Event.id, Event.changes).where(Event.id <= events[-1].id).order_by(Event.id)).all()
    assert kept == events


def test_one_of_two_keys_is_not_enough_once_both_are_in_use(small: Session, portfolio: Portfolio, tmp_path: Path) -> None:
    both_keys(tmp_path)
    assert portfolio("accounts").exit_code == 0
    (tmp_path / "data.key").write_bytes(DATA_KEY)
    with pytest.raises(ConfigError, match=key_id(NEW_KEY)), app_session(read_settings()):
        pass
