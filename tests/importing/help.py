"""Small files and a small invented school for the import tests."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.services import importing
from models.calendar import SchoolYear, Semester
from models.event import Event
from models.people import Student
from models.values.identity import fake_id_number
from models.vocabulary import Gender, SemesterTerm

DATA = Path(__file__).parents[1] / "data"
CLEAN, DEFECTS = DATA / "clean", DATA / "defects"
ON = dt.date(2026, 11, 23)
DAY_ROSTER, EVENING_ROSTER = "115-1_日校_學生名冊.csv", "115-1_進修部_學生名冊.xlsx"
ROSTER = ("學號", "身分證號", "姓名", "性別", "出生日期", "科別", "班級", "座號", "學籍狀態")
COURSE = "114030402V2130101020001"
CHOSEN_COURSE = "114030402V2130107120012"


def counts(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "counts.json").read_text(encoding="utf-8"))
    return found


def csv_of(header: Sequence[str], *rows: Sequence[object]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode("utf-8-sig")


def planned(session: Session, kind: str, header: Sequence[str], *rows: Sequence[object], **more: Any) -> importing.Plan:
    """The plan for a small table."""
    more.setdefault("on", ON)
    return importing.plan(session, kind, csv_of(header, *rows), **more)


def bring(session: Session, kind: str, header: Sequence[str], *rows: Sequence[object], **more: Any) -> importing.Result:
    """Import a small table; every row must be good."""
    plan = planned(session, kind, header, *rows, **more)
    assert plan.errors == []
    return importing.commit(session, plan)


def bring_file(session: Session, kind: str, path: Path) -> importing.Result:
    return importing.commit(session, importing.plan(session, kind, path, on=ON))


def events(session: Session) -> int:
    return session.scalar(select(func.count(Event.id))) or 0


def messages(plan: importing.Plan) -> list[str]:
    return [str(finding) for finding in plan.errors]


def pupil(number: int, name: str, class_name: str = "機一甲", department: str = "機械科", **other: object) -> list[object]:
    """A row of a roster."""
    row = {
        "學號": f"115{number:05}",
        "身分證號": fake_id_number(number, Gender.female),
        "姓名": name,
        "性別": "女",
        "出生日期": "1000506",
        "科別": department,
        "班級": class_name,
        "座號": number % 90 + 1,
        "學籍狀態": "在學",
    } | other
    return [row[heading] for heading in ROSTER]


def open_term(session: Session, *, closed_on: dt.date | None = None) -> Semester:
    """115 學年度第1學期, under way on `ON`."""
    term = Semester(
        school_year=SchoolYear(year=115),
        term=SemesterTerm.first,
        starts_on=dt.date(2026, 8, 31),
        ends_on=dt.date(2027, 1, 20),
        closed_on=closed_on,
    )
    session.add(term)
    session.commit()
    return term


def small_school(session: Session) -> Semester:
    """Three students of 機一甲 and one of 進機一甲, two teachers, two courses that the first teaches, a club and a guardian."""
    term = open_term(session)
    day = (pupil(10001, "詹子君"), pupil(10002, "徐雅華"), pupil(10003, "羅政澄", 學籍狀態="休學"))
    bring(session, "students", ROSTER, *day, pupil(50001, "周宜雯", "進機一甲"))
    bring(
        session, "staff", ("教師代碼", "姓名", "單位", "職務"), ("T001", "林佳均", "", "專任教師"), ("T002", "曾諺", "", "專任教師")
    )
    plan = ((COURSE, "機械製造"), (CHOSEN_COURSE, "校訂選修：食農教育"), ("114030402V2170101020001", "創意程式設計"))
    bring(session, "courses", ("課程代碼", "科目名稱"), *plan)
    bring(session, "teaching", ("班級", "課程代碼", "教師代碼"), *(("機一甲", code, "T001") for code, _ in plan[:2]))
    bring(session, "club", ("社團名稱", "部別"), ("機器人研究社", "日校"))
    bring(session, "guardians", ("家長代碼", "姓名", "學號"), ("G11510001", "詹文彬", "11510001"))
    return term


def find(session: Session, number: str) -> Student | None:
    return session.scalar(select(Student).where(Student.student_no == number))
