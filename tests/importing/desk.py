"""A person of the demo school with a file to import, and the worker that does what is asked of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.actor import Actor
from admin_app.audit import Signature, sign
from admin_app.config import Settings
from admin_app.services.acting import actor_for
from admin_app.services.importing.batches.keeping import REPORT, Store
from admin_app.services.importing.batches.receiving import Upload, choose_columns, receive
from admin_app.services.importing.batches.work import CHECK, COMMIT, UNDO
from admin_app.services.importing.kinds import find_kind
from admin_app.services.jobs import defer, registry, runner
from models.base import Entity
from models.catalogue import ENTITIES
from models.import_batch import ImportBatch
from models.job import Job
from models.people import Account
from tests.conftest import settings_for
from tests.importing.help import csv_of

OWN = {"import_batch"}


class Desk:
    def __init__(self, session: Session, folder: Path, username: str) -> None:
        registry.load_all()
        self.session = session
        self.store = Store(folder)
        self.settings: Settings = settings_for(session.get_bind().engine.url.render_as_string(hide_password=False), folder)
        self.account = session.scalars(select(Account).where(Account.username == username)).one()
        sign(session, Signature(self.account.id, username))

    @property
    def by(self) -> Actor:
        return actor_for(self.session, self.account.id, on=clock.today())

    def upload(self, kind: str, header: Sequence[str], *rows: Sequence[object], filename: str = "名冊.csv") -> ImportBatch:
        return self.bring(kind, csv_of(header, *rows), filename)

    def bring(self, kind: str, data: bytes, filename: str) -> ImportBatch:
        batch = receive(self.session, self.store, Upload(find_kind(kind), filename, data), by=self.by, now=clock.now())
        self.session.commit()
        return batch

    def choose(self, batch: ImportBatch, **chosen: str) -> None:
        choose_columns(batch, chosen)
        self.session.commit()

    def check(self, batch: ImportBatch) -> Job:
        return self._do(CHECK, batch)

    def commit(self, batch: ImportBatch) -> Job:
        return self._do(COMMIT, batch)

    def undo(self, batch: ImportBatch) -> Job:
        return self._do(UNDO, batch)

    def report(self, batch: ImportBatch) -> dict[str, Any]:
        found: dict[str, Any] = self.store.find(batch, REPORT)
        return found

    def _do(self, kind: str, batch: ImportBatch) -> Job:
        asked = defer(self.session, kind, by=self.account.id, batch_id=batch.id)
        self.session.commit()
        runner.run_job(self.session.get_bind().engine, self.settings, asked.id)
        self.session.expire_all()
        return self.session.get_one(Job, asked.id)


def picture(session: Session) -> dict[str, str]:
    """Every row of the school but the batches, a digest for each table: what a file may change, and undoing must bring back."""
    session.expire_all()
    found = {}
    for model in ENTITIES:
        if model.__tablename__ in OWN:
            continue
        columns = [each for each in inspect(model).columns if each.key != "version" and each.table is model.__table__]
        rows = session.execute(select(*columns).order_by(model.id)).all()
        found[model.__tablename__] = hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def rows_of(session: Session, model: type[Entity]) -> int:
    return len(session.execute(select(model.id)).all())
