"""What the ten categories of 多元表現 have in common: 內容簡述, the name of a proof and a link to a film."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from models.base import field, sentence
from models.records.base import StudentRecord
from models.records.rules import BRIEF_LENGTH, fits, is_a_web_address, only_once
from models.vocabulary import Subject, Term

WHAT = "內容"
PROOF = "簡述與證明"


class AchievementState(Term):
    """Where an achievement stands on its way to the national database; nobody certifies it."""

    draft = "未勾選"
    selected = "勾選"
    submitted = "總提交"
    received = "收訖"
    confirmed = "確認"
    questioned = "問題回報"


class Achievement(StudentRecord):
    """One thing a student did in or out of school, recorded by the student. None is recorded twice."""

    __abstract__ = True
    __subject__ = Subject.achievement

    brief: Mapped[str] = field(
        "內容簡述", String(BRIEF_LENGTH), default="", help=f"最多 {BRIEF_LENGTH} 字，寫做了什麼、學到什麼", group=PROOF
    )
    proof_name: Mapped[str] = field(
        "證明文件名稱", String(100), default="", help="可佐證這一筆的文件", example="研習證明書", group=PROOF
    )
    external_link: Mapped[str] = field(
        "外部影音連結",
        String(300),
        default="",
        help="以 https:// 開頭的網址",
        example="https://video.example.tw/115",
        group=PROOF,
        keyboard="url",
    )
    state: Mapped[AchievementState] = field("提交狀態", default=AchievementState.draft)
    question: Mapped[str] = field("問題回報內容", String(200), default="", help="學生對收訖明細的問題")

    @classmethod
    def constraints(cls) -> tuple[Any, ...]:
        return (
            fits("brief", BRIEF_LENGTH),
            is_a_web_address("external_link"),
            sentence("state <> 'questioned' OR question <> ''", "a_question_says_what"),
            only_once(cls.__tablename__, "student_id", "semester_id", *cls.__natural_key__[2:]),
        )
