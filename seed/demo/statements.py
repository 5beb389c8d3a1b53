"""Students who stated that they have nothing to upload this semester: a few in every class, of those who have nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from models.catalogue import ACHIEVEMENTS
from models.nothing_to_upload import NoAchievement, Nothing, NoUpload
from models.records.base import StudentRecord
from models.records.learning_outcome import LearningOutcome
from seed.demo.school import School, Term, chance

REASONS = ("", "", "作品留在校外展覽，下學期再上傳。", "本學期專心準備技能檢定。", "小組作品還在整理，這學期先不上傳。")
PART = 0.03


def build_statements(school: School) -> None:
    """In both semesters."""
    for term in (school.previous, school.current):
        school.add(_statements(school, term, NoUpload, (LearningOutcome,)))
        school.add(_statements(school, term, NoAchievement, ACHIEVEMENTS))


def _statements(school: School, term: Term, kind: type[Nothing], kinds: Sequence[type[StudentRecord]]) -> Iterator[Nothing]:
    rng, busy = chance(f"{kind.__zh__}{term.number}"), set[int]()
    for model in kinds:
        busy.update(school.session.scalars(select(model.student_id).where(model.semester_id == term.semester.id)))
    for _, student in term.students():
        if rng.random() < PART and student.id not in busy and student.student_no not in school.demo_students:
            yield kind(student=student, semester=term.semester, reason=rng.choice(REASONS))
