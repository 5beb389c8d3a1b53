"""Finds every text there is to translate: in Python, templates and scripts, in WTForms' catalogue, and the names of posts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from admin_app.translating import catalogue
from admin_app.translating.gathering import python, scripts, templates

ROOT = Path(__file__).parent.parent.parent.parent
UNREAD = (
    "admin_app/cli*.py",
    "admin_app/config.py",
    "admin_app/oidc_settings.py",
    "admin_app/keyring.py",
    "admin_app/serving.py",
    "admin_app/translating/**",
    "models/migrations/**",
)
"""Files whose words are read in a terminal, or by nobody."""
MADE_OF_WORDS = ("%(owners)s%(acts)s%(subjects)s",)
"""Sentences that are values side by side: who does what to what, as the page of the rule reads a row."""
SCRIPTS = "admin_app/static/js"
EDITION = ROOT / "seed" / "regulations"


def gathered() -> dict[str, str]:
    """Every message, with the first file it stands in; in the order of the files."""
    found: dict[str, str] = {}
    for where, message in _all():
        found.setdefault(message, where)
    return found


def marks() -> dict[str, str]:
    """What is said of a message in the catalogue: that the edition brings it, or that only scripts say it."""
    elsewhere = {message for where, message in _all() if not where.startswith(SCRIPTS)}
    only_scripts = {message for where, message in _all() if where.startswith(SCRIPTS)} - elsewhere
    return {**dict.fromkeys(only_scripts, catalogue.OF_SCRIPTS), **dict.fromkeys(of_edition(), catalogue.OF_EDITION)}


def _all() -> Iterator[tuple[str, str]]:
    for path in _files("models", "*.py"), _files("admin_app", "*.py"), _files("views", "*.py"):
        for each in path:
            yield from ((_short(each), message) for message in python.messages(each))
    for each in _files("admin_app/templates", "*.html"):
        yield from ((_short(each), message) for message in templates.messages(each))
    for each in _files(SCRIPTS, "*.js"):
        yield from ((_short(each), message) for message in scripts.messages(each))
    yield from (("words side by side", message) for message in MADE_OF_WORDS)
    yield from (("WTForms", message) for message in _of_wtforms())
    yield from (("the edition", message) for message in of_edition())


def of_edition() -> list[str]:
    """The names of offices, posts and titles in the editions that come with the system."""
    rules = [tomllib.loads(each.read_text(encoding="utf-8")) for each in sorted(EDITION.glob("*.toml"))]
    return [str(row.get("zh") or row["title"]) for rule in rules for kind in ("unit", "post", "title") for row in rule[kind]]


def _of_wtforms() -> Iterator[str]:
    """What WTForms says in our words; a form is written in 中文 and put into English with the rest of the page."""
    for message in catalogue.read(catalogue.TAIWAN, "wtforms"):
        if message.id:
            text = message.string if isinstance(message.string, str) else "".join(message.string or ())
            yield re.sub(r"%\((\w+)\)d", r"%(\1)s", text.replace("%s", "%(name)s"))


def _files(folder: str, kind: str) -> Iterator[Path]:
    for path in sorted((ROOT / folder).rglob(kind)):
        if not any(path.relative_to(ROOT).match(each) or _under(path, each) for each in UNREAD):
            yield path


def _under(path: Path, pattern: str) -> bool:
    return pattern.endswith("/**") and path.is_relative_to(ROOT / pattern.removesuffix("/**"))


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
