"""Every record kind is imported from the template its own declaration makes."""

from __future__ import annotations

import io
import os
import warnings

import openpyxl
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from admin_app.services import importing
from admin_app.services.codes import load_codes
from models.classes import Course
from models.event import Event
from models.people import Student
from models.records.class_office import ClassOffice
from models.records.club import Club
from models.records.club_office import ClubOffice
from models.records.consultation import Consultation
from models.records.grade import Grade
from models.records.learning_outcome import LearningOutcome, OutcomeState
from models.vocabulary import Division
from tests.importing.help import (
    CLEAN,
    COURSE,
    DAY_ROSTER,
    EVENING_ROSTER,
    ON,
    bring,
    bring_file,
    csv_of,
    events,
    messages,
    open_term,
    planned,
    small_school,
)

GRADES = 13_000 if os.environ.get("PORTFOLIO_SOAK") == "1" else 1_000


LATER = ("議決結果",)
"""Filled in only after the day of the decision, which has no example."""


def filled(kind: str, session: Session) -> bytes:
    """The kind's template with one row of its own examples under the header."""
    file = importing.template(kind, load_codes(session, importing.code_lists(kind), year=115))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(file))
    notes = {row[0]: row for row in book["說明"].iter_rows(values_only=True) if len(row) > 4}
    sheet = book.worksheets[0]
    for at, cell in enumerate(sheet[1], start=1):
        _, needed, _, _, example, *_ = notes[cell.value]
        if cell.value not in LATER:
            sheet.cell(2, at).value = example or ("測試" if needed == "必填" else None)
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()


def test_every_kind_comes_in_from_its_own_template_and_again_changes_nothing(session: Session) -> None:
    small_school(session)
    wrong = {}
    for kind in importing.KINDS:
        if kind == "appointments":
            continue  # its example row would name a teacher, a student and a guardian at once: see test_school_files
        plan = importing.plan(session, kind, filled(kind, session), on=ON)
        if plan.errors or plan.added + plan.changed + plan.unchanged != 1:
            wrong[kind] = plan.summary()
            continue
        importing.commit(session, plan)
        again = importing.plan(session, kind, filled(kind, session), on=ON)
        if again.unchanged != 1:
            wrong[kind] = again.summary()
    assert not wrong, "\n".join(f"{kind}: {lines}" for kind, lines in wrong.items())


def test_the_template_explains_every_column_and_its_codes(session: Session) -> None:
    book = openpyxl.load_workbook(io.BytesIO(importing.template("contest", load_codes(session, ["contest_level"], year=115))))
    first, notes = book.worksheets
    assert first.max_row == 1
    assert [cell.value for cell in first[1]][:3] == ["學號", "姓名", "競賽名稱"]
    explained = {row[0]: row for row in notes.iter_rows(values_only=True)}
    assert explained["競賽名稱"][1] == "必填"
    assert explained["獎項"][1] == "可留白"
    assert "3 全國" in explained["競賽等級代碼"][5]


def test_a_template_is_found_by_model_and_by_table(session: Session) -> None:
    assert importing.template(Grade) == importing.template("grade")
    assert importing.find_kind("student") is importing.KINDS["students"]
    assert importing.find_kind("clubs") is importing.KINDS["club"]


@pytest.fixture
def graded(session: Session) -> bytes:
    """A semester's grades: as many rows as a school has, or a sample of them."""
    open_term(session)
    for name in (DAY_ROSTER, EVENING_ROSTER):
        bring_file(session, "students", CLEAN / name)
    for path in CLEAN.glob("*.txt"):
        bring_file(session, "courses", path)
    students = session.execute(select(Student.student_no, Student.name).order_by(Student.id)).all()
    courses = session.execute(select(Course.code, Course.name).order_by(Course.id).limit(10)).all()
    every = ((no, name, code, course, 1, 2, 60 + at % 40) for code, course in courses for at, (no, name) in enumerate(students))
    rows = [row for row, _ in zip(every, range(GRADES), strict=False)]
    session.commit()
    return csv_of(("學號", "姓名", "課程代碼", "科目名稱", "開課年級", "修課學分", "學期成績"), *rows)


def test_a_semesters_grades_are_imported_in_few_statements_with_an_event_each(session: Session, graded: bytes) -> None:
    before, statements = events(session), []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    plan = importing.plan(session, "grade", graded, on=ON)
    assert len(statements) <= 15, statements
    result = importing.commit(session, plan)
    assert (result.added, result.bad) == (GRADES, 0)
    assert events(session) - before == GRADES
    assert len([text for text in statements if not text.startswith("INSERT")]) <= 15, "沒有一筆一句的查詢"
    again = importing.plan(session, "grade", graded, on=ON)
    assert (again.added, again.changed, again.unchanged) == (0, 0, GRADES)


def test_an_events_note_names_the_file(session: Session) -> None:
    small_school(session)
    bring(session, "class_office", ("學號", "職務", "開始日期"), ("11510001", "班長", "1150901"), filename="115-1_幹部.csv")
    assert session.scalars(select(Event.note).where(Event.kind == "class_office")).all() == ["匯入 115-1_幹部.csv"]


