"""Importing by the paper: whoever may record all of a screen's rows may bring a file, and nobody else; the pages lose nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_app.services.importing import KINDS
from admin_app.services.jobs import registry, runner
from models.calendar import Semester
from models.event import Event
from models.import_batch import ImportBatch, ImportState
from models.people import Student
from tests.conftest import sample
from tests.importing.help import ROSTER, csv_of, pupil
from tests.permissions.cases import PERSONAS
from tests.permissions.school import School

Clients = Callable[[str], Any]
OWN_ONLY = {"own", "children", "taught"}
SCREEN_OF = {name: kind.model.__tablename__ for name, kind in KINDS.items()}
CASES = [(username, kind) for username in PERSONAS for kind in KINDS]


def may_bring(place: School, username: str, kind: str) -> bool:
    """By the paper: somebody who writes on the screen, and further than their own rows."""
    lines = place.lines(place.person(username), SCREEN_OF[kind], writing=True)
    return any(line.reach not in OWN_ONLY for line, _ in lines)


def bring(client: Any, kind: str, data: bytes, name: str = "115-1_日校_學生名冊.csv", **fields: str) -> Any:
    body = {**fields, "file": (io.BytesIO(data), name)}
    return client.post(f"/imports/new?kind={kind}", data={**body, "csrf_token": client.token}, with_token=False)


def work(place: School, app: Any, batch_id: int) -> None:
    """Do what the batch waits for, as the worker would."""
    registry.load_all()
    with place.session() as session:
        job_id = session.get_one(ImportBatch, batch_id).job_id
    assert job_id is not None
    runner.run_job(place.engine, app.extensions["settings"], job_id)


def checked(place: School, app: Any, client: Any, *rows: list[object]) -> int:
    """A roster uploaded and checked; the batch's number."""
    answer = bring(client, "students", csv_of(ROSTER, *rows))
    assert answer.status_code == 302, answer.text
    number = int(answer.headers["Location"].split("/")[2])
    assert client.post(f"/imports/{number}/columns").status_code == 302
    work(place, app, number)
    return number


def state_of(place: School, number: int) -> ImportState:
    with place.session() as session:
        return session.get_one(ImportBatch, number).state


@pytest.mark.parametrize(("username", "kind"), sample(CASES, 220))
def test_who_may_bring_a_file(username: str, kind: str, place: School, client_for: Clients) -> None:
    answer = client_for(username).get(f"/imports/new?kind={kind}")
    assert answer.status_code == (200 if may_bring(place, username, kind) else 403)


@pytest.mark.parametrize("username", PERSONAS)
def test_who_is_offered_what(username: str, place: School, client_for: Clients) -> None:
    answer = client_for(username).get("/imports/new")
    expected = {kind for kind in KINDS if may_bring(place, username, kind)}
    offered = {part.split('"')[0] for part in answer.text.split("/imports/new?kind=")[1:]}
    assert offered == expected
    assert answer.status_code == (200 if expected else 403)


@pytest.mark.parametrize(("username", "kind"), [("student", "learning_outcome"), ("evening_clerk", "class_office")])
def test_who_may_not_sends_no_file_either(username: str, kind: str, client_for: Clients, place: School) -> None:
    with place.session() as session:
        before = session.scalar(select(func.count(ImportBatch.id)))
    assert bring(client_for(username), kind, csv_of(ROSTER, pupil(99001, "詹子君"))).status_code == 403
    with place.session() as session:
        assert session.scalar(select(func.count(ImportBatch.id))) == before


def test_the_grid_offers_the_import_to_its_keeper_only(client_for: Clients) -> None:
    assert "/imports/new?kind=students" in client_for("registration_section").get("/admin/student/").text
    assert "/imports/new" not in client_for("homeroom_teacher").get("/admin/student/").text.split("<main")[1]


# The pages, from upload to undo


def test_from_upload_to_undo(place: School, app: Any, client_for: Clients) -> None:
    clerk = client_for("registration_section")
    number = checked(place, app, clerk, pupil(99001, "詹子君"), pupil(99002, "徐雅華", 座號="十二"))
    page = clerk.get(f"/imports/{number}").text
    assert "『十二』不是整數" in page
    assert "下載須修正的 1 列" in page
    assert clerk.get(f"/imports/{number}/commit").status_code == 200
    assert clerk.post(f"/imports/{number}/commit").status_code == 302
    assert "處理中" in clerk.get(f"/imports/{number}").text
    assert clerk.get(f"/imports/{number}/progress").json["finished"] is False
    assert clerk.get(f"/imports/{number}/columns").status_code == 409
    work(place, app, number)
    assert clerk.get(f"/imports/{number}/progress").json == {"finished": True}
    assert "匯入完成" in clerk.get(f"/imports/{number}").text
    assert clerk.post(f"/imports/{number}/commit").status_code == 409
    assert clerk.post(f"/imports/{number}/discard").status_code == 409
    asked = clerk.get(f"/imports/{number}/undo")
    assert asked.status_code == 200 and "移除學生學籍資料 1 筆" in asked.text
    assert clerk.post(f"/imports/{number}/undo").status_code == 302
    work(place, app, number)
    assert state_of(place, number) is ImportState.undone
    assert "撤銷：新增的資料已移除" in clerk.get(f"/imports/{number}").text
    assert clerk.get(f"/imports/{number}/undo").status_code == 409


def test_undoing_what_is_used_is_refused_with_the_list(place: School, app: Any, client_for: Clients) -> None:
    clerk = client_for("registration_section")
    number = checked(place, app, clerk, pupil(99011, "羅政澄"))
    clerk.post(f"/imports/{number}/commit")
    work(place, app, number)
    with place.session() as session:
        session.scalars(select(Student).where(Student.student_no == "11599011")).one().seat_no = 44
    for answer in (clerk.get(f"/imports/{number}/undo"), clerk.post(f"/imports/{number}/undo")):
        assert answer.status_code == 409
        assert "羅政澄（11599011）」匯入之後已被修改" in answer.text
    assert state_of(place, number) is ImportState.imported


