"""Argon2id. Costs are a setting that cannot be put below what OWASP asks for; a hash made with other costs is renewed at sign-in.

One hash takes tens of MiB and keeps a core busy, so a process does only as many at a time as there are cores: the rest wait their
turn instead of filling the memory. Nobody should hold a database transaction open while waiting.
"""

from __future__ import annotations

import os
import secrets
import threading
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST = ((47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5))
"""OWASP's equivalent minima for Argon2id: KiB of memory with passes over it."""
_turns = threading.BoundedSemaphore(os.cpu_count() or 2)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: KiB of memory, passes, lanes."""

    memory: int = 65_536
    passes: int = 3
    lanes: int = 4

    @property
    def enough(self) -> bool:
        """Whether this is at least one of OWASP's minima."""
        return self.lanes >= 1 and any(self.memory >= memory and self.passes >= passes for memory, passes in LEAST)


class TooCheap(ValueError):
    """Costs below OWASP's minima."""


USUAL = Cost()
_chosen = USUAL


def install(cost: Cost) -> None:
    """Use these costs from now on, in this process."""
    global _chosen
    if not cost.enough:
        raise TooCheap(f"Argon2id 參數低於 OWASP 下限：{cost}")
    _chosen = cost


@cache
def _hasher(cost: Cost) -> PasswordHasher:
    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes)


@cache
def _decoy(cost: Cost) -> str:
    return _hasher(cost).hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """An Argon2id hash."""
    with _turns:
        return _hasher(_chosen).hash(password)


def matches(hashed: str, password: str) -> bool:
    """Whether this is the password of the hash; an empty hash takes as long as any other, and never matches."""
    with _turns:
        try:
            _hasher(_chosen).verify(hashed or _decoy(_chosen), password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(hashed)


def is_outdated(hashed: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _hasher(_chosen).check_needs_rehash(hashed)
