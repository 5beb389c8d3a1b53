"""`docs/security.md` says nothing it cannot show: each test it names exists, gaps are few, and none is where it must not be.

The small requirements nobody else tests are tested here.
"""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from admin_app.extensions import db
from admin_app.factory import create_app
from models.people import Account
from models.sign_in import SignInSession
from tests.conftest import SchoolClient, settings_for

HOME = Path(__file__).parents[1]
DOCS = HOME / "docs"
PAGE = (DOCS / "security.md").read_text(encoding="utf-8")
CODE = sorted(path for folder in ("admin_app", "models", "views", "seed") for path in (HOME / folder).rglob("*.py"))
SCRIPTS = sorted(path for path in (HOME / "admin_app" / "static" / "js").glob("*.js"))
TEMPLATES = sorted((HOME / "admin_app" / "templates").rglob("*.html"))
GAP, NOT_OURS = "缺口：", "不適用："
CHAPTERS_WITHOUT_GAP = ("6", "7", "8")
MOST_GAPS = 0.10
CLAIMED = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.2.9 1.3.1 1.3.3 1.3.4 1.3.6 1.3.7 1.3.10 1.3.11 1.5.1 1.5.2
2.1.2 2.1.3 2.2.1 2.2.2 2.2.3 2.3.1 2.3.2 2.3.3 2.3.4 2.4.1
3.2.1 3.2.2 3.3.1 3.3.2 3.3.3 3.3.4 3.4.1 3.4.2 3.4.3 3.4.4 3.4.5 3.4.6 3.5.1 3.5.3 3.5.4 3.7.2
4.1.1 4.1.2 4.1.3 5.1.1 5.2.1 5.2.2 5.2.3 5.3.1 5.3.2 5.4.1 5.4.2 5.4.3
6.1.1 6.1.2 6.1.3 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.2.9 6.2.10 6.2.11 6.2.12 6.3.1 6.3.2 6.3.3 6.3.4
6.4.1 6.4.2 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4
7.1.1 7.1.2 7.1.3 7.2.1 7.2.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2
8.1.1 8.1.2 8.2.1 8.2.2 8.2.3 8.3.1 8.4.1
11.2.1 11.4.1 11.4.2 11.4.3 11.5.1 12.1.1 12.2.1
13.1.1 13.2.2 13.2.3 13.2.4 13.3.1 13.3.2 13.4.1 13.4.2 13.4.3 13.4.4 13.4.5
14.1.1 14.1.2 14.2.1 14.2.2 14.2.3 14.2.4 14.3.1 14.3.2 14.3.3
15.1.1 15.1.2 15.1.3 15.2.1 15.2.2 15.2.3 15.3.1 15.3.2 15.3.3 15.3.4 15.3.5 15.3.7
16.1.1 16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 16.4.3 16.5.1 16.5.2 16.5.3
"""
"""Requirements of ASVS 5.0 levels 1 and 2 that apply to this product; chapters 6, 7 and 8 whole."""


@dataclass(frozen=True)
class Row:
    """One requirement of the page."""

    number: str
    asks: str
    how: str
    shown: str

    @property
    def tests(self) -> list[str]:
        return re.findall(r"`(tests/[^`]+)`", self.shown)


@cache
def rows() -> tuple[Row, ...]:
    found = re.findall(r"^\| ([0-9]+\.[0-9]+\.[0-9]+) \| (.*?) \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)
    return tuple(Row(*each) for each in found)


@cache
def named_in(path: str) -> frozenset[str]:
    tree = ast.parse((HOME / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


# The page


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.number)
def test_each_row_names_a_test_that_exists_or_a_gap(row: Row) -> None:
    assert row.asks
    if row.shown.startswith((GAP, NOT_OURS)):
        assert len(row.shown) > len(GAP) + 5, "缺口須寫明原因"
        return
    assert row.tests
    for named in row.tests:
        path, name = named.split("::")
        assert name in named_in(path), named


def test_every_requirement_that_applies_has_its_row() -> None:
    numbers = [row.number for row in rows()]
    assert len(numbers) == len(set(numbers))
    assert set(CLAIMED.split()) <= set(numbers)


def test_gaps_are_few_and_none_in_sign_in_sessions_and_access() -> None:
    gaps = [row.number for row in rows() if row.shown.startswith(GAP)]
    assert len(gaps) <= MOST_GAPS * len(rows())
    assert [number for number in gaps if number.split(".")[0] in CHAPTERS_WITHOUT_GAP] == []


def test_the_documents_named_exist() -> None:
    named = set(re.findall(r"\]\(([a-z-]+\.md)\)", PAGE))
    assert named
    assert [name for name in sorted(named) if not (DOCS / name).exists()] == []
    for words in ("威脅模型", "通報漏洞", "第三方元件", "耗資源的功能", "信任邊界", "密碼不得含有"):
        assert words in PAGE


# Code


STARTERS = {
    "admin_app/serving.py": "starts the web and the worker",
    "admin_app/services/keeping/databases/postgresql.py": "the database's own tools, from worker and command line",
    "admin_app/services/evidence/drawing.py": "what came from outside is drawn apart, with little memory and time",
}
"""What starts a process, and why. No command ever goes through a shell, and nothing typed or uploaded is part of one."""


def test_no_request_starts_a_process() -> None:
    """Only what starts the system itself does; and what draws a file from outside, to keep it away from the request."""
    found = {str(path.relative_to(HOME)) for path in CODE if re.search(r"\bsubprocess\b|os\.system|os\.popen", path.read_text())}
    assert found == set(STARTERS)
    assert [path for path in STARTERS if re.search(r"shell=|os\.system|os\.popen", (HOME / path).read_text())] == []


def test_no_page_takes_a_backup() -> None:
    """Pages name a job and the worker does it: what starts the database's own tools is reached by nothing under `views`."""
    asked = re.compile(r"services\.keeping(?:\.| import .*\b)(?:databases|restoring|backing)")
    assert [path.name for path in (HOME / "views").rglob("*.py") if asked.search(path.read_text(encoding="utf-8"))] == []


