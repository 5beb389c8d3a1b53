"""Which semester a file goes into, and when a semester takes nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from admin_app.services import importing
from models.calendar import Semester
from models.vocabulary import SemesterTerm
from tests.importing.help import (
    ON,
    messages,
    planned,
    small_school,
)

HEADER, ROW = ("學號", "職務", "開始日期"), ("11510001", "班長", "1150901")


def test_a_closed_semester_takes_nothing(session: Session) -> None:
    small_school(session).closed_on = ON
    session.commit()
    with pytest.raises(importing.TableError, match="已於 115/11/23 關閉"):
        planned(session, "class_office", HEADER, ROW)


def test_a_semester_takes_no_records_before_it_starts(session: Session) -> None:
    small_school(session)
    with pytest.raises(importing.TableError, match="開學後才能登錄"):
        planned(session, "class_office", HEADER, ROW, on=dt.date(2026, 8, 30))


def test_the_semester_is_the_one_chosen_or_the_one_the_file_names(session: Session) -> None:
    first = small_school(session)
    second = Semester(
        school_year=first.school_year, term=SemesterTerm.second, starts_on=dt.date(2027, 2, 10), ends_on=dt.date(2027, 6, 30)
    )
    session.add(second)
    session.commit()
    later = dt.date(2027, 3, 1)
    assert planned(session, "class_office", HEADER, ROW, on=later).target == "115 學年度第2學期"
    assert planned(session, "class_office", HEADER, ROW, on=later, filename="115-1_幹部.csv").target == "115 學年度第1學期"
    chosen = planned(session, "class_office", HEADER, ROW, on=later, filename="115-1_幹部.csv", semester_id=second.id)
    assert chosen.target == "115 學年度第2學期"
    assert "檔名或標題寫 115 學年度第1學期" in str(chosen.notes[0])
    by_row = planned(session, "class_office", (*HEADER, "學年度", "學期"), (*ROW, "115", "1"), (*ROW, "", "1152"), on=later)
    assert [draft.values["semester"] for draft in by_row.drafts] == [first, second]
    unknown = planned(session, "class_office", (*HEADER, "學期代碼"), (*ROW, "1091"), on=later)
    assert "還沒有 109 學年度第1學期" in messages(unknown)[0]


def test_a_school_without_a_semester_is_told_so(session: Session) -> None:
    with pytest.raises(importing.TableError, match="請先開設學期"):
        planned(session, "class_office", HEADER, ROW)
