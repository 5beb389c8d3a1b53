"""稽核紀錄: who changed or saw what, when, and through which post. Written in the same transaction as the change."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Encrypted, field
from models.vocabulary import Division, Subject


class Event(Base):
    """One thing that happened. `changes` is JSON `{column: [before, after]}`, encrypted because it may hold personal data."""

    __tablename__ = "event"
    __zh__ = "稽核紀錄"
    __subject__ = Subject.event
    __table_args__ = (Index(None, "kind", "record_id"), Index(None, "account_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    at: Mapped[dt.datetime] = field("時間", DateTime, index=True)
    account_id: Mapped[int | None] = field("帳號編號", ForeignKey("account.id"))
    actor: Mapped[str] = field("何人", String(80))
    via: Mapped[str] = field("依據", String(200), default="")
    verb: Mapped[str] = field("動作", String(30))
    kind: Mapped[str] = field("資料種類", String(60))
    record_id: Mapped[int | None] = field("資料編號")
    division: Mapped[Division | None] = field("部別", index=True)
    changes: Mapped[str] = field("變更", Encrypted, default="{}")
    note: Mapped[str] = field("說明", Text, default="")
    request_id: Mapped[str] = field("請求代碼", String(36), default="")
