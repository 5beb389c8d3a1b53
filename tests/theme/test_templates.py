"""Every template Flask-Admin has: ours and rendered right, or out of reach, with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_admin
import pytest
from flask import Flask, render_template_string
from flask_admin import AdminIndexView, BaseView
from flask_admin.contrib.fileadmin import BaseFileAdmin
from flask_admin.contrib.rediscli import RedisCli
from jinja2 import TemplateNotFound

from models.records.club_office import ClubOffice
from tests.conftest import SchoolClient, sample
from tests.permissions.cases import SCREENS
from views.base import DutyView

HOME = Path(__file__).parents[2]
SHIPPED = Path(flask_admin.__file__).parent / "templates" / "bootstrap4"
OURS = {
    "admin/base.html": "what a plain Flask-Admin view extends",
    "admin/index.html": "the home page",
    "admin/master.html": "the older name of the base",
    "admin/model/list.html": "the grid",
    "admin/model/create.html": "the form",
    "admin/model/edit.html": "the form",
    "admin/model/details.html": "the record",
}
BY_THEIR_OWN_ONLY = "named by Flask-Admin's own Bootstrap 4 templates alone, and those are not on our search path"
NO_FILES = "for FileAdmin; there is no such view, and it would give raw access to the server's disk"
NO_REDIS = "for the Redis console; there is no such view"
NO_CHILDREN = "for children inside a form, which a screen may not declare"
NO_MODALS = "for pop-up forms, which a screen may not declare"
OUT_OF_REACH = {
    "admin/actions.html": BY_THEIR_OWN_ONLY,
    "admin/layout.html": BY_THEIR_OWN_ONLY,
    "admin/lib.html": BY_THEIR_OWN_ONLY,
    "admin/static.html": BY_THEIR_OWN_ONLY,
    "admin/model/layout.html": BY_THEIR_OWN_ONLY,
    "admin/model/row_actions.html": BY_THEIR_OWN_ONLY,
    "admin/file/form.html": NO_FILES,
    "admin/file/list.html": NO_FILES,
    "admin/file/modals/form.html": NO_FILES,
    "admin/rediscli/console.html": NO_REDIS,
    "admin/rediscli/response.html": NO_REDIS,
    "admin/model/inline_field_list.html": NO_CHILDREN,
    "admin/model/inline_form.html": NO_CHILDREN,
    "admin/model/inline_list_base.html": NO_CHILDREN,
    "admin/model/modals/create.html": NO_MODALS,
    "admin/model/modals/edit.html": NO_MODALS,
    "admin/model/modals/details.html": NO_MODALS,
}


def views(app: Flask) -> list[BaseView]:
    return list(app.extensions["admin"][0]._views)


def test_every_template_flask_admin_ships_is_accounted_for() -> None:
    shipped = {str(path.relative_to(SHIPPED)) for path in SHIPPED.rglob("*.html")}
    assert shipped == set(OURS) | set(OUT_OF_REACH)


def test_the_theme_is_our_own_folder(app: Flask) -> None:
    theme = app.extensions["admin"][0].theme
    assert theme.folder == "portfolio"
    assert not (SHIPPED.parent / theme.folder).exists()


@pytest.mark.parametrize("name", OURS)
def test_what_is_ours_comes_from_our_folder(name: str, app: Flask) -> None:
    found = app.jinja_env.get_template(name).filename
    assert found == str(HOME / "admin_app" / "templates" / name)


@pytest.mark.parametrize("name", OUT_OF_REACH)
def test_what_is_not_ours_cannot_be_rendered(name: str, app: Flask) -> None:
    with pytest.raises(TemplateNotFound):
        app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", OUT_OF_REACH)
def test_no_template_of_ours_asks_for_it(name: str) -> None:
    for path in (HOME / "admin_app" / "templates").rglob("*.html"):
        assert name not in path.read_text(encoding="utf-8")


def test_there_is_no_view_that_would_ask_for_it(app: Flask) -> None:
    assert not [view for view in views(app) if isinstance(view, BaseFileAdmin | RedisCli)]
    assert {type(view).__mro__[1] for view in views(app) if not isinstance(view, DutyView)} == {AdminIndexView}


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_has_neither_children_nor_modals(screen: str, app: Flask) -> None:
    view = app.extensions["screens"][screen]
    assert not view.inline_models
    assert not (view.create_modal or view.edit_modal or view.details_modal)


@pytest.mark.parametrize(
    "declared",
    [
        {"inline_models": (ClubOffice,)},
        {"create_modal": True},
        {"edit_modal": True},
        {"details_modal": True},
        {"column_editable_list": ("title",)},
    ],
    ids=lambda declared: next(iter(declared)),
)
def test_a_screen_that_declares_them_is_refused(declared: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="不得使用"):
        type("Strange", (DutyView,), {"model": ClubOffice, "column_list": ("title",), "form_columns": ("title",), **declared})


def test_a_plain_flask_admin_page_stands_in_our_frame(app: Flask) -> None:
    """Whoever adds one later extends `admin/master.html`, as Flask-Admin's documentation says."""
    body = "{% extends 'admin/master.html' %}{% block body %}<p>自己的一頁</p>{% endblock %}"
    with app.test_request_context("/admin/"):
        html = render_template_string(body, admin_view=views(app)[0], admin_base_template="admin/base.html")
    assert "<p>自己的一頁</p>" in html
    assert '<main id="main"' in html
    assert "bootstrap4" not in html


PAGES = ("", "new/", "details/?id={id}", "edit/?id={id}", "history/?id={id}", "trash/", "export/")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_of_a_grid_is_in_our_frame(page: str, client_for: Callable[[str], SchoolClient]) -> None:
    client = client_for("registration_section")
    row = re.findall(r"details/\?id=(\d+)", client.get("/admin/student/").text)[0]
    answer = client.get("/admin/student/" + page.format(id=row))
    assert answer.status_code == 200
    assert "data-side-nav" in answer.text
    assert "/admin/static/" not in answer.text


@pytest.mark.parametrize("screen", sample(list(SCREENS), 12))
def test_every_grid_and_its_form_are_ours(screen: str, app: Flask, client_for: Callable[[str], SchoolClient]) -> None:
    client = client_for("executive_secretary")
    for page in ("", "new/"):
        answer = client.get(f"/admin/{screen}/{page}")
        assert answer.status_code in (200, 302, 403, 404, 409)
        assert not re.search(r"jquery|bootstrap4|select2|glyphicon|\sonclick=", answer.text, re.IGNORECASE)
