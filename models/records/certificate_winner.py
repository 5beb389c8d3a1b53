"""應登錄名單 of 技能證照 and 技藝技能競賽, which 實習處 confirms (五-(四)-3). It never gates what a student records."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import Date, String, UniqueConstraint, case, select
from sqlalchemy.orm import Mapped

from models.base import field
from models.records.achievements.certificate import Certificate
from models.records.achievements.contest import Contest
from models.records.base import StudentRecord
from models.records.computed import computed
from models.records.matching import MATCH_HELP, Match, match_of, same_day_and_award
from models.vocabulary import Act, Subject, Term


class WinnerKind(Term):
    """What was won."""

    certificate = "證照"
    skill_contest = "技藝技能競賽"


class CertificateWinner(StudentRecord):
    """A student who should have recorded a certificate or an award of a skills contest."""

    __tablename__ = "certificate_winner"
    __zh__ = "技能證照及技藝技能競賽應登錄名單"
    __subject__ = Subject.certificate_or_skill_contest
    __write_act__ = Act.confirm
    __natural_key__ = ("student", "semester", "kind", "name", "won_on")

    kind: Mapped[WinnerKind] = field("類別", index=True, example="證照")
    name: Mapped[str] = field("證照或競賽名稱", String(80), index=True, example="機械加工丙級")
    level: Mapped[str] = field("競賽等級", String(2), default="", codes="contest_level", help="證照留白")
    award: Mapped[str] = field("獎項或證照字號", String(40), default="", help="留白則不比對獎項（字號）", example="000-123456")
    won_on: Mapped[dt.date] = field("取得或公布日期", Date, example="1150812")
    confirmed_on: Mapped[dt.date | None] = field("確認日期", Date, help="本單位與學生登錄核對完成之日")
    remark: Mapped[str] = field(
        "備註", String(200), default="", help="核對時發現的問題，沒有時留白", example="證號缺漏，已請學生補登"
    )

    if TYPE_CHECKING:
        match: Mapped[Match]

    @classmethod
    def constraints(cls) -> tuple[UniqueConstraint, ...]:
        return (UniqueConstraint("student_id", "semester_id", "kind", "name", "won_on"),)

    def __str__(self) -> str:
        return f"{self.student.name} {self.name} {self.award}".rstrip()


_certificates = select(Certificate.id).where(
    Certificate.student_id == CertificateWinner.student_id, Certificate.name == CertificateWinner.name
)
_contests = select(Contest.id).where(Contest.student_id == CertificateWinner.student_id, Contest.name == CertificateWinner.name)

CertificateWinner.match = computed(
    "登錄情形",
    case(
        (
            CertificateWinner.kind == WinnerKind.certificate,
            match_of(
                _certificates.correlate_except(Certificate),
                same_day_and_award(Certificate.obtained_on, CertificateWinner.won_on, Certificate.number, CertificateWinner.award),
            ),
        ),
        else_=match_of(
            _contests.correlate_except(Contest),
            same_day_and_award(Contest.announced_on, CertificateWinner.won_on, Contest.award, CertificateWinner.award),
        ),
    ),
    help=MATCH_HELP,
)
