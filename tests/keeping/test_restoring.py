"""A backup restored into an empty place is the school as it was; what is damaged, or does not fit, is refused before it begins."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, delete, inspect
from sqlalchemy.orm import Session

from admin_app.database import engine_options
from admin_app.services.keeping import records
from admin_app.services.keeping.backing_up import back_up
from admin_app.services.keeping.contents import MANIFEST, MANIFEST_SUM, sum_line
from admin_app.services.keeping.evidence_files import FilesIn
from admin_app.services.keeping.folder import Folder
from admin_app.services.keeping.problem import Damaged, KeepingError
from admin_app.services.keeping.restoring import examine, newest, restore
from models.keeping import Backup
from tests.conftest import sample, settings_for
from tests.databases import Servers
from tests.keeping.conftest import KEYS, LISTED, WORK, add_file, everything, furnished

NOW = dt.datetime(2026, 11, 24, 2, 15)
HOUR = dt.timedelta(hours=1)


def test_a_whole_school_comes_back_as_it_was(
    school: Session, store: FilesIn, folder: Folder, empty: Engine, tmp_path: Path
) -> None:
    engine = furnished(school, store)
    made = back_up(engine, store, folder, now=NOW)
    found = restore(folder, made.name, empty, FilesIn(tmp_path / "elsewhere"), key_ids=KEYS)
    assert everything(empty, "student", "learning_outcome") == everything(engine, "student", "learning_outcome")
    assert found.counted.classes["115 學年度 日校 普一甲"]["student"] > 20
    assert found.counted.tables == made.contents.tables
    again = FilesIn(tmp_path / "elsewhere")
    assert sorted(b"".join(again.blocks(each)) for each in again.present()) == sorted(WORK)


@pytest.mark.parametrize("cycle", sample(list(range(10)), 2))
def test_every_backup_holds_what_was_there_then(
    cycle: int, engine: Engine, store: FilesIn, folder: Folder, empty: Engine, tmp_path: Path
) -> None:
    """A cycle of a school at work: the older restore point is not touched by the newer, and files are kept once."""
    first = back_up(engine, store, folder, now=NOW)
    before = everything(engine)
    add_file(engine, store, f"第 {cycle} 次新增的成果".encode())
    second = back_up(engine, store, folder, now=NOW + HOUR)
    assert (first.added, second.added) == (3, 1)
    assert len(list(folder.stored())) == 4
    target = second if cycle % 2 else first
    restore(folder, target.name, empty, FilesIn(tmp_path / "elsewhere"), key_ids=KEYS)
    assert everything(empty) == (everything(engine) if cycle % 2 else before)
    assert len(list(FilesIn(tmp_path / "elsewhere").present())) == (4 if cycle % 2 else 3)


# Refused


def flip(path: Path) -> None:
    """One bit, in the middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def other_counts(point: Path) -> None:
    """A manifest somebody has rewritten together with its sum."""
    told = json.loads((point / MANIFEST).read_bytes())
    told["tables"]["code"] += 1
    data = json.dumps(told).encode()
    (point / MANIFEST).write_bytes(data)
    (point / MANIFEST_SUM).write_bytes(sum_line(data))


