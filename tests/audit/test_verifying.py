"""Whatever a superuser does to sealed events with the triggers off, verification finds it and says what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from sqlalchemy import create_engine, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.audit import BULK_ALLOWED, Signature, sign, track
from admin_app.services.audit import checking, sealing
from admin_app.services.audit.sealing import seal
from models import vault
from models.event import Event
from models.event_segment import EventCheck, EventGate, EventSegment
from tests.audit.help import LATER, found, happen
from tests.conftest import DATA_KEY

TABLE = Event.__table__


@pytest.fixture
def trail(empty_session: Session) -> Session:
    """Forty events in four segments."""
    for _ in range(4):
        happen(empty_session, 10)
        seal(empty_session, now=clock.now() + LATER)
        empty_session.commit()
    return empty_session


@contextmanager
def superuser(session: Session) -> Iterator[None]:
    """The triggers are off."""
    session.commit()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET session_replication_role = replica"))
        yield
        session.execute(text("SET session_replication_role = DEFAULT"))
    else:
        names = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('event', 'event_segment')"
        triggers = session.execute(text(names)).all()
        for name, _ in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        yield
        for _, sql in triggers:
            session.connection().exec_driver_sql(sql)
    session.commit()


def meddle(session: Session, *statements: object) -> None:
    with superuser(session):
        for statement in statements:
            session.execute(statement, execution_options={BULK_ALLOWED: True, "synchronize_session": False})  # type: ignore[call-overload]


def copy_of(session: Session, number: int) -> dict[str, object]:
    row = session.execute(select(TABLE).where(TABLE.c.id == number)).mappings().one()
    return {key: value for key, value in row.items() if key != "id"}


def test_an_untouched_trail_is_whole(trail: Session) -> None:
    happen(trail, 3)
    assert found(trail) == []
    check = trail.scalars(select(EventCheck)).one()
    assert (check.events, check.last_number, check.whole) == (43, 4, True)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "別人"),
        ("note", "沒有這回事"),
        ("verb", "sign_in"),
        ("post", "principal"),
        ("record_id", 5),
        ("account_id", 5),
        ("changes", '{"筆數": [null, 0]}'),
        ("at", dt.datetime(2026, 1, 1)),
        ("division", None),
    ],
)
def test_a_changed_event_is_named(trail: Session, column: str, value: object) -> None:
    same = column == "division"
    meddle(trail, update(TABLE).where(TABLE.c.id == 17).values({column: "evening" if same else value}))
    said = found(trail)
    assert said[0].startswith("第 17 號事件遭更改")


def test_changes_that_cannot_be_read_are_named(trail: Session) -> None:
    meddle(trail, text("UPDATE event SET changes = '別的' WHERE id = 17"))
    assert found(trail) == ["第 17 號事件無法讀取：內容遭更改，或缺少當時的資料金鑰。"]


def test_a_removed_event_is_named(trail: Session) -> None:
    meddle(trail, delete(TABLE).where(TABLE.c.id.in_([3, 14, 15, 16])))
    assert found(trail) == [
        "第 3 號事件遺失：封存在第 1 段，現在找不到。",
        "第 14-16 號事件遺失：封存在第 2 段，現在找不到。",
    ]


def test_a_tail_cut_off_after_sealing_is_named(trail: Session) -> None:
    meddle(trail, delete(TABLE).where(TABLE.c.id > 25))
    assert found(trail) == [
        "第 26-30 號事件遺失：封存在第 3 段，現在找不到。",
        "第 31-40 號事件遺失：封存在第 4 段，現在找不到。",
    ]


def test_an_event_put_in_afterwards_is_named(trail: Session) -> None:
    real = copy_of(trail, 12)
    meddle(
        trail,
        delete(TABLE).where(TABLE.c.id == 20),
        insert(TABLE).values({**real, "id": 20, "note": "補登"}),
        insert(TABLE).values({**real, "id": -4}),
    )
    said = found(trail)
    assert said == ["第 -4 號事件的編號不是系統給的：事後插入。", "第 20 號事件遭更改：內容與驗證碼不符。"]


def test_a_real_event_put_in_once_more_is_named(trail: Session) -> None:
    """In a gap of numbers, where a transaction was undone: its digest is good, its place is not."""
    if trail.get_bind().dialect.name == "postgresql":
        trail.execute(text("SELECT nextval('event_id_seq') FROM generate_series(1, 5)"))
    else:
        trail.execute(text("UPDATE sqlite_sequence SET seq = seq + 5 WHERE name = 'event'"))
    happen(trail, 10)
    seal(trail, now=clock.now() + LATER)
    real = copy_of(trail, 12)
    assert trail.scalars(select(EventSegment.absent).order_by(EventSegment.number.desc())).first() == "41-45"
    meddle(trail, insert(TABLE).values({**real, "id": 43}))
    assert found(trail) == ["第 43 號事件不在第 5 段：事後插入，或時間遭更改。"]


def test_two_events_swapped_are_found(trail: Session) -> None:
    moves = [update(TABLE).where(TABLE.c.id == old).values(id=new) for old, new in ((12, 900), (18, 12), (900, 18))]
    meddle(trail, *moves)
    assert found(trail) == [
        "第 2 段（編號 11–20）的順序與封存時不同：有事件遭對調，或整筆遭另一筆真的事件替換。",
    ]


def test_a_removed_segment_is_named(trail: Session) -> None:
    meddle(trail, delete(EventSegment).where(EventSegment.number == 2))
    said = found(trail)
    assert said[0] == "第 2 段不見了。"


def test_the_end_of_the_chain_cut_off_is_known_from_the_run_before(trail: Session) -> None:
    assert found(trail) == []
    meddle(trail, delete(EventSegment).where(EventSegment.number == 4))
    assert found(trail)[0].startswith("第 4 段不見了：先前驗證時還在")


def test_the_end_cut_off_with_all_memory_of_it_is_known_from_outside_the_database(trail: Session) -> None:
    assert found(trail) == []
    check = trail.scalars(select(EventCheck)).one()
    anchor = (check.last_number, check.last_digest)
    meddle(trail, delete(EventSegment).where(EventSegment.number == 4), delete(TABLE).where(TABLE.c.id > 30), delete(EventCheck))
    assert found(trail) == []
    assert found(trail, [anchor])[0].startswith("第 4 段不見了")


def test_a_segment_made_again_without_the_key_is_named(trail: Session) -> None:
    meddle(
        trail,
        delete(TABLE).where(TABLE.c.id == 15),
        update(EventSegment).where(EventSegment.number == 2).values(count=9, absent="15"),
    )
    assert "第 2 段遭更改：封條不符。" in found(trail)


def test_events_cannot_be_made_to_expire_by_hand(trail: Session) -> None:
    expired = {"expired_at": clock.now(), "expiry": "12345678:00"}
    trail.execute(
        update(EventSegment).where(EventSegment.number == 2).values(expired),
        execution_options={BULK_ALLOWED: True},
    )
    trail.execute(delete(TABLE).where(TABLE.c.id.between(11, 20)), execution_options={BULK_ALLOWED: True})
    trail.commit()
    assert found(trail) == ["第 2 段的屆期註記不是系統所做：事件遭不當清除。"]


def test_an_open_gate_is_told(trail: Session) -> None:
    trail.add(EventGate())
    assert found(trail)[0].startswith("重新加密的閘門")


def test_events_encrypted_anew_stay_whole_and_old_seals_outlive_their_data_key(trail: Session) -> None:
    new = b"another data key for tests, 32 bytes or more"
    try:
        vault.install(vault.Vault([new, DATA_KEY]))
        tokens = [(row.id, vault.vault().encrypt(row.changes)) for row in trail.scalars(select(Event))]
        seal(trail, now=clock.now() + LATER)
        secrets = trail.execute(text("SELECT id, secret FROM event_key")).all()
        trail.add(EventGate())
        trail.flush()
        for number, token in tokens:
            trail.execute(text("UPDATE event SET changes = :token WHERE id = :id"), {"token": token, "id": number})
        for number, secret in secrets:
            again = vault.vault().encrypt(vault.vault().decrypt(secret))
            trail.execute(text("UPDATE event_key SET secret = :secret WHERE id = :id"), {"secret": again, "id": number})
        trail.execute(text("DELETE FROM event_gate"))
        trail.commit()
        vault.install(vault.Vault([new]))
        happen(trail, 2)
        assert found(trail) == []
    finally:
        vault.install(vault.Vault([DATA_KEY]))


def test_a_run_that_was_interrupted_goes_on(trail: Session) -> None:
    class Interrupted(Exception):
        pass

    def stop(check: EventCheck, findings: list[str]) -> None:
        trail.commit()
        if check.last_number == 2:
            raise Interrupted

    with pytest.raises(Interrupted):
        checking.run(trail, checking.start(trail, now=clock.now()), clock=clock.now, anchors=[], report=stop)
    trail.rollback()
    check = checking.unfinished(trail)
    assert check is not None
    assert (check.last_number, check.events) == (2, 20)
    checking.run(trail, check, clock=clock.now, anchors=[], report=lambda check, findings: None)
    assert (check.last_number, check.events, check.problems) == (4, 40, 0)
    assert checking.unfinished(trail) is None


def test_only_what_was_sealed_since_a_day_is_verified(trail: Session) -> None:
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=2), tick=False):
        happen(trail, 5)
        seal(trail, now=clock.now() + LATER)
        check = checking.start(trail, now=clock.now(), since=clock.now() - dt.timedelta(days=1))
        checking.run(trail, check, clock=clock.now, anchors=[], report=lambda check, findings: None)
    assert (check.first_number, check.last_number, check.events, check.problems) == (5, 5, 5, 0)


def test_nothing_is_sealed_before_it_is_finished(trail: Session) -> None:
    happen(trail, 5)
    assert seal(trail, now=clock.now()) == []
    assert seal(trail, now=clock.now() + dt.timedelta(minutes=1)) == []
    assert [each.count for each in seal(trail, now=clock.now() + LATER)] == [5]


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True, scope="session")
def test_a_transaction_under_way_holds_sealing_back(trail: Session) -> None:
    """Its events have numbers already, and nobody can see them: sealing past them would make them late. SQLite has one writer."""
    engine = create_engine(trail.get_bind().engine.url)
    with Session(engine) as slow:
        sign(slow, Signature(None, "慢工"))
        track(slow, "export", "student", note="還沒寫完")
        happen(trail, 5)
        assert seal(trail, now=clock.now() + LATER) == []
        trail.rollback()
        slow.commit()
    engine.dispose()
    made = seal(trail, now=clock.now() + LATER)
    assert [(each.count, each.absent) for each in made] == [(6, "")]
    assert found(trail) == []


def test_two_sealers_make_one_segment(trail: Session) -> None:
    engine = create_engine(trail.get_bind().engine.url)
    happen(trail, 5)
    with Session(engine) as other:
        last = sealing.last_segment(other)
        other.expunge_all()
        other.rollback()
        mine = seal(trail, now=clock.now() + LATER)
        trail.commit()
        late = sealing._round(other, last, clock.now() + LATER, clock.now())
        other.add_all(late)
        with pytest.raises(IntegrityError):
            other.flush()
        other.rollback()
    engine.dispose()
    assert len(mine) == 1
    assert found(trail) == []


def test_a_round_over_the_end_of_a_month_makes_a_segment_for_each(empty_session: Session) -> None:
    moments = [dt.datetime(2026, 10, 31, 15, 59, 59, tzinfo=dt.UTC), dt.datetime(2026, 10, 31, 16, 0, 1, tzinfo=dt.UTC)]
    for moment in (moments[0], moments[1], moments[0], moments[1]):
        with time_machine.travel(moment, tick=False):
            happen(empty_session, 2)
    made = seal(empty_session, now=clock.now() + LATER)
    assert [(each.month, each.count, each.absent) for each in made] == [("2026-10", 4, "3-4,7-8"), ("2026-11", 4, "1-2,5-6")]
    assert found(empty_session) == []


def test_a_long_backlog_is_sealed_in_rounds(empty_session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MOST", 7)
    happen(empty_session, 40)
    assert [each.count for each in seal(empty_session, now=clock.now() + LATER)] == [7, 7, 7, 7, 7, 5]
    assert found(empty_session) == []
