"""The pages of the rule: anyone reads it, few work on it, and every refusal says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from admin_app.database import engine_options
from models.event import Event
from models.people import Account, Student
from models.regulation import Duty, Edition, Reading
from models.vocabulary import Division
from tests.conftest import SchoolClient

Client = Callable[[str], SchoolClient]
EDITORS = ("equipment_section", "executive_secretary")
READERS = ("convener", "evening_division", "evening_director")
OTHERS = ("activities_section", "teacher", "student", "guardian", "evening_clerk")


@pytest.fixture
def database(app: Flask) -> Iterator[Session]:
    engine = create_engine(**engine_options(app.extensions["settings"].database_url))
    with Session(engine) as session:
        yield session
    engine.dispose()


def text(html: str) -> str:
    """What a reader sees of a page, without tags and runs of space."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def problem(html: str) -> str:
    """The page's summary of what is wrong."""
    return text(html.split("data-error-summary")[1].split("</ul>")[0])


def draft(client_for: Client, database: Session, code: str) -> Edition:
    """A draft of this code, made by 設備組 on the page when it is not there yet."""
    if database.scalar(select(Edition).where(Edition.code == code)) is None:
        answer = client_for("equipment_section").post("/regulation/longtan-107/copy", data={"code": code, "basis": "示範決議"})
        assert answer.status_code == 302
    return database.scalars(select(Edition).where(Edition.code == code)).one()


def test_anyone_reads_the_rule(anonymous: FlaskClient) -> None:
    answer = anonymous.get("/regulation")
    assert answer.status_code == 200
    page = text(answer.text)
    assert "八、本補充規定經校務會議通過，陳核校長核定後實施，修正時亦同。" in page
    assert "中華民國 107 年 8 月 29 日校務會議通過" in page
    assert page.count("印本未載") == 2
    assert page.count("待確認") >= 6
    assert "多元表現的完成期限" in page
    for code in ("D01", "D22", "E01", "E21", "Q15"):
        assert f'id="{code}"' in answer.text


def test_merged_cells_span_their_rows(anonymous: FlaskClient) -> None:
    html = anonymous.get("/regulation").text
    assert re.search(r'class="printed cell-group" rowspan="6"[^>]*>多元學習表現</td>', html)
    assert re.search(r'class="printed cell-owner" rowspan="4"[^>]*>進修部學務組</td>', html)
    assert re.search(r'class="printed cell-work" colspan="2"[^>]*>課程諮詢紀錄</td>', html)


@pytest.mark.parametrize("code", ["no-such-edition", "Ｌongtan", "longtan-107%00", "a" * 300])
def test_an_unknown_edition_is_a_404(anonymous: FlaskClient, code: str) -> None:
    assert anonymous.get(f"/regulation/{code}").status_code == 404


@pytest.mark.parametrize(
    "path", ["editions", "longtan-107/copy", "longtan-107/difference", "longtan-107/publish", "readings/1/clear"]
)
def test_working_on_editions_needs_signing_in(anonymous: FlaskClient, path: str) -> None:
    answer = anonymous.get(f"/regulation/{path}")
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


@pytest.mark.parametrize("who", EDITORS)
def test_editors_see_the_list_and_may_copy(client_for: Client, who: str) -> None:
    page = client_for(who).get("/regulation/editions").text
    assert "/regulation/longtan-107/copy" in page
    assert client_for(who).get("/regulation/longtan-107/copy").status_code == 200


@pytest.mark.parametrize("who", READERS)
def test_readers_see_the_list_and_are_told_why_they_may_not_copy(client_for: Client, who: str) -> None:
    page = client_for(who).get("/regulation/editions")
    assert page.status_code == 200
    assert "/copy" not in page.text
    refused = client_for(who).post("/regulation/longtan-107/copy", data={"code": "longtan-120", "basis": "示範"})
    assert refused.status_code == 403
    assert "分工表未將「補充規定版本」" in text(refused.text)


