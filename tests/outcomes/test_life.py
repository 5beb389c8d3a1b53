"""The life of an outcome, verb by verb, on both engines: who may, from which state, and what stays on the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from admin_app.policy import Denied
from admin_app.services import evidence, outcomes
from admin_app.services.outcomes import NotNow
from models.event import Event
from models.notice import Notice
from models.records.learning_outcome import LearningOutcome, OutcomeState
from models.substitution import Substitution
from models.vocabulary import Division, EnrolmentStatus
from tests.outcomes.conftest import NOON, Class

S = OutcomeState


def sent(place: Class, name: str = "手動車床操作報告") -> LearningOutcome:
    work = place.work(name)
    outcomes.send(place.session, work, by=place.actor("詹子君"), now=NOON)
    return work


def certified(place: Class, name: str = "手動車床操作報告") -> LearningOutcome:
    work = sent(place, name)
    outcomes.certify(place.session, work, by=place.actor("林佳均"), now=NOON)
    return work


def verbs(place: Class, work: LearningOutcome) -> list[str]:
    stmt = select(Event.verb).where(Event.kind == "learning_outcome", Event.record_id == work.id).order_by(Event.id)
    return list(place.session.scalars(stmt))


def test_a_work_is_sent_returned_put_right_and_certified(place: Class) -> None:
    work, student, teacher = place.work(), place.actor("詹子君"), place.actor("林佳均")
    outcomes.send(place.session, work, by=student, now=NOON)
    with pytest.raises(NotNow, match="理由"):
        outcomes.send_back(place.session, work, "  ", by=teacher, now=NOON)
    outcomes.send_back(place.session, work, "請補上自己負責的部分", by=teacher, now=NOON)
    assert (work.state, work.certification_note) == (S.returned, "請補上自己負責的部分")
    work.brief = "以車床完成階級桿，我負責車削。"
    place.session.flush()
    outcomes.send(place.session, work, by=student, now=NOON)
    outcomes.certify(place.session, work, by=teacher, now=NOON)
    assert (work.state, work.certified_by, work.certification_note) == (S.certified, place.people["林佳均"], "")
    assert len(work.certified_digest) == 64
    assert verbs(place, work) == ["create", "send", "send_back", "update", "send", "certify"]
    told = place.session.scalars(select(Notice.text).where(Notice.account_id == place.people["account 詹子君"].id)).all()
    assert [each for each in told if "退回" in each]


def test_who_may_certify(place: Class) -> None:
    """A colleague to the very same students may; another group's teacher, the student and 教務處 may not."""
    work = sent(place)
    for name in ("杜明哲", "葉教務", "詹子君"):
        with pytest.raises(Denied):
            outcomes.certify(place.session, work, by=place.actor(name), now=NOON)
    outcomes.certify(place.session, work, by=place.actor("方柏翰"), now=NOON)
    assert work.certified_by is place.people["方柏翰"]
    with pytest.raises(NotNow, match="認證通過"):
        outcomes.certify(place.session, work, by=place.actor("林佳均"), now=NOON)


def test_a_substitute_certifies_within_the_days_and_the_record_names_both(place: Class) -> None:
    work, day = sent(place), NOON.date()
    place.session.add(
        Substitution(
            division=Division.day,
            staff=place.people["林佳均"],
            substitute=place.people["羅代理"],
            began_on=day,
            ended_on=day + dt.timedelta(days=2),
            reason="公假",
        )
    )
    place.session.flush()
    for off in (-1, 3):
        with pytest.raises(Denied):
            outcomes.certify(place.session, work, by=place.actor("羅代理", on=day + dt.timedelta(days=off)), now=NOON)
    outcomes.certify(place.session, work, by=place.actor("羅代理"), now=NOON)
    assert (work.certified_by.name, work.certified_for) == ("羅代理", "林佳均")  # type: ignore[union-attr]


def test_a_course_without_a_teacher_is_certified_by_the_academic_office(place: Class) -> None:
    work = sent(place)
    place.people["林佳均"].left_on = NOON.date()
    place.session.flush()
    outcomes.certify(place.session, work, by=place.actor("葉教務"), now=NOON)
    assert work.certified_by is place.people["葉教務"]


def test_a_certification_is_revoked_by_who_gave_it_or_by_the_office_before_selection(place: Class) -> None:
    first, second = certified(place), certified(place, "量測報告")
    with pytest.raises(Denied, match="原認證教師"):
        outcomes.revoke(place.session, first, "不是本人所作", by=place.actor("方柏翰"), now=NOON)
    outcomes.revoke(place.session, first, "不是本人所作", by=place.actor("林佳均"), now=NOON)
    outcomes.revoke(place.session, second, "誤按", by=place.actor("葉教務"), now=NOON)
    assert {first.state, second.state} == {S.returned}
    third = certified(place, "銲接報告")
    third.state = S.selected
    place.session.flush()
    with pytest.raises(NotNow, match="勾選"):
        outcomes.revoke(place.session, third, "誤按", by=place.actor("葉教務"), now=NOON)


