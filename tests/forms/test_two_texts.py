"""A colleague saved first: three texts per changed field, a choice for each, saved on top of the newest, nothing run as HTML."""

from __future__ import annotations

from collections.abc import Callable

from tests.conftest import SchoolClient
from tests.forms.help import CLERK, club, offered, opened, texts
from tests.permissions.acts import stored
from tests.permissions.pages import changed, conflict_form, form_of
from tests.permissions.school import School

Clients = Callable[[str], SchoolClient]


def test_each_changed_field_shows_what_was_there_theirs_and_mine(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    row, url = club(place, client)
    form = opened(client, url)
    before = dict(form)
    assert client.post(url, data=changed(form, meets="週三第 7 節", place="視聽教室")).status_code == 302
    answer = client.post(url, data=changed(form, name="天文觀測社", place="物理實驗室"))
    assert answer.status_code == 409
    assert texts(answer.text, "name") == [before["name"], before["name"], "天文觀測社"]
    assert texts(answer.text, "place") == [before["place"] or "空白", "視聽教室", "物理實驗室"]
    assert [offered(answer.text, name) for name in ("name", "meets", "place")] == ["mine", "theirs", "mine"]
    assert answer.text.count("兩人都改了") == 1
    assert stored(place, "club", row)["place"] == "視聽教室"  # type: ignore[index]


def test_what_is_chosen_field_by_field_is_saved_over_the_newest(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    row, url = club(place, client)
    form = opened(client, url)
    client.post(url, data=changed(form, meets="週三第 7 節", place="視聽教室"))
    page = client.post(url, data=changed(form, name="天文觀測社", place="物理實驗室"))
    chosen = changed(conflict_form(page.text), **{"take.place": "theirs"})
    assert client.post(url, data=chosen).status_code == 302
    now = stored(place, "club", row)
    assert now is not None
    assert (now["name"], now["meets"], now["place"]) == ("天文觀測社", "週三第 7 節", "視聽教室")


def test_a_third_save_meanwhile_asks_again_and_keeps_the_choices(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    _row, url = club(place, client)
    form = opened(client, url)
    client.post(url, data=changed(form, place="視聽教室"))
    page = client.post(url, data=changed(form, name="天文觀測社", place="物理實驗室"))
    client.post(url, data=changed(opened(client, url), place="大禮堂"))
    again = client.post(url, data=changed(conflict_form(page.text), **{"take.place": "theirs"}))
    assert again.status_code in (302, 409)
    assert "天文觀測社" in again.text or again.status_code == 302


def test_neither_text_is_run_as_html(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    _row, url = club(place, client)
    form = opened(client, url)
    evil = '"><script>alert(1)</script>'
    assert client.post(url, data=changed(form, place=evil)).status_code == 302
    answer = client.post(url, data=changed(form, place="<img src=x onerror=alert(1)>", name='"><b>社</b>'))
    assert answer.status_code == 409
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_the_same_text_saved_twice_is_no_conflict(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    _row, url = club(place, client)
    form = changed(opened(client, url), place="視聽教室")
    assert client.post(url, data=form).status_code == 302
    again = client.post(url, data=form)
    assert again.status_code == 302
    assert "已經儲存" in client.get(again.location).text


def test_a_form_sent_back_for_correction_does_not_pass_for_a_new_one(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    row, url = club(place, client)
    form = opened(client, url)
    client.post(url, data=changed(form, place="視聽教室"))
    wrong = client.post(url, data=changed(form, name="", place="物理實驗室"))
    assert wrong.status_code == 422
    fixed = changed(form, name="天文觀測社", place="物理實驗室", version=dict(form_of(wrong.text))["version"])
    assert client.post(url, data=fixed).status_code == 409
    assert stored(place, "club", row)["place"] == "視聽教室"  # type: ignore[index]


def test_a_forged_account_of_what_was_there_is_not_believed(place: School, client_for: Clients) -> None:
    client = client_for(CLERK)
    _row, url = club(place, client)
    form = opened(client, url)
    client.post(url, data=changed(form, place="視聽教室"))
    answer = client.post(url, data=changed(form, place="物理實驗室", opened="eyJwbGFjZSI6ICJ4In0.forged"))
    assert answer.status_code == 409
    assert texts(answer.text, "place")[0] == "不明"
