"""匯入批次: one file brought in by a person, from upload to undo, with what each of its rows was before."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Encrypted, Entity, Words, field, link, sentence
from models.calendar import Semester
from models.people import Account
from models.vocabulary import Act, Subject, Term


class ImportState(Term):
    """How far a batch has come. Only an imported one has changed anything."""

    uploaded = "已上傳"
    checked = "檢查完成"
    imported = "已匯入"
    undone = "已撤銷"
    failed = "失敗"


class ImportBatch(Entity):
    """One file and what became of it. The file itself lies encrypted in the data directory, under its digest, for a few days."""

    __tablename__ = "import_batch"
    __zh__ = "匯入批次"
    __subject__ = Subject.platform
    __write_act__ = Act.manage
    __natural_key__ = ("kind", "digest", "uploaded_at")
    __table_args__ = (
        Index(None, "kind", "uploaded_at"),
        Index(None, "account_id", "uploaded_at"),
        Index(None, "file_kept", "uploaded_at"),
        sentence("state != 'imported' OR imported_at IS NOT NULL", "an_imported_batch_has_its_time"),
        sentence("state != 'undone' OR (imported_at IS NOT NULL AND undone_at IS NOT NULL)", "what_is_undone_was_imported"),
    )

    account_id: Mapped[int] = field("匯入者", ForeignKey("account.id"))
    kind: Mapped[str] = field("匯入種類", String(60))
    semester_id: Mapped[int | None] = field("指定學期", ForeignKey("semester.id"))
    divisions: Mapped[tuple[str, ...]] = field("部別", Words, default=())
    filename: Mapped[str] = field("檔名", String(200))
    digest: Mapped[str] = field("檔案雜湊", String(64), index=True)
    size: Mapped[int] = field("檔案大小", Integer)
    state: Mapped[ImportState] = field("狀態", default=ImportState.uploaded)
    mapping: Mapped[str] = field("欄位對應", Text, default="{}")
    """JSON `{heading: column}`; an empty column leaves the heading unread."""
    rows: Mapped[int] = field("讀取筆數", Integer, default=0, measure="sum")
    added: Mapped[int] = field("新增筆數", Integer, default=0, measure="sum")
    changed: Mapped[int] = field("更新筆數", Integer, default=0, measure="sum")
    unchanged: Mapped[int] = field("不變筆數", Integer, default=0, measure="sum")
    bad: Mapped[int] = field("須修正筆數", Integer, default=0, measure="sum")
    also: Mapped[int] = field("另新增筆數", Integer, default=0)
    outlook: Mapped[str] = field("檢查結果摘要", String(64), default="")
    """A digest of everything the check page said would be written; carrying out anything else is refused."""
    problem: Mapped[str] = field("未完成原因", Text, default="")
    job_id: Mapped[int | None] = field("背景工作編號", Integer)
    file_kept: Mapped[bool] = field("檔案保留中", default=True)
    uploaded_at: Mapped[dt.datetime] = field("上傳時間", DateTime)
    checked_at: Mapped[dt.datetime | None] = field("檢查時間", DateTime)
    imported_at: Mapped[dt.datetime | None] = field("匯入時間", DateTime)
    undone_at: Mapped[dt.datetime | None] = field("撤銷時間", DateTime)
    undone_by_id: Mapped[int | None] = field("撤銷者", ForeignKey("account.id"))

    account: Mapped[Account] = link("匯入者", foreign_keys="ImportBatch.account_id")
    undone_by: Mapped[Account | None] = link("撤銷者", foreign_keys="ImportBatch.undone_by_id")
    semester: Mapped[Semester | None] = link("指定學期")

    def __str__(self) -> str:
        return f"{self.filename}（批次 {self.id}）"


class ImportRow(Base):
    """One row that a batch added, changed or took away, in the order in which it happened; what undoing works from.

    `version` is the row's own after the batch: one that has another now was changed by somebody since.
    """

    __tablename__ = "import_row"
    __zh__ = "匯入批次的資料列"
    __table_args__ = (Index(None, "batch_id", "kind"), Index(None, "kind", "record_id"))

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    batch_id: Mapped[int] = field("匯入批次", ForeignKey("import_batch.id"))
    kind: Mapped[str] = field("資料種類", String(60))
    record_id: Mapped[int] = field("資料編號", Integer)
    verb: Mapped[str] = field("動作", String(10))
    version: Mapped[int] = field("版次", Integer)
    before: Mapped[str | None] = field("原內容", Encrypted)
    """JSON `{column: value}` of what was replaced or taken away; nothing for a row that was added."""
