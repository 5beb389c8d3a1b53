"""Undoing a batch: everything is as it was, or nothing is touched and what rests on it is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from admin_app import clock
from admin_app.services.importing.batches.sweeping import sweep
from admin_app.services.importing.batches.undoing import DAYS
from models.calendar import Semester
from models.event import Event
from models.import_batch import ImportBatch, ImportRow, ImportState
from models.job import JobState
from models.people import Account, Student
from models.records.consultation import Consultation
from models.records.grade import Grade
from models.vocabulary import Division
from tests.importing.desk import Desk, changed, picture
from tests.importing.help import ROSTER, pupil
from tests.importing.test_batches import NEW, again, known, of

Desks = Callable[[str], Desk]


def imported(desk: Desk, *rows: list[object]) -> ImportBatch:
    batch = desk.upload("students", ROSTER, *rows)
    desk.check(batch)
    assert desk.commit(batch).state is JobState.done
    assert batch.state is ImportState.imported
    return batch


def refused(desk: Desk, batch: ImportBatch) -> str:
    """Undo is refused and changes nothing; what it says."""
    before = picture(desk.session)
    job = desk.undo(batch)
    assert job.state is JobState.failed
    assert changed(before, picture(desk.session)) == set()
    return job.message


def test_everything_is_as_it_was(desk: Desks) -> None:
    clerk = desk("registration_section")
    old = known(clerk.session, Division.day)
    before = picture(clerk.session)
    newcomer = pupil(99003, "羅政澄", "機一辛")
    batch = imported(clerk, *NEW, again(old, 姓名="改名的人", 座號=77, 出生日期="0980307", 學籍狀態="休學"), newcomer)
    assert {"student", "school_class"} <= changed(before, picture(clerk.session))
    assert clerk.undo(batch).state is JobState.done
    assert (batch.state, batch.undone_by_id) == (ImportState.undone, clerk.account.id)
    assert changed(before, picture(clerk.session)) == set()
    undone = select(Event).where(Event.note.startswith("撤銷匯入"), Event.kind == "student")
    assert sorted(each.verb for each in clerk.session.scalars(undone)) == ["delete", "delete", "delete", "update"]
    assert clerk.session.scalars(select(Event).where(Event.verb == "undo_import")).one().account_id == clerk.account.id


def test_talks_come_back_with_those_who_took_part(desk: Desks) -> None:
    counsellor = desk("course_counselor")
    session = counsellor.session
    mine = select(Consultation).where(Consultation.counselor_id == counsellor.account.staff_id).order_by(Consultation.id.desc())
    talk = next(each for each in session.scalars(mine) if len(each.students) > 1 and each.semester.closed_on is None)
    before = picture(session)
    header = ("諮詢對象", "諮詢教師", "日期", "開始時間", "諮詢主題", "諮詢類別", "地點", "諮詢內容", "學期代碼")
    key = (counsellor.account.staff.code, talk.held_on.isoformat(), talk.began_at.isoformat("minutes"), talk.topic)
    row = (talk.students[0].student_no, *key, "個別", talk.place, "另記要點", talk.semester.code)
    batch = counsellor.upload("consultation", header, row)
    counsellor.check(batch)
    counsellor.commit(batch)
    assert batch.state is ImportState.imported, batch.problem
    assert {"consultation", "consultation_student"} <= changed(before, picture(session))
    assert counsellor.undo(batch).state is JobState.done
    assert changed(before, picture(session)) == set()


def test_grades_come_back_to_the_last_decimal(desk: Desks) -> None:
    clerk = desk("registration_section")
    some = select(Grade).join(Semester).where(Semester.closed_on.is_(None), Grade.division == Division.day).limit(3)
    grades = clerk.session.scalars(some).all()
    before = picture(clerk.session)
    header = ("學號", "課程代碼", "開課年級", "學期成績", "學期代碼", "補考成績")
    rows = [(g.student.student_no, g.course.code, g.course_grade, "59.75", g.semester.code, "61.5") for g in grades]
    batch = clerk.upload("grade", header, *rows)
    clerk.check(batch)
    clerk.commit(batch)
    assert batch.changed == 3
    assert changed(before, picture(clerk.session)) == {"grade"}
    clerk.undo(batch)
    assert changed(before, picture(clerk.session)) == set()


# What stands against it


def test_a_row_changed_since_refuses_all(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = imported(clerk, *NEW)
    of(clerk.session, "11599002").seat_no = 55  # type: ignore[union-attr]
    clerk.session.commit()
    said = refused(clerk, batch)
    assert "徐雅華（11599002）」匯入之後已被修改" in said
    assert "詹子君" not in said
    assert of(clerk.session, "11599001") is not None


def test_a_row_somebody_else_uses_refuses_all(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = imported(clerk, *NEW)
    clerk.session.add(Account(username="11599001", student=of(clerk.session, "11599001")))
    clerk.session.commit()
    assert "詹子君（11599001）」已被使用：帳號 1 筆" in refused(clerk, batch)


def test_a_row_deleted_since_refuses_all(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = imported(clerk, *NEW)
    clerk.session.delete(of(clerk.session, "11599001"))
    clerk.session.commit()
    assert "有 1 筆匯入之後已被刪除" in refused(clerk, batch)


def test_a_semester_closed_since_refuses_all(desk: Desks) -> None:
    clerk = desk("registration_section")
    grade = clerk.session.scalars(
        select(Grade).join(Semester).where(Semester.closed_on.is_(None), Grade.division == Division.day)
    ).first()
    assert grade is not None
    row = (grade.student.student_no, grade.course.code, grade.course_grade, "59.75", grade.semester.code)
    batch = clerk.upload("grade", ("學號", "課程代碼", "開課年級", "學期成績", "學期代碼"), row)
    clerk.check(batch)
    clerk.commit(batch)
    grade.semester.closed_on = clock.today()
    clerk.session.commit()
    assert "只能查閱，不能撤銷" in refused(clerk, batch)


def test_a_batch_is_undone_once(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = imported(clerk, *NEW)
    clerk.undo(batch)
    before = picture(clerk.session)
    assert clerk.undo(batch).state is JobState.done
    assert changed(before, picture(clerk.session)) == set()
    assert len(clerk.session.scalars(select(Event).where(Event.verb == "undo_import")).all()) == 1


def test_after_ninety_days_it_is_too_late_and_the_old_values_go(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = imported(clerk, *NEW)
    batch.imported_at = clock.now() - dt.timedelta(days=DAYS, minutes=1)
    clerk.session.commit()
    assert f"超過 {DAYS} 天" in refused(clerk, batch)
    sweep(clerk.session, clerk.store, now=clock.now())
    clerk.session.commit()
    assert clerk.session.scalars(select(ImportRow.id)).all() == []


@pytest.mark.parametrize("username", ["evening_clerk", "activities_section", "homeroom_teacher"])
def test_nobody_undoes_what_they_could_not_write(desk: Desks, username: str) -> None:
    batch = imported(desk("registration_section"), *NEW)
    refused(desk(username), batch)
    assert batch.state is ImportState.imported


def test_the_former_values_are_unreadable_in_the_database(desk: Desks) -> None:
    clerk = desk("registration_section")
    old = known(clerk.session, Division.day)
    batch = imported(clerk, again(old, 出生日期="0980307"))
    assert batch.changed == 1
    kept = clerk.session.connection().exec_driver_sql("SELECT before FROM import_row").scalar_one()
    assert "born_on" not in kept
    assert isinstance(clerk.session.scalars(select(Student).where(Student.id == old.id)).one().born_on, dt.date)
