"""學生名冊 as schools export them: all good rows come in, every bad one is named and handed back to be mended."""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.services import importing
from models.calendar import SchoolYear, Semester
from models.classes import Department, SchoolClass
from models.people import Student
from models.values.identity import fake_id_number
from models.vault import vault
from models.vocabulary import Division, EnrolmentStatus, Gender, Track
from tests.importing.help import (
    CLEAN,
    DAY_ROSTER,
    DEFECTS,
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
)


def find(session: Session, number: str) -> Student | None:
    return session.scalar(select(Student).where(Student.student_no == number))


def division_counts(session: Session) -> dict[Division, int]:
    return dict(session.execute(select(Student.division, func.count()).group_by(Student.division)).all())


def test_both_clean_rosters_come_in_without_preparation(session: Session) -> None:
    day, evening = (bring_file(session, "students", CLEAN / name) for name in (DAY_ROSTER, EVENING_ROSTER))
    wanted = counts(CLEAN)
    assert (day.added, evening.added) == (wanted["日校"], wanted["進修部"]) == (1063, 261)
    assert division_counts(session) == {Division.day: 1063, Division.evening: 261}
    assert session.scalars(select(SchoolYear.year)).all() == [115]
    assert session.scalars(select(Semester)).all() == [], "名冊只需要學年度"


def test_departments_and_classes_are_proposed_from_the_roster(session: Session) -> None:
    plan = importing.plan(session, "students", CLEAN / DAY_ROSTER, on=ON)
    assert [line.split("：")[0] for line in plan.proposals] == ["將新增 7 科", "將新增 30 班", "將新增 1 個學年度"]
    importing.commit(session, plan)
    general = session.scalars(select(Department).where(Department.name == "普通科")).one()
    machines = session.scalars(select(Department).where(Department.name == "機械科")).one()
    assert (general.track, general.short, general.code) == (Track.general, "普", "101")
    assert (machines.track, machines.short, machines.code, machines.group_code) == (Track.vocational, "機", "301", "")
    assert session.scalars(select(SchoolClass.grade).where(SchoolClass.name == "電三甲")).one() == 3
    assert session.scalars(select(SchoolClass.division).distinct()).all() == [Division.day]


def test_names_that_lost_a_character_are_imported_and_said(session: Session) -> None:
    plan = importing.plan(session, "students", CLEAN / DAY_ROSTER, on=ON)
    assert [finding.who for finding in plan.warnings] == [f"學號 {number}" for number in counts(CLEAN)["cp950_lost"]]
    assert all("可能缺字" in finding.message for finding in plan.warnings)
    assert plan.bad == 0


def test_a_second_import_of_the_same_file_changes_nothing(session: Session) -> None:
    for name in (DAY_ROSTER, EVENING_ROSTER):
        bring_file(session, "students", CLEAN / name)
    before = events(session)
    for name in (DAY_ROSTER, EVENING_ROSTER):
        again = bring_file(session, "students", CLEAN / name)
        assert (again.added, again.changed, again.bad) == (0, 0, 0)
    assert events(session) == before
    assert session.scalars(select(Student.version).distinct()).all() == [1]


def test_a_plan_alone_writes_nothing(session: Session) -> None:
    before = events(session)
    plan = importing.plan(session, "students", CLEAN / DAY_ROSTER, on=ON)
    assert plan.added == 1063
    session.commit()
    assert events(session) == before
    assert session.scalar(select(func.count(Student.id))) == 0


def test_every_row_written_has_its_event_naming_the_file(session: Session) -> None:
    before = events(session)
    result = bring_file(session, "students", CLEAN / EVENING_ROSTER)
    assert events(session) - before == result.added + 3 + 9 + 1, "學生、科、班、學年度"


@pytest.fixture
def defects(session: Session) -> importing.Plan:
    return importing.plan(session, "students", DEFECTS / DAY_ROSTER, on=ON)


