"""Accounts and the people behind them; who holds which post from when to when, and who stands in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    event,
    inspect,
    select,
)
from sqlalchemy.orm import Mapped, validates

from models.base import Encrypted, Entity, Words, field, link, sentence
from models.calendar import SchoolYear
from models.classes import Department, SchoolClass
from models.values.identity import mask, normalise_id_number
from models.vault import vault
from models.vocabulary import Act, Division, EnrolmentStatus, Gender, Language, Subject

ONE_PERSON = (
    "(CASE WHEN staff_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN student_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN guardian_id IS NULL THEN 0 ELSE 1 END) = 1"
)


class Staff(Entity):
    """教職員, known by 教師代碼."""

    __tablename__ = "staff"
    __zh__ = "教職員"
    __subject__ = Subject.accounts
    __write_act__ = Act.manage
    __natural_key__ = ("code",)

    code: Mapped[str] = field("教師代碼", String(20), unique=True, example="T001")
    name: Mapped[str] = field("姓名", String(40), index=True, example="林佳均")
    unit: Mapped[str] = field("單位", String(40), default="", example="教務處")
    title: Mapped[str] = field("職務", String(40), default="", example="註冊組長")
    division: Mapped[Division] = field("部別", default=Division.day, index=True, example="日校")
    email: Mapped[str] = field("電子郵件", String(120), default="", example="t001@example.edu.tw", keyboard="email")
    left_on: Mapped[dt.date | None] = field("離職日", Date)

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"


class Student(Entity):
    """學生學籍資料. 身分證號 and the special statuses are encrypted; an exact 身分證號 is found by its blind index."""

    __tablename__ = "student"
    __zh__ = "學生學籍資料"
    __subject__ = Subject.student_registry
    __natural_key__ = ("student_no",)
    __table_args__ = (
        sentence("seat_no IS NULL OR seat_no BETWEEN 1 AND 99", "seat_no_is_1_to_99"),
        sentence("pass_mark BETWEEN 0 AND 100", "pass_mark_is_a_score"),
        Index(None, "division", "school_class_id", "seat_no"),
    )

    student_no: Mapped[str] = field("學號", String(12), unique=True, example="11510001", group="基本資料")
    name: Mapped[str] = field("姓名", String(60), example="詹子君", group="基本資料")
    id_number: Mapped[str] = field("身分證號", Encrypted, sensitive=True, example="A123456789", group="基本資料")
    id_number_index: Mapped[str] = field("身分證號索引", String(64), unique=True, local=True, index_of="id_number")
    gender: Mapped[Gender] = field("性別", example="女", group="基本資料")
    born_on: Mapped[dt.date] = field("出生日期", Date, sensitive=True, example="1000506", group="基本資料")
    division: Mapped[Division] = field("部別", default=Division.day, example="日校", group="班級")
    school_class_id: Mapped[int | None] = field("班級", ForeignKey("school_class.id"), index=True, group="班級")
    seat_no: Mapped[int | None] = field("座號", Integer, example="1", group="班級")
    entry_year: Mapped[int | None] = field("入學學年度", Integer, example="115", group="班級")
    status: Mapped[EnrolmentStatus] = field("學籍狀態", default=EnrolmentStatus.enrolled, example="在學", group="學籍")
    status_changed_on: Mapped[dt.date | None] = field("學籍異動日期", Date, group="學籍")
    admission_route: Mapped[str] = field("入學方式", String(20), default="", codes="admission_route", group="學籍")
    group_code: Mapped[str] = field("群別代碼", String(4), default="", codes="course_group", example="21", group="學籍")
    department_code: Mapped[str] = field(
        "科班學程別代碼", String(6), default="", codes="department_code", example="301", group="學籍"
    )
    division_code: Mapped[str] = field("部別代碼", String(2), default="", codes="division_code", group="學籍")
    class_type: Mapped[str] = field("班別", String(4), default="", codes="class_type", example="1", group="學籍")
    experimental_class: Mapped[str] = field(
        "實驗班名稱", String(40), default="", group="學籍", help="不是實驗班時留白", example="雙語實驗班"
    )
    pass_mark: Mapped[int] = field("及格標準", Integer, default=60, example="60", group="學籍")
    special_status: Mapped[str] = field(
        "特殊身分別", Encrypted, default="", sensitive=True, group="特殊身分", help="代碼以逗號分隔"
    )
    indigenous_group: Mapped[str] = field(
        "原住民族別", Encrypted, default="", sensitive=True, codes="indigenous_group", group="特殊身分"
    )
    indigenous_status: Mapped[str] = field(
        "原住民身分別", Encrypted, default="", sensitive=True, codes="indigenous_status", group="特殊身分"
    )
    language_dialect: Mapped[str] = field(
        "族語認證報考方言", Encrypted, default="", sensitive=True, group="特殊身分", help="未報考時留白", example="賽考利克泰雅語"
    )
    language_exam_year: Mapped[str] = field(
        "報考年度", Encrypted, default="", sensitive=True, group="特殊身分", help="民國年，未報考時留白", example="114"
    )
    language_valid_until: Mapped[str] = field(
        "族語認證有效日期",
        Encrypted,
        default="",
        sensitive=True,
        group="特殊身分",
        help="民國年月日七碼，未取得時留白",
        example="1190731",
    )

    school_class: Mapped[SchoolClass | None] = link("班級")

    @validates("id_number")
    def _index(self, key: str, value: str) -> str:
        number = normalise_id_number(value)
        self.id_number_index = vault().index(number)
        return number

    @property
    def masked_id_number(self) -> str:
        return mask(self.id_number)

    def __str__(self) -> str:
        seat = f"{self.school_class.name} {self.seat_no or '–'} 號 " if self.school_class else ""
        return f"{seat}{self.name}（{self.student_no}）"


@event.listens_for(Student, "before_insert")
@event.listens_for(Student, "before_update")
def refuse_a_second_one(mapper: Any, connection: Connection, row: Student) -> None:
    """While data keys are rotated the unique index sees only numbers of the same key; the others are asked for here."""
    older = vault().indexes(row.id_number)[1:] if inspect(row).attrs.id_number_index.history.has_changes() else []
    if not older:
        return
    table = Student.__table__
    taken = select(table.c.id).where(table.c.id_number_index.in_(older), table.c.id != (row.id or 0))
    if connection.scalar(taken) is not None:
        raise ValueError("已有一位學生是這個身分證號，請改為編輯原有的那一筆。")


class Guardian(Entity):
    """家長 or 監護人."""

    __tablename__ = "guardian"
    __zh__ = "家長"
    __subject__ = Subject.guardian
    __natural_key__ = ("code",)

    code: Mapped[str] = field("家長代碼", String(20), unique=True, example="G11510001")
    name: Mapped[str] = field("姓名", String(60), example="詹文彬")
    email: Mapped[str] = field("電子郵件", String(120), default="", example="g001@example.com", keyboard="email")
    division: Mapped[Division] = field("部別", default=Division.day, index=True, example="日校")

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"


class Guardianship(Entity):
    """Which student a guardian answers for. A guardian's reach comes from here, never from a supplied id."""

    __tablename__ = "guardianship"
    __zh__ = "家長與學生"
    __subject__ = Subject.guardian
    __natural_key__ = ("guardian", "student")
    __table_args__ = (UniqueConstraint("guardian_id", "student_id"),)

    guardian_id: Mapped[int] = field("家長", ForeignKey("guardian.id"))
    student_id: Mapped[int] = field("學生", ForeignKey("student.id"), index=True)
    relation: Mapped[str] = field("關係", String(10), default="", example="父")

    guardian: Mapped[Guardian] = link("家長")
    student: Mapped[Student] = link("學生")

    def __str__(self) -> str:
        return f"{self.guardian.name}：{self.student.name}"


