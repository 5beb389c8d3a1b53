"""A school with a store of its own, and a student who hands things in."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import clock, storage
from admin_app.actor import Actor, load_actor
from admin_app.rulebook import load_rulebook
from admin_app.services import evidence
from admin_app.services.evidence import stopping
from admin_app.storage import LocalStore, Stores
from admin_app.terms import load_terms
from models.evidence import UploadedFile
from models.people import Account, Student
from models.records.learning_outcome import LearningOutcome


@dataclass
class Desk:
    """Where one student hands files in."""

    session: Session
    stores: Stores
    student: Student
    by: Actor
    keys: Iterator[int] = field(default_factory=itertools.count)

    @property
    def store(self) -> LocalStore:
        assert isinstance(self.stores.files, LocalStore)
        return self.stores.files

    def hand_in(self, content: bytes, name: str = "成果.pdf", **more: Any) -> UploadedFile:
        """Hand a file in as a page would, and keep it."""
        more.setdefault("key", f"test-key-{next(self.keys)}")
        values = {"told_sha256": None, "now": clock.now(), "student": self.student, "by": self.by, **more}
        made = evidence.receive(self.session, io.BytesIO(content), name=name, **values)
        self.session.commit()
        return made

    def refusal(self, content: bytes, name: str = "成果.pdf", **more: Any) -> evidence.Refused:
        """The refusal a file meets; afterwards nothing of it is there."""
        with pytest.raises(evidence.Refused) as refused:
            self.hand_in(content, name, **more)
        self.session.rollback()
        assert not list(self.store.arrivals.glob("*"))
        return refused.value


def actor_of(session: Session, username: str) -> Actor:
    edition = load_terms(session, on=clock.today()).edition_id(clock.today())
    account = session.scalars(select(Account).where(Account.username == username)).one()
    assert edition is not None
    return load_actor(session, account, load_rulebook(session, edition), on=clock.today())


def draft_of(session: Session, found: LearningOutcome, name: str = "階級桿") -> LearningOutcome:
    """A draft beside a work that is there already, in the same course: made when first asked for."""
    stmt = select(LearningOutcome).filter_by(student_id=found.student_id, teaching_id=found.teaching_id, name=name)
    made = session.scalars(stmt).one_or_none()
    if made is None:
        made = LearningOutcome(student=found.student, teaching=found.teaching, name=name, brief="以車床完成階級桿。")
        session.add(made)
        session.flush()
    return made


def newest_of(desk: Desk) -> LearningOutcome:
    """The student's newest work, in whatever state."""
    stmt = select(LearningOutcome).where(LearningOutcome.student_id == desk.student.id, LearningOutcome.name != "階級桿")
    return desk.session.scalars(stmt.order_by(LearningOutcome.id.desc()).limit(1)).one()


def stores_in(folder: Path, **more: Any) -> Stores:
    return Stores(files=LocalStore(folder / "files"), previews=folder / "previews", **more)


def desk_for(session: Session, folder: Path, username: str = "student", **more: Any) -> Desk:
    url = session.get_bind().engine.url.render_as_string(hide_password=False)
    stores = storage.install(url, stores_in(folder, **more))
    by = actor_of(session, username)
    student = session.get(Student, by.student_id)
    assert student is not None
    return Desk(session, stores, student, by)


@pytest.fixture
def desk(school: Session, tmp_path: Path) -> Iterator[Desk]:
    yield desk_for(school, tmp_path)
    school.rollback()
    stopping.resume(school, "測試", now=clock.now())
