"""應登錄名單 of 體育競賽, which 體育組 confirms (五-(四)-4). It never gates what a student records."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import Date, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.contest import Contest
from models.records.base import StudentRecord
from models.records.computed import computed
from models.records.matching import MATCH_HELP, Match, match_of, same_day_and_award
from models.records.rules import only_once
from models.vocabulary import Act, Subject


class SportsWinner(StudentRecord):
    """A student who should have recorded an award of a sports contest."""

    __tablename__ = "sports_winner"
    __zh__ = "體育競賽應登錄名單"
    __subject__ = Subject.sports_contest
    __write_act__ = Act.confirm
    __natural_key__ = ("student", "semester", "contest_name", "item", "won_on")

    contest_name: Mapped[str] = field("競賽名稱", String(80), index=True, example="全國中等學校運動會")
    item: Mapped[str] = field("項目(組別)", String(60), default="", example="田徑 100 公尺（高男組）")
    level: Mapped[str] = field("競賽等級", String(2), index=True, codes="contest_level", example="3")
    award: Mapped[str] = field("獎項", String(40), default="", help="留白則不比對獎項", example="第三名")
    won_on: Mapped[dt.date] = field("結果公布日期", Date, example="1151025")
    confirmed_on: Mapped[dt.date | None] = field("確認日期", Date, help="本單位與學生登錄核對完成之日")
    remark: Mapped[str] = field(
        "備註", String(200), default="", help="核對時發現的問題，沒有時留白", example="獎狀日期與登錄不符，已請學生更正"
    )

    if TYPE_CHECKING:
        match: Mapped[Match]

    @classmethod
    def constraints(cls) -> tuple[UniqueConstraint, ...]:
        return (only_once(cls.__tablename__, "student_id", "semester_id", "contest_name", "item", "won_on"),)

    def __str__(self) -> str:
        return f"{self.student.name} {self.contest_name} {self.award}".rstrip()


SportsWinner.match = computed(
    "登錄情形",
    match_of(
        select(Contest.id)
        .where(Contest.student_id == SportsWinner.student_id, Contest.name == SportsWinner.contest_name)
        .correlate_except(Contest),
        same_day_and_award(Contest.announced_on, SportsWinner.won_on, Contest.award, SportsWinner.award),
    ),
    help=MATCH_HELP,
)
