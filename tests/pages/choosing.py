"""Which pages are looked at in the browser, and which are read: in `make soak` all that differ, in `make test` each kind once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.conftest import SOAK, sample
from tests.pages.walking import PART, Seen, different

PER_KIND, LISTS = 2, 6
"""How many grids' forms, records, histories … are looked at, and how many lists, which differ most."""

REFUSALS = (400, 401, 403, 404, 405)
"""Their pages are all made by one template."""


def chosen(pages: Sequence[Seen]) -> list[Seen]:
    """Whole pages only: the fullest of each kind that is no grid's, of some grids' lists, and of fewer whatever else a grid has."""
    pages = [page for page in pages if PART not in page.how]
    if SOAK:
        return different(pages)
    kinds: dict[tuple[str, str, int], list[Seen]] = {}
    for page in _fullest(pages):
        refused = page.status in REFUSALS
        kinds.setdefault(("", "", page.status) if refused else (kind_of(page.route), page.how, page.status), []).append(page)
    return list(_some(kinds))


def to_read(pages: Sequence[Seen]) -> list[Seen]:
    """What is read and checked as text: in `make test` the fullest page of each route and answer, and a refusal of each person."""
    if SOAK:
        return different(pages)
    refused = {(page.who, page.status): page for page in pages if page.status in REFUSALS}
    return [*_fullest(page for page in pages if page.status not in REFUSALS), *refused.values()]


def kind_of(route: str) -> str:
    """The route with any grid's name left out."""
    parts = route.split("/")
    return "/".join([*parts[:2], "<screen>", *parts[3:]]) if len(parts) > 3 and parts[1] == "admin" else route


def _fullest(pages: Iterable[Seen]) -> Iterator[Seen]:
    found: dict[tuple[str, str, int], Seen] = {}
    for page in pages:
        key = page.route, page.how, page.status
        if key not in found or len(found[key].html) < len(page.html):
            found[key] = page
    yield from found.values()


def _some(kinds: dict[tuple[str, str, int], list[Seen]]) -> Iterator[Seen]:
    for (route, how, status), pages in kinds.items():
        lists = route == "/admin/<screen>/" and how == "GET" and status == 200
        yield from sample(pages, LISTS if lists else PER_KIND if status in (200, 422) else 1)