@pytest.mark.parametrize("who", OTHERS)
def test_others_read_the_rule_only(client_for: Client, who: str) -> None:
    assert client_for(who).get("/regulation").status_code == 200
    for path in ("editions", "longtan-107/copy", "longtan-107/difference", "longtan-107/publish", "readings/1/clear"):
        assert client_for(who).get(f"/regulation/{path}").status_code == 403


def test_a_draft_is_hidden_from_everybody_else(client_for: Client, anonymous: FlaskClient, database: Session) -> None:
    draft(client_for, database, "longtan-115")
    assert client_for("equipment_section").get("/regulation/longtan-115").status_code == 200
    assert client_for("activities_section").get("/regulation/longtan-115").status_code == 404
    assert anonymous.get("/regulation/longtan-115").status_code == 404


def test_a_copy_without_a_reason_is_refused_and_keeps_what_was_typed(client_for: Client) -> None:
    answer = client_for("equipment_section").post("/regulation/longtan-107/copy", data={"code": "longtan-119", "basis": ""})
    assert answer.status_code == 422
    assert "請填寫修正緣由" in problem(answer.text)
    assert 'value="longtan-119"' in answer.text


def edited(client: SchoolClient, duty: Duty, **changes: object) -> dict[str, object]:
    """The edit form of a duty row as the page sends it."""
    columns = ("position", "code", "grade_term", "article", "evidence", "work", "line", "when_text", "group_text", "work_text")
    plain = {key: getattr(duty, key) for key in (*columns, "owner_text", "note_text", "version")}
    words = {key: list(getattr(duty, key)) for key in ("owners", "acts", "subjects", "merged")}
    return {**plain, **words, "division": duty.division.name, "timing": duty.timing.name, **changes}


def test_a_draft_row_is_edited_in_its_grid_and_the_difference_says_who_gains(client_for: Client, database: Session) -> None:
    made, client = draft(client_for, database, "longtan-115"), client_for("equipment_section")
    duty = database.scalars(select(Duty).where(Duty.edition_id == made.id, Duty.code == "D12")).one()
    form = client.get(f"/admin/duty/edit/?id={duty.id}").text
    assert "活動組" in form
    assert "社團幹部" in form
    answer = client.post(f"/admin/duty/edit/?id={duty.id}", data=edited(client, duty, owners=["discipline_section"]))
    assert answer.status_code == 302
    page = text(client.get("/regulation/longtan-115/difference").text)
    assert "工作職掌 D12" in page
    assert "增加權限 2 項" in page
    assert "訓育組 日校 登錄社團參與 全部別 D12" in page
    assert "活動組 日校 登錄社團參與 全部別 D12" in page


def test_a_published_row_is_shown_and_never_edited(client_for: Client, database: Session) -> None:
    client = client_for("equipment_section")
    duty = database.scalars(select(Duty).join(Edition, Duty.edition_id == Edition.id).where(Edition.code == "longtan-107")).first()
    assert duty is not None
    assert client.get(f"/admin/duty/details/?id={duty.id}").status_code == 200
    assert client.get(f"/admin/duty/edit/?id={duty.id}").status_code == 409
    answer = client.post(f"/admin/duty/edit/?id={duty.id}", data=edited(client, duty, work="別的工作"))
    assert answer.status_code == 409
    assert "已發布" in text(answer.text)
    assert client.post("/admin/duty/delete/", data={"id": duty.id}).status_code == 409
    action = {"action": "delete", "rowid": duty.id, "confirmed": "1"}
    assert client.post("/admin/duty/action/", data=action).status_code == 409
    database.expire_all()
    assert database.get(Duty, duty.id) is not None


def test_a_new_row_goes_into_a_draft_only(client_for: Client, database: Session) -> None:
    made, client = draft(client_for, database, "longtan-115"), client_for("equipment_section")
    offered = client.get("/admin/unit/ajax/lookup/?name=edition&query=longtan").json
    assert [each["text"] for each in offered] == ["longtan-115（草案）"]
    published = database.scalars(select(Edition).where(Edition.code == "longtan-107")).one()
    row = {
        "position": 90,
        "code": "guidance_team",
        "zh": "輔導小組",
        "division": "day",
        "kind": "section",
        "parent": "counseling_office",
    }
    refused = client.post("/admin/unit/new/", data={**row, "edition": published.id})
    assert refused.status_code == 422
    assert "不在您可選取的範圍內" in text(refused.text)
    assert client.post("/admin/unit/new/", data={**row, "edition": made.id}).status_code == 302


