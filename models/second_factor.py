"""What a person proves beside a password: 驗證器 (TOTP), 備用碼, 通行密鑰 (passkeys); and the school account matched to an account.

None of these rows is opened or edited in a grid: they are made, used and removed by verbs (`admin_app.services.factors`), and
each of those leaves an event on the account.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Encrypted, Words, field
from models.vocabulary import Term


class Purpose(Term):
    """What a short-lived challenge was made for: one made for one purpose answers no other."""

    second_step = "登入第二步"
    totp_enrol = "設定驗證器"
    passkey_enrol = "登記通行密鑰"
    passkey_sign_in = "以通行密鑰登入"
    passkey_confirm = "以通行密鑰再次確認"
    oidc = "以學校帳號登入"


class Required(Term):
    """Of whom the school requires a second factor (`PORTFOLIO_REQUIRE_SECOND_FACTOR`)."""

    posts = "管帳號與檢核彙整者"
    staff = "全體教職員"
    none = "不要求"


class Totp(Base):
    """驗證器: the shared secret of an authenticator app; one per account. A time step is used once."""

    __tablename__ = "totp"
    __zh__ = "驗證器"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, info={"zh": "帳號"}
    )
    secret: Mapped[str] = field("密鑰", Encrypted)
    enrolled_at: Mapped[dt.datetime] = field("設定時間", DateTime)
    last_step: Mapped[int] = field("最近用過的時段", BigInteger)
    last_used_at: Mapped[dt.datetime | None] = field("最近使用", DateTime)


class RecoveryCode(Base):
    """備用碼: one of ten, for the day the phone is lost. Stored hashed; `hint` (its first letters) finds it without trying all."""

    __tablename__ = "recovery_code"
    __zh__ = "備用碼"
    __table_args__ = (UniqueConstraint("account_id", "hint"),)

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    account_id: Mapped[int] = field("帳號", ForeignKey("account.id", ondelete="CASCADE"))
    hint: Mapped[str] = field("開頭", String(2))
    hashed: Mapped[str] = field("雜湊", String(200))
    made_at: Mapped[dt.datetime] = field("產生時間", DateTime)
    used_at: Mapped[dt.datetime | None] = field("使用時間", DateTime)


class Passkey(Base):
    """通行密鑰: a key pair on the person's device; only the public half is here."""

    __tablename__ = "passkey"
    __zh__ = "通行密鑰"

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    account_id: Mapped[int] = field("帳號", ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = field("名稱", String(40))
    credential_id: Mapped[str] = field("憑證編號", String(1400), unique=True)
    public_key: Mapped[str] = field("公鑰", Text)
    user_handle: Mapped[str] = field("使用者代號", String(88))
    sign_count: Mapped[int] = field("使用次數", BigInteger, default=0)
    transports: Mapped[tuple[str, ...]] = field("連接方式", Words, default=())
    synced: Mapped[bool] = field("可同步", Boolean, default=False)
    made_at: Mapped[dt.datetime] = field("登記時間", DateTime)
    last_used_at: Mapped[dt.datetime | None] = field("最近使用", DateTime)
    suspected_at: Mapped[dt.datetime | None] = field("疑遭複製", DateTime)


class SchoolIdentity(Base):
    """學校帳號 of the school's sign-in service: matched by mail once, known by its subject ever after."""

    __tablename__ = "school_identity"
    __zh__ = "學校帳號"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("account_id", "issuer"))

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    account_id: Mapped[int] = field("帳號", ForeignKey("account.id", ondelete="CASCADE"))
    issuer: Mapped[str] = field("發行者", String(200))
    subject: Mapped[str] = field("識別碼", String(255))
    linked_at: Mapped[dt.datetime] = field("連結時間", DateTime)
    last_used_at: Mapped[dt.datetime | None] = field("最近使用", DateTime)


class Challenge(Base):
    """A question asked a moment ago, answered once: a passkey challenge, an OIDC state, a sign-in waiting for its second step."""

    __tablename__ = "challenge"
    __zh__ = "登入提問"
    __table_args__ = (Index(None, "expires_at"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True, info={"zh": "摘要"})
    purpose: Mapped[Purpose] = field("用途")
    account_id: Mapped[int | None] = field("帳號", ForeignKey("account.id", ondelete="CASCADE"), index=True)
    facts: Mapped[str] = field("內容", Encrypted, default="{}")
    tries: Mapped[int] = field("失敗次數", Integer, default=0)
    expires_at: Mapped[dt.datetime] = field("期限", DateTime)
