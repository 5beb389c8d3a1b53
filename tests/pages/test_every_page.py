"""Every page of everybody: reached, well formed, in one language, accessible, and never wider than the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.conftest import SOAK
from tests.pages import vnu
from tests.pages.choosing import chosen, kind_of, to_read
from tests.pages.looking import HALF, NARROW, PHONE, WIDE, Looker, Static, looking
from tests.pages.walking import Seen, Walk
from tests.pages.wording import Reader, Written, chinese_left, english_words, other_chinese, read, western_day

# Every URL of the map

OUT_OF_REACH = {
    "/accounts/<int:number>/factors": "leads from an account that has a second factor; the demo has none",
    "/accounts/slips/batches/<int:number>": "exists once somebody has started a batch of slips",
    "/files/<int:number>/": "exists once a student has uploaded a file; the demo has none",
    "/files/<int:number>/preview": "exists once a student has uploaded a file; the demo has none",
    "/portfolio/receipts/<number>": "exists once a student has uploaded a file; the demo has none",
    "/keeping/drills/<int:number>": "exists once a restore has been drilled; the demo invents none",
    "/imports/<int:batch_id>/commit": "shown by the form of a batch that may be committed",
    "/imports/<int:batch_id>/columns": "shown for a file whose columns are not known",
    "/imports/<int:batch_id>/progress": "asked by a script while a batch is being read",
    "/imports/<int:batch_id>/undo": "exists for a batch that was committed",
    "/jobs/<int:number>/progress": "asked by a script while a job runs",
    "/login/school": "the demo has no school account to sign in with",
    "/login/school/return": "where the school account's provider leads back to",
    "/metrics": "closed unless a token for it is set",
    "/saved-views/<int:number>": "exists once somebody has kept a view of a grid",
    "/static/<path:filename>": "files, not pages",
    "/admin/static/<path:filename>": "files, not pages",
    "/words/<digest>.json": "read by the pages' script in English",
}
"""Routes no link leads to in the demo, each with its reason; tests/imports, tests/factors and tests/oidc go there."""
NOT_A_PAGE = {f"/admin/<screen>/{verb}/" for verb in ("ajax/lookup", "ajax/options", "cell", "delete", "revert")}
"""Answer scripts, or say that they are for POST."""


def test_every_kind_of_page_is_reached(walked_app: Flask, walks: list[Walk]) -> None:
    reached = {kind_of(route) for walk in walks for route, statuses in walk.reached.items() if statuses - {403, 404}}
    readable = {kind_of(str(rule.rule)) for rule in walked_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted(readable - reached - set(OUT_OF_REACH) - NOT_A_PAGE) == []


def test_every_url_of_every_grid_is_asked_for(walked_app: Flask, walks: list[Walk]) -> None:
    asked = {route for walk in walks for route in walk.reached}
    of_grids = {str(rule.rule) for rule in walked_app.url_map.iter_rules() if kind_of(str(rule.rule)) != str(rule.rule)}
    readable = {str(rule.rule) for rule in walked_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted((of_grids & readable) - asked - set(OUT_OF_REACH)) == []


def test_every_grid_opens(walked_app: Flask, walks: list[Walk]) -> None:
    opened = {route for walk in walks for route, statuses in walk.reached.items() if 200 in statuses}
    assert [slug for slug in walked_app.extensions["screens"] if f"/admin/{slug}/" not in opened] == []


def test_nothing_anybody_opens_or_sends_fails(walks: list[Walk]) -> None:
    assert [line for walk in walks for line in walk.failed] == []


# Well formed


def test_every_page_is_valid_html(shown: list[Seen], tmp_path: Path) -> None:
    assert vnu.errors(to_read(shown), tmp_path) == []


# In one language and one calendar


@pytest.fixture(scope="module")
def readings(shown: list[Seen]) -> list[tuple[Seen, Reader]]:
    """The pages that are read, as a person reads them."""
    return [(page, read(page.html)) for page in to_read(shown)]


@pytest.fixture(scope="module")
def english(in_english: list[Seen]) -> list[tuple[Seen, Reader]]:
    return [(page, read(page.html)) for page in in_english]


def test_in_chinese_no_english_is_left_over(readings: list[tuple[Seen, Reader]], written: Written) -> None:
    assert first_of(readings, lambda text: english_words(text, written)) == []


def test_every_page_is_in_the_chinese_of_taiwan(readings: list[tuple[Seen, Reader]], written: Written) -> None:
    assert first_of(readings, lambda text: other_chinese(text, written)) == []
    assert {str(page): reader.lang for page, reader in readings if reader.lang != "zh-Hant-TW"} == {}


def test_in_english_no_chinese_is_left_but_what_people_wrote(english: list[tuple[Seen, Reader]], written: Written) -> None:
    assert first_of(english, lambda text: chinese_left(text, written)) == []
    assert {str(page): reader.lang for page, reader in english if reader.lang not in ("", "en")} == {}


def test_every_day_is_in_the_calendar_of_the_school(readings: list[tuple[Seen, Reader]]) -> None:
    found = {(text, page.route): page for page, reader in readings for text in reader.seen if western_day(text)}
    assert [f"{text} — {page}" for (text, _), page in found.items()] == []


def first_of(readings: list[tuple[Seen, Reader]], wrong: Callable[[str], object]) -> list[str]:
    """Each text that is wrong, with a page that has it."""
    where = {text: page for page, reader in reversed(readings) for text in reader.texts}
    return sorted(f"{text} — {page}" for text, page in where.items() if wrong(text))


# To be read by everybody


@pytest.fixture(scope="module")
def looker(browser: Browser, static_of: Static) -> Iterator[Looker]:
    with looking(browser, static_of) as found:
        yield found


def test_every_page_is_accessible_and_fits_its_screen(looker: Looker, shown: list[Seen]) -> None:
    """axe without a violation in light and dark at 1440 and 390 px (a page of the sample in half of the four, turn by turn), and
    nothing wider than the screen at 360 px and at 200 % zoom."""
    found: dict[str, str] = {}
    for number, page in enumerate(chosen(shown)):
        for line in _objections(looker, page, number):
            found.setdefault(line, str(page))
    assert [f"{line} — {where}" for line, where in found.items()] == []


def _objections(looker: Looker, page: Seen, number: int) -> Iterator[str]:
    looker.show(page, WIDE)
    if SOAK or number % 2 == 0:
        yield from looker.axe(WIDE, "light")
        yield from looker.axe(PHONE, "dark")
    if SOAK or number % 2 == 1:
        yield from looker.axe(PHONE, "light")
        yield from looker.axe(WIDE, "dark")
    yield from looker.too_wide(HALF)
    yield from looker.too_wide(NARROW)
    if SOAK or number % 8 == 0:
        yield from looker.unseen_focus()
