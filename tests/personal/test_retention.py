"""保存期限: what would go, that it takes two people, that nothing goes too soon, and that a killed clearing is run again."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.exceptions import Conflict, Forbidden

from admin_app.audit import Signature
from admin_app.services.jobs import Unworkable
from admin_app.services.retention import proposing, purging
from admin_app.services.retention.due import months_before, read_limits, unusable
from models.calendar import SchoolYear, Semester
from models.catalogue import RECORDS
from models.classes import Department, SchoolClass
from models.event import Event
from models.people import Account, Guardian, Guardianship, Staff, Student
from models.personal_data import Anchor, PurgeItem, PurgeRun, PurgeState, RetentionRule
from models.records.class_office import ClassOffice
from models.values.identity import fake_id_number
from models.vocabulary import Division, EnrolmentStatus, Gender, SemesterTerm
from tests.conftest import sample

ON = dt.date(2026, 11, 24)
NOW = dt.datetime(2026, 11, 24, 9, 0)
ROUNDS = sample(list(range(100)), 5)
"""Schools made by chance, each of forty people."""


@pytest.fixture
def frame(session: Session) -> Semester:
    """A semester, and two keepers' accounts, 1 and 2."""
    year = SchoolYear(year=110)
    semester = Semester(school_year=year, term=SemesterTerm.first, starts_on=dt.date(2021, 9, 1), ends_on=dt.date(2022, 1, 20))
    department = Department(division=Division.day, name="機械科")
    school_class = SchoolClass(school_year=year, division=Division.day, department=department, name="機三甲", grade=3)
    keepers = [Account(username=f"K{n}", staff=Staff(code=f"K{n}", name=name)) for n, name in ((1, "黃欣妤"), (2, "羅文彬"))]
    session.add_all([semester, school_class, *keepers])
    session.flush()
    return semester


def student(session: Session, number: int, left_on: dt.date | None) -> Student:
    row = Student(
        student_no=f"107{number:05}",
        name=f"學生{number}",
        id_number=fake_id_number(number, Gender.male),
        gender=Gender.male,
        born_on=dt.date(2004, 1, 1),
        division=Division.day,
        entry_year=107,
        status=EnrolmentStatus.graduated if left_on else EnrolmentStatus.enrolled,
        status_changed_on=left_on,
    )
    session.add(row)
    return row


def with_office(session: Session, semester: Semester, row: Student) -> ClassOffice:
    office = ClassOffice(semester=semester, student=row, title="班長", began_on=dt.date(2021, 9, 1))
    session.add(office)
    session.flush()
    return office


def lines(session: Session) -> dict[str, tuple[int, int]]:
    return {line.kind: (line.number, line.kept) for line in proposing.dry_run(session, on=ON)}


def engine_of(session: Session) -> Engine:
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    return bind


def clear(session: Session, run: PurgeRun) -> PurgeRun:
    done = purging.carry_out(engine_of(session), run.id, Signature(2, "羅文彬"), lambda *_: None, size=3)
    session.rollback()
    session.expire_all()
    return done


def agreed(session: Session) -> PurgeRun:
    run = proposing.propose(session, by=1, on=ON, now=NOW)
    proposing.confirm(session, run, by=2, now=NOW)
    session.commit()
    return run


# The rules


def test_every_kind_of_record_has_a_rule_that_can_be_counted_from(session: Session) -> None:
    kinds = set(session.scalars(select(RetentionRule.kind)))
    assert {model.__tablename__ for model in RECORDS} | {"student", "guardian", "account", "staff"} <= kinds
    assert unusable(read_limits(session, on=ON)) == []


def test_what_nobody_has_decided_says_so(session: Session) -> None:
    assert all("待工作小組議決" in basis for basis in session.scalars(select(RetentionRule.basis)))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (dt.date(2026, 11, 24), 60, dt.date(2021, 11, 24)),
        (dt.date(2026, 3, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2024, 2, 29), 12, dt.date(2023, 2, 28)),
        (dt.date(2026, 1, 15), 1, dt.date(2025, 12, 15)),
    ],
)
def test_months_are_counted_back(day: dt.date, months: int, expected: dt.date) -> None:
    assert months_before(day, months) == expected


# The dry run


def test_nothing_due_is_said_as_nothing(session: Session, frame: Semester) -> None:
    assert lines(session) == {}
    with pytest.raises(Conflict, match="沒有任何資料屆期"):
        proposing.propose(session, by=1, on=ON, now=NOW)