def test_the_rows_to_mend_are_a_file_and_fetching_it_an_event(place: School, app: Any, client_for: Clients) -> None:
    clerk = client_for("registration_section")
    number = checked(place, app, clerk, pupil(99021, "徐雅華", 座號="十二"))
    answer = clerk.post(f"/imports/{number}/mend")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "『十二』不是整數" in answer.data.decode("utf-8-sig")
    with place.session() as session:
        assert session.scalars(select(Event).where(Event.verb == "download").order_by(Event.id.desc())).first() is not None


def test_a_batch_is_its_owners_until_it_is_imported(place: School, app: Any, client_for: Clients) -> None:
    clerk, other, stranger = (client_for(each) for each in ("registration_section", "evening_clerk", "student"))
    number = checked(place, app, clerk, pupil(99031, "詹子君"))
    addresses = ("", "/columns", "/progress", "/commit", "/undo")
    for someone in (other, stranger):
        assert {someone.get(f"/imports/{number}{each}").status_code for each in addresses} == {404}
        posts = ("/columns", "/commit", "/undo", "/mend", "/discard")
        assert {someone.post(f"/imports/{number}{each}").status_code for each in posts} == {404}
    assert state_of(place, number) is ImportState.checked
    assert clerk.post(f"/imports/{number}/discard").status_code == 302
    assert clerk.get(f"/imports/{number}/columns").status_code == 410


def test_one_of_a_kind_at_a_time(place: School, app: Any, client_for: Clients) -> None:
    clerk = client_for("registration_section")
    first = checked(place, app, clerk, pupil(99041, "詹子君"))
    second = checked(place, app, clerk, pupil(99042, "徐雅華"))
    assert clerk.post(f"/imports/{first}/commit").status_code == 302
    answer = clerk.post(f"/imports/{second}/commit")
    assert answer.status_code == 409 and "一次只辦理一個" in answer.text
    work(place, app, first)
    assert clerk.post(f"/imports/{second}/commit").status_code == 302
    work(place, app, second)
    assert state_of(place, second) is ImportState.imported


# What is wrong with a file


BAD = (
    (b"", "是空的", 422),
    (b"%PDF-1.7", "這是 PDF", 422),
    (b"PK\x03\x04 not really a workbook", "", 422),
    ("學號,姓名\n".encode(), "沒有任何資料列", 422),
    (b"a,b\n1,2\n", "", 302),
)


@pytest.mark.parametrize(("data", "words", "status"), BAD, ids=["empty", "pdf", "broken", "headings only", "strange headings"])
def test_a_bad_file_is_answered_with_a_sentence_and_what_was_chosen_stays(
    data: bytes, words: str, status: int, place: School, client_for: Clients
) -> None:
    clerk = client_for("registration_section")
    answer = bring(clerk, "grade", data, semester=str(place.current))
    assert answer.status_code == status
    if status == 422:
        assert f'<option value="{place.current}" selected>' in answer.text
        assert words in answer.text
        assert "Traceback" not in answer.text


def test_no_file_at_all(client_for: Clients) -> None:
    answer = client_for("registration_section").post("/imports/new?kind=students", data={"semester": ""})
    assert answer.status_code == 422
    assert "還沒有選擇檔案" in answer.text


def test_a_closed_semester_is_refused_before_the_file_is_read(place: School, client_for: Clients) -> None:
    with place.session() as session:
        closed = session.scalars(select(Semester.id).where(Semester.closed_on.is_not(None))).first()
    answer = bring(client_for("registration_section"), "grade", b"anything", semester=str(closed))
    assert answer.status_code == 409
    assert "已關閉" in answer.text


def test_a_closed_semester_named_by_the_file_is_refused_too(place: School, client_for: Clients) -> None:
    with place.session() as session:
        code = session.scalars(select(Semester).where(Semester.closed_on.is_not(None))).first().code
    data = csv_of(("學號", "課程代碼", "開課年級", "學期成績"), ("11510001", "114030402V2130101020001", "1", "88"))
    answer = bring(client_for("registration_section"), "grade", data, f"{code[:3]}-{code[3]}_日校_成績.csv")
    assert answer.status_code == 409
    assert "關閉" in answer.text


def test_columns_that_cannot_be_read_are_said_and_the_choices_stay(place: School, client_for: Clients) -> None:
    clerk = client_for("registration_section")
    number = bring(clerk, "students", csv_of(ROSTER, pupil(99051, "詹子君"))).headers["Location"].split("/")[2]
    answer = clerk.post(f"/imports/{number}/columns", data={"c2": "student_no", "c7": ""})
    assert answer.status_code == 422
    assert "都對應到「學號」" in answer.text
    seat = answer.text.split('name="c7"')[1].split("</select>")[0]
    assert "selected" not in seat, "改成不讀取的座號要留著"


@pytest.mark.parametrize("path", ["/imports/999999", "/imports/99999999999", "/imports/new?kind=nonsense", "/imports?page=9999"])
def test_what_is_not_there(path: str, client_for: Clients) -> None:
    assert client_for("registration_section").get(path).status_code == 404


def test_without_the_token_nothing_is_taken(client_for: Clients) -> None:
    clerk = client_for("registration_section")
    body = {"file": (io.BytesIO(csv_of(ROSTER, pupil(99061, "詹子君"))), "名冊.csv")}
    assert clerk.post("/imports/new?kind=students", data=body, with_token=False).status_code == 400