HARM = {
    "database": lambda folder, point: flip(next(point.glob("database.*"))),
    "file list": lambda folder, point: flip(point / "files.csv"),
    "manifest": lambda folder, point: flip(point / MANIFEST),
    "no manifest": lambda folder, point: (point / MANIFEST).unlink(),
    "a file": lambda folder, point: flip(folder.evidence(next(folder.stored()))),
    "no file": lambda folder, point: folder.evidence(next(folder.stored())).unlink(),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_backup_is_refused_and_nothing_is_written(
    harm: str, engine: Engine, store: FilesIn, folder: Folder, empty: Engine, tmp_path: Path
) -> None:
    made = back_up(engine, store, folder, now=NOW)
    HARM[harm](folder, folder.points / made.name)
    with pytest.raises(Damaged):
        restore(folder, made.name, empty, FilesIn(tmp_path / "elsewhere"), key_ids=KEYS)
    assert inspect(empty).get_table_names() == []
    assert list(FilesIn(tmp_path / "elsewhere").present()) == []


def test_counts_that_differ_afterwards_are_said(
    engine: Engine, store: FilesIn, folder: Folder, empty: Engine, tmp_path: Path
) -> None:
    made = back_up(engine, store, folder, now=NOW)
    other_counts(folder.points / made.name)
    with pytest.raises(Damaged, match="code：備份時"):
        restore(folder, made.name, empty, FilesIn(tmp_path / "elsewhere"), key_ids=KEYS)


def test_only_an_empty_place_is_restored_into(engine: Engine, store: FilesIn, folder: Folder, empty: Engine) -> None:
    made = back_up(engine, store, folder, now=NOW)
    before = everything(engine)
    with pytest.raises(KeepingError, match="已有"):
        restore(folder, made.name, engine, FilesIn(folder.path / "elsewhere"), key_ids=KEYS)
    assert everything(engine) == before
    foreign = FilesIn(folder.path / "occupied")
    foreign.put("ab" * 32, [b"another school's"])
    with pytest.raises(KeepingError, match="不是空的"):
        restore(folder, made.name, empty, foreign, key_ids=KEYS)
    with pytest.raises(KeepingError, match=KEYS[0]):
        restore(folder, made.name, empty, store, key_ids=[])
    assert inspect(empty).get_table_names() == []


def test_an_empty_folder_has_nothing_to_restore(folder: Folder) -> None:
    with pytest.raises(KeepingError, match="沒有完整的還原點"):
        newest(folder)


def test_a_file_the_store_has_lost_stops_the_backup(engine: Engine, store: FilesIn, folder: Folder) -> None:
    (store.path / (lost := next(store.present()))[:2] / lost).unlink()
    with pytest.raises(Damaged, match=lost[:12]):
        back_up(engine, store, folder, now=NOW)
    assert folder.names() == []


def test_a_copy_that_rotted_is_made_anew_within_a_week(engine: Engine, store: FilesIn, folder: Folder) -> None:
    back_up(engine, store, folder, now=NOW)
    for each in folder.stored():
        flip(folder.evidence(each))
    reread = [back_up(engine, store, folder, now=NOW + dt.timedelta(days=day)).reread for day in range(1, 8)]
    assert sum(reread) == 3
    examine(folder, newest(folder))


# Which are kept


def test_old_restore_points_go_but_not_the_first_of_a_month(
    session: Session, engine: Engine, store: FilesIn, folder: Folder, tmp_path: Path
) -> None:
    settings = settings_for("sqlite://", tmp_path)
    only_then = add_file(engine, store, "八月才有的檔案".encode())
    days = (dt.datetime(2026, 8, 3), dt.datetime(2026, 9, 1), dt.datetime(2026, 9, 15), NOW - HOUR, NOW)
    for number, day in enumerate(days):
        made = back_up(engine, store, folder, now=day)
        records.record(session, settings, folder, made, now=day)
        session.commit()
        if number == 2:
            remove_row(engine, only_then)
    gone = records.thin_out(session, folder, days=35, now=NOW)
    session.commit()
    assert gone == ["20260915T000000"]
    assert only_then in set(folder.stored())
    assert [row.name for row in records.usable(session)] == [f"{day:%Y%m%dT%H%M%S}" for day in days if day.day != 15][::-1]
    gone = records.thin_out(session, folder, days=35, now=NOW + dt.timedelta(days=500))
    assert len(folder.names()) == 1
    assert only_then not in set(folder.stored())
    examine(folder, newest(folder))


def remove_row(engine: Engine, sha256: str) -> None:
    with engine.begin() as connection:
        connection.execute(delete(LISTED).where(LISTED.c.sha256 == sha256))


def test_a_restore_point_that_is_gone_protects_nothing(
    session: Session, engine: Engine, store: FilesIn, folder: Folder, tmp_path: Path
) -> None:
    made = [back_up(engine, store, folder, now=NOW + HOUR * number) for number in range(2)]
    for each in made:
        records.record(session, settings_for("sqlite://", tmp_path), folder, each, now=NOW + HOUR * 2)
    session.commit()
    (folder.points / made[1].name / MANIFEST).unlink()
    assert [row.name for row in records.find_gone(session, folder, now=NOW + HOUR * 3)] == [made[1].name]
    assert [row.name for row in records.usable(session)] == [made[0].name]
    row: Any = session.query(Backup).filter_by(name=made[1].name).one()
    assert "找不到" in row.problem


def test_the_other_engines_backup_is_refused(
    servers: Servers, engine: Engine, store: FilesIn, folder: Folder, engine_name: str
) -> None:
    made = back_up(engine, store, folder, now=NOW)
    other = "sqlite" if engine_name == "postgresql" else "postgresql"
    target = create_engine(**engine_options(servers.empty(other, f"other_{next(servers.numbers)}")))
    with pytest.raises(KeepingError, match="這份備份來自"):
        restore(folder, made.name, target, store, key_ids=KEYS)
    target.dispose()