def test_on_the_very_day_and_not_a_day_before(session: Session, frame: Semester) -> None:
    student(session, 1, dt.date(2021, 11, 24))
    student(session, 2, dt.date(2021, 11, 25))
    student(session, 3, None)
    session.flush()
    assert lines(session)["student"] == (1, 0)


def test_a_student_whom_something_kept_refers_to_is_kept(session: Session, frame: Semester) -> None:
    with_office(session, frame, student(session, 1, dt.date(2020, 6, 1)))
    session.scalars(select(RetentionRule).where(RetentionRule.kind == "class_office")).one().months = None
    session.flush()
    assert lines(session)["student"] == (0, 1)


def test_the_dry_run_names_class_years_and_days_and_writes_nothing(session: Session, frame: Semester) -> None:
    student(session, 1, dt.date(2020, 6, 1))
    student(session, 2, dt.date(2021, 6, 1))
    session.commit()
    (line,) = (each for each in proposing.dry_run(session, on=ON) if each.kind == "student")
    assert (line.oldest, line.newest) == (dt.date(2020, 6, 1), dt.date(2021, 6, 1))
    assert line.years == [("107 學年度入學", 2)]
    assert not session.new and not session.dirty
    assert session.scalar(select(func.count(PurgeItem.id))) == 0


def test_parents_stay_until_the_last_child_is_gone(session: Session, frame: Semester) -> None:
    parent = Guardian(code="G1", name="詹文彬")
    for number, left_on in ((1, dt.date(2019, 6, 1)), (2, None)):
        session.add(Guardianship(guardian=parent, student=student(session, number, left_on)))
    session.flush()
    assert lines(session).get("guardian", (0, 0))[0] == 0
    session.scalars(select(Student).where(Student.student_no == "10700002")).one().status = EnrolmentStatus.graduated
    session.scalars(select(Student).where(Student.student_no == "10700002")).one().status_changed_on = dt.date(2020, 6, 1)
    session.flush()
    assert lines(session)["guardian"] == (1, 0)


# Two people


def test_who_proposed_cannot_confirm(session: Session, frame: Semester) -> None:
    student(session, 1, dt.date(2020, 6, 1))
    run = proposing.propose(session, by=1, on=ON, now=NOW)
    with pytest.raises(Forbidden, match="另一個人"):
        proposing.confirm(session, run, by=1, now=NOW)
    run.confirmed_by_id = 1
    with pytest.raises(IntegrityError):
        session.flush()


def test_what_is_not_confirmed_is_not_cleared(session: Session, frame: Semester) -> None:
    student(session, 1, dt.date(2020, 6, 1))
    run = proposing.propose(session, by=1, on=ON, now=NOW)
    session.commit()
    with pytest.raises(Unworkable):
        clear(session, run)
    assert session.scalar(select(func.count(Student.id))) == 1


@pytest.mark.parametrize("change", ["another is due", "one came back", "the rule is longer", "the list was touched"])
def test_the_list_confirmed_is_the_list_proposed(change: str, session: Session, frame: Semester) -> None:
    first = student(session, 1, dt.date(2020, 6, 1))
    student(session, 2, dt.date(2020, 6, 1))
    run = proposing.propose(session, by=1, on=ON, now=NOW)
    match change:
        case "another is due":
            student(session, 3, dt.date(2020, 6, 1))
        case "one came back":
            first.status, first.status_changed_on = EnrolmentStatus.enrolled, None
        case "the rule is longer":
            session.scalars(select(RetentionRule).where(RetentionRule.kind == "student")).one().months = 120
        case _:
            one = select(func.min(PurgeItem.id)).scalar_subquery()
            session.execute(delete(PurgeItem).where(PurgeItem.id == one), execution_options=purging.RECORDED)
    session.flush()
    with pytest.raises(Conflict, match="名單與提出時不同"):
        proposing.confirm(session, run, by=2, now=NOW)


def test_a_proposal_taken_back_clears_nothing(session: Session, frame: Semester) -> None:
    student(session, 1, dt.date(2020, 6, 1))
    run = proposing.propose(session, by=1, on=ON, now=NOW)
    with pytest.raises(Conflict, match="還沒辦完"):
        proposing.propose(session, by=2, on=ON, now=NOW)
    proposing.withdraw(session, run)
    with pytest.raises(Conflict):
        proposing.confirm(session, run, by=2, now=NOW)
    assert session.scalar(select(func.count(PurgeItem.id))) == 0


# Clearing