def test_publishing_needs_all_four_and_loses_nothing_typed(client_for: Client, database: Session) -> None:
    draft(client_for, database, "longtan-116")
    client = client_for("executive_secretary")
    page = text(client.get("/regulation/longtan-116/publish").text)
    assert "自 生效日期以後開學的第一個學期 起適用" in page
    answer = client.post("/regulation/longtan-116/publish", data={"adopted_on": "115/12/01", "approval_no": "龍高教字第 1 號"})
    assert answer.status_code == 422
    assert "還缺：校長核定日期、生效日期。" in problem(answer.text)
    assert 'value="115/12/01"' in answer.text
    assert 'value="龍高教字第 1 號"' in answer.text
    bad = client.post("/regulation/longtan-116/publish", data={"adopted_on": "115/13/01"})
    assert bad.status_code == 422
    assert 'value="115/13/01"' in bad.text


def test_publishing_says_from_which_semester_and_leaves_this_one_alone(client_for: Client, database: Session) -> None:
    draft(client_for, database, "longtan-117")
    client = client_for("equipment_section")
    given = {"adopted_on": "116/08/01", "approved_on": "1160805", "approval_no": "龍高教字第 1 號", "effective_on": "2027-08-06"}
    assert client.post("/regulation/longtan-117/publish", data=given).status_code == 302
    page = text(client.get("/regulation/editions").text)
    assert "已發布「longtan-117」。自 116/08/06 以後開學的第一個學期起適用" in page
    public = text(client_for("student").get("/regulation").text)
    assert "longtan-107" in public
    assert "longtan-117 」已發布，自 116/08/06 以後開學" in public
    assert client.post("/regulation/longtan-117/publish", data=given).status_code == 422
    event = database.scalars(select(Event).where(Event.verb == "publish", Event.kind == "edition")).one()
    assert "R36" in event.via


def test_a_reading_is_cleared_by_the_executive_secretary_only(client_for: Client, database: Session) -> None:
    unclear = database.scalars(
        select(Reading).join(Reading.edition).where(Edition.code == "longtan-107", Reading.duty == "D02")
    ).one()
    path = f"/regulation/readings/{unclear.id}/clear"
    assert client_for("equipment_section").post(path, data={"reason": "查證"}).status_code == 403
    client = client_for("executive_secretary")
    empty = client.post(path, data={"reason": " "})
    assert empty.status_code == 422
    assert "請填寫確認依據" in problem(empty.text)
    answer = client.post(path, data={"reason": "107 年原始檔作「註冊組」"})
    assert answer.headers["Location"].endswith("/regulation/longtan-107#D02")
    database.expire_all()
    page = text(client_for("student").get("/regulation").text)
    assert f"已由 {unclear.cleared_by} 於" in page
    assert "107 年原始檔作「註冊組」" in page
    assert client.post(path, data={"reason": "再一次"}).status_code == 422


@pytest.mark.parametrize("who", ["registration_section", "teacher", "evening_clerk", "equipment_section"])
def test_any_member_of_staff_reads_the_table_of_permissions(client_for: Client, who: str) -> None:
    html = client_for(who).get("/permissions?division=day").text
    assert 'href="/regulation/longtan-107#D12"' in html
    assert 'href="#R05"' in html
    assert 'id="R05"' in html
    assert "待工作小組議決" in html


@pytest.mark.parametrize("who", ["student", "guardian"])
def test_students_and_guardians_do_not(client_for: Client, who: str) -> None:
    assert client_for(who).get("/permissions").status_code == 403


