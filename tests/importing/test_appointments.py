"""家長, and the 職務任期 a staff file does not tell."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.people import Appointment, Guardian, Guardianship
from models.vocabulary import Division
from tests.importing.help import (
    bring,
    messages,
    planned,
    small_school,
)


def test_a_guardian_of_two_has_two_rows(session: Session) -> None:
    small_school(session)
    rows = (("G1", "詹母", "11510001", "母"), ("G1", "詹母", "11510002", "母"))
    result = bring(session, "guardians", ("家長代碼", "姓名", "學號", "關係"), *rows)
    assert (result.added, result.extras) == (1, 2)
    again = bring(session, "guardians", ("家長代碼", "姓名", "學號", "關係"), *rows)
    assert (again.added, again.changed, again.extras) == (0, 0, 0)
    assert session.scalars(select(Guardian.division).where(Guardian.code == "G1")).one() is Division.day
    assert session.scalar(select(func.count(Guardianship.id))) == 3
    differing = planned(session, "guardians", ("家長代碼", "姓名", "學號"), ("G2", "甲", "11510001"), ("G2", "乙", "11510002"))
    assert differing.bad == 2
    twice = planned(session, "guardians", ("家長代碼", "姓名", "學號"), ("G2", "甲", "11510001"), ("G2", "甲", "11510001"))
    assert "重複" in messages(twice)[0]


APPOINTMENT = ("職務", "部別", "教師代碼", "學號", "家長代碼", "班級", "科別")


def test_appointments_of_every_sort(session: Session) -> None:
    small_school(session)
    rows = (
        ("導師", "", "T001", "", "", "機一甲", ""),
        ("導師", "", "T002", "", "", "進機一甲", ""),
        ("課程諮詢教師", "日校", "T001", "", "", "機一甲", ""),
        ("課程諮詢師", "日校", "T002", "", "", "機一甲", ""),
        ("科主任", "", "T002", "", "", "", "機械科"),
        ("it_teacher", "", "T002", "", "", "機一甲", ""),
        ("學生代表", "", "", "11510001", "", "", ""),
        ("家長代表", "", "", "", "G11510001", "", ""),
    )
    assert bring(session, "appointments", APPOINTMENT, *rows).added == len(rows)
    held = session.scalars(select(Appointment).order_by(Appointment.id)).all()
    assert [(each.post, each.division) for each in held] == [
        ("homeroom_teacher", Division.day),
        ("evening_homeroom_teacher", Division.evening),
        ("course_counselor", Division.day),
        ("course_counselor", Division.day),
        ("department_head", Division.day),
        ("it_teacher", Division.day),
        ("student_representative", Division.day),
        ("parent_representative", Division.day),
    ]
    assert {(each.began_on.isoformat(), str(each.ended_on)) for each in held} == {("2026-08-01", "2027-07-31")}
    again = bring(session, "appointments", APPOINTMENT, *rows)
    assert (again.added, again.changed, again.unchanged) == (0, 0, len(rows))


NOT_WHOLE = (
    (("導師", "", "T001", "", "", "", ""), "在兩部都有"),
    (("導師", "日校", "T001", "", "", "", ""), "須有班級"),
    (("科主任", "", "T001", "", "", "", ""), "須有科別"),
    (("福利社經理", "", "T001", "", "", "", ""), "不是補充規定版本所列的職務"),
    (("學生代表", "", "T001", "11510001", "", "", ""), "須恰填一欄"),
    (("專任教師代表", "", "", "", "", "", ""), "須恰填一欄"),
    (("家長代表", "", "", "", "G9", "", ""), "不在家長名冊內"),
    (("導師", "進修部", "T001", "", "", "機一甲", ""), "『機一甲』屬於日校"),
)


def test_an_appointment_that_is_not_whole_is_bad(session: Session) -> None:
    small_school(session)
    plan = planned(session, "appointments", APPOINTMENT, *(row for row, _ in NOT_WHOLE))
    said = [" ".join(map(str, draft.findings)) for draft in plan.drafts]
    assert [(row, said) for said, (row, words) in zip(said, NOT_WHOLE, strict=True) if words not in said] == []