def test_what_is_cleared_leaves_that_it_was_and_no_value(session: Session, frame: Semester) -> None:
    for number in range(7):
        with_office(session, frame, student(session, number, dt.date(2020, 6, 1)))
    stays = student(session, 99, dt.date(2026, 6, 1))
    run = agreed(session)
    done = clear(session, run)
    assert (done.state, done.removed, done.spared) == (PurgeState.done, 14, 0)
    assert session.scalars(select(Student.student_no)).all() == [stays.student_no]
    kept = session.scalars(select(Event).where(Event.verb == "purge", Event.kind == "student")).all()
    assert len(kept) == 7
    assert {each.changes for each in kept} == {"{}"}
    assert all("學生" not in each.note.replace("學生學籍", "") for each in kept)


def test_a_clearing_that_died_goes_on_where_it_stopped(session: Session, frame: Semester) -> None:
    for number in range(9):
        with_office(session, frame, student(session, number, dt.date(2020, 6, 1)))
    run = agreed(session)

    def die(done: int, total: int) -> None:
        if done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        purging.carry_out(engine_of(session), run.id, Signature(2, "羅文彬"), die, size=3)
    session.rollback()
    session.expire_all()
    assert session.scalar(select(func.count(ClassOffice.id))) == 3
    assert session.scalar(select(func.count(Student.id))) == 9
    done = clear(session, run)
    assert (done.removed, done.spared) == (18, 0)
    assert session.scalar(select(func.count(Event.id)).where(Event.verb == "purge", Event.kind == "class_office")) == 9


def test_what_is_referred_to_meanwhile_is_spared(session: Session, frame: Semester) -> None:
    row = student(session, 1, dt.date(2020, 6, 1))
    student(session, 2, dt.date(2020, 6, 1))
    run = agreed(session)
    with_office(session, frame, row)
    session.commit()
    done = clear(session, run)
    assert (done.removed, done.spared) == (1, 1)


def test_sign_ins_and_notices_go_with_the_account(session: Session, frame: Semester) -> None:
    from models.notice import Notice

    row = student(session, 1, dt.date(2018, 6, 1))
    account = Account(username="10700001", student=row)
    session.add(account)
    session.flush()
    session.add(Notice(account_id=account.id, text="通知", created_at=NOW))
    done = clear(session, agreed(session))
    assert done.removed == 2
    assert session.scalar(select(func.count(Notice.id))) == 0


# Property


def some_school(session: Session, semester: Semester, chance: random.Random) -> Iterator[tuple[int, dt.date | None]]:
    """Forty students with departures by chance, some with a class office; and rules of a length by chance."""
    for rule in session.scalars(select(RetentionRule)):
        rule.months = chance.choice([None, 1, 6, 12, 24, 60, 120])
        if rule.kind == "class_office":
            rule.anchor = chance.choice([Anchor.departure, Anchor.semester_end])
    for number in range(40):
        left_on = chance.choice([None, ON - dt.timedelta(days=chance.randrange(0, 4000))])
        row = student(session, number, left_on)
        if chance.random() < 0.5:
            with_office(session, semester, row)
        session.flush()
        yield row.id, left_on


@pytest.mark.parametrize("number", ROUNDS)
def test_nothing_younger_than_its_limit_ever_goes(number: int, session: Session, frame: Semester) -> None:
    left = dict(some_school(session, frame, random.Random(number)))
    months = dict(session.execute(select(RetentionRule.kind, RetentionRule.months)).all())
    owners = dict(session.execute(select(ClassOffice.id, ClassOffice.student_id)).all())
    anchor = session.scalar(select(RetentionRule.anchor).where(RetentionRule.kind == "class_office"))
    session.flush()
    try:
        run = agreed(session)
    except Conflict as nothing:
        assert "沒有任何資料屆期" in str(nothing.description)
        return
    clear(session, run)
    students = set(session.scalars(select(Student.id)))
    offices = set(session.scalars(select(ClassOffice.id)))
    for gone in set(left) - students:
        assert outlived(left[gone], months["student"])
    for gone in set(owners) - offices:
        since = left[owners[gone]] if anchor is Anchor.departure else frame.ends_on
        assert outlived(since, months["class_office"])
    assert {owners[office] for office in offices} <= students
    stay = {each for each in students if outlived(left[each], months["student"])}
    assert stay <= {owners[office] for office in offices}


def outlived(since: dt.date | None, months: int | None) -> bool:
    """Whether so many months lie behind a day, counted forwards and by hand."""
    if since is None or months is None:
        return False
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    last = [31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
    return dt.date(year, month + 1, min(since.day, last)) <= ON