class Account(Entity):
    """What a person signs in with. Belongs to exactly one member of staff, student or guardian."""

    __tablename__ = "account"
    __zh__ = "帳號"
    __subject__ = Subject.accounts
    __write_act__ = Act.manage
    __natural_key__ = ("username",)
    __table_args__ = (sentence(ONE_PERSON, "belongs_to_exactly_one_person"),)

    username: Mapped[str] = field("帳號", String(60), unique=True, help="學生用學號，教職員用教師代碼", example="T001")
    division: Mapped[Division] = field("部別", default=Division.day, index=True)
    staff_id: Mapped[int | None] = field("教職員", ForeignKey("staff.id"), unique=True)
    student_id: Mapped[int | None] = field("學生", ForeignKey("student.id"), unique=True)
    guardian_id: Mapped[int | None] = field("家長", ForeignKey("guardian.id"), unique=True)
    email: Mapped[str | None] = field(
        "登入信箱",
        String(120),
        unique=True,
        help="寄送一次性連結、以學校帳號登入時比對用",
        example="t001@example.edu.tw",
        keyboard="email",
    )
    password_hash: Mapped[str] = field("密碼雜湊", String(200), default="", local=True)
    password_set_at: Mapped[dt.datetime | None] = field("密碼設定時間", DateTime, local=True)
    must_change_password: Mapped[bool] = field("須更改密碼", Boolean, default=False)
    first_password_until: Mapped[dt.date | None] = field(
        "首次密碼期限", Date, help="密碼單上的密碼可用到這一天；本人改過密碼後即為空白", local=True
    )
    enabled: Mapped[bool] = field("啟用", Boolean, default=True)
    expires_on: Mapped[dt.date | None] = field("到期日", Date)
    created_on: Mapped[dt.date | None] = field("建立日", Date)
    signed_in_at: Mapped[dt.datetime | None] = field("最近登入", DateTime)
    language: Mapped[Language | None] = field("介面語言", help="本人在選單選的語言；沒選過就是中文", local=True)
    demo: Mapped[bool] = field("示範帳號", Boolean, default=False, local=True)
    if TYPE_CHECKING:
        unread_notices: Mapped[int]  # see models.notice
        chosen_views: Mapped[str]  # see models.saved_view

    staff: Mapped[Staff | None] = link("教職員")
    student: Mapped[Student | None] = link("學生")
    guardian: Mapped[Guardian | None] = link("家長")

    @property
    def person(self) -> Staff | Student | Guardian:
        found = self.staff or self.student or self.guardian
        if found is None:
            raise ValueError("帳號須屬於一位教職員、學生或家長")
        return found

    def __str__(self) -> str:
        return self.username


