"""Staff, courses, 配課 and 修課名單, as schools bring them."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.services import importing
from models.classes import Course, Enrolment, Teaching
from models.people import Appointment, Staff
from models.vocabulary import Act, Division, Subject
from tests.importing.help import (
    CHOSEN_COURSE,
    CLEAN,
    COURSE,
    DAY_ROSTER,
    EVENING_ROSTER,
    ON,
    ROSTER,
    bring,
    bring_file,
    counts,
    events,
    messages,
    open_term,
    planned,
    pupil,
    small_school,
)

STAFF = ("教師代碼", "姓名", "單位", "職務")


def bring_courses(session: Session) -> int:
    return sum(bring_file(session, "courses", path).added for path in sorted(CLEAN.glob("*.txt")))


def test_the_whole_clean_school_comes_in_and_again_changes_nothing(session: Session) -> None:
    open_term(session)
    for name in (DAY_ROSTER, EVENING_ROSTER):
        bring_file(session, "students", CLEAN / name)
    wanted = counts(CLEAN)
    staff = bring_file(session, "staff", CLEAN / "115-1_教職員.csv")
    assert (staff.added, staff.extras) == (wanted["staff"], 26) == (138, 26)
    assert bring_courses(session) == wanted["courses"] == 168
    teaching = bring_file(session, "teaching", CLEAN / "115-1_配課表.xlsx")
    assert teaching.added == wanted["teaching"] == 240
    assert teaching.extras == session.scalar(select(func.count(Enrolment.id)))

    before = events(session)
    again = [bring_file(session, "staff", CLEAN / "115-1_教職員.csv"), bring_file(session, "teaching", CLEAN / "115-1_配課表.xlsx")]
    assert bring_courses(session) == 0
    assert all((each.added, each.changed, each.extras, each.bad) == (0, 0, 0, 0) for each in again)
    assert events(session) == before

    heads = session.scalars(select(Appointment).where(Appointment.post == "department_head")).all()
    assert {each.department.name for each in heads if each.department} == {
        "園藝科",
        "造園科",
        "畜產保健科",
        "食品加工科",
        "機械科",
        "電機科",
    }
    assert Counter(session.scalars(select(Course.division))) == {Division.day: 132, Division.evening: 36}
    sides = select(Teaching.division, func.count()).group_by(Teaching.division)
    assert dict(session.execute(sides).all()) == {Division.day: 204, Division.evening: 36}


def test_titles_become_posts_for_the_school_year(session: Session) -> None:
    bring(
        session,
        "staff",
        STAFF,
        ("T1", "林佳均", "教務處", "註冊組長"),
        ("T2", "曾諺", "進修部", "進修部幹事"),
        filename="115-1_staff.csv",
    )
    held = session.scalars(select(Appointment).order_by(Appointment.id)).all()
    assert [(each.post, each.division, str(each.staff)) for each in held] == [
        ("registration_section", Division.day, "林佳均（T1）"),
        ("evening_clerk", Division.evening, "曾諺（T2）"),
    ]
    assert {(each.began_on.isoformat(), str(each.ended_on)) for each in held} == {("2026-08-01", "2027-07-31")}
    assert session.scalars(select(Staff.division).order_by(Staff.id)).all() == [Division.day, Division.evening]


POSTLESS = (
    ("福利社經理", "『福利社經理』不在職稱對照表"),
    ("導師", "任期須指定班級"),
    ("園藝科主任", "找不到『園藝科』"),
)


def test_a_title_that_gives_no_post_is_said_and_the_person_imported(session: Session) -> None:
    plan = planned(session, "staff", STAFF, *((f"T{number}", "林佳均", "", title) for number, (title, _) in enumerate(POSTLESS)))
    assert [words for finding, (_, words) in zip(plan.warnings, POSTLESS, strict=True) if words not in str(finding)] == []
    assert importing.commit(session, plan).added == len(POSTLESS)
    assert session.scalars(select(Appointment)).all() == []


def test_a_title_is_found_under_another_unit_when_it_means_one_thing_but_never_across_the_wall(session: Session) -> None:
    plan = planned(session, "staff", STAFF, ("T1", "林佳均", "註冊組", "註冊組長"), ("T2", "曾諺", "進修部", "註冊組長"))
    assert [finding.who for finding in plan.warnings] == ["教師代碼 T2"]
    importing.commit(session, plan)
    assert session.scalars(select(Appointment.post)).all() == ["registration_section"]


def test_several_titles_in_one_cell_add_up(session: Session) -> None:
    bring(session, "staff", STAFF, ("T1", "林佳均", "教務處", "註冊組長、專任教師代表"))
    assert set(session.scalars(select(Appointment.post))) == {"registration_section", "teacher_representative"}


def test_a_title_given_up_is_pointed_out_and_ended_by_a_person(session: Session) -> None:
    bring(session, "staff", STAFF, ("T1", "林佳均", "教務處", "註冊組長"))
    plan = planned(session, "staff", STAFF, ("T1", "林佳均", "教務處", "專任教師"))
    assert "名冊上已不是註冊組" in str(plan.warnings[0])
    importing.commit(session, plan)
    assert session.scalar(select(func.count(Appointment.id))) == 1


def test_a_post_already_held_is_not_given_twice(session: Session) -> None:
    bring(session, "staff", STAFF, ("T1", "林佳均", "教務處", ""))
    bring(session, "appointments", ("職務", "教師代碼", "起日"), ("註冊組", "T1", "1150901"))
    assert bring(session, "staff", STAFF, ("T1", "林佳均", "教務處", "註冊組長")).extras == 0


def test_courses_come_with_and_without_a_header(session: Session) -> None:
    platform = f"{COURSE}\t機械製造\t222222\t\t\r\n".encode()
    assert importing.commit(session, importing.plan(session, "courses", platform, on=ON, filename="課程.txt")).added == 1
    plan = planned(
        session,
        "courses",
        ("課程代碼", "科目名稱", "授課學期學分"),
        (COURSE.lower(), "機械製造", "222220"),
        (COURSE[:-1], "短", ""),
    )
    assert (plan.changed, plan.bad) == (1, 1)
    assert "須為 23 碼" in messages(plan)[0]


def test_a_whole_class_is_enrolled_and_electives_are_left_to_choice(session: Session) -> None:
    small_school(session)
    names = [str(each) for each in session.scalars(select(Enrolment).order_by(Enrolment.student_id))]
    assert names == ["詹子君 機械製造", "徐雅華 機械製造"], "休學者與跨班選修不產生"


def test_students_who_come_later_are_enrolled_by_the_next_import(session: Session) -> None:
    small_school(session)
    bring(session, "students", ROSTER, pupil(10009, "新來生"))
    again = bring(session, "teaching", ("班級", "課程代碼", "教師代碼"), ("機一甲", COURSE, "T001"))
    assert (again.added, again.extras) == (0, 1)


def test_another_teacher_is_pointed_out(session: Session) -> None:
    small_school(session)
    plan = planned(session, "teaching", ("班級", "課程代碼", "教師代碼"), ("機一甲", COURSE, "T002"))
    assert "原由 林佳均 任教" in str(plan.warnings[0])


def test_a_file_that_comes_too_early_is_told_so_once(session: Session) -> None:
    open_term(session)
    with pytest.raises(importing.TableError, match="還沒有任何課程，請先匯入課程，再匯入配課"):
        planned(session, "teaching", ("班級", "課程代碼", "教師代碼"), ("機一甲", COURSE, "T001"))


UNKNOWN = (
    (("機九甲", COURSE, "T001"), "『機九甲』不是 115 學年度的班級"),
    (("機一甲", COURSE[:-1] + "9", "T001"), "不在課程計畫內"),
    (("機一甲", COURSE, "T999"), "『T999』不在教職員名冊內"),
    (("機一甲", COURSE, ""), "教師代碼未填"),
)


def test_a_teaching_row_that_names_nothing_known_is_bad(session: Session) -> None:
    small_school(session)
    plan = planned(session, "teaching", ("班級", "課程代碼", "教師代碼"), *(row for row, _ in UNKNOWN))
    assert [words for message, (_, words) in zip(messages(plan), UNKNOWN, strict=True) if words not in message] == []


def test_a_teacher_may_be_named_where_only_one_has_the_name(session: Session) -> None:
    small_school(session)
    bring(session, "staff", STAFF, ("T003", "曾諺", "", ""))
    plan = planned(
        session, "teaching", ("班級", "課程代碼", "教師姓名"), ("機一甲", COURSE, "曾諺"), ("機一甲", CHOSEN_COURSE, "林佳均")
    )
    assert "有 2 位（T002、T003），請改填教師代碼" in messages(plan)[0]
    assert (plan.bad, plan.unchanged) == (1, 1)


def test_enrolments_of_electives(session: Session) -> None:
    small_school(session)
    header = ("學號", "姓名", "課程代碼")
    assert bring(session, "enrolments", header, ("11510002", "徐雅華", CHOSEN_COURSE)).added == 1
    plan = planned(session, "enrolments", header, ("11510002", "別人", CHOSEN_COURSE), ("11510001", "詹子君", CHOSEN_COURSE))
    assert "『別人』與學號 11510002 的學生姓名不符" in messages(plan)[0]
    assert (plan.added, plan.bad) == (1, 1)


def test_what_the_policy_must_allow_comes_from_the_model() -> None:
    assert importing.required("students") == (Act.record, Subject.student_registry)
    assert importing.required("staff") == (Act.manage, Subject.accounts)
    assert importing.required("sports_winner") == (Act.confirm, Subject.sports_contest)
    with pytest.raises(importing.UnknownKindError, match=r"可用的有：.*students"):
        importing.required("nonsense")
