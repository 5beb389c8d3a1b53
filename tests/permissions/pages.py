"""Pages as a browser reads them: which rows a list shows, what a form would send back, what a picker offers."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Pairs = list[tuple[str, str]]


@dataclass
class Seen:
    """What a list page shows: how many rows there are in all (exactly), and the ids on this page."""

    status: int
    total: int = 0
    ids: set[int] = field(default_factory=set)


def seen(client: Any, screen: str, **args: str) -> Seen:
    """The list of a screen, of all semesters unless one is named."""
    query = {"semester": "all", "page_size": "200", **args}
    answer = client.get(f"/admin/{screen}/", query_string=query)
    if answer.status_code != 200:
        return Seen(answer.status_code)
    html = answer.text
    total = re.search(r"匯出目前篩選的 ([\d,]+) 筆(?!以上)", html)
    ids = {int(number) for number in re.findall(r"details/\?id=(\d+)", html)}
    if "筆以上；須說明" in html:
        total = re.search(r"共 <strong>([\d,]+)</strong> 筆", client.get(f"/admin/{screen}/export/", query_string=query).text)
    return Seen(200, int(total[1].replace(",", "")) if total else len(ids), ids)


PURPOSE = {"purpose": "checking", "purpose_note": "期末檢核"}


def exported(client: Any, screen: str, *, kind: str = "csv", full: bool = False, **args: str) -> list[list[str]]:
    """The rows of a CSV export, the heading first. `full`: with sensitive columns in full."""
    query, said = {"semester": "all", **args}, {**PURPOSE, **({"full": "1"} if full else {})}
    answer = client.post(f"/admin/{screen}/export/{kind}/", query_string=query, data=said, buffered=True)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def offered(client: Any, screen: str, name: str, text: str = "") -> list[dict[str, str]]:
    """What a picker of a screen's form offers for a text."""
    answer = client.get(f"/admin/{screen}/ajax/lookup/", query_string={"name": name, "query": text})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, str]] = answer.get_json()
    return found


class _Form(HTMLParser):
    """Collects what the page's record form would send."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: Pairs = []
        self.names: set[str] = set()
        self.pickers: list[str] = []
        self._inside = False
        self._select: str | None = None
        self._chosen: list[str] = []
        self._first: str | None = None
        self._multiple = False
        self._area: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        attrs = dict(attributes)
        if tag == "form":
            self._inside = "record-form" in (attrs.get("class") or "")
        if not self._inside:
            return
        name = attrs.get("name") or ""
        self.names.add(name)
        if tag == "input" and name and attrs.get("type") not in ("submit", "button"):
            if attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs:
                self.pairs.append((name, attrs.get("value") or ("on" if attrs.get("type") == "checkbox" else "")))
        elif tag == "select":
            self._select, self._chosen, self._first, self._multiple = name, [], None, "multiple" in attrs
            if "data-pick-url" in attrs:
                self.pickers.append(name)
        elif tag == "option" and self._select:
            self._first = self._first if self._first is not None else attrs.get("value") or ""
            if "selected" in attrs:
                self._chosen.append(attrs.get("value") or "")
        elif tag == "textarea":
            self._area = name
            self.pairs.append((name, ""))

    def handle_data(self, data: str) -> None:
        if self._area:
            name, text = self.pairs.pop()
            self.pairs.append((name, text + data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            name, text = self.pairs.pop()
            self.pairs.append((name, text.removeprefix("\r\n").removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select is not None:
            default = [] if self._multiple or self._first is None else [self._first]
            self.pairs += [(self._select, value) for value in self._chosen or default]
            self._select = None
        elif tag == "form":
            self._inside = False


def form_of(html: str) -> Pairs:
    """What the record form of a page sends when nothing is touched, without the CSRF token."""
    parser = _Form()
    parser.feed(html)
    return [(name, value) for name, value in parser.pairs if name != "csrf_token"]


def conflict_form(html: str) -> Pairs:
    """What 「儲存所選的內容」 on the page of two texts sends, nothing being chosen anew."""
    return form_of(html.replace('class="conflict-form"', 'class="record-form"'))


def names_of(html: str) -> set[str]:
    """Names of every field of the record form, filled or not."""
    parser = _Form()
    parser.feed(html)
    return parser.names - {""}


def pickers_of(html: str) -> list[str]:
    """Names of the fields whose value is picked by typing."""
    parser = _Form()
    parser.feed(html)
    return parser.pickers


def changed(pairs: Pairs, **values: str) -> Pairs:
    """The same form with some fields filled differently."""
    return [(name, value) for name, value in pairs if name not in values] + list(values.items())
