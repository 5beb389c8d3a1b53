"""Signing in: sessions kept on the server, failed attempts counted, one-time links, and the passwords an account had before.

None of these is an `Entity`: nobody opens or edits them as rows. What matters in them is an event of its own. Tokens are never
kept, only their digests.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column

from models.base import Base, Words, field, link
from models.people import Account
from models.vocabulary import EndReason, LinkPurpose, SignInMethod


def _owner() -> Mapped[int]:
    return field("帳號", ForeignKey("account.id", ondelete="CASCADE"), index=True)


class SignInSession(Base):
    """One sign-in of one browser. The browser holds a random token, this row its digest and all else."""

    __tablename__ = "sign_in_session"
    __zh__ = "登入"

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    digest: Mapped[str] = field("代符摘要", String(64), unique=True)
    account_id: Mapped[int] = _owner()
    method: Mapped[SignInMethod] = field("登入方式")
    source: Mapped[str] = field("來源", String(45), default="")
    device: Mapped[str] = field("裝置", String(60), default="")
    posts: Mapped[tuple[str, ...]] = field("登入時的職務", Words, default=())
    created_at: Mapped[dt.datetime] = field("登入時間", DateTime)
    seen_at: Mapped[dt.datetime] = field("最近使用", DateTime, index=True)
    confirmed_at: Mapped[dt.datetime | None] = field("最近確認身分", DateTime)
    second_factor_at: Mapped[dt.datetime | None] = field("第二因素通過", DateTime)
    ended_at: Mapped[dt.datetime | None] = field("結束時間", DateTime, index=True)
    end_reason: Mapped[EndReason | None] = field("結束原因")

    account: Mapped[Account] = link("帳號", passive_deletes=True)


class SignInCounter(Base):
    """Failures counted under a key (account and source, account and device, source, …) so that all workers see them.

    `key` is a digest: no name or address can be read from it. `failures` drains with time, see `services.attempts`.
    """

    __tablename__ = "sign_in_counter"
    __zh__ = "登入失敗計數"

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    key: Mapped[str] = field("鍵", String(64), unique=True)
    failures: Mapped[int] = field("次數", Integer, default=0)
    counted_at: Mapped[dt.datetime] = field("最近計次", DateTime, index=True)
    locked_until: Mapped[dt.datetime | None] = field("鎖定至", DateTime)


class OneTimeLink(Base):
    """A link that opens an account once: made by those who keep the accounts, or sent to the account's own mail address."""

    __tablename__ = "one_time_link"
    __zh__ = "一次性連結"

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    digest: Mapped[str] = field("代符摘要", String(64), unique=True)
    account_id: Mapped[int] = _owner()
    purpose: Mapped[LinkPurpose] = field("用途")
    created_at: Mapped[dt.datetime] = field("產生時間", DateTime)
    expires_at: Mapped[dt.datetime] = field("期限", DateTime, index=True)
    used_at: Mapped[dt.datetime | None] = field("使用時間", DateTime)

    account: Mapped[Account] = link("帳號", passive_deletes=True)


class FormerPassword(Base):
    """A password hash the account had before, so that the same password is not chosen again."""

    __tablename__ = "former_password"
    __zh__ = "用過的密碼"
    __table_args__ = (Index(None, "account_id", "replaced_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    account_id: Mapped[int] = field("帳號", ForeignKey("account.id", ondelete="CASCADE"))
    password_hash: Mapped[str] = field("密碼雜湊", String(200))
    replaced_at: Mapped[dt.datetime] = field("換掉的時間", DateTime)

    account: Mapped[Account] = link("帳號", passive_deletes=True)


Account.open_sign_ins = column_property(
    select(func.count(SignInSession.id))
    .where(SignInSession.account_id == Account.id, SignInSession.ended_at.is_(None))
    .correlate_except(SignInSession)
    .scalar_subquery(),
    deferred=True,
    info={"zh": "登入中的裝置", "local": True},
)
"""How many browsers are signed in; those that ran out are ended by a routine every ten minutes."""
