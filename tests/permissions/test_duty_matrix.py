"""Every printed duty row × its owner, other posts of the same side and one of the other × everything a grid can do, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models.vocabulary import Division
from tests.conftest import sample
from tests.permissions import paper
from tests.permissions.acts import count, desk_of, record, stored
from tests.permissions.forms import body_for
from tests.permissions.pages import changed, exported, form_of, offered, pickers_of, seen
from tests.permissions.paper import Line
from tests.permissions.school import School

Clients = Callable[[str], Any]

DUTIES = paper.duties()
VERBS = ("list", "details", "create", "edit", "delete", "action", "export", "lookup")
OTHERS = {
    Division.day: (
        "equipment_section",
        "registration_section",
        "discipline_section",
        "homeroom_teacher",
        "student",
        "library_director",
    ),
    Division.evening: (
        "evening_division",
        "evening_clerk",
        "evening_student_affairs",
        "evening_homeroom_teacher",
        "evening_student",
    ),
}
ACROSS = {Division.day: "evening_clerk", Division.evening: "registration_section"}
MOST_REFUSALS = 600

OWNERS = [(line, verb) for line in DUTIES for verb in VERBS]


def owns(username: str, line: Line) -> bool:
    """Whether the paper makes this post, too, an owner of the row."""
    return any(each.division in (None, line.division) for each in paper.lines_of(username, line.screen, writing=True))


REFUSALS = [
    (line, username, verb)
    for line in DUTIES
    for username in (*OTHERS[line.division or Division.day], ACROSS[line.division or Division.day])
    if not owns(username, line)
    for verb in VERBS
]


@pytest.fixture(scope="module")
def owned(place: School, client_for: Clients) -> Callable[[Line], int]:
    """A row of the owner's that stays: the others try their hand at it."""
    made: dict[Line, int] = {}

    def row(line: Line) -> int:
        if line not in made:
            made[line] = record(place, client_for(line.post), line.post, line.screen, line.division)
        return made[line]

    return row


def name_owner(case: tuple[Line, str]) -> str:
    return f"{case[0].basis}-{case[0].screen}-{case[0].post}-{case[1]}"


def name_refusal(case: tuple[Line, str, str]) -> str:
    return f"{case[0].basis}-{case[0].screen}-{case[1]}-{case[2]}"


@pytest.mark.parametrize("case", OWNERS, ids=name_owner)
def test_the_owner_may(case: tuple[Line, str], place: School, client_for: Clients) -> None:
    line, verb = case
    OWNER_DOES[verb](place, client_for(line.post), line)


def lists(place: School, client: Any, line: Line) -> None:
    assert seen(client, line.screen).status == 200


def opens_details(place: School, client: Any, line: Line) -> None:
    made = record(place, client, line.post, line.screen, line.division)
    page = client.get(f"/admin/{line.screen}/details/?id={made}")
    assert (page.status_code, line.basis in page.text) == (200, True)


def creates(place: School, client: Any, line: Line) -> None:
    made = stored(place, line.screen, record(place, client, line.post, line.screen, line.division))
    assert made is not None
    assert made["division"] == line.division


def edits(place: School, client: Any, line: Line) -> None:
    url = f"/admin/{line.screen}/edit/?id={record(place, client, line.post, line.screen, line.division)}"
    page = client.get(url)
    assert page.status_code == 200
    assert client.post(url, data=form_of(page.text)).status_code == 302


def deletes(place: School, client: Any, line: Line) -> None:
    made = record(place, client, line.post, line.screen, line.division)
    assert client.get(f"/admin/{line.screen}/delete/?id={made}").status_code == 200
    assert client.post(f"/admin/{line.screen}/delete/", data={"id": made}).status_code == 302
    assert stored(place, line.screen, made) is None


def acts_on_many(place: School, client: Any, line: Line) -> None:
    made = record(place, client, line.post, line.screen, line.division)
    asked = client.post(f"/admin/{line.screen}/action/", data={"action": "delete", "rowid": made})
    assert (asked.status_code, stored(place, line.screen, made) is None) == (200, False)
    done = client.post(f"/admin/{line.screen}/action/", data={"action": "delete", "rowid": made, "confirmed": "1"})
    assert (done.status_code, stored(place, line.screen, made)) == (302, None)


def exports(place: School, client: Any, line: Line) -> None:
    assert len(exported(client, line.screen)) >= 1


def looks_up(place: School, client: Any, line: Line) -> None:
    form = client.get(f"/admin/{line.screen}/new/")
    assert form.status_code == 200
    for name in pickers_of(form.text):
        assert isinstance(offered(client, line.screen, name), list)


