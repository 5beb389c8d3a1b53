"""稽核紀錄: who changed or saw what, when, and through which post. Written in the same transaction as the change.

The table only grows: triggers refuse UPDATE, DELETE and TRUNCATE on both engines. On PostgreSQL it is partitioned by month.
"""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import BigInteger, DateTime, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Encrypted, field
from models.vocabulary import Division, Subject

Number = BigInteger().with_variant(Integer, "sqlite")
"""A hundred million events a decade: more than 32 bits hold in the long run."""

_PARTITION = re.compile(r"event_(y\d{4}m\d{2}|other)")


class Event(Base):
    """One thing that happened. `changes` is JSON `{column: [before, after]}`, encrypted because it may hold personal data.

    There is no foreign key to the account: what happened stays true when the account is gone. `digest` seals the content, see
    `models.seals`.
    """

    __tablename__ = "event"
    __zh__ = "稽核紀錄"
    __subject__ = Subject.event
    __table_args__ = (
        Index(None, "at", "id"),
        Index(None, "account_id", "at"),
        Index(None, "kind", "at"),
        Index(None, "kind", "record_id", "at"),
        Index(None, "post", "at"),
        Index(None, "division", "at"),
        Index(None, "verb", "at"),
        Index(None, "request_id"),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, info={"zh": "編號"})
    at: Mapped[dt.datetime] = field("時間", DateTime)
    account_id: Mapped[int | None] = field("帳號編號", Integer)
    actor: Mapped[str] = field("何人", String(80))
    via: Mapped[str] = field("依據", String(200), default="")
    post: Mapped[str] = field("職務", String(60), default="", codes="rule.post")
    verb: Mapped[str] = field("動作", String(30))
    kind: Mapped[str] = field("資料種類", String(60))
    record_id: Mapped[int | None] = field("資料編號")
    division: Mapped[Division | None] = field("部別")
    changes: Mapped[str] = field("變更", Encrypted, default="{}")
    note: Mapped[str] = field("說明", Text, default="")
    request_id: Mapped[str] = field("請求代碼", String(36), default="")
    digest: Mapped[str] = field("驗證碼", String(80), default="", local=True)


def partition_of(month: dt.date) -> str:
    """The PostgreSQL table that holds a month's events."""
    return f"event_y{month:%Y}m{month:%m}"


REST = "event_other"
"""The PostgreSQL table for events of a month nobody has made a partition for."""


def is_partition(name: str | None) -> bool:
    """Whether a table is a part of `event` and no table of its own."""
    return bool(name and _PARTITION.fullmatch(name))
