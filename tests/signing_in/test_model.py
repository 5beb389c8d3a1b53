"""Whatever happens in whatever order, sign-ins and locks do what a page of rules says: a model in plain Python beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import Session

from admin_app.audit import Signature, sign
from admin_app.database import engine_options
from admin_app.services import attempts, sessions
from admin_app.services.attempts import Door, Kind
from admin_app.services.sessions import Limits
from models.people import Account
from models.sign_in import SignInCounter, SignInSession
from models.vocabulary import EndReason, SignInMethod
from tests.conftest import SOAK
from tests.databases import Servers

LIMITS = Limits(dt.timedelta(minutes=30), dt.timedelta(hours=12))
START = dt.datetime(2026, 11, 24, 8)
HALF_DAY, QUARTER = dt.timedelta(hours=12), dt.timedelta(minutes=15)
SOURCES = ("school", "home")


@dataclass
class Kept:
    """One sign-in as the rules see it."""

    token: str
    began: dt.datetime
    seen: dt.datetime
    ended: EndReason | None = None


@dataclass
class Counted:
    """Failures from one source as the rules see them."""

    failures: int = 0
    since: dt.datetime = START
    until: dt.datetime | None = None


@dataclass
class Rules:
    """The page of rules."""

    sign_ins: list[Kept] = field(default_factory=list)
    counted: dict[str, Counted] = field(default_factory=lambda: {source: Counted() for source in SOURCES})


class SigningIn(RuleBasedStateMachine):
    """Signs in, waits, uses, disables, guesses; compares after every step."""

    session: Session

    @initialize()
    def begin(self) -> None:
        self.now, self.rules = START, Rules()
        self.session.rollback()
        for model in (SignInSession, SignInCounter):
            self.session.execute(delete(model), execution_options={"bulk_change_is_recorded": True})
        self.account = self.session.scalars(select(Account).where(Account.username == "student")).one()
        self.account.enabled = True
        self.session.flush()

    @rule(minutes=st.sampled_from([0.5, 1, 5, 14, 15, 16, 29, 30, 31, 60, 719, 721]))
    def wait(self, minutes: float) -> None:
        self.now += dt.timedelta(minutes=minutes)

    @rule()
    def sign_in(self) -> None:
        about = {"posts": (), "source": "", "device": ""}
        _, token = sessions.begin(self.session, self.account, SignInMethod.password, now=self.now, **about)  # type: ignore[arg-type]
        self.session.flush()
        self.rules.sign_ins.append(Kept(token, self.now, self.now))

    @precondition(lambda self: self.rules.sign_ins)
    @rule(data=st.data())
    def use(self, data: st.DataObject) -> None:
        kept = data.draw(st.sampled_from(self.rules.sign_ins))
        row = sessions.find(self.session, kept.token)
        assert row is not None
        why = sessions.why_over(row, LIMITS, now=self.now)
        assert why is self.expected(kept)
        if why is None and self.now - row.seen_at >= sessions.SEEN_EVERY:
            row.seen_at = kept.seen = self.now
        elif why is not None and row.ended_at is None:
            sessions.end(self.session, row, why, now=self.now)
            kept.ended = why
        self.session.flush()

    def expected(self, kept: Kept) -> EndReason | None:
        if kept.ended is not None:
            return kept.ended
        if self.now - kept.began >= dt.timedelta(hours=12):
            return EndReason.absolute
        if self.now - kept.seen >= dt.timedelta(minutes=30):
            return EndReason.idle
        return None if self.account.enabled else EndReason.disabled

    @precondition(lambda self: self.rules.sign_ins)
    @rule(data=st.data())
    def new_password(self, data: st.DataObject) -> None:
        kept = data.draw(st.sampled_from(self.rules.sign_ins))
        mine = sessions.find(self.session, kept.token)
        sessions.end_all(self.session, self.account, EndReason.password, now=self.now, keep=mine)
        for other in self.rules.sign_ins:
            if other is not kept and other.ended is None:
                other.ended = EndReason.password

    @rule(enabled=st.booleans())
    def disable(self, enabled: bool) -> None:
        was, self.account.enabled = self.account.enabled, enabled
        self.session.flush()
        if was and not enabled:
            for kept in self.rules.sign_ins:
                kept.ended = kept.ended or EndReason.disabled

    @rule(source=st.sampled_from(SOURCES), times=st.integers(1, 7))
    def guess(self, source: str, times: int) -> None:
        door = Door(Kind.account_source, ("student", source))
        for _ in range(times):
            assert attempts.count(self.session, "s", door, now=self.now) == self._count(self.rules.counted[source])

    def _count(self, counted: Counted) -> int | None:
        if counted.until is not None and counted.until > self.now:
            return None
        if counted.failures == 0 or counted.until is not None or self.now - counted.since >= HALF_DAY:
            counted.failures, counted.since, counted.until = 0, self.now, None
        counted.failures += 1
        counted.until = self.now + QUARTER if counted.failures >= 5 else None
        return counted.failures

    @rule(source=st.sampled_from(SOURCES))
    def right_password(self, source: str) -> None:
        attempts.clear(self.session, "s", [Door(Kind.account_source, ("student", source))])
        self.rules.counted[source] = Counted()

    @invariant()
    def a_lock_is_where_the_rules_put_it(self) -> None:
        for source, counted in self.rules.counted.items():
            door = Door(Kind.account_source, ("student", source))
            until = attempts.wait_for(self.session, "s", [door], now=self.now)
            assert until == (counted.until if counted.until is not None and counted.until > self.now else None)

    @invariant()
    def what_was_ended_stays_ended(self) -> None:
        for kept in self.rules.sign_ins:
            if kept.ended is not None:
                row = sessions.find(self.session, kept.token)
                assert row is not None
                self.session.refresh(row)
                assert row.end_reason is kept.ended


@pytest.fixture(scope="module")
def pupil(servers: Servers, engine_name: str) -> Iterator[Session]:
    """A session on the demo school that is never committed."""
    engine = create_engine(**engine_options(servers.copy(engine_name, "school")))
    with Session(engine) as session:
        sign(session, Signature(None, "測試"))
        yield session
        session.rollback()
    engine.dispose()


def test_sign_ins_and_locks_follow_the_rules_in_any_order(pupil: Session) -> None:
    SigningIn.session = pupil
    run_state_machine_as_test(
        SigningIn,
        settings=settings(
            max_examples=300 if SOAK else 25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