REFUSED = {
    "11410247": ("身分證號", "檢查碼不符"),
    "11310310": ("身分證號", "與第 552 行重複"),
    "11410195": ("身分證號", "與第 1027 行重複"),
    "11510293": ("學號", "重複"),
    "11410239": ("出生日期", "『0970230』不存在"),
    "11510068": ("姓名", "未填"),
    "11510056": ("班級", "『幽靈班』"),
    "11310242": ("座號", "『十二』不是整數"),
}


def test_each_seeded_defect_is_refused_with_line_field_value_and_advice(defects: importing.Plan) -> None:
    assert Counter(draft.who.removeprefix("學號 ") for draft in defects.bad_rows) == Counter([*REFUSED, "11510293"])
    for finding in defects.errors:
        field, words = REFUSED[finding.who.removeprefix("學號 ")]
        assert finding.field == field
        assert words in finding.message
        assert finding.line > 1
        assert "請" in finding.message
    assert {draft.line for draft in defects.bad_rows} == {57, 69, 294, 367, 552, 596, 604, 959, 1027}


def test_every_seeded_defect_is_accounted_for(defects: importing.Plan) -> None:
    accepted = {"11510157", "11310196", "11510328", "11410064", "11310320"}
    assert {each["學號"] for each in counts(DEFECTS)["defects"]} == accepted | set(REFUSED) - {"11410195"}
    assert (defects.added, defects.bad) == (counts(DEFECTS)["日校"] - 9, 9)


def test_messages_never_show_a_whole_id_number(defects: importing.Plan) -> None:
    shown = "\n".join((*defects.summary(), *(finding.value for finding in defects.findings)))
    whole = {draft.row.cells["身分證號"].strip() for draft in defects.drafts}
    assert not [number for number in whole if number and number in shown]


def test_what_can_be_put_right_without_asking_is_put_right(session: Session, defects: importing.Plan) -> None:
    importing.commit(session, defects)
    assert find(session, "11510157").id_number == "A195665545"  # type: ignore[union-attr]
    assert find(session, "11310196").id_number == "H166469947"  # type: ignore[union-attr]
    assert find(session, "11510328").born_on.isoformat() == "2011-08-10"  # type: ignore[union-attr]
    assert find(session, "11410064").name == "顏韋君"  # type: ignore[union-attr]
    assert find(session, "11310320").name == '=HYPERLINK("http://example.invalid","點我")'  # type: ignore[union-attr]
    assert find(session, "11510293") is None
    assert session.scalars(select(SchoolClass).where(SchoolClass.name == "幽靈班")).all() == []


def test_the_rows_to_mend_come_back_with_advice_and_import_once_mended(
    session: Session, defects: importing.Plan, tmp_path: Path
) -> None:
    importing.commit(session, defects)
    path = tmp_path / "imports" / "115-1_日校_學生名冊_須修正.csv"
    assert importing.write_bad_rows(defects, path) == 9
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff須修正,學號,身分證號,")
    assert "H236676457" in text, "承辦人要看得到原值才能更正"
    assert "H23*****57" in text

    assert importing.plan(session, "students", path, on=ON).bad == 9, "沒有改就還是九筆"
    mended = (
        text.replace("H236676457", fake_id_number(1, Gender.female))
        .replace("0970230", "0970228")
        .replace(",H107217467,,", ",H107217467,李凱瑜,")
        .replace("幽靈班", "普一甲")
        .replace(",十二,", ",12,")
        .replace("11510293,J187234847", "11410999,J187234847")
        .replace("11410195,F206457896", f"11410195,{fake_id_number(2, Gender.female)}")
    )
    path.write_text(mended, encoding="utf-8")
    result = bring_file(session, "students", path)
    assert (result.added, result.changed, result.bad) == (9, 0, 0)
    assert session.scalar(select(func.count(Student.id))) == counts(DEFECTS)["日校"]


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
