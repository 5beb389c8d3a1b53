"""A colleague's save comes between the check and the write: exactly one wins, and the other is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, update
from sqlalchemy.orm import Session

from models.records.club import Club
from models.records.sports_winner import SportsWinner
from tests.permissions.acts import record, stored
from tests.permissions.pages import changed, form_of
from tests.permissions.school import School

Clients = Callable[[str], Any]


@contextmanager
def a_colleague_saves_first(school: School, model: Any, row: int, **values: Any) -> Iterator[None]:
    """Just before the request writes its row, another connection does."""
    done: list[int] = []

    def save(session: Session, *rest: Any) -> None:
        if not done and any(isinstance(each, model) for each in (*session.dirty, *session.deleted)):
            done.append(row)
            with school.engine.begin() as other:
                other.execute(update(model).where(model.id == row).values(version=model.version + 1, **values))

    event.listen(Session, "before_flush", save)
    yield
    event.remove(Session, "before_flush", save)
    assert done


def test_of_two_saves_at_the_same_moment_one_wins(place: School, client_for: Clients) -> None:
    client = client_for("activities_section")
    row = record(place, client, "activities_section", "club")
    url = f"/admin/club/edit/?id={row}"
    form = form_of(client.get(url).text)
    with a_colleague_saves_first(place, Club, row, place="先存的地點"):
        answer = client.post(url, data=changed(form, place="後存的地點"))
    assert answer.status_code == 409
    assert "先存的地點" in answer.text
    assert "後存的地點" in answer.text
    assert (stored(place, "club", row) or {})["place"] == "先存的地點"


def test_what_was_changed_meanwhile_is_not_deleted(place: School, client_for: Clients) -> None:
    client = client_for("activities_section")
    row = record(place, client, "activities_section", "club")
    with a_colleague_saves_first(place, Club, row, place="先存的地點"):
        answer = client.post("/admin/club/delete/", data={"id": row})
    assert (answer.status_code, stored(place, "club", row) is None) == (409, False)


def test_a_mark_on_what_was_changed_meanwhile_marks_nothing(place: School, client_for: Clients) -> None:
    client = client_for("sports_section")
    rows = [record(place, client, "sports_section", "sports_winner") for _ in range(2)]
    body = {"action": "confirm", "rowid": [str(row) for row in rows], "confirmed": "1"}
    with a_colleague_saves_first(place, SportsWinner, rows[1], remark="先存的備註"):
        answer = client.post("/admin/sports_winner/action/", data=body)
    assert answer.status_code == 409
    assert [(stored(place, "sports_winner", row) or {})["confirmed_on"] for row in rows] == [None, None]