def test_nothing_unpickles() -> None:
    risky = re.compile(r"^\s*(?:import|from) (?:pickle|marshal|shelve|dill)\b|\beval\(|(?<![.\w])exec\(", re.MULTILINE)
    assert [path.name for path in CODE if risky.search(path.read_text(encoding="utf-8"))] == []


def test_one_clock_tells_the_time() -> None:
    asks = re.compile(r"datetime\.(?:now|today|utcnow)\(|date\.today\(")
    assert [path.name for path in CODE if asks.search(path.read_text(encoding="utf-8"))] == ["clock.py"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_write_text_never_markup(path: Path) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", path.read_text())


KEPT_ON_THE_DEVICE = {
    "factors.js": "that a passkey was used here once",
    "navigation.js": "which groups of the menu are folded",
    "cells.js": "whether cells are being edited one by one",
    "keys.js": "that a person wants no keys",
    "bulk.js": "numbers of the rows chosen, for this tab",
    "pick.js": "the last few picks, for this tab; cleared on signing out",
    "drafts.js": "what was typed and not yet saved, without sensitive fields, for a week; cleared on signing out",
}


def test_the_browser_keeps_nothing_but_what_was_reviewed() -> None:
    keeping = {path.name for path in SCRIPTS if "Storage.setItem" in path.read_text(encoding="utf-8")}
    assert keeping == set(KEPT_ON_THE_DEVICE)
    assert not [path.name for path in SCRIPTS if "indexedDB" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOME / "admin_app" / "templates")))
def test_password_fields_are_masked_and_may_be_pasted_into(path: Path) -> None:
    for field in re.findall(r"<input[^>]*>", path.read_text(encoding="utf-8"), re.DOTALL):
        if re.search(r'name="(?:\w*_)?password|name="again"', field):
            assert 'type="password"' in field
            assert "autocomplete=" in field
            assert 'autocomplete="off"' not in field


def test_only_the_files_of_an_upload_listen_to_pasting() -> None:
    """A picture may be pasted where files are uploaded; what is text is left to the field, and no password is asked there."""
    listening = [path for path in SCRIPTS if "onpaste" in path.read_text() or '"paste"' in path.read_text()]
    assert [path.name for path in listening] == ["upload.js"]
    heard = re.search(r'addEventListener\("paste".*', listening[0].read_text(encoding="utf-8"))
    assert heard and "clipboardData?.files.length" in heard[0] and "preventDefault" not in heard[0]
    with_files = [path for path in TEMPLATES if "data-upload" in path.read_text(encoding="utf-8")]
    assert with_files and not [path.name for path in with_files if 'type="password"' in path.read_text(encoding="utf-8")]


