"""What happened in the school lately, so that 稽核紀錄 and 回收桶 look lived-in: each signed by who did it, through their post."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import select

from admin_app import audit
from admin_app.actor import load_actor
from admin_app.audit import Signature, sign
from admin_app.policy import may
from admin_app.rulebook import load_rulebook
from models.people import Account, Student
from models.records.achievements.certificate import Certificate
from models.records.club_office import ClubOffice
from models.verbs import ExportPurpose, Verb
from models.vocabulary import Act, Division, Subject
from seed.demo.school import School, chance


def build_trail(school: School) -> None:
    """A title corrected twice, a duplicate deleted, a certificate its student took back, a file, a look, a refusal."""
    _offices(school)
    _certificate(school)
    _file_and_look(school)
    _refusal(school)


def _offices(school: School) -> None:
    here = (ClubOffice.division == Division.day, ClubOffice.semester_id == school.current.semester.id)
    office = school.session.scalars(select(ClubOffice).where(*here).order_by(ClubOffice.id)).first()
    if office is None:
        return
    with _acting(school, "activities_section", Act.record, Subject.club_office):
        title = office.title
        office.title = f"{title}（代理）"
        school.session.flush()
        office.title = title
        twice = ClubOffice(
            student=office.student,
            club=office.club,
            title=f"{title}（重複登錄）",
            level=office.level,
            began_on=office.began_on,
            semester_id=office.semester_id,
            division=office.division,
        )
        school.session.add(twice)
        school.session.flush()
        school.session.delete(twice)
        school.session.flush()


def _certificate(school: School) -> None:
    with _acting(school, "student", Act.record, Subject.achievement) as account:
        row = Certificate(
            student_id=account.student_id,
            name="電腦軟體應用",
            obtained_on=school.current.semester.starts_on,
            semester_id=school.current.semester.id,
            division=account.division,
        )
        school.session.add(row)
        school.session.flush()
        school.session.delete(row)
        school.session.flush()


def _file_and_look(school: School) -> None:
    with _acting(school, "registration_section", Act.unmask, Subject.student_registry):
        student = school.session.scalars(select(Student).where(Student.division == Division.day).order_by(Student.id)).first()
        audit.track(school.session, Verb.reveal.name, "student", record=student, note="詳細資料", 欄位="身分證號、出生日期")
        purpose = f"{ExportPurpose.checking.zh}：期末學籍核對"
        note = f"XLSX 1063 筆，用途：{purpose}"
        audit.track(school.session, Verb.export.name, "student", note=note, 筆數=1063, 用途=purpose, 完整個資=False)


def _refusal(school: School) -> None:
    with _acting(school, "library_director", Act.read, Subject.meeting):
        note = "分工表未將「社團幹部」登錄列給圖書館主任"
        audit.track(school.session, Verb.refuse.name, "club_office", note=note, 頁面="/admin/club_office/new/")


@contextmanager
def _acting(school: School, username: str, act: Act, subject: Subject) -> Iterator[Account]:
    """In the name of a persona, through the row of the rule that lets them; then the builder again."""
    session, builder = school.session, audit.signature(school.session)
    account = session.scalars(select(Account).where(Account.username == username)).one()
    code = UUID(int=chance(f"請求 {username}").getrandbits(128)).hex[:12]
    sign(session, Signature(account.id, account.person.name, request_id=code))
    by = load_actor(session, account, load_rulebook(session, school.edition.id), on=school.today)
    audit.acting(session, may(by, act, subject, account.division))
    yield account
    session.flush()
    sign(session, builder)
