"""The whole school in open formats: out of one install and into an empty one, on either engine, and nothing of it lost."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import Signature, sign
from admin_app.database import alembic_head, engine_options, migrate
from admin_app.services import finding
from admin_app.services.keeping.evidence_files import FilesIn
from admin_app.services.keeping.problem import KeepingError
from admin_app.services.keeping.school import exporting, importing, tables
from models.people import Account, Staff, Student
from tests.databases import ENGINES, Servers
from tests.keeping.conftest import WORK, furnished


def taken_out(engine: Engine, store: FilesIn, target: Path) -> dict[str, int]:
    return exporting.export_school(engine, store, target, school="測試高中", revision=alembic_head(), now=clock.now())


def content(session: Session) -> dict[str, str]:
    """A digest of every exported column of every table, as Python values."""
    found = {}
    for table in tables.exported():
        rows = session.execute(select(*tables.columns(table)).order_by(*table.primary_key.columns))
        found[table.name] = hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
    return found


def test_a_school_moves_to_an_empty_install_of_either_engine(
    school: Session, store: FilesIn, servers: Servers, engine_name: str, tmp_path: Path
) -> None:
    school.add(Staff(code="T999", name="=1+1 呂\n子軒", title="\\empty"))
    school.commit()
    engine = furnished(school, store)
    counts = taken_out(engine, store, tmp_path / "out")
    assert counts["student"] > 1000
    with (tmp_path / "out" / "tables" / "staff.csv").open(newline="", encoding="utf-8-sig") as file:
        assert any(row["name"].startswith("'=1+1") for row in csv.DictReader(file))

    other = ENGINES[1 - ENGINES.index(engine_name)]
    target = create_engine(**engine_options(servers.empty(other, f"imported_{next(servers.numbers)}")))
    with target.begin() as connection:
        migrate(connection)
    new = FilesIn(tmp_path / "new")
    with Session(target) as session:
        sign(session, Signature(None, "測試"))
        schema = importing.examine(tmp_path / "out", alembic_head())
        assert importing.import_school(session, new, tmp_path / "out", schema) == sum(counts.values())
        session.commit()
        assert content(session) == content(school)
        assert {account.password_hash for account in session.scalars(select(Account))} == {""}
        assert finding.verify(session) == []
        someone = session.scalars(select(Student).limit(1)).one()
        assert len(someone.id_number) == 10
        session.add(Staff(code="T998", name="新來的"))
        session.flush()
    assert sorted(b"".join(new.blocks(each)) for each in new.present()) == sorted(WORK)
    target.dispose()


def no_manifest(folder: Path) -> None:
    (folder / exporting.MANIFEST).unlink()


def other_cell(folder: Path) -> None:
    path = folder / "tables" / "code.csv"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))


def no_file(folder: Path) -> None:
    next((folder / "files").glob("*/*")).unlink()


def other_version(folder: Path) -> None:
    schema = json.loads((folder / "schema.json").read_bytes())
    data = json.dumps({**schema, "revision": "0001"}).encode()
    (folder / "schema.json").write_bytes(data)
    lines = (folder / exporting.MANIFEST).read_text().splitlines()
    here = f"{hashlib.sha256(data).hexdigest()},{len(data)},schema.json"
    text = "\n".join(here if line.endswith(",schema.json") else line for line in lines) + "\n"
    (folder / exporting.MANIFEST).write_text(text)
    (folder / exporting.SUM).write_text(f"{hashlib.sha256(text.encode()).hexdigest()}  x\n")


@pytest.mark.parametrize("harm", [no_manifest, other_cell, no_file, other_version])
def test_what_is_not_as_it_was_written_is_refused(
    harm: Callable[[Path], None], engine: Engine, store: FilesIn, empty: Engine, tmp_path: Path
) -> None:
    taken_out(engine, store, tmp_path / "out")
    harm(tmp_path / "out")
    with pytest.raises(KeepingError):
        importing.examine(tmp_path / "out", alembic_head())
    assert inspect(empty).get_table_names() == []


def test_an_export_is_never_half_there(engine: Engine, store: FilesIn, tmp_path: Path) -> None:
    (store.path / (lost := next(store.present()))[:2] / lost).unlink()
    with pytest.raises(KeepingError, match=lost[:12]):
        taken_out(engine, store, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.glob(".building*")) == []
