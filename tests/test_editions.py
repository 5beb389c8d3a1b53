"""The rule as editions: loaded once, law once published, changed only by a draft that 校務會議 passed and 校長 approved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_app.rulebook import load_rulebook
from admin_app.services import editions
from admin_app.services.editions.drafts import PARTS
from models.calendar import SchoolYear, Semester
from models.event import Event
from models.regulation import Duty, Edition, EditionPublished, OpenQuestion, Post, Reading
from models.vocabulary import EditionStatus, SemesterTerm
from seed.rule import load_rule

NOW = dt.datetime(2026, 11, 23, 9, 0)
LAW: dict[str, Any] = {
    "adopted_on": dt.date(2026, 12, 1),
    "approved_on": dt.date(2026, 12, 8),
    "approval_no": "龍高教字第 1150001234 號",
    "effective_on": dt.date(2027, 2, 1),
}


def law(session: Session) -> Edition:
    return session.scalars(select(Edition).where(Edition.status == EditionStatus.published)).one()


def row(session: Session, edition: Edition, code: str) -> Duty:
    return session.scalars(select(Duty).where(Duty.edition_id == edition.id, Duty.code == code)).one()


def counts(session: Session, edition: Edition) -> dict[str, int]:
    tables = (*PARTS, Reading, OpenQuestion)
    return {t.__tablename__: session.scalar(select(func.count(t.id)).where(t.edition_id == edition.id)) or 0 for t in tables}


@pytest.fixture
def draft(session: Session) -> Edition:
    made = editions.copy_to_draft(session, law(session), code="longtan-115", basis="工作小組 115 年 11 月決議")
    session.commit()
    return made


def test_loading_twice_changes_nothing(session: Session) -> None:
    before, events = counts(session, law(session)), session.scalar(select(func.count(Event.id)))
    assert load_rule(session, NOW) == [law(session)]
    session.commit()
    assert counts(session, law(session)) == before
    assert before["duty"] == 43
    assert before["seat"] == 21
    assert session.scalar(select(func.count(Event.id))) == events


def reword(session: Session, edition: Edition) -> None:
    row(session, edition, "D12").work = "別的工作"


def drop(session: Session, edition: Edition) -> None:
    session.delete(row(session, edition, "D12"))


def add(session: Session, edition: Edition) -> None:
    session.add(Post(edition=edition, code="new_post", zh="新職務"))


def add_by_id(session: Session, edition: Edition) -> None:
    session.add(Post(edition_id=edition.id, code="new_post", zh="新職務"))


def retitle(session: Session, edition: Edition) -> None:
    edition.title = "別的規定"


def unpublish(session: Session, edition: Edition) -> None:
    edition.status = EditionStatus.draft


def throw_away(session: Session, edition: Edition) -> None:
    session.delete(edition)


def carry_off(session: Session, edition: Edition) -> None:
    row(session, edition, "D12").edition = Edition(code="longtan-116", school="校", title="規定")


@pytest.mark.parametrize("change", [reword, drop, add, add_by_id, retitle, unpublish, throw_away, carry_off])
def test_published_rows_cannot_be_changed(session: Session, change: Callable[[Session, Edition], None]) -> None:
    edition = law(session)
    session.commit()  # the objects expire: they no longer know that they are law
    with session.no_autoflush:
        change(session, edition)
    with pytest.raises(EditionPublished):
        session.flush()
    session.rollback()
    assert row(session, law(session), "D12").work == "學生社團參與及幹部"


def test_a_draft_row_cannot_be_smuggled_into_law(session: Session, draft: Edition) -> None:
    row(session, draft, "D12").edition_id = law(session).id
    with pytest.raises(EditionPublished):
        session.flush()


def test_a_copy_is_equal_and_may_be_changed(session: Session, draft: Edition) -> None:
    assert counts(session, draft) == counts(session, law(session))
    assert editions.difference(session, law(session), draft) == editions.Difference((), (), ())
    assert draft.status is EditionStatus.draft
    assert draft.based_on == law(session)
    assert draft.adopted_on is None
    row(session, draft, "D12").work = "社團"
    session.commit()
    assert row(session, draft, "D12").work == "社團"


@pytest.mark.parametrize(
    ("code", "basis", "says"),
    [
        ("Longtan 115", "決議", "版本代碼"),
        ("editions", "決議", "版本代碼"),
        ("", "決議", "版本代碼"),
        ("longtan-107", "決議", "已有"),
        ("longtan-115", "  ", "緣由"),
    ],
)
def test_a_copy_needs_a_code_of_its_own_and_a_reason(session: Session, code: str, basis: str, says: str) -> None:
    with pytest.raises(editions.CannotCopy, match=says):
        editions.copy_to_draft(session, law(session), code=code, basis=basis)
    assert session.scalar(select(func.count(Edition.id))) == 1


def test_the_difference_names_the_row_and_who_gains_and_loses(session: Session, draft: Edition) -> None:
    row(session, draft, "D12").owners = ("discipline_section",)
    session.commit()
    found = editions.difference(session, law(session), draft)
    assert [(change.kind, change.code, change.zh, change.cells) for change in found.rows] == [
        ("工作職掌", "D12", "修改", [("主責", "活動組", "訓育組")])
    ]
    named = [[(g.holder, g.division_zh, g.act.zh, g.subject.zh, g.row) for g in grants] for grants in (found.gained, found.lost)]
    assert named == [
        [("discipline_section", "日校", "登錄", subject, "D12") for subject in ("社團參與", "社團幹部")],
        [("activities_section", "日校", "登錄", subject, "D12") for subject in ("社團參與", "社團幹部")],
    ]


def test_the_difference_sees_a_row_added_and_a_row_dropped(session: Session, draft: Edition) -> None:
    session.delete(row(session, draft, "D13"))
    session.add(Post(edition=draft, code="new_post", zh="新職務"))
    session.commit()
    found = editions.difference(session, law(session), draft)
    assert {(change.kind, change.code, change.zh) for change in found.rows} == {
        ("職務", "new_post", "新增"),
        ("工作職掌", "D13", "刪除"),
    }
    assert not found.gained
    assert {(g.holder, g.act.name) for g in found.lost} == {("internship_office", "confirm"), ("internship_director", "confirm")}


def test_losing_an_office_is_losing_its_rows(session: Session, draft: Edition) -> None:
    """校長 reads both divisions only as 召集人."""
    post = session.scalars(select(Post).where(Post.edition_id == draft.id, Post.code == "principal")).one()
    post.also = ()
    session.commit()
    found = editions.difference(session, law(session), draft)
    assert not found.gained
    assert {grant.holder for grant in found.lost} == {"principal"}
    assert {("日校", "查閱", "修課成績"), ("進修部", "查閱", "修課成績")} <= {
        (grant.division_zh, grant.act.zh, grant.subject.zh) for grant in found.lost
    }


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("adopted_on", "校務會議通過日期"),
        ("approved_on", "校長核定日期"),
        ("approval_no", "核定文號"),
        ("effective_on", "生效日期"),
    ],
)
def test_nothing_is_published_without_what_article_eight_asks_for(
    session: Session, draft: Edition, missing: str, says: str
) -> None:
    given = {**LAW, missing: " " if missing == "approval_no" else None}
    with pytest.raises(editions.CannotPublish, match=f"還缺：{says}。"):
        editions.publish(session, draft, **given, now=NOW)
    session.commit()
    assert draft.status is EditionStatus.draft


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"approved_on": dt.date(2026, 11, 30)}, "核定日期不可早於校務會議"),
        ({"effective_on": dt.date(2026, 12, 7)}, "生效日期不可早於校長核定"),
    ],
)
def test_the_dates_follow_one_another(session: Session, draft: Edition, changed: dict[str, Any], says: str) -> None:
    with pytest.raises(editions.CannotPublish, match=says):
        editions.publish(session, draft, **{**LAW, **changed}, now=NOW)


def test_a_row_nobody_could_act_on_is_not_published(session: Session, draft: Edition) -> None:
    row(session, draft, "D12").owners = ("nobody",)
    row(session, draft, "D13").acts = ()
    session.commit()
    with pytest.raises(editions.CannotPublish, match=r"nobody.*D13"):
        editions.publish(session, draft, **LAW, now=NOW)


def test_once_published_it_is_law(session: Session, draft: Edition) -> None:
    editions.publish(session, draft, **LAW, now=NOW)
    session.commit()
    assert (draft.adopted_on, draft.approval_no, draft.published_at) == (LAW["adopted_on"], LAW["approval_no"], NOW)
    row(session, draft, "D12").work = "別的工作"
    with pytest.raises(EditionPublished):
        session.flush()
    session.rollback()
    with pytest.raises(editions.CannotPublish, match="已經發布"):
        editions.publish(session, draft, **LAW, now=NOW)


def semester(session: Session, year: SchoolYear, starts_on: dt.date, edition: Edition | None = None) -> Semester:
    """The first or second semester of the year, by the month it starts in; stamped when an edition is named."""
    term = SemesterTerm.first if starts_on.month > 7 else SemesterTerm.second
    made = Semester(school_year=year, term=term, starts_on=starts_on, ends_on=starts_on + dt.timedelta(140))
    made.edition_id = edition.id if edition else None
    session.add(made)
    session.commit()
    return made


def test_a_semester_under_way_keeps_its_edition(session: Session, draft: Edition) -> None:
    """Even when the new edition takes effect before it began, and though nobody had stamped it."""
    year, old = SchoolYear(year=115), law(session)
    now_running = semester(session, year, dt.date(2026, 9, 1))
    ahead = semester(session, year, dt.date(2027, 2, 15), old)
    long_ago = {"adopted_on": dt.date(2026, 1, 5), "approved_on": dt.date(2026, 1, 6), "effective_on": dt.date(2026, 1, 7)}
    editions.publish(session, draft, **{**LAW, **long_ago}, now=NOW)
    session.commit()
    assert now_running.edition_id == old.id
    assert ahead.edition_id is None
    assert editions.applies_from(session, draft) == ahead


def test_a_semester_before_it_takes_effect_is_left_alone(session: Session, draft: Edition) -> None:
    year, old = SchoolYear(year=115), law(session)
    ahead = semester(session, year, dt.date(2027, 1, 25), old)
    editions.publish(session, draft, **LAW, now=NOW)
    session.commit()
    assert ahead.edition_id == old.id
    assert editions.applies_from(session, draft) is None


def reading(session: Session, duty: str) -> Reading:
    return session.scalars(select(Reading).where(Reading.duty == duty, Reading.edition_id == law(session).id)).one()


def test_a_reading_is_cleared_by_name_with_a_reason(session: Session) -> None:
    unclear, grants = reading(session, "E04"), load_rulebook(session, law(session).id).grants
    with pytest.raises(editions.CannotClear, match="確認依據"):
        editions.clear_reading(session, unclear, by="林佳均", reason="  ", now=NOW)
    editions.clear_reading(session, unclear, by="林佳均", reason=" 向進修部查證原始檔 ", now=NOW)
    session.commit()
    assert (unclear.cleared_by, unclear.reason, unclear.cleared_at) == ("林佳均", "向進修部查證原始檔", NOW)
    with pytest.raises(editions.CannotClear, match="已由林佳均確認"):
        editions.clear_reading(session, unclear, by="別人", reason="再查", now=NOW)
    assert load_rulebook(session, law(session).id).grants == grants
    assert row(session, law(session), "E04").owner_text == ""


def test_publishing_and_clearing_leave_events(session: Session, draft: Edition) -> None:
    session.info["signature"].via = "依系統預設 R36"
    editions.clear_reading(session, reading(session, "D02"), by="林佳均", reason="查證", now=NOW)
    editions.publish(session, draft, **LAW, now=NOW)
    session.commit()
    events = session.scalars(select(Event).where(Event.verb == "update").order_by(Event.id)).all()
    assert [(event.kind, event.via) for event in events] == [("reading", "依系統預設 R36"), ("edition", "依系統預設 R36")]
    assert "published" in events[1].changes
