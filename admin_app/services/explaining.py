"""「某人能否對某筆做某事？」: the policy's answer about somebody else, without showing the asker the record itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload

from admin_app.actor import Actor, Held
from admin_app.policy import Verdict, judge, may, row_sentence, visible
from models.base import Entity
from models.classes import Department, SchoolClass
from models.people import Account, Guardian, Staff, Student
from models.vocabulary import Act, Division, Subject

MOST = 20
MOST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PostToday:
    """A post somebody holds today: where it reaches and how they came by it."""

    zh: str
    where: str
    how: str


def reach_of(by: Actor) -> frozenset[Division]:
    """The divisions whose people `by` may ask about."""
    divisions = {held.grant.division for held in by.held(Act.explain, Subject.permission)}
    return frozenset(Division) if None in divisions else frozenset(each for each in divisions if each)


def find_people(session: Session, divisions: Iterable[Division], text: str) -> Sequence[Account]:
    """At most `MOST` accounts of these divisions whose name, code, 學號 or user name holds every word typed."""
    stmt = _people(divisions).outerjoin(Account.staff).outerjoin(Account.student).outerjoin(Account.guardian)
    for word in text.split():
        stmt = stmt.where(_matches(word))
    return session.scalars(stmt.order_by(Account.username).limit(MOST)).all()


def find_person(session: Session, divisions: Iterable[Division], account_id: int) -> Account | None:
    """The account if it is of these divisions."""
    return session.scalar(_people(divisions).where(Account.id == account_id)) if 0 < account_id <= MOST_ID else None


def _people(divisions: Iterable[Division]) -> Select[Account]:
    people = (joinedload(Account.staff), joinedload(Account.student).joinedload(Student.school_class), joinedload(Account.guardian))
    return select(Account).options(*people).where(Account.division.in_(list(divisions)))


def _matches(word: str) -> ColumnElement[bool]:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    columns = (Account.username, Staff.name, Staff.code, Student.name, Student.student_no, Guardian.name, Guardian.code)
    return or_(*(column.ilike(f"%{escaped}%", escape="\\") for column in columns))


def find_record(session: Session, divisions: Iterable[Division], model: type[Entity], record_id: int) -> Entity | None:
    """The record if it stands on a side of the wall the asker may ask about; one without a division stands on both."""
    row = session.get(model, record_id) if 0 < record_id <= MOST_ID else None
    division = getattr(row, "division", None)
    return row if row is not None and (division is None or division in divisions) else None


def explain(session: Session, person: Actor, act: Act, model: type[Entity], row: Entity | None) -> Verdict:
    """Whether `person` may perform `act` on this row (None: on rows of this kind at all), and why."""
    if row is not None:
        verdict = judge(session, person, act, row)
    else:
        verdict = _first([may(person, act, subject) for subject in model.lenses()])
    if verdict or act is not Act.read:
        return verdict
    return _may_see(session, person, model, row) or verdict


def explain_subject(person: Actor, act: Act, subject: Subject) -> Verdict:
    """The same for a subject that has no grid."""
    return may(person, act, subject)


def _first(verdicts: Sequence[Verdict]) -> Verdict:
    return next((verdict for verdict in verdicts if verdict), verdicts[0])


def _may_see(session: Session, person: Actor, model: type[Entity], row: Entity | None) -> Verdict | None:
    """Whoever may act on a row may also see it, though no row says 「查閱」."""
    held = [each for subject in model.lenses() for each in person.held_at_all(subject)]
    if not held or (row is not None and not session.scalar(select(model.id).where(model.id == row.id, visible(person, model)))):
        return None
    giving = next((each for each in held if row is None or judge(session, person, each.grant.act, row)), held[0])
    return Verdict(True, f"{_sentence(person, giving)}，可辦理者即可查閱", giving.grant)


def _sentence(person: Actor, held: Held) -> str:
    return f"依{row_sentence(held.grant, person.rulebook)}"


def posts_today(session: Session, person: Actor) -> list[PostToday]:
    """The posts behind the answer, each with its class or 科."""
    classes = {each.school_class_id for each in person.holdings if each.school_class_id}
    departments = {each.department_id for each in person.holdings if each.department_id}
    class_names = {each.id: each.name for each in session.scalars(select(SchoolClass).where(SchoolClass.id.in_(classes)))}
    department_names = {each.id: each.name for each in session.scalars(select(Department).where(Department.id.in_(departments)))}
    found = []
    for holding in person.holdings:
        where = class_names.get(holding.school_class_id or 0) or department_names.get(holding.department_id or 0) or ""
        only = "、".join(Subject[name].zh for name in sorted(holding.only) if name in Subject.__members__)
        for post in person.rulebook.with_implied(holding.post):
            through = f"兼：{person.rulebook.zh(holding.post)}" if post != holding.post else ""
            standing_in = f"代理{holding.stands_in_for}" if holding.stands_in_for else ""
            how = "，".join(filter(None, (through, standing_in, f"僅{only}" if only else "")))
            found.append(PostToday(person.rulebook.zh(post), where, how))
    return list(dict.fromkeys(found))