def test_a_doubt_reaches_the_office_which_answers_once(place: Class) -> None:
    work, office = sent(place), place.actor("葉教務")
    outcomes.send_back(place.session, work, "不是你做的", by=place.actor("林佳均"), now=NOON)
    with pytest.raises(NotNow, match="沒有待處理"):
        outcomes.uphold(place.session, work, "理由", by=office, now=NOON)
    outcomes.doubt(place.session, work, "過程都有照片，請再看一次", by=place.actor("詹子君"), now=NOON)
    assert place.session.scalars(select(Notice.text).where(Notice.account_id == place.people["account 葉教務"].id)).one()
    with pytest.raises(Denied):
        outcomes.reconsider(place.session, work, "照片屬實", by=place.actor("林佳均"), now=NOON)
    outcomes.reconsider(place.session, work, "照片屬實，請重新認證", by=office, now=NOON)
    assert (work.state, work.doubt_answer) == (S.sent, "照片屬實，請重新認證")


def test_a_new_version_is_a_new_row_and_the_same_files_keep_the_certification(place: Class) -> None:
    student, old = place.actor("詹子君"), certified(place)
    same = outcomes.new_version(place.session, old, by=student, now=NOON)
    place.attach(same, "a")
    outcomes.send(place.session, same, by=student, now=NOON)
    assert (same.state, same.certified_by, same.previous) == (S.certified, old.certified_by, old)
    other = outcomes.new_version(place.session, old, by=student, now=NOON)
    place.attach(other, "b")
    outcomes.send(place.session, other, by=student, now=NOON)
    assert other.state is S.sent
    assert old.state is S.certified
    assert len({old.name, same.name, other.name}) == 3


def test_nothing_is_sent_without_a_file_and_nothing_is_certified_unseen(place: Class) -> None:
    bare = place.work(files=())
    with pytest.raises(NotNow, match="檔案"):
        outcomes.send(place.session, bare, by=place.actor("詹子君"), now=NOON)
    work = sent(place, "量測報告")
    with pytest.raises(NotNow, match="變動"):
        outcomes.certify(place.session, work, by=place.actor("林佳均"), now=NOON, seen="f" * 64)


@pytest.mark.parametrize("reach", [sent, certified])
def test_what_was_sent_or_certified_keeps_its_files(place: Class, reach: Callable[[Class], LearningOutcome]) -> None:
    work, student = reach(place), place.actor("詹子君")
    with pytest.raises(evidence.Refused, match="檔案不能再更換") as refused:
        evidence.claim(place.session, [], work, by=student)
    assert refused.value.status == 409
    assert len(evidence.files_of(place.session, work)) == 1


def test_who_is_away_from_school_waits_and_goes_on_from_there(place: Class) -> None:
    work, teacher = sent(place), place.actor("林佳均")
    for status in (EnrolmentStatus.suspended, EnrolmentStatus.transferred):
        work.student.status = status
        place.session.flush()
        with pytest.raises(NotNow, match=status.zh):
            outcomes.certify(place.session, work, by=teacher, now=NOON)
    work.student.status = EnrolmentStatus.enrolled
    place.session.flush()
    outcomes.certify(place.session, work, by=teacher, now=NOON)
    assert work.state is S.certified


@pytest.mark.parametrize("course", ["自主學習", "分組"])
def test_a_work_hangs_on_an_own_course_that_counts(place: Class, course: str) -> None:
    with pytest.raises(ValueError, match="有核計學分"):
        place.work(teaching=place.people[course])


def test_two_teachers_at_once_and_a_double_click(place: Class) -> None:
    """The second writer is told so; the first one's answer stands."""
    work = sent(place)
    place.session.commit()
    assert work.state is S.sent
    place.session.execute(text("UPDATE learning_outcome SET version = version + 1"))
    with pytest.raises(NotNow, match="由別人辦理"):
        outcomes.certify(place.session, work, by=place.actor("方柏翰"), now=NOON)


@pytest.mark.parametrize(
    "change",
    ["state = 'submitted'", "state = 'draft'", "brief = '改過'", "name = '改過'", "practical = (1 = 1)"],
)
def test_the_database_itself_keeps_to_the_table(place: Class, change: str) -> None:
    certified(place)
    place.session.commit()
    with pytest.raises(DBAPIError, match=r"no such step|what was sent never changes"):
        place.session.execute(text("UPDATE learning_outcome SET " + change))  # noqa: S608
