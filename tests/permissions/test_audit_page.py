"""稽核紀錄: who may read it, on which side of the wall, what it tells to whom, and that looking somebody up is itself recorded."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_app import clock
from models.event import Event
from models.people import Account, Student
from models.records.grade import Grade
from models.verbs import UNKNOWN, Verb, verb_zh
from models.vocabulary import Division
from tests.permissions import paper
from tests.permissions.acts import record
from tests.permissions.cases import PERSONAS
from tests.permissions.school import School

Clients = Callable[[str], Any]
READS_DAY, READS_EVENING, READS_ALL = "equipment_section", "evening_division", "executive_secretary"
READERS = {READS_DAY, READS_EVENING, READS_ALL, "convener"}
HOME = Path(__file__).parents[2]


def listed(html: str) -> list[str]:
    return re.findall(r'<li>\s*<p class="audit-line">.*?</li>', html, re.DOTALL)


def searches(place: School) -> list[Event]:
    with place.session() as session:
        found = list(session.scalars(select(Event).where(Event.verb == "search").order_by(Event.id)))
        session.expunge_all()
    return found


def account(place: School, username: str) -> int:
    with place.session() as session:
        return session.scalars(select(Account.id).where(Account.username == username)).one()


@pytest.mark.parametrize("username", PERSONAS)
def test_only_who_reads_events_opens_the_page(username: str, client_for: Clients) -> None:
    implied = {username, *paper.posts()[username].also}
    status = client_for(username).get("/audit").status_code
    if implied & READERS:
        assert status == 200
    else:
        assert status == 403
        assert client_for(username).get("/audit/people?query=a").status_code == 403
        assert client_for(username).get("/audit/export").status_code == 403
        assert client_for(username).post("/audit/export/csv", data={"purpose": "checking"}).status_code == 403


def test_the_wall_stands_in_the_audit_too(place: School, client_for: Clients) -> None:
    day = record(place, client_for("activities_section"), "activities_section", "club")
    evening_post = next(
        line.post for line in paper.lines() if line.screen == "club" and line.writes and line.division is Division.evening
    )
    evening = record(place, client_for(evening_post), evening_post, "club", Division.evening)
    for username, sees, sees_not in ((READS_DAY, day, evening), (READS_EVENING, evening, day)):
        client = client_for(username)
        assert len(listed(client.get(f"/audit?kind=club&record={sees}").text)) == 1
        assert listed(client.get(f"/audit?kind=club&record={sees_not}").text) == []
    for row in (day, evening):
        assert len(listed(client_for(READS_ALL).get(f"/audit?kind=club&record={row}").text)) == 1


def test_a_refusal_stands_on_the_side_of_who_was_refused(place: School, client_for: Clients) -> None:
    assert client_for("evening_homeroom_teacher").get("/permissions/explain").status_code == 403
    shown = f"/audit?verb=refuse&person={account(place, 'evening_homeroom_teacher')}"
    assert listed(client_for(READS_EVENING).get(shown).text)
    assert client_for(READS_DAY).get(shown).status_code == 400


def test_an_account_across_the_wall_cannot_be_picked(client_for: Clients) -> None:
    offered = client_for(READS_DAY).get("/audit/people?query=evening").get_json()
    assert offered == []
    assert client_for(READS_EVENING).get("/audit/people?query=evening").get_json()


def test_who_keeps_accounts_reads_no_portfolio_in_the_audit(place: School, client_for: Clients) -> None:
    """設備組 sees that a grade was changed and by whom, not whose it is or what it became."""
    with place.session() as session:
        grade = session.scalars(select(Grade).where(Grade.division == Division.day).limit(1)).one()
        grade.score, number, name = 61, grade.id, grade.student.name
    (row, *_) = listed(client_for(READS_DAY).get(f"/audit?kind=grade&record={number}").text)
    assert "學期學業成績" in row
    assert "不在您可查閱的範圍" in row
    assert name not in row
    assert "61" not in re.sub(r"\d\d:\d\d:\d\d|id=\d+|編號 \d+|[0-9a-f]{12}", "", row)
    (row, *_) = listed(client_for(READS_ALL).get(f"/audit?kind=grade&record={number}").text)
    assert "61" in row
    assert name in row


def test_no_sensitive_value_is_in_the_audit(place: School, client_for: Clients) -> None:
    with place.session() as session:
        student = session.scalars(select(Student).where(Student.division == Division.day).limit(1)).one()
        student.language_dialect, number = "賽考利克泰雅語", student.id
    for username in (READS_ALL, READS_DAY):
        page = client_for(username).get(f"/audit?kind=student&record={number}").text
        assert "族語認證報考方言" in page
        assert "賽考利克泰雅語" not in page


def test_looking_somebody_up_is_one_event_without_values(place: School, client_for: Clients) -> None:
    before = len(searches(place))
    person = account(place, "activities_section")
    client_for(READS_DAY).get(f"/audit?person={person}&verb=create")
    client_for(READS_DAY).get("/audit")
    found = searches(place)[before:]
    assert [event.note for event in found] == ["條件：人員、動作、起日"]
    assert str(person) not in found[0].note + found[0].changes


def test_the_next_page_goes_on_where_the_last_ended(place: School, client_for: Clients) -> None:
    with place.session() as session:
        total = session.scalar(select(func.count(Event.id)).where(Event.kind == "student")) or 0
    assert total > 50
    seen: list[str] = []
    url: str | None = "/audit?kind=student&since="
    for _ in range(3):
        page = client_for(READS_ALL).get(url).text
        seen += listed(page)
        more = re.search(r'href="([^"]+before=[^"]+)" rel="next"', page)
        url = more[1].replace("&amp;", "&") if more else None
        if url is None:
            break
    assert len(seen) > 50
    assert len(seen) == len(set(seen)) or len(seen) >= 100


@pytest.mark.parametrize(
    "query",
    ["kind=xyz", "verb=xyz", "post=xyz", "division=xyz", "record=a", "person=0x1", "since=999/99/99", "until=abc", "before=1"],
)
def test_a_filter_that_is_none_is_refused_in_words(query: str, client_for: Clients) -> None:
    assert client_for(READS_ALL).get(f"/audit?{query}").status_code == 400


def test_an_empty_result_says_what_to_widen(client_for: Clients) -> None:
    page = client_for(READS_ALL).get("/audit?verb=undo_import&since=115/01/01&until=115/01/02").text
    assert "沒有符合條件的稽核紀錄" in page
    assert "放寬" in page


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_the_filtered_set_leaves_for_a_purpose(kind: str, place: School, client_for: Clients) -> None:
    url = f"/audit/export/{kind}?verb=sign_in"
    assert client_for(READS_ALL).post(url).status_code == 422
    answer = client_for(READS_ALL).post(url, data={"purpose": "checking"}, buffered=True)
    assert answer.status_code == 200
    assert "登入" in answer.get_data().decode("utf-8-sig")
    with place.session() as session:
        last = session.scalars(select(Event).where(Event.verb == "export").order_by(Event.id.desc()).limit(1)).one()
        assert last.kind == "event"
        assert "校內檢核與校對" in last.note


def test_todays_events_are_there_by_default(client_for: Clients) -> None:
    page = client_for(READS_ALL).get("/audit").text
    assert f"{clock.today().year - 1911}/" in listed(page)[0]


# Words


def verbs_in_code() -> set[str]:
    """Every verb that code writes into an event as a word of its own."""
    found: set[str] = set()
    for folder in ("admin_app", "views", "seed"):
        for path in (HOME / folder).rglob("*.py"):
            found |= {verb for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for verb in _verbs(node)}
    return found


def _verbs(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.Call):
        return []
    name = ast.unparse(node.func).rpartition(".")[2]
    named = [word.value for word in node.keywords if word.arg == "verb"] if name in ("Signature", "acting") else []
    placed = node.args[1:2] if name == "track" else node.args[2:3] if name == "acting" else []
    return [
        each.value for each in (*named, *placed) if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value
    ]


def test_every_verb_has_its_word() -> None:
    assert verbs_in_code() - set(Verb.__members__) == set()


def test_an_unknown_verb_is_never_english() -> None:
    assert verb_zh("frobnicate") == UNKNOWN
