"""A batch from upload to undo: it does what its check said, all of it or nothing, and only what its owner may write."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from models.import_batch import ImportState
from models.job import JobState
from models.people import Student
from models.vocabulary import Division
from tests.importing.desk import Desk, changed, picture
from tests.importing.help import ROSTER, pupil

NEW = (pupil(99001, "詹子君"), pupil(99002, "徐雅華"))


def of(desk: Desk, number: str) -> Student | None:
    return desk.session.scalar(select(Student).where(Student.student_no == number))


def known(desk: Desk, division: Division) -> Student:
    return desk.session.scalars(select(Student).where(Student.division == division).order_by(Student.id)).first()  # type: ignore[return-value]


def test_a_batch_is_checked_imported_and_undone_and_the_school_is_as_it_was(desk: Callable[[str], Desk]) -> None:
    clerk = desk("registration_section")
    old = known(clerk, Division.day)
    before = picture(clerk.session)
    row = pupil(0, "改名的人", 學號=old.student_no, 身分證號=old.id_number, 班級=old.school_class.name, 科別="", 座號=77)
    batch = clerk.upload("students", ROSTER, *NEW, row)
    assert clerk.check(batch).state is JobState.done
    assert (batch.state, batch.added, batch.changed, batch.bad) == (ImportState.checked, 2, 1, 0)
    assert picture(clerk.session) == before
    assert clerk.commit(batch).state is JobState.done
    assert batch.state is ImportState.imported
    assert of(clerk, "11599001").name == "詹子君"  # type: ignore[union-attr]
    assert of(clerk, old.student_no).name == "改名的人"  # type: ignore[union-attr]
    assert "student" in changed(before, picture(clerk.session))
    assert clerk.undo(batch).state is JobState.done
    assert batch.state is ImportState.undone
    assert changed(before, picture(clerk.session)) == set()
