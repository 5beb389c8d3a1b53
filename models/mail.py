"""信件: the outbox. A mail is written in the transaction that causes it and sent later, by a job."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Boolean, DateTime, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped

from models.base import Encrypted, Entity, field, link
from models.people import Account
from models.vocabulary import Act, Division, Subject, Term


class MailState(Term):
    """How far a mail has come."""

    waiting = "待寄"
    sending = "寄送中"
    sent = "已寄出"
    failed = "寄送失敗"
    withdrawn = "已取消"


class Mail(Entity):
    """One mail to one person. Address, subject and text are encrypted; a text with a one-time link is emptied once it was sent."""

    __tablename__ = "mail"
    __zh__ = "信件"
    __subject__ = Subject.accounts
    __write_act__ = Act.manage
    __natural_key__ = ("message_id",)
    __table_args__ = (Index(None, "state", "try_after"), Index(None, "division", "created_at"))

    account_id: Mapped[int | None] = field("收件帳號", ForeignKey("account.id"), index=True)
    division: Mapped[Division] = field("部別", default=Division.day)
    kind: Mapped[str] = field("信件種類", String(40), index=True)
    mail_to: Mapped[str] = field("收件人", Encrypted, sensitive=True, local=True)
    mail_subject: Mapped[str] = field("主旨", Encrypted, sensitive=True, local=True)
    mail_body: Mapped[str] = field("內文", Encrypted, sensitive=True, local=True)
    one_time: Mapped[bool] = field("含一次性連結", Boolean, default=False, local=True)
    state: Mapped[MailState] = field("狀態", default=MailState.waiting)
    attempts: Mapped[int] = field("寄送次數", Integer, default=0)
    problem: Mapped[str] = field("寄送結果", String(200), default="")
    try_after: Mapped[dt.datetime] = field("最早寄送時間", DateTime, local=True)
    not_after: Mapped[dt.datetime | None] = field("逾期不寄", DateTime)
    topic: Mapped[str] = field("事由鍵", String(120), default="", index=True, local=True)
    message_id: Mapped[str] = field("信件代碼", String(120), unique=True, local=True)
    created_at: Mapped[dt.datetime] = field("寫入時間", DateTime, index=True)
    sent_at: Mapped[dt.datetime | None] = field("寄出時間", DateTime, index=True)

    account: Mapped[Account | None] = link("收件帳號")

    def __str__(self) -> str:
        return f"{self.kind}（{self.created_at:%m/%d %H:%M}）"
