"""Everybody who is measured: how to start them, and where each is asked for the same thing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from admin_app.database import normal_url
from tests.bench.data.cache import Filled
from tests.bench.data.school import environment as our_settings
from tests.bench.environments import HERE, environment
from tests.bench.results import BenchFailed

ROOT = Path(__file__).resolve().parents[2]
PAGE_SIZE = 50
DEEP = 0.8
"""How far into the rows the deep page is."""
SEARCHED = "承恩"
COLUMNS = (
    "student.name",
    "teaching.course.name",
    "teaching.staff.name",
    "name",
    "practical",
    "state",
    "sent_at",
    "certified_at",
)
"""Eight columns, three of them labels of related rows; every peer has the same ones."""
OURS, STOCK, TUNED, DJANGO, RAW = "ours", "fa_stock", "fa_tuned", "dj_tuned", "raw"


@dataclass(frozen=True)
class Application:
    """`urls`: by request; `login`: where people sign in (None: nobody does); `row`: what a row's id follows in the page."""

    name: str
    zh: str
    python: str
    target: str
    chdir: Path
    environ: Mapping[str, str]
    urls: Mapping[str, str]
    login: str | None = None
    row: str = ""
    counting: Mapping[str, str] = field(default_factory=lambda: {"BENCH_COUNT": "1"})


def everybody(made: Filled, folder: Path) -> list[Application]:
    """Make the peers ready and describe all of them, ours first."""
    flask_admin, django = (str(environment(name, folder / "environments")) for name in ("flask-admin", "django"))
    plain = made.url
    environ = {"BENCH_DATABASE_URL": normal_url(made.url), "BENCH_RAW_URL": plain, "PYTHONWARNINGS": "ignore"}
    _prepare(flask_admin, HERE / "flask_admin_app.py", HERE, environ)
    _prepare(django, HERE / "djsite" / "prepare.py", HERE / "djsite", environ)
    return [ours(made), *_flask_admins(made, flask_admin, environ), _django(made, django, environ), _raw(environ)]


def ours(made: Filled) -> Application:
    """This system as `portfolio serve` runs it; permissions, audit and encryption as ever."""
    base, facts = "/admin/learning_outcome/", made.facts
    every = f"{base}?semester=all&cols={','.join(COLUMNS)}"
    chosen = f"flt.state.is=certified&flt.student.school_class.name.is={quote(facts.class_name)}"
    return Application(
        name=OURS,
        zh="本系統",
        python=sys.executable,
        target="tests.bench.counting:app",
        chdir=ROOT,
        environ=our_settings(made.url),
        login="/login",
        row='name="rowid" value="',
        urls={
            "list1": every,
            "mine": every,
            "deep": f"{every}&before=end",
            "sort": f"{every}&sort=student.name",
            "search": f"{every}&search={quote(SEARCHED)}",
            "filter": f"{every}&{chosen}",
            "edit_get": f"{base}edit/?id={facts.editable}",
            "csv": f"{base}export/csv/?semester={facts.oldest}",
        },
    )


def _flask_admins(made: Filled, python: str, environ: Mapping[str, str]) -> list[Application]:
    base, facts = "/admin/outcome/", made.facts
    chosen = f"flt0_state_equals=certified&flt1_student_school_class_name_equals={quote(facts.class_name)}"
    urls = {
        "list1": base,
        "newest": "/admin/newest/",
        "mine": "/admin/mine/",
        "deep": f"{base}?page={_deep(made) - 1}",
        "sort": f"{base}?sort=0",
        "search": f"{base}?search={quote(SEARCHED)}",
        "filter": f"{base}?{chosen}",
        "edit_get": f"{base}edit/?id={facts.editable}",
        "csv": f"{base}export/csv/?flt0_semester_id_equals={facts.oldest}",
    }
    common = {"python": python, "target": "flask_admin_app:create_app()", "chdir": HERE, "urls": urls, "login": "/login"}
    row = 'class="action-checkbox" value="'
    return [
        Application(STOCK, "Flask-Admin 原生", environ=environ, row=row, **common),  # type: ignore[arg-type]
        Application(TUNED, "Flask-Admin 調校", environ={**environ, "BENCH_TUNED": "1"}, row=row, **common),  # type: ignore[arg-type]
    ]


def _django(made: Filled, python: str, environ: Mapping[str, str]) -> Application:
    base, facts = "/admin/school/outcome/", made.facts
    return Application(
        name=DJANGO,
        zh="Django 調校",
        python=python,
        target="site_wsgi:application",
        chdir=HERE / "djsite",
        environ=environ,
        login="/admin/login/",
        row='name="_selected_action" value="',
        urls={
            "list1": base,
            "newest": "/admin/school/newest/",
            "mine": "/admin/school/mine/",
            "deep": f"{base}?p={_deep(made)}",
            "sort": f"{base}?o=1",
            "search": f"{base}?q={quote(SEARCHED)}",
            "filter": f"{base}?state__exact=certified&student__school_class__name={quote(facts.class_name)}",
            "edit_get": f"{base}{facts.editable}/change/",
            "csv": f"{base}export/?semester={facts.oldest}",
        },
    )


def _raw(environ: Mapping[str, str]) -> Application:
    """Driver and template only; runs in the product's environment, which has both."""
    urls = {"list1": "/list", "newest": "/list?order=newest", "client": "/"}
    return Application(RAW, "raw", sys.executable, "raw_app:app", HERE, environ, urls)


def _deep(made: Filled) -> int:
    """The number of the deep page, from 1."""
    return int(made.facts.outcomes * DEEP) // PAGE_SIZE + 1


def _prepare(python: str, script: Path, folder: Path, environ: Mapping[str, str]) -> None:
    """Let a peer create its own tables and people."""
    done = subprocess.run(
        [python, str(script)], cwd=folder, env={"PATH": "/usr/bin:/bin", **environ}, capture_output=True, text=True
    )
    if done.returncode:
        raise BenchFailed(f"{script.name}：{done.stderr[-2000:]}")
