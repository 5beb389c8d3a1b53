"""The seeded defects of a roster: every bad row is named and handed back to be mended, everything else comes in."""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.services import importing
from models.classes import SchoolClass
from models.people import Student
from models.values.identity import fake_id_number
from models.vocabulary import Gender
from tests.importing.help import (
    DAY_ROSTER,
    DEFECTS,
    ON,
    ROSTER,
    bring_file,
    counts,
    find,
    planned,
    pupil,
)


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


def test_a_formula_is_kept_from_running_in_the_file_to_mend_and_is_the_same_text_afterwards(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "mend.csv"
    importing.write_bad_rows(planned(session, "students", ROSTER, pupil(1, "=1+1", 座號="十")), path)
    text = path.read_text(encoding="utf-8")
    assert ",'=1+1," in text
    path.write_text(text.replace(",十,", ",10,"), encoding="utf-8")
    bring_file(session, "students", path)
    assert session.scalars(select(Student.name)).one() == "=1+1"
