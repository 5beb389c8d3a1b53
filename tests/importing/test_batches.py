"""A batch from upload to import: it does what its check said, all of it or nothing, and only what its owner may write."""

from __future__ import annotations

import datetime as dt
import json
import stat
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app import clock
from admin_app.services.importing.batches import checking
from admin_app.services.importing.batches.sweeping import KEPT, sweep
from models.calendar import SchoolYear, Semester
from models.event import Event
from models.import_batch import ImportBatch, ImportRow, ImportState
from models.job import JobState
from models.people import Appointment, Staff, Student
from models.records.consultation import Consultation
from models.records.grade import Grade
from models.vocabulary import Division
from tests.importing.desk import Desk, changed, picture, rows_of
from tests.importing.help import DEFECTS, ROSTER, counts, pupil

Desks = Callable[[str], Desk]
NEW = (pupil(99001, "詹子君"), pupil(99002, "徐雅華"))


def of(session: Session, number: str) -> Student | None:
    session.expire_all()
    return session.scalar(select(Student).where(Student.student_no == number))


def known(session: Session, division: Division) -> Student:
    found = select(Student).where(Student.division == division, Student.school_class_id.is_not(None)).order_by(Student.id)
    return session.scalars(found).first()  # type: ignore[return-value]


def again(student: Student, **other: object) -> list[object]:
    """A roster's row about a student of the school, as the school has them but for what is `other`."""
    row = {
        "學號": student.student_no,
        "身分證號": student.id_number,
        "性別": student.gender.zh,
        "出生日期": student.born_on.isoformat(),
        "班級": student.school_class.name if student.school_class else "",
        "科別": student.school_class.department.name if student.school_class else "",
        "座號": student.seat_no or "",
        "學籍狀態": student.status.zh,
    }
    return pupil(1, student.name, **(row | other))


def checked(desk: Desk, *rows: list[object], kind: str = "students") -> ImportBatch:
    batch = desk.upload(kind, ROSTER, *rows)
    assert desk.check(batch).state is JobState.done
    return batch


def test_a_check_says_what_would_happen_and_changes_nothing(desk: Desks) -> None:
    clerk = desk("registration_section")
    old = known(clerk.session, Division.day)
    before = picture(clerk.session)
    batch = checked(clerk, *NEW, again(old, 姓名="改名的人"))
    assert (batch.state, batch.added, batch.changed, batch.bad) == (ImportState.checked, 2, 1, 0)
    assert [(each["field"], each["before"], each["after"]) for each in clerk.report(batch)["differences"]] == [
        ("姓名", old.name, "改名的人")
    ]
    assert picture(clerk.session) == before


