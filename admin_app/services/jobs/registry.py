"""Which jobs there are. A job's function lives beside the verbs of its part; it is found because this package is imported whole."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from admin_app import services

Run = Callable[..., dict[str, Any] | None]
MOST_ATTEMPTS = 5


class Unworkable(ValueError):
    """The job cannot be done and trying again would not help; the message says why, in a sentence for the person who asked."""


@dataclass(frozen=True)
class Kind:
    """A kind of job: what it is called, what does it, and how often it is tried."""

    name: str
    zh: str
    run: Run
    most_attempts: int = MOST_ATTEMPTS


@dataclass(frozen=True)
class Beat:
    """How often a periodic job is due: every so many minutes, or daily at a time of day."""

    minutes: int | None = None
    daily_at: dt.time | None = None

    def next_after(self, moment: dt.datetime) -> dt.datetime:
        """The first due time after `moment`."""
        if self.minutes is not None:
            return moment.replace(second=0, microsecond=0) + dt.timedelta(minutes=self.minutes)
        today = dt.datetime.combine(moment.date(), self.daily_at or dt.time())
        return today if today > moment else today + dt.timedelta(days=1)


KINDS: dict[str, Kind] = {}
BEATS: dict[str, Beat] = {}


def job(name: str, *, zh: str, most_attempts: int = MOST_ATTEMPTS) -> Callable[[Run], Run]:
    """Register `run(work, **args)` as the job `name`. What it returns (`{"text": …, "url": …}`) is the result its page shows."""

    def register(run: Run) -> Run:
        if name in KINDS and KINDS[name].run.__qualname__ != run.__qualname__:
            raise ValueError(f"背景工作 {name} 已有另一個函式")
        KINDS[name] = Kind(name, zh, run, most_attempts)
        return run

    return register


def periodic(name: str, *, zh: str, minutes: int | None = None, daily_at: str | None = None) -> Callable[[Run], Run]:
    """Register a job that comes round by itself: every `minutes`, or daily at `"HH:MM"` (Taipei)."""
    if (minutes is None) == (daily_at is None):
        raise ValueError("定期工作須指定 minutes 或 daily_at 其中之一")
    BEATS[name] = Beat(minutes, dt.time.fromisoformat(daily_at) if daily_at else None)
    return job(name, zh=zh)


def kind_zh(name: str) -> str:
    """What a kind is called; a kind that no longer exists keeps its name."""
    return KINDS[name].zh if name in KINDS else name


@cache
def load_all() -> None:
    """Import every module of the services, so that every job is known."""
    for module in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        importlib.import_module(module.name)
