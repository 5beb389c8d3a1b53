"""The house rules: every screen stands on the one base view, nothing opens without signing in, no page runs foreign script."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_admin.contrib.sqla import ModelView
from sqlalchemy import CheckConstraint
from werkzeug.routing import Rule

from admin_app import errors
from models.catalogue import ENTITIES, METADATA, RECORDS
from models.vocabulary import Subject
from tests.permissions.cases import SCREENS
from views.base import DutyView
from views.home import HomeView

HOME = Path(__file__).parents[1]
TEMPLATES = sorted((HOME / "admin_app" / "templates").rglob("*.html"))
RULE: dict[str, Any] = tomllib.loads((HOME / "seed" / "regulations" / "longtan-107.toml").read_text(encoding="utf-8"))
OPEN_TO_ALL = {
    "/csp-reports",
    "/language",
    "/login",
    "/healthz",
    "/readyz",
    "/regulation",
    "/password",
    "/forgotten",
    "/receipts",
} | {f"/login/{way}" for way in ("passkey", "passkey/options", "school", "school/return")}
OPEN_FOLDERS = ("/static/", "/regulation/", "/words/")
WHOLE_PAGE_HANDLERS = re.compile(r"\son[a-z]+\s*=", re.IGNORECASE)
OUTSIDE = re.compile(r"""(?:src|href|action)\s*=\s*["']?\s*(?:https?:)?//""", re.IGNORECASE)


def subclasses(base: type[Any]) -> Iterator[type[Any]]:
    for each in base.__subclasses__():
        yield each
        yield from subclasses(each)


# Screens


def test_every_grid_is_a_duty_view(app: Flask) -> None:
    strangers = [view for view in app.extensions["admin"][0]._views if not isinstance(view, DutyView | HomeView)]
    assert strangers == []
    declared = [view for view in subclasses(ModelView) if "model" in vars(view)]
    assert [view for view in declared if not issubclass(view, DutyView)] == []


def test_the_paper_knows_every_screen(app: Flask) -> None:
    assert set(app.extensions["screens"]) == set(SCREENS)


def test_every_record_kind_has_a_screen(app: Flask) -> None:
    assert {model.__tablename__ for model in RECORDS} <= set(app.extensions["screens"])


@pytest.mark.parametrize("path", sorted((HOME / "views").rglob("*.py")), ids=lambda path: path.name)
def test_only_the_base_answers_for_a_grid(path: Path) -> None:
    """A declared screen exposes no address of its own: what the base closes, nobody opens again."""
    if "base" in path.relative_to(HOME).parts or path.name in ("base.py", "home.py"):
        return
    exposed = [
        f"{path.name}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if "expose" in ast.unparse(decorator)
    ]
    assert exposed == []


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_edits_nothing_in_line(screen: str, app: Flask) -> None:
    view = app.extensions["screens"][screen]
    assert not getattr(view, "column_editable_list", None)
    assert not getattr(view, "inline_models", None)
    assert view.column_list
    assert view.form_columns


# Subjects


def granted() -> set[str]:
    """Subjects that a duty or a relation row names."""
    rows = [*RULE["duty"], *RULE["relation"]]
    named = {subject for row in rows for subject in row["subjects"]}
    return named | ({subject.name for model in RECORDS for subject in model.lenses()} if "records" in named else set())


@pytest.mark.parametrize("model", ENTITIES, ids=lambda model: model.__tablename__)
def test_a_models_subject_has_a_row_of_the_rule(model: Any) -> None:
    assert {subject.name for subject in model.lenses()} <= granted()


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__tablename__)
def test_somebody_may_write_every_record_kind(model: Any) -> None:
    rows = [*RULE["duty"], *RULE["relation"]]
    act, subject = model.__write_act__.name, model.__subject__.name
    assert any(act in row["acts"] and subject in row["subjects"] for row in rows)


@pytest.mark.parametrize("subject", list(Subject), ids=lambda subject: subject.name)
def test_a_subject_of_the_vocabulary_is_used(subject: Subject) -> None:
    assert subject.name in granted()


# Nobody without signing in


def is_open(rule: Rule) -> bool:
    return rule.rule in OPEN_TO_ALL or rule.rule.startswith(OPEN_FOLDERS)


def address(rule: Rule) -> str:
    """The rule's address with something in each of its gaps."""
    return re.sub(r"<(?:[a-z]+:)?[a-z_]+>", "1", rule.rule)


def leads_nowhere(answer: Any) -> bool:
    signs_in = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
    return signs_in or answer.status_code in (400, 401, 403, 404, 405)


def test_nobody_gets_anywhere_without_signing_in(app: Flask, anonymous: FlaskClient) -> None:
    closed = [rule for rule in app.url_map.iter_rules() if not is_open(rule) and rule.rule != "/"]
    assert len(closed) > 500
    assert [rule.rule for rule in closed if not leads_nowhere(anonymous.get(address(rule)))] == []


def test_nobody_sends_anything_without_signing_in(app: Flask, anonymous: Any) -> None:
    anonymous.token = anonymous.read_token("/login")
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and not is_open(rule)]
    assert [rule.rule for rule in posts if not leads_nowhere(anonymous.post(address(rule), data={"id": "1"}))] == []


def test_the_front_door_leads_to_the_sign_in(anonymous: FlaskClient) -> None:
    assert anonymous.get("/", follow_redirects=True).request.path == "/login"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/login", "/regulation"])
def test_what_is_open_answers(path: str, anonymous: FlaskClient) -> None:
    assert anonymous.get(path).status_code == 200


def test_a_link_that_is_none_opens_nothing(anonymous: Any) -> None:
    anonymous.token = anonymous.read_token("/login")
    assert anonymous.post("/password", data={"token": "no-such-link"}).status_code == 404


# Templates


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_runs_nothing_of_its_own(path: Path) -> None:
    """A strict Content-Security-Policy forbids it; and what is forbidden silently does nothing."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    tags = " ".join(re.findall(r"<[a-zA-Z][^>]*>", text))
    assert not WHOLE_PAGE_HANDLERS.search(tags)
    assert not re.search(r"\sstyle\s*=", tags)
    assert "javascript:" not in tags
    assert not [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag]
    assert "<style" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_asks_no_other_host(path: Path) -> None:
    assert not OUTSIDE.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_compiles(path: Path, app: Flask) -> None:
    app.jinja_env.get_template(str(path.relative_to(HOME / "admin_app" / "templates")))


# Words for what the database refuses


def sentences() -> list[str]:
    """Names of the CHECK constraints declared with `sentence`."""
    return sorted(
        {
            str(each.name)
            for table in METADATA.tables.values()
            for each in table.constraints
            if isinstance(each, CheckConstraint) and each.name and not getattr(each, "_type_bound", False)
        }
    )


@pytest.mark.parametrize("name", sentences())
def test_a_refusal_of_the_database_has_its_sentence(name: str) -> None:
    rule = next((rule for rule in errors.RULES if name.endswith(rule)), None)
    assert rule is not None
    assert re.search(r"[\u4e00-\u9fff]", errors.RULES[rule])
