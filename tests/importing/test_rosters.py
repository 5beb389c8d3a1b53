"""學生名冊 as schools export them come in without preparation."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.services import importing
from models.calendar import SchoolYear, Semester
from models.classes import Department, SchoolClass
from models.people import Student
from models.vocabulary import Division, Track
from tests.importing.help import (
    CLEAN,
    DAY_ROSTER,
    EVENING_ROSTER,
    ON,
    bring_file,
    counts,
    events,
)


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