class Appointment(Entity):
    """A person holds a post of the edition from a day to a day; 導師 and 課程諮詢教師 also name their class, 科主任 their 科."""

    __tablename__ = "appointment"
    __zh__ = "職務任期"
    __subject__ = Subject.accounts
    __write_act__ = Act.manage
    __natural_key__ = ("staff", "student", "guardian", "post", "school_class", "department", "began_on")
    __table_args__ = (
        sentence(ONE_PERSON, "is_held_by_exactly_one_person"),
        sentence("ended_on IS NULL OR ended_on >= began_on", "ends_after_it_begins"),
        Index(None, "post", "began_on"),
    )

    post: Mapped[str] = field("職務", String(60), codes="rule.post", help="補充規定版本所列職務", example="homeroom_teacher")
    division: Mapped[Division] = field("部別", default=Division.day, index=True, example="日校")
    staff_id: Mapped[int | None] = field("教職員", ForeignKey("staff.id"), index=True)
    student_id: Mapped[int | None] = field("學生", ForeignKey("student.id"), index=True)
    guardian_id: Mapped[int | None] = field("家長", ForeignKey("guardian.id"), index=True)
    school_class_id: Mapped[int | None] = field("班級", ForeignKey("school_class.id"), index=True, help="導師、課程諮詢教師之班級")
    department_id: Mapped[int | None] = field("科別", ForeignKey("department.id"), help="科主任之科")
    school_year_id: Mapped[int | None] = field("學年度", ForeignKey("school_year.id"))
    began_on: Mapped[dt.date] = field("起日", Date, example="1150801")
    ended_on: Mapped[dt.date | None] = field("迄日", Date, example="1160731")
    basis: Mapped[str] = field("依據", String(120), default="", help="聘書、派令或主管指派")
    succeeds: Mapped[int | None] = field("接替之任期編號", Integer, local=True, help="交接時結束的那一筆，還沒到職前可據以復原")
    succeeded_until: Mapped[dt.date | None] = field("接替之任期原迄日", Date, local=True)

    staff: Mapped[Staff | None] = link("教職員")
    student: Mapped[Student | None] = link("學生")
    guardian: Mapped[Guardian | None] = link("家長")
    school_class: Mapped[SchoolClass | None] = link("班級")
    department: Mapped[Department | None] = link("科別")
    school_year: Mapped[SchoolYear | None] = link("學年度")

    def __str__(self) -> str:
        return f"{self.staff or self.student or self.guardian} {self.post}"


class Delegation(Entity):
    """代理人: what a post may do, another member of staff may do from a day to a day."""

    __tablename__ = "delegation"
    __zh__ = "職務代理"
    __subject__ = Subject.accounts
    __write_act__ = Act.manage
    __natural_key__ = ("appointment", "delegate", "began_on")
    __table_args__ = (sentence("ended_on >= began_on", "ends_after_it_begins"),)

    appointment_id: Mapped[int] = field("被代理職務", ForeignKey("appointment.id"), index=True)
    delegate_id: Mapped[int] = field("代理人", ForeignKey("staff.id"), index=True)
    division: Mapped[Division] = field("部別", default=Division.day, index=True)
    began_on: Mapped[dt.date] = field("起日", Date)
    ended_on: Mapped[dt.date] = field("迄日", Date)
    revoked_on: Mapped[dt.date | None] = field("撤銷日", Date)
    subjects: Mapped[tuple[str, ...]] = field("代理範圍", Words, default=(), codes="rule.subject", help="留白表示該職務全部工作")
    reason: Mapped[str] = field("事由", String(120), default="", help="為什麼由他人代理", example="公假研習")

    appointment: Mapped[Appointment] = link("被代理職務")
    delegate: Mapped[Staff] = link("代理人")

    def __str__(self) -> str:
        return f"{self.delegate} 代理 {self.appointment}"
