"""The school's rule as rows: an edition with its articles, duty table, relations, posts and seats.

A published edition is law with a date and never changes (`refuse_changes_to_published`). What may still move beside it is how an
unclear cell is read (`Reading`, cleared by a named person with a reason) and the open questions.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, ForeignKey, Integer, Select, String, Text, UniqueConstraint, event, inspect, select
from sqlalchemy.orm import Mapped, Session, declared_attr

from models.base import Entity, Words, field, link, sentence
from models.vocabulary import Act, Division, EditionStatus, Scope, Subject, Timing


class EditionPublished(Exception):
    """Somebody tried to change a published edition."""


class Edition(Entity):
    """One edition of the 補充規定. Drafts may be edited; published ones are superseded, never edited."""

    __tablename__ = "edition"
    __zh__ = "補充規定版本"
    __subject__ = Subject.edition
    __write_act__ = Act.publish
    __natural_key__ = ("code",)
    __table_args__ = (
        sentence("status = 'draft' OR (adopted_on IS NOT NULL AND effective_on IS NOT NULL)", "a_published_edition_has_its_dates"),
    )

    code: Mapped[str] = field("版本代碼", String(60), unique=True, example="longtan-115")
    school: Mapped[str] = field("學校", String(60))
    title: Mapped[str] = field("名稱", String(120))
    status: Mapped[EditionStatus] = field("狀態", default=EditionStatus.draft)
    adopted_on: Mapped[dt.date | None] = field("校務會議通過日", Date)
    approved_on: Mapped[dt.date | None] = field("校長核定日", Date)
    approval_no: Mapped[str] = field("核定文號", String(80), default="")
    effective_on: Mapped[dt.date | None] = field("生效日", Date, index=True)
    published_at: Mapped[dt.datetime | None] = field("發布時間", DateTime)
    based_on_id: Mapped[int | None] = field("沿自版本", ForeignKey("edition.id"))
    basis: Mapped[str] = field("修正緣由", String(200), default="")

    based_on: Mapped[Edition | None] = link("沿自版本", remote_side="Edition.id")

    def __str__(self) -> str:
        return f"{self.code}（{self.status.zh}）"


class EditionPart(Entity):
    """A row that belongs to an edition and is as immutable as it."""

    __abstract__ = True
    __subject__ = Subject.edition
    __write_act__ = Act.publish

    edition_id: Mapped[int] = field("版本", ForeignKey("edition.id"), index=True)
    position: Mapped[int] = field("次序", Integer, default=0, help="在同一表中的先後，由小到大", example="10")

    @declared_attr
    @classmethod
    def edition(cls) -> Mapped[Edition]:
        return link("版本")  # type: ignore[no-any-return]

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("edition_id", *cls.__natural_key__[1:]),) if cls.__natural_key__ else ()


class Article(EditionPart):
    """An article or item of the rule, verbatim."""

    __tablename__ = "article"
    __zh__ = "條文"
    __natural_key__ = ("edition", "number")

    number: Mapped[str] = field("條次", String(20), example="五-(一)")
    parent: Mapped[str] = field("上層條次", String(20), default="", help="隸屬的條次；最上層留白", example="五")
    text: Mapped[str] = field("條文", Text, help="照條文抄錄，不含條次", example="本校學生學習歷程檔案工作小組置委員若干人。")

    def __str__(self) -> str:
        return self.number


class Duty(EditionPart):
    """One row of a duty table: its cells as printed, and how they read as owner × act × subject."""

    __tablename__ = "duty"
    __zh__ = "工作職掌"
    __natural_key__ = ("edition", "code")

    code: Mapped[str] = field("代碼", String(10), example="D12", group="列")
    division: Mapped[Division] = field("部別", group="列")
    timing: Mapped[Timing] = field("時間", group="讀法")
    grade_term: Mapped[str] = field("年級學期限定", String(40), default="", help="如「一上」或「一上=term_start」", group="讀法")
    owners: Mapped[tuple[str, ...]] = field("主責", Words, codes="rule.post", group="讀法")
    acts: Mapped[tuple[str, ...]] = field("行為", Words, codes="rule.act", group="讀法")
    subjects: Mapped[tuple[str, ...]] = field("對象", Words, codes="rule.subject", group="讀法")
    article: Mapped[str] = field("條次", String(20), default="", group="讀法", help="這一列依據的條次", example="五-(四)-2")
    evidence: Mapped[str] = field(
        "完成憑據", String(200), default="", group="讀法", help="看什麼就知道辦完了", example="各班訓練紀錄"
    )
    work: Mapped[str] = field("工作", String(200), group="讀法", help="職掌表上的工作，可精簡", example="學生社團參與及幹部登錄")
    line: Mapped[int] = field("印本列次", Integer, default=0, group="印本文字", help="印本職掌表的第幾列", example="12")
    when_text: Mapped[str] = field("時間（印本）", String(100), default="", group="印本文字", help="照印本抄錄", example="學期期末")
    group_text: Mapped[str] = field(
        "工作類別（印本）", String(100), default="", group="印本文字", help="照印本抄錄", example="多元表現"
    )
    work_text: Mapped[str] = field(
        "工作內容（印本）", String(200), default="", group="印本文字", help="照印本抄錄", example="學生社團參與及幹部"
    )
    owner_text: Mapped[str] = field(
        "主責單位（印本）", String(100), default="", group="印本文字", help="照印本抄錄", example="活動組"
    )
    note_text: Mapped[str] = field(
        "備註（印本）", String(100), default="", group="印本文字", help="照印本抄錄", example="與社團指導老師核對"
    )
    merged: Mapped[tuple[str, ...]] = field("與上列合併之欄", Words, default=(), codes="rule.cell", group="印本文字")

    def __str__(self) -> str:
        return f"{self.code} {self.work}"


class Relation(EditionPart):
    """An act the duty tables do not name: who may, and by which article or as this system's default."""

    __tablename__ = "relation"
    __zh__ = "關係規則"
    __natural_key__ = ("edition", "code")

    code: Mapped[str] = field("代碼", String(10), example="R01")
    holders: Mapped[tuple[str, ...]] = field("職務", Words, codes="rule.post")
    acts: Mapped[tuple[str, ...]] = field("行為", Words, codes="rule.act")
    subjects: Mapped[tuple[str, ...]] = field("對象", Words, codes="rule.subject")
    division: Mapped[Division | None] = field("部別", help="留白表示兩部")
    scope: Mapped[Scope | None] = field("範圍", help="留白表示依職務")
    basis: Mapped[str] = field("依據", String(60), help="法規條文，或「本規定未訂，系統預設」", example="五-(二)")
    work: Mapped[str] = field("說明", String(200), help="一句話說明誰可以做什麼", example="學生登錄本人的多元表現")

    def __str__(self) -> str:
        return f"{self.code} {self.work}"


