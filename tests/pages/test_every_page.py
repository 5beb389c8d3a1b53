"""Every page of everybody: reached, well formed, accessible, and never wider than the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.pages import vnu
from tests.pages.walking import Seen, Walk, different


# Every URL of the map

OUT_OF_REACH: dict[str, str] = {}
"""Routes no link leads to, each with its reason."""


def test_every_url_of_the_map_is_reached(walked_app: Flask, walks: list[Walk]) -> None:
    reached = {route for walk in walks for route, statuses in walk.reached.items() if statuses - {404, 403}}
    readable = {str(rule.rule) for rule in walked_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted(readable - reached - set(OUT_OF_REACH)) == []


def test_nothing_anybody_opens_or_sends_fails(walks: list[Walk]) -> None:
    assert [line for walk in walks for line in walk.failed] == []


# Well formed


def test_every_page_is_valid_html(shown: list[Seen], tmp_path: Path) -> None:
    assert vnu.errors(different(shown), tmp_path) == []