def test_what_was_checked_is_imported_and_each_rows_event_names_the_batch(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = checked(clerk, *NEW)
    assert clerk.commit(batch).state is JobState.done
    assert (batch.state, of(clerk.session, "11599001").name) == (ImportState.imported, "詹子君")  # type: ignore[union-attr]
    noted = clerk.session.scalars(select(Event).where(Event.note.contains(f"批次 {batch.id}"))).all()
    assert sorted((each.verb, each.kind) for each in noted) == [
        ("create", "student"),
        ("create", "student"),
        ("imported", "student"),
        ("preview", "student"),
    ]
    assert {each.account_id for each in noted} == {clerk.account.id}
    made = [each for each in noted if each.verb == "create"]
    assert all("D02" in each.via for each in made)


def test_importing_a_batch_twice_writes_once(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = checked(clerk, *NEW)
    clerk.commit(batch)
    before = picture(clerk.session)
    assert clerk.commit(batch).state is JobState.done
    assert picture(clerk.session) == before
    same = checked(clerk, *NEW)
    assert (same.added, same.changed, same.unchanged) == (0, 0, 2)
    assert clerk.commit(same).state is JobState.failed
    assert "沒有可匯入的資料" in same.problem


def test_when_the_school_moved_on_since_the_check_the_person_looks_again_first(desk: Desks) -> None:
    clerk = desk("registration_section")
    old = known(clerk.session, Division.day)
    batch = checked(clerk, again(old, 姓名="改名的人"), *NEW)
    old.seat_no = 88
    clerk.session.commit()
    said = clerk.commit(batch)
    assert said.state is JobState.done and "再看一次" in json.loads(said.result)["text"]
    assert (batch.state, of(clerk.session, "11599001")) == (ImportState.checked, None)
    assert "異動" in batch.problem
    clerk.commit(batch)
    assert batch.state is ImportState.imported
    assert of(clerk.session, old.student_no).name == "改名的人"  # type: ignore[union-attr]


# Whose rows


def test_a_clerk_of_the_evening_school_imports_nobody_of_the_day_school(desk: Desks) -> None:
    clerk = desk("evening_clerk")
    batch = checked(clerk, *NEW)
    assert (batch.added, batch.changed, batch.bad) == (0, 0, 2)
    assert all("屬於日校，您的職務僅負責進修部" in each["text"] for each in clerk.report(batch)["findings"])
    assert clerk.commit(batch).state is JobState.failed
    assert of(clerk.session, "11599001") is None


def test_of_a_mixed_file_only_ones_own_rows_are_imported(desk: Desks) -> None:
    clerk = desk("evening_clerk")
    evening = known(clerk.session, Division.evening)
    batch = checked(clerk, NEW[0], again(evening, 座號=66))
    assert (batch.added, batch.changed, batch.bad) == (0, 1, 1)
    clerk.commit(batch)
    assert of(clerk.session, "11599001") is None
    assert of(clerk.session, evening.student_no).seat_no == 66  # type: ignore[union-attr]


def test_of_a_row_out_of_reach_nothing_is_told(desk: Desks) -> None:
    clerk = desk("evening_clerk")
    day = known(clerk.session, Division.day)
    batch = checked(clerk, again(day, 姓名="打聽的人", 部別="日校"))
    said = json.dumps(clerk.report(batch), ensure_ascii=False)
    assert batch.bad == 1
    assert day.name not in said
    assert clerk.report(batch)["differences"] == []


def test_a_student_moved_across_the_wall_needs_both_sides(desk: Desks) -> None:
    clerk = desk("evening_clerk")
    day, evening = known(clerk.session, Division.day), known(clerk.session, Division.evening)
    moved = again(day, 班級=evening.school_class.name, 科別="", 部別="進修部")  # type: ignore[union-attr]
    batch = checked(clerk, moved)
    assert batch.bad == 1
    clerk.commit(batch)
    assert of(clerk.session, day.student_no).division is Division.day  # type: ignore[union-attr]


def test_every_row_written_is_judged_once_more(desk: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the check to let a row pass, the writing itself would still refuse the whole file."""
    monkeypatch.setattr(checking, "confine", lambda by: lambda session, kind, drafts: None)
    clerk = desk("evening_clerk")
    before = picture(clerk.session)
    batch = checked(clerk, *NEW)
    assert clerk.commit(batch).state is JobState.failed
    assert "不在您可辦理的範圍內，整批都沒有辦理" in batch.problem
    assert batch.state is ImportState.failed
    assert changed(before, picture(clerk.session)) == set()
    assert clerk.session.scalars(select(ImportRow.id)).all() == []


def test_a_counsellor_imports_talks_with_their_own_students_only(desk: Desks) -> None:
    counsellor = desk("course_counselor")
    mine, other = _own_and_other_class(counsellor)
    header = ("諮詢對象", "諮詢教師", "諮詢類別", "日期", "開始時間", "地點", "諮詢主題", "諮詢內容")
    talk = (counsellor.account.staff.code, "個別", clock.today().isoformat(), "12:30", "輔導室")
    rows = [(number, *talk, topic, "選修課程方向") for number, topic in ((mine, "選課一"), (other, "選課二"))]
    batch = counsellor.upload("consultation", header, *rows)
    counsellor.check(batch)
    assert (batch.added, batch.bad) == (1, 1)
    assert "不在您可辦理的範圍內" in counsellor.report(batch)["findings"][0]["text"]
    counsellor.commit(batch)
    assert batch.state is ImportState.imported


def test_a_row_somebody_else_keeps_is_neither_changed_nor_shown(desk: Desks) -> None:
    counsellor = desk("course_counselor")
    theirs = select(Consultation).join(Semester).where(Semester.closed_on.is_(None), Consultation.division == Division.day)
    talk = counsellor.session.scalars(theirs.where(Consultation.counselor_id != counsellor.account.staff_id)).first()
    assert talk is not None
    key = (talk.counselor.code, talk.held_on.isoformat(), talk.began_at.isoformat("minutes"), talk.topic)
    header = ("諮詢教師", "日期", "開始時間", "諮詢主題", "諮詢類別", "地點", "諮詢內容")
    batch = counsellor.upload("consultation", header, (*key, talk.mode.zh, talk.place, "打聽的內容"))
    counsellor.check(batch)
    assert (batch.changed, batch.bad) == (0, 1)
    said = counsellor.report(batch)
    assert "這一筆不在您可辦理的範圍內" in said["findings"][0]["text"]
    assert said["differences"] == []
    assert talk.content not in json.dumps(said, ensure_ascii=False)


def _own_and_other_class(desk: Desk) -> tuple[str, str]:
    own = select(Appointment.school_class_id).where(Appointment.staff_id == desk.account.staff_id)
    mine = select(Student.student_no).where(Student.school_class_id.in_(own)).limit(1)
    other = select(Student.student_no).where(Student.school_class_id.not_in(own), Student.division == Division.day).limit(1)
    return desk.session.scalars(mine).one(), desk.session.scalars(other).one()


def test_what_only_others_may_add_is_asked_of_them(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = clerk.upload("students", ROSTER, *NEW, filename="120學年度_日校_學生名冊.csv")
    assert clerk.check(batch).state is JobState.failed
    assert "需要先新增學年度，您的職務不能新增" in batch.problem
    assert clerk.session.scalar(select(SchoolYear.id).where(SchoolYear.year == 120)) is None


def test_whoever_lost_the_post_meanwhile_imports_nothing(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = checked(clerk, *NEW)
    for each in clerk.session.scalars(select(Appointment).where(Appointment.staff_id == clerk.account.staff_id)):
        each.ended_on = max(each.began_on, clock.today() - dt.timedelta(days=1))
    clerk.session.commit()
    assert clerk.commit(batch).state is JobState.failed
    assert "分工表未將「學籍資料」登錄列給" in batch.problem
    assert of(clerk.session, "11599001") is None


def test_a_disabled_account_imports_nothing(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = checked(clerk, *NEW)
    clerk.account.enabled = False
    clerk.session.commit()
    assert clerk.commit(batch).state is JobState.failed
    assert of(clerk.session, "11599001") is None


def test_a_closed_semester_takes_no_file(desk: Desks) -> None:
    clerk = desk("registration_section")
    last = clerk.session.scalars(select(Grade).order_by(Grade.semester_id)).first()
    assert last is not None and last.semester.closed_on is not None
    row = (last.student.student_no, last.course.code, "1", "88", last.semester.code)
    batch = clerk.upload("grade", ("學號", "課程代碼", "開課年級", "學期成績", "學期代碼"), row)
    clerk.check(batch)
    assert batch.bad == 1
    assert "關閉" in clerk.report(batch)["findings"][0]["text"]


# The defects


@pytest.mark.parametrize(("division", "kind"), [("日校", "csv"), ("進修部", "xlsx")])
def test_the_defects_are_found_as_counted(desk: Desks, division: str, kind: str) -> None:
    clerk = desk("registration_section" if division == "日校" else "evening_clerk")
    name = f"115-1_{division}_學生名冊.{kind}"
    batch = clerk.bring("students", (DEFECTS / name).read_bytes(), name)
    clerk.check(batch)
    told = counts(DEFECTS)
    expected = [each for each in told["defects"] if "應" not in each["what"]] if division == "日校" else []
    findings = clerk.report(batch)["findings"]
    bad = {each["line"] for each in findings if each["error"]}
    assert batch.rows == told[division]
    assert len(bad) == batch.bad == len(expected) + 2 * bool(expected)
    assert all(any(each["學號"] in found["text"] for found in findings if found["error"]) for each in expected)
    lost = sum(1 for each in findings if "可能缺字" in each["text"])
    assert lost == (len(told["cp950_lost"]) if division == "日校" else 0)


# The file


def test_the_file_lies_encrypted_and_for_the_system_alone(desk: Desks) -> None:
    clerk = desk("registration_section")
    checked(clerk, *NEW, pupil(99003, "", 姓名=""))
    files = list(clerk.store.names())
    number = str(NEW[0][1]).encode()
    assert len(files) == 4
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    assert not any(number in each.read_bytes() or "詹子君".encode() in each.read_bytes() for each in files)


def test_a_file_goes_a_few_days_after_its_last_use(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch, same = checked(clerk, *NEW), checked(clerk, *NEW)
    same.uploaded_at = same.checked_at = clock.now() - KEPT - dt.timedelta(hours=1)
    sweep(clerk.session, clerk.store, now=clock.now())
    clerk.session.commit()
    assert (batch.file_kept, same.file_kept) == (True, False)
    assert (clerk.store.folder / batch.digest).exists(), "另一個批次還要用這個檔案"
    sweep(clerk.session, clerk.store, now=clock.now() + KEPT + dt.timedelta(days=1))
    clerk.session.commit()
    assert list(clerk.store.names()) == []
    assert clerk.check(batch).state is JobState.failed
    assert "重新上傳" in batch.problem


def test_staff_come_with_their_posts(desk: Desks) -> None:
    keeper = desk("equipment_section")
    before = rows_of(keeper.session, Staff)
    batch = keeper.upload("staff", ("教師代碼", "姓名", "單位", "職務"), ("T901", "林佳均", "教務處", "註冊組長"))
    keeper.check(batch)
    assert (batch.added, batch.also) == (1, 1)
    keeper.commit(batch)
    assert rows_of(keeper.session, Staff) == before + 1
    held = select(Appointment.post).join(Staff, Staff.id == Appointment.staff_id).where(Staff.code == "T901")
    assert keeper.session.scalars(held).all() == ["registration_section"]
