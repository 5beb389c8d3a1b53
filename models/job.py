"""背景工作: work done outside a request, as rows. The row is the truth; whatever runs it may die at any moment."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Encrypted, field, sentence
from models.vocabulary import Term


class JobState(Term):
    """How far a job has come."""

    queued = "等候中"
    running = "執行中"
    done = "完成"
    failed = "失敗"


class Job(Base):
    """One piece of work. Written in the transaction that asks for it: rolled back with it, and never lost once committed.

    `claim` names the runner that has it now; only that runner may write progress or finish it. `dedupe` is unique among the
    unfinished: asking twice for the same work gives one job.
    """

    __tablename__ = "job"
    __zh__ = "背景工作"
    __table_args__ = (
        Index(None, "state", "run_after"),
        Index(None, "account_id", "id"),
        sentence("done >= 0 AND total >= 0", "progress_is_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info={"zh": "編號"})
    kind: Mapped[str] = field("工作", String(60))
    args: Mapped[str] = field("內容", Encrypted, default="{}")
    state: Mapped[JobState] = field("狀態", default=JobState.queued)
    account_id: Mapped[int | None] = field("申請人", ForeignKey("account.id"))
    request_id: Mapped[str] = field("請求代碼", String(36), default="")
    dedupe: Mapped[str | None] = field("不重複鍵", String(120), unique=True)
    done: Mapped[int] = field("已完成筆數", Integer, default=0)
    total: Mapped[int] = field("總筆數", Integer, default=0)
    message: Mapped[str] = field("進度", String(200), default="")
    result: Mapped[str] = field("結果", Encrypted, default="{}")
    attempts: Mapped[int] = field("次數", Integer, default=0)
    run_after: Mapped[dt.datetime] = field("最早執行時間", DateTime)
    claim: Mapped[str | None] = field("執行者", String(80))
    beat_at: Mapped[dt.datetime | None] = field("最近回報時間", DateTime)
    created_at: Mapped[dt.datetime] = field("申請時間", DateTime)
    started_at: Mapped[dt.datetime | None] = field("開始時間", DateTime)
    finished_at: Mapped[dt.datetime | None] = field("結束時間", DateTime, index=True)


class Routine(Base):
    """When a periodic job is next due. Whoever moves `due_at` on, of all workers on all hosts, is the one who asks for the job."""

    __tablename__ = "routine"
    __zh__ = "定期工作"

    kind: Mapped[str] = mapped_column(String(60), primary_key=True, info={"zh": "工作"})
    due_at: Mapped[dt.datetime] = field("下次時間", DateTime)
