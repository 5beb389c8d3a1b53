"""代碼表: the lists rosters code their columns by. Lists and names change with the years, so they are rows with a validity."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from models.base import Entity, field, link, sentence
from models.vocabulary import Act, Subject


class CodeList(Entity):
    """A list of codes, with where it comes from. A list that is not complete refuses nothing; screens say 代碼表未收錄."""

    __tablename__ = "code_list"
    __zh__ = "代碼表"
    __subject__ = Subject.calendar
    __write_act__ = Act.open_semester
    __natural_key__ = ("code",)

    code: Mapped[str] = field("代碼表代號", String(40), unique=True, example="contest_level")
    zh: Mapped[str] = field("名稱", String(40), example="競賽等級")
    source: Mapped[str] = field("依據", String(200), default="", help="代碼取自何處；改版時一併更新")
    complete: Mapped[bool] = field(
        "已收錄完整", Boolean, default=False, help="未完整時，表外代碼仍可使用，畫面顯示「代碼表未收錄」"
    )

    def __str__(self) -> str:
        return self.zh


class Code(Entity):
    """One value of a list and what it is called, from one school year to another."""

    __tablename__ = "code"
    __zh__ = "代碼"
    __subject__ = Subject.calendar
    __write_act__ = Act.open_semester
    __natural_key__ = ("code_list", "value", "valid_from")
    __table_args__ = (
        UniqueConstraint("list_code", "value", "valid_from"),
        sentence("valid_until IS NULL OR valid_until >= valid_from", "ends_after_it_begins"),
    )

    list_code: Mapped[str] = field("代碼表", ForeignKey("code_list.code"))
    value: Mapped[str] = field("代碼", String(20), example="1")
    zh: Mapped[str] = field("名稱", String(60), example="校級")
    valid_from: Mapped[int] = field("起始學年度", Integer, example="108")
    valid_until: Mapped[int | None] = field("最後學年度", Integer, help="留白表示仍有效")

    code_list: Mapped[CodeList] = link("代碼表")

    def __str__(self) -> str:
        return f"{self.value} {self.zh}"
