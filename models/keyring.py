"""Which data keys this database is encrypted with: never a key, only what recognises one."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, field


class DataKey(Base):
    """A data key in use, or once in use. Without `retired_at` some values may still need it to be read."""

    __tablename__ = "data_key"
    __zh__ = "資料金鑰"

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    key_id: Mapped[str] = field("金鑰代號", String(8), unique=True)
    check_value: Mapped[str] = field("檢核值", String(64), local=True)
    installed_at: Mapped[dt.datetime] = field("啟用時間", DateTime)
    retired_at: Mapped[dt.datetime | None] = field("停用時間", DateTime)
