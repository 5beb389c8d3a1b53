"""Events cannot be changed, removed or replaced by anybody who only has SQL; those that were there before are sealed too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alembic import command
from sqlalchemy import create_engine, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from admin_app import clock, errors
from admin_app.audit import Signature, acting, sign, signature, track
from admin_app.database import alembic_config, engine_options, migrate
from admin_app.policy import Verdict
from admin_app.rulebook import Grant
from models import seals
from models.event import Event
from models.event_segment import EventGate
from models.people import Staff
from models.vault import vault
from models.vocabulary import Act, Division, Scope, Subject
from tests.databases import Servers

REFUSED = "the audit trail only grows"


def person(session: Session) -> Event:
    """Somebody was entered: the event of it."""
    session.add(Staff(code="T777", name="簡玉蘭"))
    session.commit()
    return session.scalars(select(Event).order_by(Event.id.desc())).first() or pytest.fail("沒有事件")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor = '別人'",
        "UPDATE event SET digest = ''",
        "UPDATE event SET changes = ''",
        "DELETE FROM event",
    ],
)
def test_the_database_itself_refuses_to_change_an_event(session: Session, statement: str) -> None:
    person(session)
    with pytest.raises(IntegrityError, match=REFUSED) as refusal:
        session.execute(text(statement))
    assert errors.sentence(refusal.value) == "稽核紀錄只能新增，不能修改或刪除。"


def test_an_event_cannot_be_replaced_or_the_table_emptied(session: Session) -> None:
    number = person(session).id
    engine = session.get_bind().dialect.name
    columns = "id, at, actor, via, post, verb, kind, changes, note, request_id, digest"
    replaced = f"INSERT OR REPLACE INTO event ({columns}) SELECT {columns} FROM event WHERE id = {number}"  # noqa: S608
    for statement in [replaced] if engine == "sqlite" else ["TRUNCATE event", f"TRUNCATE {parts(session)[0]}"]:
        with pytest.raises(DBAPIError, match=REFUSED):
            session.execute(text(statement))
        session.rollback()


def parts(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'event'::regclass")))


def test_only_what_is_encrypted_may_be_written_anew_and_only_behind_the_gate(session: Session) -> None:
    event = person(session)
    number, changes, digest = event.id, event.changes, event.digest
    session.execute(insert(EventGate))
    session.execute(text("UPDATE event SET changes = :token WHERE id = :id"), {"token": vault().encrypt(changes), "id": number})
    session.execute(text("DELETE FROM event_gate"))
    session.commit()
    assert (event.changes, event.digest) == (changes, digest)
    session.execute(insert(EventGate))
    with pytest.raises(IntegrityError, match=REFUSED):
        session.execute(text("UPDATE event SET changes = '', note = '改' WHERE id = :id"), {"id": number})


def test_an_event_is_sealed_with_all_it_says(session: Session) -> None:
    event = person(session)
    said = {name: getattr(event, name) for name in seals.SEALED}
    assert seals.holds(seals.event_bytes(said), event.digest, seals.installed())
    for name in seals.SEALED:
        other = {**said, name: clock.now() if name == "at" else "另一個值"}
        assert not seals.holds(seals.event_bytes(other), event.digest, seals.installed()), name


def test_an_event_names_the_post_somebody_acts_through(session: Session) -> None:
    grant = Grant("D12", "activities_section", Act.record, Subject.club_office, Division.day, Scope.division, "", "登錄", True)
    acting(session, Verdict(True, "依工作職掌 D12", grant), "tidy")
    track(session, "export", "club_office", 筆數=3)
    event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.post, event.via, event.verb) == ("activities_section", "依工作職掌 D12", "tidy")
    assert json.loads(event.changes) == {"筆數": [None, 3]}
    assert signature(session).post == "activities_section"


def test_events_of_before_are_kept_and_sealed(servers: Servers, engine_name: str) -> None:
    engine = create_engine(**engine_options(servers.empty(engine_name, f"trail_{next(servers.numbers)}")))
    with engine.begin() as connection:
        migrate(connection, "0006")
        for number in (4, 9):
            connection.execute(
                text(OLD_EVENT), {"id": number, "at": clock.now(), "changes": vault().encrypt('{"name": [null, "阿"]}')}
            )
        migrate(connection)
    with Session(engine) as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
        assert [event.id for event in events] == [4, 9]
        for event in events:
            said: dict[str, Any] = {name: getattr(event, name) for name in seals.SEALED}
            assert seals.holds(seals.event_bytes(said), event.digest, seals.installed())
        sign(session, Signature(None, "測試"))
        assert person(session).id > 9
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0006")
        assert "digest" not in {column["name"] for column in inspect(connection).get_columns("event")}
        assert connection.scalar(select(func.count()).select_from(text("event"))) == 3
    engine.dispose()


OLD_EVENT = """INSERT INTO event (id, at, actor, via, verb, kind, changes, note, request_id)
VALUES (:id, :at, '簡玉蘭', '', 'create', 'staff', :changes, '', '')"""
