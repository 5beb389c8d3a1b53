"""What one row of a roster may do to the school, and what the file around it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.services import importing
from models.calendar import SchoolYear
from models.classes import Department, SchoolClass
from models.people import Student
from models.values.identity import fake_id_number
from models.vault import vault
from models.vocabulary import Division, EnrolmentStatus, Gender
from tests.importing.help import (
    ON,
    ROSTER,
    bring,
    events,
    find,
    messages,
    open_term,
    planned,
    pupil,
)


def test_a_class_that_only_a_bad_row_names_is_not_proposed(session: Session) -> None:
    plan = planned(session, "students", ROSTER, pupil(1, "徐雅華"), pupil(2, "羅政澄", "機一乙", 座號="十"))
    assert plan.proposals[1] == "將新增 1 班：機一甲"
    importing.commit(session, plan)
    assert session.scalars(select(SchoolClass.name)).all() == ["機一甲"]


def test_a_damaged_name_never_replaces_one_mended_since(session: Session) -> None:
    bring(session, "students", ROSTER, pupil(1, "陳?"))
    bring(session, "students", ROSTER, pupil(1, "陳堃"))
    plan = planned(session, "students", ROSTER, pupil(1, "陳?"))
    assert (plan.changed, plan.unchanged) == (0, 1)
    assert "保留系統裡的『陳堃』" in str(plan.warnings[0])


def test_a_change_is_shown_before_it_is_made_and_hides_personal_data(session: Session) -> None:
    bring(session, "students", ROSTER, pupil(1, "徐雅華"), pupil(2, "羅政澄"))
    other = fake_id_number(77, Gender.female)
    plan = planned(session, "students", ROSTER, pupil(1, "徐雅華", 座號=9, 身分證號=other, 出生日期="1000507"), pupil(2, "羅政澄"))
    assert {(each.field, each.before, each.after) for each in plan.differences} == {
        ("座號", "2", "9"),
        ("出生日期", "（個資，不顯示）", "（個資，不顯示）"),
        (
            "身分證號",
            fake_id_number(1, Gender.female)[:3] + "*****" + fake_id_number(1, Gender.female)[-2:],
            other[:3] + "*****" + other[-2:],
        ),
    }
    assert importing.commit(session, plan).changed == 1
    changed = find(session, "11500001")
    assert changed is not None
    assert (changed.version, changed.seat_no, changed.id_number_index) == (2, 9, vault().index(other))
    assert find(session, "11500002").version == 1  # type: ignore[union-attr]


def test_an_id_number_of_another_student_is_refused(session: Session) -> None:
    bring(session, "students", ROSTER, pupil(1, "徐雅華"))
    plan = planned(session, "students", ROSTER, pupil(2, "羅政澄", 身分證號=fake_id_number(1, Gender.female)))
    assert "已屬於學號 11500001 的學生" in messages(plan)[0]


def test_a_blank_cell_leaves_what_the_school_has(session: Session) -> None:
    bring(session, "students", (*ROSTER, "實驗班名稱"), [*pupil(1, "徐雅華"), "雙語實驗班"])
    plan = planned(session, "students", (*ROSTER, "實驗班名稱"), [*pupil(1, "徐雅華", 座號=""), ""])
    assert (plan.changed, plan.unchanged) == (0, 1)


UNTOLD = (
    ("機一甲", "電機科", "『機一甲』與科別『電機科』不符"),
    ("機四甲", "機械科", "『機四甲』不是班級名稱"),
    ("機一甲", "", "科別未填"),
    ("", "機械科", "班級未填"),
)


def test_a_class_that_cannot_be_told_is_a_bad_row(session: Session) -> None:
    rows = [pupil(number, "徐雅華", name, department) for number, (name, department, _) in enumerate(UNTOLD)]
    plan = planned(session, "students", ROSTER, *rows)
    assert [words for message, (*_, words) in zip(messages(plan), UNTOLD, strict=True) if words not in message] == []
    assert plan.proposals == []


def test_a_known_class_of_another_department_is_a_bad_row(session: Session) -> None:
    bring(session, "students", ROSTER, pupil(1, "徐雅華"))
    plan = planned(session, "students", ROSTER, pupil(2, "羅政澄", "機一甲", "機電科"))
    assert "『機一甲』屬於機械科" in messages(plan)[0]


def test_whoever_left_may_have_no_class(session: Session) -> None:
    bring(session, "students", ROSTER, pupil(1, "徐雅華", class_name="", 學籍狀態="轉出"))
    left = find(session, "11500001")
    assert left is not None
    assert (left.status, left.school_class) == (EnrolmentStatus.transferred, None)


def test_a_file_that_does_not_name_the_division_never_moves_anybody(session: Session) -> None:
    bring(session, "students", ROSTER, pupil(1, "徐雅華"), pupil(2, "羅政澄"), filename="115-1_進修部.csv")
    plan = planned(session, "students", ROSTER, pupil(1, "徐雅華"), pupil(2, "羅政澄", class_name="", 學籍狀態="轉出"))
    assert [str(each) for each in plan.differences] == ["機一甲 3 號 羅政澄（11500002） 學籍狀態：在學 → 轉出"]


def test_a_new_school_year_moves_everybody_on(session: Session) -> None:
    bring(session, "students", ROSTER, pupil(1, "徐雅華"), filename="115-2_學生名冊.csv")
    plan = planned(session, "students", ROSTER, pupil(1, "徐雅華", "機二甲"), filename="116-1_學生名冊.csv")
    assert [line.split("：")[0] for line in plan.proposals] == ["將新增 1 班", "將新增 1 個學年度"]
    assert [(each.field, each.before, each.after) for each in plan.differences] == [("班級", "機一甲", "機二甲")]
    importing.commit(session, plan)
    assert session.scalars(select(SchoolYear.year).order_by(SchoolYear.year)).all() == [115, 116]


@pytest.mark.parametrize(
    ("filename", "class_name", "division"),
    [
        ("roster.csv", "機一甲", Division.day),
        ("roster.csv", "進機一甲", Division.evening),
        ("115-1_進修部.csv", "機一甲", Division.evening),
    ],
)
def test_the_division_comes_from_the_file_or_the_class(
    session: Session, filename: str, class_name: str, division: Division
) -> None:
    plan = planned(session, "students", ROSTER, pupil(1, "徐雅華", class_name), filename=filename)
    assert plan.divisions == {division}
    importing.commit(session, plan)
    assert session.scalars(select(Student.division)).one() is division
    assert session.scalars(select(SchoolClass.division)).one() is division
    assert session.scalars(select(Department.division)).one() is division


def test_the_title_above_the_header_says_year_and_division_and_stays_with_the_rows_to_mend(
    session: Session, tmp_path: Path
) -> None:
    title = b"\xef\xbb\xbf" + "測試高中進修部 116學年度第2學期 學生名冊\r\n".encode()
    table = title + ",".join(ROSTER).encode() + b"\r\n" + ",".join(map(str, pupil(1, "徐雅華", 座號="一"))).encode()
    plan = importing.plan(session, "students", table, on=ON, filename="roster.csv")
    assert (plan.period.year, plan.period.division, plan.target) == (116, Division.evening, "116 學年度")
    path = tmp_path / "roster.csv"
    importing.write_bad_rows(plan, path)
    again = importing.plan(session, "students", path, on=ON)
    assert (again.period, again.bad) == (plan.period, 1)


def test_an_old_roster_is_pointed_out(session: Session) -> None:
    open_term(session)
    plan = planned(session, "students", ROSTER, pupil(1, "徐雅華"), filename="114-2_學生名冊.csv")
    assert "早於目前的 115 學年度" in str(plan.warnings[0])


def test_a_row_with_more_cells_than_headings_is_kept_out(session: Session) -> None:
    plan = planned(session, "students", ROSTER, [*pupil(1, "徐雅華"), "多", "出"])
    assert "格數比標題列多" in messages(plan)[0]


def test_a_file_without_a_required_column_is_refused_as_a_whole(session: Session) -> None:
    with pytest.raises(importing.TableError, match="缺少必要的欄位：身分證號、出生日期"):
        planned(session, "students", ("學號", "姓名", "性別", "班級"), ("1", "2", "3", "4"))


def test_unused_and_doubled_columns_are_said(session: Session) -> None:
    plan = planned(session, "students", (*ROSTER, "身高", "生日"), [*pupil(1, "徐雅華"), "160", "1000601"])
    assert [str(note) for note in plan.notes] == ["欄位「生日」與「出生日期」意義相同，只讀取「出生日期」", "未使用的欄位：身高"]
    importing.commit(session, plan)
    assert session.scalars(select(Student.born_on)).one().isoformat() == "2011-05-06"


def test_a_conflict_writes_nothing(session: Session) -> None:
    plan = planned(session, "students", ROSTER, pupil(1, "徐雅華"))
    bring(session, "students", ROSTER, pupil(1, "徐雅華"))
    before = events(session)
    with pytest.raises(importing.ImportConflictError, match="沒有寫入任何一筆"):
        importing.commit(session, plan)
    assert events(session) == before