def test_nobody_is_asked_a_secret_question() -> None:
    columns = {column.name for column in Account.__table__.columns}
    assert not {name for name in columns if "hint" in name or "question" in name or "answer" in name}


def test_every_dependency_is_locked_with_its_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", (HOME / name).read_text(), flags=re.MULTILINE))
        pinned = [entry for entry in entries if "==" in entry]
        assert len(pinned) > 20
        assert [entry.split("==")[0] for entry in pinned if "--hash=sha256:" not in entry] == []


# What is shipped for the host


def test_the_proxy_shipped_speaks_tls_only() -> None:
    text = (DOCS / "install" / "nginx.conf").read_text(encoding="utf-8")
    (protocols,) = re.findall(r"ssl_protocols\s+([^;]+);", text)
    assert set(protocols.split()) == {"TLSv1.2", "TLSv1.3"}
    assert "return 301 https://" in text


def test_the_proxy_shipped_names_the_client_itself() -> None:
    text = (DOCS / "install" / "nginx.conf").read_text(encoding="utf-8")
    assert re.search(r"X-Forwarded-For\s+\$remote_addr;", text)
    assert re.search(r"X-Forwarded-Proto\s+\$scheme;", text)


@pytest.mark.parametrize("rule", ["User=portfolio", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="])
def test_the_service_shipped_runs_with_little_power(rule: str) -> None:
    assert rule in (DOCS / "install" / "portfolio.service").read_text(encoding="utf-8")


# Requests


def test_no_answer_opens_to_other_origins(client_for: Callable[[str], SchoolClient]) -> None:
    client = client_for("registration_section")
    for address in ("/admin/", "/login", "/static/app.css", "/no-such-page", "/healthz"):
        answer = client.get(address, headers={"Origin": "https://elsewhere.example"})
        assert not [name for name in answer.headers.keys() if name.lower().startswith("access-control-")]  # noqa: SIM118
        answer.close()


@pytest.mark.parametrize("address", ["/.git/config", "/static/", "/static/../config.py", "/static/..%2fconfig.py", "/data.key"])
def test_nothing_but_static_files_is_served_from_disk(address: str, client_for: Callable[[str], SchoolClient]) -> None:
    assert client_for("registration_section").get(address).status_code == 404


def test_trace_is_not_answered(app: Flask) -> None:
    assert app.test_client().open("/login", method="TRACE").status_code in (404, 405)


def test_every_page_behind_the_sign_in_offers_the_way_out(client_for: Callable[[str], SchoolClient]) -> None:
    client = client_for("registration_section")
    for address in ("/admin/", "/account", "/admin/student/", "/personal", "/no-such-page", "/retention"):
        assert 'action="/logout"' in client.get(address).text, address


def test_signing_out_clears_what_the_browser_kept(app: Flask) -> None:
    app.test_client_class = SchoolClient
    client = app.test_client().sign_in("library_director")  # type: ignore[attr-defined]
    assert '"cache"' in client.post("/logout").headers["Clear-Site-Data"]


def test_changing_a_second_factor_asks_again_who_it_is(app: Flask, client_for: Callable[[str], SchoolClient]) -> None:
    client = client_for("registration_section")
    with app.app_context():
        for row in db.session.scalars(select(SignInSession)):
            row.confirmed_at = None
        db.session.commit()
    for address in ("/account/safety/totp", "/account/safety/totp/remove", "/account/safety/passkey"):
        assert "請再確認一次是您本人" in client.post(address).text


def test_a_new_school_has_no_account_of_its_own(session: Session) -> None:
    assert session.scalar(select(func.count(Account.id))) == 0


def test_demo_accounts_open_nothing_in_a_real_school(school: Session, tmp_path: Path) -> None:
    engine = school.get_bind()
    assert isinstance(engine, Engine)
    settings = settings_for(engine.url.render_as_string(hide_password=False), tmp_path, demo=False)
    real = create_app(dataclasses.replace(settings, demo_password=""))
    real.test_client_class = SchoolClient
    client = real.test_client()
    client.token = client.read_token("/login")  # type: ignore[attr-defined]
    for sent in ({"persona": "equipment_section"}, {"username": "equipment_section", "password": "invented-school-115"}):
        assert client.post("/login", data=sent).status_code == 403
    with real.app_context():
        db.engine.dispose()
