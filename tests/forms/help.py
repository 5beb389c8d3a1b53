"""One club and one office in it: what the tests of forms write into."""

from __future__ import annotations

import re
from typing import Any

from tests.conftest import SchoolClient
from tests.permissions.acts import record
from tests.permissions.pages import Pairs, form_of
from tests.permissions.school import School

CLERK = "activities_section"


def club(place: School, client: SchoolClient) -> tuple[int, str]:
    """A fresh club and the address of its form."""
    row = record(place, client, CLERK, "club")
    return row, f"/admin/club/edit/?id={row}"


def opened(client: SchoolClient, url: str) -> Pairs:
    """A form as a browser would send it back."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return form_of(answer.text)


def offered(html: str, name: str) -> str:
    """Whose text the page of two texts has ticked for a field: theirs or mine."""
    found = re.search(rf'name="take\.{name}" value="(\w+)" checked', html)
    return found[1] if found else ""


def texts(html: str, name: str) -> list[str]:
    """What the page of two texts shows of a field: what was there, theirs, mine."""
    row = html.split(f'id="c-{name}"')[1].split("</tr>")[0]
    cells = re.findall(r"<td.*?</td>", row, re.DOTALL)
    return [re.sub(r"<span class=\"choice-whose\">.*?</span>|<[^>]+>", "", cell).strip() for cell in cells]


def field(html: str, name: str) -> str:
    """The HTML of one field with its label, help and error."""
    found: Any = next(part for part in html.split('<div class="field')[1:] if f'name="{name}"' in part)
    return str(found)
