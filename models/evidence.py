"""Files students hand in: what was received, under which receipt, and the manifest that outlives a lost disk.

One content is kept once, under its SHA-256 (`StoredFile`); each arrival is a row of its own (`UploadedFile`) with its receipt. The
manifest (`ManifestLine`) only grows: triggers refuse UPDATE and DELETE on both engines, and each line holds the digest of the one
before it, so that a copy of it elsewhere proves what was here.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Entity, field, link, sentence
from models.event import Number
from models.people import Account, Student
from models.records.learning_outcome import LearningOutcome
from models.vocabulary import Act, Subject, Term

OUTCOME = LearningOutcome.__tablename__
LONGEST_NAME = 255
LONGEST_KEY = 64


class FileKind(Term):
    """What a file is, by its content and never by its name."""

    pdf = "PDF"
    jpg = "JPEG 圖片"
    png = "PNG 圖片"
    mp3 = "MP3 錄音"
    mp4 = "MP4 影片"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self.name]

    @property
    def is_document(self) -> bool:
        """文件檔 (證明文件, 成果文件), as against 影音檔."""
        return self.name in ("pdf", "jpg", "png")

    @property
    def is_image(self) -> bool:
        return self.name in ("jpg", "png")


_MEDIA_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "mp3": "audio/mpeg", "mp4": "video/mp4"}


class LimitKind(Term):
    """A figure the school or the national rule sets for a school year."""

    document_kb = "文件檔大小上限（KB）"
    media_kb = "影音檔大小上限（KB）"
    documents_per_record = "每一筆的文件檔個數"
    media_per_record = "每一筆的影音檔個數"
    student_mb = "每位學生每學年檔案總量（MB）"
    outcomes_per_semester = "每學期課程學習成果件數"
    selected_outcomes = "每學年勾選課程學習成果件數"
    selected_achievements = "每學年勾選多元表現件數"


class UploadLimit(Entity):
    """上傳限制: a figure, the school year it holds from, and where it comes from. The newest row not after a year decides it."""

    __tablename__ = "upload_limit"
    __zh__ = "上傳限制"
    __subject__ = Subject.calendar
    __write_act__ = Act.open_semester
    __natural_key__ = ("kind", "from_year")
    __table_args__ = (
        UniqueConstraint("kind", "from_year"),
        sentence("figure >= 0", "is_not_negative"),
        sentence("from_year BETWEEN 100 AND 199", "is_a_roc_year"),
    )

    kind: Mapped[LimitKind] = field("項目", example="文件檔大小上限（KB）")
    from_year: Mapped[int] = field("自學年度", Integer, help="自這一學年度起適用，到下一筆為止", example="115")
    figure: Mapped[int] = field("數值", Integer, example="4096")
    source: Mapped[str] = field("依據", String(200), default="", help="來文文號或會議決議", example="工作小組決議")

    def __str__(self) -> str:
        return f"{self.kind.zh}（{self.from_year} 學年度起）"


class StoredFile(Entity):
    """One content in the store, kept once. `shown` is what people are shown of a photo that told where it was taken."""

    __tablename__ = "stored_file"
    __zh__ = "保存的檔案"
    __subject__ = Subject.platform
    __write_act__ = Act.manage
    __natural_key__ = ("sha256",)
    __table_args__ = (
        sentence("length(sha256) = 64", "sha256_has_64_digits"),
        sentence("size > 0", "is_positive"),
        Index(None, "copied_at", "id"),
    )

    sha256: Mapped[str] = field("SHA-256", String(64), unique=True)
    size: Mapped[int] = field("大小", BigInteger().with_variant(Integer, "sqlite"), measure="sum")
    kind: Mapped[FileKind] = field("種類")
    stored_at: Mapped[dt.datetime] = field("收檔時間", DateTime)
    copied_at: Mapped[dt.datetime | None] = field("異地備份時間", DateTime, help="異地的副本讀回並核對雜湊之後才填")
    shown_id: Mapped[int | None] = field("去除拍攝資訊的版本", ForeignKey("stored_file.id"), index=True)

    shown: Mapped[StoredFile | None] = link("去除拍攝資訊的版本", remote_side="StoredFile.id")

    @property
    def served(self) -> StoredFile:
        """What leaves the store: never a photo that tells where it was taken."""
        return self.shown or self

    def __str__(self) -> str:
        return f"{self.kind.zh} {self.sha256[:12]}…"


class UploadedFile(Entity):
    """One arrival: who sent what when, under which receipt, and which record claims it (None: none yet)."""

    __tablename__ = "uploaded_file"
    __zh__ = "收檔紀錄"
    __subject__ = Subject.outcome
    __natural_key__ = ("receipt_no",)
    __table_args__ = (
        UniqueConstraint("student_id", "key"),
        sentence("(record_kind IS NULL) = (record_id IS NULL)", "a_claim_names_its_record"),
        sentence("length(key) > 0", "key_is_written"),
        Index(None, "record_kind", "record_id"),
        Index(None, "released_at"),
        Index(None, "student_id", "received_at"),
    )

    student_id: Mapped[int] = field("學生", ForeignKey("student.id"))
    stored_file_id: Mapped[int] = field("檔案", ForeignKey("stored_file.id"), index=True)
    name: Mapped[str] = field("檔名", String(LONGEST_NAME), help="學生裝置上的檔名")
    began_at: Mapped[dt.datetime] = field("開始傳送時間", DateTime)
    received_at: Mapped[dt.datetime] = field("收檔時間", DateTime)
    key: Mapped[str] = field("不重複鍵", String(LONGEST_KEY))
    receipt_no: Mapped[str] = field("收檔憑證號", String(20), unique=True)
    record_kind: Mapped[str | None] = field("所屬資料種類", String(60))
    record_id: Mapped[int | None] = field("所屬資料編號", Integer)
    released_at: Mapped[dt.datetime | None] = field("不屬於任何資料的起算時間", DateTime)
    uploaded_by_id: Mapped[int] = field("上傳者", ForeignKey("account.id"), index=True)

    student: Mapped[Student] = link("學生")
    stored_file: Mapped[StoredFile] = link("檔案", lazy="joined", innerjoin=True)
    uploaded_by: Mapped[Account] = link("上傳者")

    @property
    def is_claimed(self) -> bool:
        return self.record_kind is not None

    def __str__(self) -> str:
        return self.receipt_no


class ManifestDeed(Term):
    """What a line of the manifest says happened."""

    received = "收檔"
    removed = "移除"


class ManifestLine(Base):
    """One line of 收檔總帳. It names no person: the receipt does, through its row, while there is one."""

    __tablename__ = "manifest_line"
    __zh__ = "收檔總帳"
    __table_args__ = (Index(None, "receipt_no"), Index(None, "sha256"))

    sequence: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False, info={"zh": "序號"})
    deed: Mapped[ManifestDeed] = field("事由", default=ManifestDeed.received)
    sha256: Mapped[str] = field("SHA-256", String(64))
    size: Mapped[int] = field("大小", Number)
    shown_sha256: Mapped[str] = field("去除拍攝資訊後的 SHA-256", String(64), default="")
    receipt_no: Mapped[str] = field("收檔憑證號", String(20))
    received_at: Mapped[dt.datetime] = field("時間", DateTime)
    previous: Mapped[str] = field("前一行的摘要", String(64), default="")
    digest: Mapped[str] = field("摘要", String(64))

    @property
    def text(self) -> str:
        """The line as it is exported; anybody can work out its digest with `sha256sum`."""
        at = self.received_at.isoformat(timespec="microseconds")
        said = (self.sequence, self.deed.name, self.sha256, self.size, self.shown_sha256 or "-", self.receipt_no, at)
        return "\t".join(map(str, (*said, self.previous or "-")))

    def computed(self) -> str:
        """The digest the line must have."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class StoreStop(Base):
    """While one of these has not ended the store takes nothing in: a disk said it had not kept what it was given."""

    __tablename__ = "store_stop"
    __zh__ = "暫停收檔"
    __table_args__ = (Index(None, "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    began_at: Mapped[dt.datetime] = field("開始時間", DateTime)
    reason: Mapped[str] = field("原因", String(200))
    host: Mapped[str] = field("主機", String(120), default="")
    ended_at: Mapped[dt.datetime | None] = field("解除時間", DateTime)
    ended_by: Mapped[str] = field("解除者", String(80), default="")


class StoreCheck(Base):
    """One run of `verify` over the store. `findings` are sentences, one a line."""

    __tablename__ = "store_check"
    __zh__ = "檔案驗證紀錄"
    __table_args__ = (Index(None, "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    started_at: Mapped[dt.datetime] = field("開始時間", DateTime)
    finished_at: Mapped[dt.datetime | None] = field("完成時間", DateTime)
    whole: Mapped[bool] = field("全部驗證", Boolean, default=False)
    last_id: Mapped[int] = field("已驗證到的檔案編號", Integer, default=0)
    files: Mapped[int] = field("檔案數", Integer, default=0)
    bytes: Mapped[int] = field("位元組數", Number, default=0)
    problems: Mapped[int] = field("異常數", Integer, default=0)
    findings: Mapped[str] = field("異常", Text, default="")
