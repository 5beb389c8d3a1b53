"""帳號清查: once a school year each unit's head goes through the accounts of the unit and says what becomes of each."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Entity, field, link, sentence
from models.calendar import SchoolYear
from models.people import Account
from models.vocabulary import Act, Division, Subject, Term


class ReviewFinding(Term):
    """What becomes of an account: kept, disabled, or its posts need changing first."""

    keep = "保留"
    disable = "停用"
    change = "職務異動"


class AccessReview(Entity):
    """年度帳號清查 of one unit and the units under it. Opened by the keepers of accounts, confirmed by the unit's head."""

    __tablename__ = "access_review"
    __zh__ = "帳號清查"
    __subject__ = Subject.access_review
    __write_act__ = Act.manage
    __natural_key__ = ("school_year", "unit")
    __table_args__ = (
        UniqueConstraint("school_year_id", "unit"),
        sentence("confirmed_on IS NULL OR confirmed_by <> ''", "a_confirmed_review_names_who"),
    )

    school_year_id: Mapped[int] = field("學年度", ForeignKey("school_year.id"))
    unit: Mapped[str] = field("單位", String(60), codes="rule.unit", index=True)
    division: Mapped[Division] = field("部別", index=True)
    opened_on: Mapped[dt.date] = field("開始日", Date)
    due_on: Mapped[dt.date] = field("請於何日前確認", Date)
    reminded_on: Mapped[dt.date | None] = field("最近提醒", Date)
    confirmed_on: Mapped[dt.date | None] = field("確認日", Date)
    confirmed_by: Mapped[str] = field("確認人", String(80), default="")

    school_year: Mapped[SchoolYear] = link("學年度")

    def __str__(self) -> str:
        return f"{self.school_year} {self.unit}"


class AccessReviewLine(Entity):
    """One account in a review, with its posts as they were when the review was opened."""

    __tablename__ = "access_review_line"
    __zh__ = "帳號清查名單"
    __subject__ = Subject.access_review
    __write_act__ = Act.confirm
    __natural_key__ = ("review", "account")
    __table_args__ = (UniqueConstraint("review_id", "account_id"), Index(None, "division", "unit"))

    review_id: Mapped[int] = field("清查", ForeignKey("access_review.id"))
    account_id: Mapped[int] = field("帳號", ForeignKey("account.id"), index=True)
    unit: Mapped[str] = field("清查單位", String(60), codes="rule.unit")
    division: Mapped[Division] = field("部別")
    person: Mapped[str] = field("姓名", String(80))
    posts: Mapped[str] = field("職務", String(400), default="")
    finding: Mapped[ReviewFinding | None] = field("處理")
    remark: Mapped[str] = field("備註", String(120), default="", help="停用或調整的原因，沒有時留白", example="已調任他校")

    review: Mapped[AccessReview] = link("清查")
    account: Mapped[Account] = link("帳號")

    def __str__(self) -> str:
        return f"{self.person}（{self.posts}）"