def test_what_a_model_fills_in_itself_may_be_left_blank(session: Session) -> None:
    small_school(session)
    bring(session, "class_office", ("學號", "職務", "開始日期"), ("11510001", "班長", "1150901"))
    office = session.scalars(select(ClassOffice)).one()
    assert (office.unit_name, office.level, office.division) == ("機一甲", "2", Division.day)
    student = session.scalars(select(Student).where(Student.student_no == "11510001")).one()
    student.pass_mark = 50
    session.commit()
    bring(session, "grade", ("學號", "課程代碼", "開課年級", "成績"), ("11510001", COURSE, "1", "55"))
    assert session.scalars(select(Grade.pass_mark)).one() == 50


REFUSED = (
    (("11510001", COURSE, "1", "101"), "『101』須在 0 到 100 之間"),
    (("11510001", COURSE, "1", "-1"), "『-1』須在 0 到 100 之間"),
    (("11510001", COURSE, "1", "85.555"), "小數最多 2 位"),
    (("11510001", COURSE, "4", "85"), "（學號 11510001）"),
    (("11599999", COURSE, "1", "85"), "『11599999』不在學籍資料內"),
    (("11510001", COURSE, "一", "85"), "不是整數"),
    (("", COURSE, "1", "85"), "學號未填"),
    (("11510001", "", "1", "85"), "課程代碼未填"),
)


def test_what_the_database_would_refuse_is_said_beforehand(session: Session) -> None:
    small_school(session)
    header, good = ("學號", "課程代碼", "開課年級", "學期學業成績"), ("11510002", COURSE, "1", "88.5")
    for row, words in REFUSED:
        plan = planned(session, "grade", header, row, good)
        assert (plan.added, plan.bad) == (1, 1)
        assert words in messages(plan)[0]
    assert importing.commit(session, plan).added == 1


def test_a_rule_between_two_columns_is_said_too(session: Session) -> None:
    small_school(session)
    header = ("學號", "職務", "開始日期", "結束日期")
    plan = planned(session, "class_office", header, ("11510001", "班長", "1150901", "1150831"))
    assert "結束日期不可早於開始日期，請修正後再匯入" in messages(plan)[0]
    bring(session, "class_office", header, ("11510001", "班長", "1150901", "1151231"))
    changed = planned(session, "class_office", header, ("11510001", "班長", "1150901", "1150101"))
    assert (changed.changed, changed.bad) == (0, 1)


def test_codes_are_given_by_value_or_in_words(session: Session) -> None:
    small_school(session)
    header = ("學號", "競賽名稱", "競賽等級", "團體參與", "結果公布日期", "領域")
    rows = [("11510001", f"競賽{at}", level, "個人", "1151120", "體育") for at, level in enumerate(("3", "全國", "3 全國"))]
    assert bring(session, "contest", header, *rows).added == 3
    bad = planned(session, "contest", header, ("11510001", "競賽", "宇宙級", "個人", "1151120", "體育"))
    assert "『宇宙級』不在代碼表內，可填：1 校級、2 縣市級" in messages(bad)[0]


def test_a_club_is_found_in_the_students_own_division(session: Session) -> None:
    small_school(session)
    bring(session, "club", ("社團名稱", "部別", "指導老師"), ("機器人研究社", "進修部", "T002"))
    header = ("學號", "社團名稱", "職務", "開始日期")
    bring(
        session,
        "club_office",
        header,
        ("11550001", "機器人研究社", "社長", "1150911"),
        ("11510001", "機器人研究社", "社長", "1150911"),
    )
    found = {each.division: each.club.division for each in session.scalars(select(ClubOffice))}
    assert found == {Division.day: Division.day, Division.evening: Division.evening}
    assert session.scalar(select(func.count(Club.id))) == 2
    assert "不是這學期的社團" in messages(planned(session, "club_office", header, ("11510001", "圍棋社", "社長", "1150911")))[0]


def test_a_consultation_names_its_students_in_one_cell(session: Session) -> None:
    small_school(session)
    header = ("諮詢教師", "諮詢類別", "日期", "開始時間", "地點", "諮詢主題", "諮詢內容", "諮詢對象")
    row = ("T001", "團體", "1150915", "12:30", "輔導室", "選課", "說明選課", "11510001、11510002")
    bring(session, "consultation", header, row)
    assert {each.name for each in session.scalars(select(Consultation)).one().students} == {"詹子君", "徐雅華"}
    session.expire_all()
    again = planned(session, "consultation", header, row)
    assert (again.changed, again.unchanged) == (0, 1)
    fewer = bring(session, "consultation", header, (*row[:-1], "11510001"))
    assert fewer.changed == 1
    session.expire_all()
    assert [each.name for each in session.scalars(select(Consultation)).one().students] == ["詹子君"]


def test_a_file_cannot_certify_an_outcome(session: Session) -> None:
    small_school(session)
    header = ("學號", "課程代碼", "成果名稱", "成果簡述", "認證狀態")
    plan = planned(session, "learning_outcome", header, ("11510001", COURSE, "報告", "做了一件工件", "認證通過"))
    assert "未使用的欄位：認證狀態" in str(plan.notes[0])
    importing.commit(session, plan)
    assert session.scalars(select(LearningOutcome.state)).one() is OutcomeState.draft
