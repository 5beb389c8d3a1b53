"""Sealed runs of events: what was there when they were sealed, each bound to the one before it.

Whoever changes, removes, adds or swaps events afterwards breaks a seal. The seals are keyed, so that write access to the database
is not enough to make new ones.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Boolean, DateTime, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Encrypted, field
from models.event import Number


class EventSegment(Base):
    """The events of one month with an id from `first_id` to `last_id`, `absent` excepted.

    A run of ids that touches two months makes two segments with the same range. `absent` names the ids of the range that are not
    of this segment (`7,12-15`); `content` is the SHA-256 over the lines `id:digest`; `digest` seals the row and the one before it.
    An expired segment keeps its row when its events are removed; `expiry` seals that too.
    """

    __tablename__ = "event_segment"
    __zh__ = "稽核封存段"
    __table_args__ = (UniqueConstraint("first_id", "month"), Index(None, "month"), Index(None, "sealed_at"))

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, info={"zh": "段號"})
    month: Mapped[str] = field("月份", String(7))
    first_id: Mapped[int] = field("起始編號", Number)
    last_id: Mapped[int] = field("結束編號", Number)
    count: Mapped[int] = field("筆數", Integer)
    absent: Mapped[str] = field("不在段內的編號", Text, default="")
    content: Mapped[str] = field("內容摘要", String(64))
    previous: Mapped[str] = field("前一段的封條", String(80), default="")
    sealed_at: Mapped[dt.datetime] = field("封存時間", DateTime)
    digest: Mapped[str] = field("封條", String(80))
    expired_at: Mapped[dt.datetime | None] = field("屆期清除時間", DateTime)
    expiry: Mapped[str] = field("清除封條", String(80), default="")


class EventKey(Base):
    """A key events were sealed with, kept encrypted: the data key may be rotated and thrown away, its seals stay verifiable."""

    __tablename__ = "event_key"
    __zh__ = "稽核金鑰"

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    code: Mapped[str] = field("金鑰代號", String(8), unique=True)
    secret: Mapped[str] = field("金鑰", Encrypted, local=True)


class EventGate(Base):
    """While a row is here (never in a committed state) the events' `changes` may be encrypted anew, and nothing else."""

    __tablename__ = "event_gate"
    __zh__ = "稽核重新加密閘門"

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})


class EventCheck(Base):
    """One run of `verify`: how far it came, and what it found. `findings` are sentences, one a line."""

    __tablename__ = "event_check"
    __zh__ = "稽核驗證紀錄"
    __table_args__ = (Index(None, "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    started_at: Mapped[dt.datetime] = field("開始時間", DateTime)
    finished_at: Mapped[dt.datetime | None] = field("完成時間", DateTime)
    whole: Mapped[bool] = field("全部驗證", Boolean, default=False)
    first_number: Mapped[int] = field("起始段號", Integer, default=0)
    to_number: Mapped[int] = field("結束段號", Integer, default=0)
    last_number: Mapped[int] = field("已驗證到的段號", Integer, default=0)
    last_digest: Mapped[str] = field("已驗證到的封條", String(80), default="")
    events: Mapped[int] = field("驗證筆數", Number, default=0)
    problems: Mapped[int] = field("異常數", Integer, default=0)
    findings: Mapped[str] = field("異常", Text, default="")