class Unit(EditionPart):
    """處, 室, 組."""

    __tablename__ = "unit"
    __zh__ = "單位"
    __natural_key__ = ("edition", "code")

    code: Mapped[str] = field("代碼", String(60), help="小寫英文與底線，其他列以它稱呼這個單位", example="student_affairs")
    zh: Mapped[str] = field("單位", String(40), example="學務處")
    division: Mapped[Division] = field("部別")
    kind: Mapped[str] = field("層級", String(20), help="處室、組或其他", example="組")
    parent: Mapped[str] = field("上級單位", String(60), default="", codes="rule.unit")
    head: Mapped[str] = field("主管職務", String(60), default="", codes="rule.post", help="留白表示由上級單位之主管兼管")

    def __str__(self) -> str:
        return self.zh


class Post(EditionPart):
    """職務: what a person is appointed to. Owners of duty rows are posts."""

    __tablename__ = "post"
    __zh__ = "職務"
    __natural_key__ = ("edition", "code")

    code: Mapped[str] = field("代碼", String(60), help="小寫英文與底線，其他列以它稱呼這個職務", example="activities_section")
    zh: Mapped[str] = field("職務", String(40), example="活動組長")
    division: Mapped[Division | None] = field("部別", help="留白表示不分部別")
    unit: Mapped[str] = field("單位", String(60), default="", codes="rule.unit")
    scope: Mapped[Scope] = field("範圍", default=Scope.division)
    also: Mapped[tuple[str, ...]] = field("兼具職務", Words, default=(), codes="rule.post")
    many: Mapped[bool] = field("可由數人擔任", Boolean, default=False, help="未勾選者同一日只能有一人，交接頁會指出重疊與出缺")
    basis: Mapped[str] = field("依據", String(60), default="", help="條文或聘任依據，沒有時留白", example="五-(四)")

    def __str__(self) -> str:
        return self.zh