def test_the_table_answers_what_one_post_may_do(client_for: Client) -> None:
    page = text(client_for("registration_section").get("/permissions?division=day&post=registration_section").text)
    assert "註冊組在日校能做什麼" in page
    assert "學籍資料 登錄 全部別 D02" in page
    evening = text(client_for("registration_section").get("/permissions?division=evening&post=registration_section").text)
    assert "學籍資料 登錄" not in evening


@pytest.mark.parametrize("query", ["division=night", "on=115/13/40", "post=nobody", "subject=nothing"])
def test_a_question_nobody_can_answer_is_a_400(client_for: Client, query: str) -> None:
    assert client_for("registration_section").get(f"/permissions?{query}").status_code == 400


def person(database: Session, username: str) -> int:
    return database.scalars(select(Account.id).where(Account.username == username)).one()


def student_of(database: Session, division: Division) -> int:
    return database.scalars(select(Student.id).where(Student.division == division).limit(1)).one()


def test_asking_gives_the_sentence_and_leaves_an_event(client_for: Client, database: Session) -> None:
    client, asked = client_for("equipment_section"), person(database, "registration_section")
    record = student_of(database, Division.day)
    question = {"person": asked, "act": "record", "kind": "grid:student", "record": record}
    page = text(client.post("/permissions/explain", data=question).text)
    assert f"可以登錄「學生學籍資料」編號 {record} 這一筆" in page
    assert "依工作職掌 D02：註冊組登錄學籍資料" in page
    student = database.get_one(Student, record)
    assert student.name not in page
    event = database.scalars(select(Event).where(Event.verb == "explain").order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.record_id, "可以" in event.note) == (asked, True)


def test_a_no_says_why_and_who_may(client_for: Client, database: Session) -> None:
    question = {"person": person(database, "discipline_section"), "act": "record", "kind": "grid:club_office"}
    page = text(client_for("executive_secretary").post("/permissions/explain", data=question).text)
    assert "不可以登錄「社團幹部」" in page
    assert "分工表未將「社團幹部」登錄列給訓育組" in page
    assert "活動組" in page


def test_whoever_may_act_may_also_see(client_for: Client, database: Session) -> None:
    question = {"person": person(database, "activities_section"), "act": "read", "kind": "grid:club_office"}
    page = text(client_for("equipment_section").post("/permissions/explain", data=question).text)
    assert "可以查閱「社團幹部」" in page
    assert "可辦理者即可查閱" in page


def test_one_side_of_the_wall_does_not_ask_about_the_other(client_for: Client, database: Session) -> None:
    client = client_for("equipment_section")
    names = [each["text"] for each in client.get("/permissions/people?query=evening").json]
    assert names == []
    evening = {"person": person(database, "evening_clerk"), "act": "record", "kind": "grid:student"}
    assert client.post("/permissions/explain", data=evening).status_code == 422
    other = {"person": person(database, "registration_section"), "act": "record", "kind": "grid:student"}
    refused = client.post("/permissions/explain", data={**other, "record": student_of(database, Division.evening)})
    assert refused.status_code == 422
    assert "不在您可查詢的部別" in problem(refused.text)
    assert client_for("evening_division").post("/permissions/explain", data=evening).status_code == 200
    assert client_for("executive_secretary").post("/permissions/explain", data=evening).status_code == 200


@pytest.mark.parametrize(
    "bad",
    [
        {"person": ""},
        {"person": "9" * 30},
        {"act": "fly"},
        {"kind": "grid:nothing"},
        {"kind": ""},
        {"record": "-1"},
        {"record": "9" * 10},
    ],
)
def test_a_question_with_a_hole_is_a_422(client_for: Client, database: Session, bad: dict[str, str]) -> None:
    question = {"person": person(database, "registration_section"), "act": "record", "kind": "grid:student", **bad}
    assert client_for("equipment_section").post("/permissions/explain", data=question).status_code == 422


@pytest.mark.parametrize("who", ["registration_section", "student", "convener"])
def test_others_do_not_ask(client_for: Client, who: str) -> None:
    assert client_for(who).get("/permissions/explain").status_code == 403
    assert client_for(who).get("/permissions/people?query=a").status_code == 403
