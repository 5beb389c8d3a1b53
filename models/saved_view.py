"""檢視: how a person likes to see a grid, kept under a name; their own, or shared with their unit.

A view holds what stands in the grid's address, and nothing else: whoever opens it sees only the rows the policy lets them see.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    Boolean,
    DateTime,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from models.base import Base, field, link
from models.people import Account

FIELD, LINE = "\t", "\n"
"""What separates the parts of `Account.chosen_views`; no view's name holds either."""


class SavedView(Base):
    """One view of one grid. `revision` rises with each change, so that two people cannot overwrite each other."""

    __tablename__ = "saved_view"
    __zh__ = "檢視"
    __table_args__ = (UniqueConstraint("account_id", "grid", "name"), Index(None, "grid", "unit"))

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    revision: Mapped[int] = mapped_column(default=1, info={"zh": "版次"})
    account_id: Mapped[int] = field("擁有者", ForeignKey("account.id", ondelete="CASCADE"))
    grid: Mapped[str] = field("清單", String(60))
    name: Mapped[str] = field("名稱", String(40), example="機一甲待認證")
    state: Mapped[str] = field("條件", Text)
    unit: Mapped[str] = field("分享單位", String(60), default="", codes="rule.unit")
    changed_at: Mapped[dt.datetime] = field("最後修改", DateTime)

    account: Mapped[Account] = link("擁有者")

    @property
    def shared(self) -> bool:
        return bool(self.unit)

    __mapper_args__: Any = {"version_id_col": revision}


class ViewChoice(Base):
    """What one person does with a view, their own or a shared one."""

    __tablename__ = "view_choice"
    __zh__ = "檢視的使用"
    __table_args__ = (UniqueConstraint("account_id", "view_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    account_id: Mapped[int] = field("帳號", ForeignKey("account.id", ondelete="CASCADE"))
    view_id: Mapped[int] = field("檢視", ForeignKey("saved_view.id", ondelete="CASCADE"), index=True)
    pinned: Mapped[bool] = field("釘選在側邊選單", Boolean, default=False)
    is_default: Mapped[bool] = field("我的預設", Boolean, default=False)

    view: Mapped[SavedView] = link("檢視")


def _line() -> Any:
    """One view as a line: id, grid, unit, whether it is the person's own, pinned, the default; last its name."""
    flags = (SavedView.account_id == ViewChoice.account_id, ViewChoice.pinned, ViewChoice.is_default)
    parts = (
        cast(SavedView.id, String),
        SavedView.grid,
        SavedView.unit,
        *(case((each, literal("1")), else_=literal("0")) for each in flags),
        SavedView.name,
    )
    line = parts[0]
    for part in parts[1:]:
        line = line + literal(FIELD) + part
    return cast(line, Text)


Account.chosen_views = column_property(
    select(func.coalesce(func.aggregate_strings(_line(), LINE), literal("")))
    .select_from(ViewChoice)
    .join(SavedView, SavedView.id == ViewChoice.view_id)
    .where(ViewChoice.account_id == Account.id)
    .correlate_except(ViewChoice, SavedView)
    .scalar_subquery(),
    deferred=True,
    info={"zh": "使用中的檢視"},
)
"""The views a person has saved or chosen: loaded with the account by whoever asks for it, one look into an index."""
