"""通知: short sentences the system has for one person, with the page they are about."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from models.base import Base, field
from models.people import Account


class Notice(Base):
    """One notice for one account. `url` is a path of this system."""

    __tablename__ = "notice"
    __zh__ = "通知"
    __table_args__ = (Index(None, "account_id", "read_at"), Index(None, "account_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    account_id: Mapped[int] = field("帳號", ForeignKey("account.id"))
    text: Mapped[str] = field("內容", String(300))
    url: Mapped[str] = field("相關頁面", String(300), default="")
    created_at: Mapped[dt.datetime] = field("時間", DateTime, index=True)
    read_at: Mapped[dt.datetime | None] = field("閱讀時間", DateTime)


Account.unread_notices = column_property(
    select(func.count(Notice.id))
    .where(Notice.account_id == Account.id, Notice.read_at.is_(None))
    .correlate_except(Notice)
    .scalar_subquery(),
    deferred=True,
    info={"zh": "未讀通知"},
)
"""How many notices an account has not read: loaded with the account by whoever asks for it (`undefer`), one look into an index."""
