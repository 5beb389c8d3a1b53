"""還原演練: the newest backup restored into an empty place that is thrown away afterwards, counted by class, and signed.

It never touches the school's own database or files: the database goes into a new one beside it, the files into a temporary folder.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, joinedload

from admin_app import audit
from admin_app.actor import Actor
from admin_app.config import Settings
from admin_app.database import engine_options
from admin_app.policy import require
from admin_app.rulebook import Rulebook
from admin_app.services.keeping import restoring
from admin_app.services.keeping.evidence_files import FilesIn
from admin_app.services.keeping.folder import Folder
from admin_app.services.keeping.people import evidenced_duties, manager
from admin_app.services.keeping.problem import KeepingError
from admin_app.services.keeping.restoring import Restored, Told
from models.keeping import RestoreDrill
from models.people import Account
from models.vault import key_id
from models.verbs import Verb

NO_RIGHT = "資料庫帳號不能建立資料庫，無法演練。請資料庫管理者執行 ALTER ROLE {role} CREATEDB 之後再演練。"
PREFIX = "portfolio_drill_"


class NotSignable(RuntimeError):
    """The drill cannot be signed; the message says why."""


def run(
    session: Session, settings: Settings, folder: Folder, rulebook: Rulebook | None, by: int | None, *, now: dt.datetime, told: Told
) -> RestoreDrill:
    """Restore the newest backup and file what was found, whether it passed or not."""
    duties = evidenced_duties(rulebook) if rulebook else ()
    drill = RestoreDrill(begun_at=now, requested_by_id=by, duties=duties, passed=False, problem="", report="{}")
    try:
        drill.backup = restoring.newest(folder)
        contents = folder.contents(drill.backup)
        drill.taken_at = dt.datetime.fromisoformat(contents.taken_at)
        found = _restored(settings, folder, drill.backup, told)
        drill.passed, drill.report = True, report_of(found)
    except (KeepingError, OSError) as error:
        drill.problem = str(error) if isinstance(error, KeepingError) else f"演練用的暫存空間無法使用（{type(error).__name__}）。"
    drill.digest = hashlib.sha256(drill.report.encode()).hexdigest()
    session.add(drill)
    return drill


def finish(drill: RestoreDrill, *, now: dt.datetime) -> None:
    """It has ended."""
    drill.finished_at = now


def sign(session: Session, drill: RestoreDrill, *, by: Actor, account: int, remark: str, now: dt.datetime) -> None:
    """A person who manages the platform has looked at the counts and puts their name to them. Once, and for good."""
    verdict = require(manager(by))
    if drill.signed_at is not None:
        raise NotSignable("這次演練已經簽署過了。")
    if drill.finished_at is None:
        raise NotSignable("這次演練還沒有結束。")
    if not drill.passed and not remark:
        raise NotSignable("沒有通過的演練，請在簽署說明寫明原因與後續處理。")
    audit.acting(session, verdict, Verb.sign_drill.name)
    drill.signed_by_id, drill.signed_at, drill.remark = account, now, remark
    drill.signed_post = verdict.grant.holder if verdict.grant else ""


def report_of(found: Restored) -> str:
    """What was counted, as JSON: it is the evidence, and `digest` is its SHA-256."""
    contents = found.contents
    facts: dict[str, Any] = {
        "backup": found.name,
        "taken_at": contents.taken_at,
        "engine": contents.engine,
        "revision": contents.revision,
        "files": found.files,
        "file_bytes": contents.file_bytes,
        "tables": dict(found.counted.tables),
        "classes": {name: dict(counts) for name, counts in found.counted.classes.items()},
    }
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)


def latest(session: Session, most: int) -> list[RestoreDrill]:
    """The newest drills."""
    signer = joinedload(RestoreDrill.signed_by).joinedload(Account.staff)
    stmt = select(RestoreDrill).options(signer).order_by(RestoreDrill.begun_at.desc(), RestoreDrill.id.desc())
    return list(session.scalars(stmt.limit(most)))


def _restored(settings: Settings, folder: Folder, name: str, told: Told) -> Restored:
    keys = [key_id(each) for each in settings.data_keys]
    with (
        tempfile.TemporaryDirectory(prefix="portfolio-drill-", dir=settings.data_dir) as place,
        _empty(settings, Path(place)) as engine,
    ):
        return restoring.restore(folder, name, engine, FilesIn(Path(place) / "files"), key_ids=keys, told=told)


@contextmanager
def _empty(settings: Settings, place: Path) -> Iterator[Engine]:
    """An empty database that is gone afterwards."""
    if settings.is_sqlite:
        engine = create_engine(**engine_options(f"sqlite:///{place / 'drill.db'}"))
        try:
            yield engine
        finally:
            engine.dispose()
        return
    with _beside(settings) as engine:
        yield engine


@contextmanager
def _beside(settings: Settings) -> Iterator[Engine]:
    """A new database of the same server."""
    options = engine_options(settings.database_url)
    server = create_engine(**options, isolation_level="AUTOCOMMIT")
    name = PREFIX + secrets.token_hex(6)
    try:
        with server.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
        engine = create_engine(**{**options, "url": server.url.set(database=name)})
        try:
            yield engine
        finally:
            engine.dispose()
            with server.connect() as connection:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == "42501":
            raise KeepingError(NO_RIGHT.format(role=server.url.username)) from None
        raise
    finally:
        server.dispose()
