"""Every field of every form says what it is and, where that is not plain, how to fill it in; errors stand where one looks."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable

import pytest

import views
from tests.conftest import SchoolClient, sample
from tests.permissions.cases import KEEPERS, WRITTEN
from tests.permissions.pages import names_of
from tests.permissions.school import School
from views.base import DutyView
from views.fields import BriefField, CodeField, NumberField, TidyField, TimeField
from views.forms import form_field
from views.screens import _concrete

Clients = Callable[[str], SchoolClient]
HAN = re.compile(r"[\u4e00-\u9fff]")
TYPED = (TidyField, NumberField, TimeField, BriefField)
for module in pkgutil.walk_packages(views.__path__, "views."):
    importlib.import_module(module.name)
SCREENS = [view for view in _concrete(DutyView) if view.can_create or view.can_edit]
FIELDS = [(view.model, key) for view in SCREENS for key in view.form_columns]


@pytest.mark.parametrize(("model", "key"), FIELDS, ids=lambda value: getattr(value, "__tablename__", value))
def test_a_field_says_what_it_is_and_how_to_fill_it_in(model: type, key: str) -> None:
    unbound = form_field(model, key)
    kind, label, said = unbound.field_class, unbound.args[0], unbound.kwargs.get("description", "")
    assert HAN.search(label)
    if issubclass(kind, TYPED) and not issubclass(kind, CodeField):
        assert HAN.search(said) or "例" in said, f"{label} 沒有說明或範例"


@pytest.mark.parametrize("screen", sample([screen for screen in WRITTEN if screen != "enrolment"], 14))
def test_an_empty_form_names_every_missing_field_beside_it_and_at_the_top(screen: str, place: School, client_for: Clients) -> None:
    client, url = client_for(KEEPERS[screen].post), f"/admin/{screen}/new/"
    page = client.get(url)
    if page.status_code != 200:
        pytest.skip(f"{screen} 不能由表單新增")
    blank = [(name, "") for name in names_of(page.text) if name not in ("once", "csrf_token")]
    answer = client.post(url, data=blank)
    if answer.status_code == 302:
        pytest.skip(f"{screen} 沒有必填欄位")
    assert answer.status_code == 422
    listed = set(re.findall(r'<li><a href="#([\w-]+)">', answer.text))
    beside = set(re.findall(r'id="([\w-]+)-error"', answer.text))
    assert listed - {"main"} == beside
    for each in beside:
        control = re.search(rf'<(?:input|select|textarea)[^>]*\bid="{each}"[^>]*>', answer.text)
        assert control is not None, each
        assert f"{each}-error" in control[0]
        assert 'aria-invalid="true"' in control[0]


@pytest.mark.parametrize("screen", sample([screen for screen in WRITTEN if screen != "enrolment"], 14))
def test_what_is_required_is_said_to_whoever_does_not_see_the_mark(screen: str, client_for: Clients) -> None:
    page = client_for(KEEPERS[screen].post).get(f"/admin/{screen}/new/")
    if page.status_code != 200:
        pytest.skip(f"{screen} 不能由表單新增")
    marked = re.findall(r'<label class="form-label" for="([\w-]+)">[^<]*<span class="required-mark"', page.text)
    for each in marked:
        control = re.search(rf'<(?:input|select|textarea)[^>]*\bid="{each}"[^>]*>', page.text)
        assert control is not None
        assert re.search(r"\brequired\b", control[0]), each
    assert 'autocomplete="off"' in page.text


def test_pickers_and_dates_say_what_to_type(client_for: Clients) -> None:
    page = client_for("activities_section").get("/admin/club_office/new/").text
    assert "輸入姓名、學號或班級，例：機一甲" in page
    assert "輸入社團名稱" in page
    assert "115/11/23 或 1151123" in page
    assert re.search(r'name="began_on"[^>]* data-first="\d{4}-\d\d-\d\d"|data-first="\d{4}-\d\d-\d\d"[^>]* name="began_on"', page)