OWNER_DOES: dict[str, Callable[[School, Any, Line], None]] = {
    "list": lists,
    "details": opens_details,
    "create": creates,
    "edit": edits,
    "delete": deletes,
    "action": acts_on_many,
    "export": exports,
    "lookup": looks_up,
}


@pytest.mark.parametrize("case", sample(REFUSALS, MOST_REFUSALS), ids=name_refusal)
def test_nobody_else_may(case: tuple[Line, str, str], place: School, client_for: Clients, owned: Callable[[Line], int]) -> None:
    line, username, verb = case
    row = owned(line)
    before = stored(place, line.screen, row)
    OTHER_TRIES[verb](place, client_for, line, username, row)
    assert stored(place, line.screen, row) == before


def reads(place: School, line: Line, username: str, row: int) -> bool:
    return row in place.expected(username, line.screen)


def writes_elsewhere(place: School, line: Line, username: str) -> bool:
    """Whether the person keeps this screen for the other side of the wall."""
    return any(place.lines(place.person(username), line.screen, writing=True))


def refused(place: School, line: Line, username: str, row: int) -> int:
    """How a change of the row is answered: 404 where it is hidden, 403 where it may be seen or the screen is closed."""
    return 404 if place.opens(username, line.screen) and not reads(place, line, username, row) else 403


def check(answer: Any, line: Line, status: int) -> None:
    """The refusal says so, and says who may."""
    assert answer.status_code == status
    if status == 403:
        assert line.basis in answer.text
        assert paper.owner_words(line.basis) in answer.text


def try_list(place: School, clients: Clients, line: Line, username: str, row: int) -> None:
    found = seen(clients(username), line.screen)
    expected = place.expected(username, line.screen)
    assert found.status == (200 if place.opens(username, line.screen) else 403)
    assert found.ids <= expected
    assert found.total == len(expected)


def try_details(place: School, clients: Clients, line: Line, username: str, row: int) -> None:
    answer = clients(username).get(f"/admin/{line.screen}/details/?id={row}")
    assert answer.status_code == (200 if reads(place, line, username, row) else refused(place, line, username, row))


def try_create(place: School, clients: Clients, line: Line, username: str, row: int) -> None:
    body = body_for(desk_of(place, line.post, line.screen, line.division))
    before = count(place, line.screen)
    answer = clients(username).post(f"/admin/{line.screen}/new/", data=body)
    if writes_elsewhere(place, line, username):
        assert answer.status_code in (403, 422)
    else:
        check(answer, line, 403)
    assert count(place, line.screen) == before


def try_edit(place: School, clients: Clients, line: Line, username: str, row: int) -> None:
    url = f"/admin/{line.screen}/edit/?id={row}"
    mine = form_of(clients(line.post).get(url).text)
    check(clients(username).get(url), line, refused(place, line, username, row))
    check(
        clients(username).post(url, data=changed(mine, remark="被改了", brief="被改了")), line, refused(place, line, username, row)
    )


def try_delete(place: School, clients: Clients, line: Line, username: str, row: int) -> None:
    answer = clients(username).post(f"/admin/{line.screen}/delete/", data={"id": row})
    check(answer, line, refused(place, line, username, row))


def try_action(place: School, clients: Clients, line: Line, username: str, row: int) -> None:
    body = {"action": "delete", "rowid": row, "confirmed": "1"}
    answer = clients(username).post(f"/admin/{line.screen}/action/", data=body)
    check(answer, line, 404 if writes_elsewhere(place, line, username) else 403)


def try_export(place: School, clients: Clients, line: Line, username: str, row: int) -> None:
    if place.opens(username, line.screen):
        assert len(exported(clients(username), line.screen)) == 1 + len(place.expected(username, line.screen))
    else:
        assert clients(username).post(f"/admin/{line.screen}/export/csv/").status_code == 403


def try_lookup(place: School, clients: Clients, line: Line, username: str, row: int) -> None:
    answer = clients(username).get(f"/admin/{line.screen}/ajax/lookup/?name=student&query=")
    assert answer.status_code in ((200, 404) if writes_elsewhere(place, line, username) else (403,))


OTHER_TRIES: dict[str, Callable[[School, Clients, Line, str, int], None]] = {
    "list": try_list,
    "details": try_details,
    "create": try_create,
    "edit": try_edit,
    "delete": try_delete,
    "action": try_action,
    "export": try_export,
    "lookup": try_lookup,
}