class Seat(EditionPart):
    """One of the seats of the 工作小組."""

    __tablename__ = "seat"
    __zh__ = "工作小組席次"
    __natural_key__ = ("edition", "number")

    number: Mapped[int] = field("席次", Integer, help="工作小組名冊的席次", example="3")
    zh: Mapped[str] = field("席次名稱", String(40), example="教務主任")
    post: Mapped[str] = field("職務", String(60), codes="rule.post")
    elected: Mapped[bool] = field("推選代表", Boolean, default=False)

    def __str__(self) -> str:
        return self.zh


class Title(EditionPart):
    """How a 職務 of the staff file reads as posts of this edition."""

    __tablename__ = "title"
    __zh__ = "職稱對照"
    __natural_key__ = ("edition", "title", "unit")

    title: Mapped[str] = field("職稱", String(40), help="名冊上可能寫的職稱", example="社團活動組長")
    unit: Mapped[str] = field("單位", String(40), default="", help="只有某單位的這個職稱才對應時填寫", example="學務處")
    posts: Mapped[tuple[str, ...]] = field("對應職務", Words, default=(), codes="rule.post")

    def __str__(self) -> str:
        return self.title


class Reading(Entity):
    """待確認: how an unclear cell is read, until a person clears it with a name and a reason. Another owner needs a new edition."""

    __tablename__ = "reading"
    __zh__ = "待確認讀法"
    __subject__ = Subject.edition
    __write_act__ = Act.clear
    __natural_key__ = ("edition", "duty", "cell")
    __table_args__ = (
        UniqueConstraint("edition_id", "duty", "cell"),
        sentence("cleared_at IS NULL OR (cleared_by <> '' AND reason <> '')", "a_cleared_reading_has_a_name_and_a_reason"),
    )

    edition_id: Mapped[int] = field("版本", ForeignKey("edition.id"), index=True)
    duty: Mapped[str] = field("工作職掌", String(10))
    cell: Mapped[str] = field("欄位", String(20))
    printed: Mapped[str] = field("印本文字", String(100), default="")
    read_as: Mapped[str] = field("讀作", String(100))
    why: Mapped[str] = field("理由", String(200), default="")
    cleared_by: Mapped[str] = field("確認人", String(60), default="")
    reason: Mapped[str] = field("確認依據", String(200), default="")
    cleared_at: Mapped[dt.datetime | None] = field("確認時間", DateTime)

    edition: Mapped[Edition] = link("版本")

    def __str__(self) -> str:
        return f"{self.duty} {self.read_as}"


class OpenQuestion(Entity):
    """A conflict between the rule's text and its table: shown, offered as an agenda item, never settled silently."""

    __tablename__ = "open_question"
    __zh__ = "待議問題"
    __subject__ = Subject.edition
    __write_act__ = Act.clear
    __natural_key__ = ("edition", "code")
    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    edition_id: Mapped[int] = field("版本", ForeignKey("edition.id"), index=True)
    code: Mapped[str] = field("代碼", String(10))
    topic: Mapped[str] = field("議題", String(100))
    article_text: Mapped[str] = field("條文所載", Text, default="")
    table_text: Mapped[str] = field("職掌表所載", Text, default="")

    edition: Mapped[Edition] = link("版本")

    def __str__(self) -> str:
        return self.topic


@event.listens_for(Session, "before_flush")
def refuse_changes_to_published(session: Session, context: Any, instances: Any) -> None:
    """A published edition and its rows are read-only; the only change let through is the publishing itself.

    The database is asked, not the objects: one that expired after a commit no longer knows what it was.
    """
    changed = [row for row in session.dirty if session.is_modified(row)]
    touched = {edition for row in (*changed, *session.deleted, *session.new) for edition in _editions_of(session, row)}
    if touched and session.scalar(_published_among(touched)) is not None:
        raise EditionPublished("已發布之版本不得修改，請複製為草案後修正")


def _published_among(editions: set[int]) -> Select[int]:
    return select(Edition.id).where(Edition.id.in_(editions), Edition.status == EditionStatus.published).limit(1)


def _editions_of(session: Session, row: object) -> set[int]:
    """The stored editions a change to `row` touches: where it belongs now, and where it belonged before."""
    if isinstance(row, Edition):
        return {row.id} if inspect(row).persistent else set()
    if not isinstance(row, EditionPart):
        return set()
    now = {row.edition_id, row.edition.id if row.edition is not None else None}
    model = type(row)
    before = session.scalar(select(model.edition_id).where(model.id == row.id)) if inspect(row).persistent else None
    return {each for each in (*now, before) if each is not None}
