"""Months of events: made ahead, kept as long as the school says, and dropped with their digests staying."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.config import ConfigError, read_settings
from admin_app.services.audit.expiring import due, expire
from admin_app.services.audit.partitions import make_months
from models.event import Event
from models.event_segment import EventSegment
from tests.audit.help import found, happen, seal_all

OLD, EDGE, TODAY = dt.date(2024, 10, 5), dt.date(2024, 11, 30), dt.date(2026, 11, 24)


@pytest.fixture
def years(empty_session: Session) -> Session:
    """Events of two old months and of today."""
    happen(empty_session, 6, on=OLD)
    happen(empty_session, 4, on=EDGE)
    happen(empty_session, 3)
    seal_all(empty_session)
    return empty_session


def count(session: Session, month: str = "") -> int:
    events = session.scalars(select(Event.at)).all()
    return len([at for at in events if f"{at:%Y-%m}".startswith(month)])


def test_a_month_is_due_when_it_was_kept_long_enough(years: Session) -> None:
    assert [(each.zh, each.events) for each in due(years, today=TODAY, months=24)] == [("113 年 10 月", 6)]
    assert [each.zh for each in due(years, today=TODAY, months=6)] == ["113 年 10 月", "113 年 11 月"]
    assert due(years, today=TODAY, months=25) == []


def test_an_expired_month_goes_and_its_segments_stay(years: Session) -> None:
    (month,) = due(years, today=TODAY, months=24)
    expire(years, month, now=clock.now())
    years.commit()
    assert (count(years, "2024-10"), count(years, "2024-11")) == (0, 4)
    segments = years.scalars(select(EventSegment).where(EventSegment.month == "2024-10")).all()
    assert [each.count for each in segments] == [6]
    assert all(each.expired_at for each in segments)
    last = years.scalars(select(Event).order_by(Event.id.desc())).first()
    assert last is not None
    assert (last.verb, last.note) == ("expire", "113 年 10 月保存期滿")
    assert due(years, today=TODAY, months=24) == []
    assert found(years) == []


def test_a_month_with_unsealed_events_waits(years: Session) -> None:
    happen(years, 1, on=OLD)
    (month,) = due(years, today=TODAY, months=24)
    assert month.waiting == 1
    with pytest.raises(ValueError, match="還有 1 筆事件沒有封存"):
        expire(years, month, now=clock.now())


def test_nothing_else_of_the_month_before_may_be_removed(years: Session) -> None:
    (month,) = due(years, today=TODAY, months=24)
    expire(years, month, now=clock.now())
    with pytest.raises(IntegrityError, match="only grows"):
        years.execute(text("DELETE FROM event WHERE at >= '2024-11-01'"))


def test_a_segment_expires_once(years: Session) -> None:
    (month,) = due(years, today=TODAY, months=24)
    expire(years, month, now=clock.now())
    years.flush()
    with pytest.raises(IntegrityError, match="only grows"):
        years.execute(text("UPDATE event_segment SET expired_at = NULL"))


def test_the_time_events_are_kept_cannot_be_less_than_six_months(tmp_path_factory: pytest.TempPathFactory) -> None:
    environ = {"PORTFOLIO_SECRET_KEY": "x" * 20, "PORTFOLIO_DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    assert read_settings(environ).event_months == 24
    assert read_settings({**environ, "PORTFOLIO_EVENT_MONTHS": "6"}).event_months == 6
    with pytest.raises(ConfigError, match="須在 6 到"):
        read_settings({**environ, "PORTFOLIO_EVENT_MONTHS": "5"})


def test_months_are_made_ahead_and_what_lay_astray_moves_over(years: Session) -> None:
    if years.get_bind().dialect.name != "postgresql":
        assert make_months(years, today=TODAY) == []
        return
    with time_machine.travel(dt.datetime(2027, 5, 5, tzinfo=dt.UTC), tick=False):
        happen(years, 2)
    seal_all(years)
    assert rest(years) == 10 + 2
    made = make_months(years, today=dt.date(2027, 6, 1))
    assert made == [f"event_y{name}" for name in ("2024m10", "2024m11", "2027m05", "2027m06", "2027m07", "2027m08", "2027m09")]
    years.commit()
    assert rest(years) == 0
    assert make_months(years, today=dt.date(2027, 6, 1)) == []
    assert found(years) == []
    for statement in (
        "DELETE FROM event_y2027m05",
        "TRUNCATE event_y2027m05",
        "DELETE FROM event_other",
        "UPDATE event SET note = ''",
    ):
        with pytest.raises(IntegrityError, match="only grows"):
            years.execute(text(statement.replace("event_other", "event")))
        years.rollback()


def rest(session: Session) -> int:
    return session.scalar(text("SELECT count(*) FROM event_other")) or 0


def test_dropping_a_month_of_its_own_leaves_the_others(years: Session) -> None:
    make_months(years, today=TODAY)
    years.commit()
    for month in due(years, today=TODAY, months=6):
        expire(years, month, now=clock.now())
    years.commit()
    assert years.scalar(select(func.count(Event.id))) == 3 + 2
    seal_all(years)
    assert found(years) == []
