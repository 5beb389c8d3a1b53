"""Keyed digests over events: what a row says, in one canonical form, sealed with a key derived from the data key.

A digest covers the content as a person would read it, before encryption, so that encrypting it anew breaks no seal. It names its
key, so that one can be rotated. The id is given by the database after the digest is made; the segment binds the two.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.vault import vault

SEALED = (
    "at",
    "account_id",
    "actor",
    "via",
    "post",
    "verb",
    "kind",
    "record_id",
    "division",
    "changes",
    "note",
    "request_id",
)
"""The columns an event's digest covers, in order."""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
Keys = Mapping[str, bytes]


def canonical(purpose: str, values: Mapping[str, Any], names: tuple[str, ...]) -> bytes:
    """The one serialisation: a JSON list of the purpose and the values, times in ISO, enums by name, without spaces."""
    return _JSON.encode([purpose, *[_plain(values[name]) for name in names]]).encode()


def event_bytes(values: Mapping[str, Any]) -> bytes:
    """What an event's digest is made over."""
    return canonical("event.1", values, SEALED)


def seal(content: bytes) -> str:
    """`<key>:<64 hex digits>`, with the newest key."""
    code, key = newest()
    return f"{code}:{hmac.digest(key, content, 'sha256').hex()}"


def holds(content: bytes, sealed: str, keys: Keys) -> bool:
    """Whether `sealed` is the seal of `content` by one of `keys`."""
    code, _, digits = sealed.partition(":")
    key = keys.get(code)
    return key is not None and hmac.compare_digest(hmac.digest(key, content, "sha256").hex(), digits)


def newest() -> tuple[str, bytes]:
    """The key things are sealed with now, and its code."""
    return _derived(vault().keys[0])


def installed() -> dict[str, bytes]:
    """The keys of every data key in use, by code."""
    return dict(_derived(key) for key in vault().keys)


@cache
def _derived(data_key: bytes) -> tuple[str, bytes]:
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"portfolio:audit").derive(data_key)
    return hashlib.sha256(b"code:" + key).hexdigest()[:8], key


def _plain(value: Any) -> Any:
    if value is None or type(value) in (str, int):
        return value
    if isinstance(value, enum.Enum):
        return value.name
    return value.isoformat() if hasattr(value, "isoformat") else value
