"""A row of the list escapes what people typed, whatever that is."""

from __future__ import annotations

import pytest

from views.gridpage import GridRow


@pytest.mark.parametrize(
    ("cells", "html"),
    [
        (["王小明", "<b>", "a&b"], "王小明</td><td>&lt;b&gt;</td><td>a&amp;b"),
        (["</td><td>", '"'], "&lt;/td&gt;&lt;td&gt;</td><td>&#34;"),
        (["a\x1fb", "<i>"], "a\x1fb</td><td>&lt;i&gt;"),
        ([""], ""),
        ([], ""),
    ],
)
def test_cells_are_escaped_and_stay_apart(cells: list[str], html: str) -> None:
    assert str(GridRow(1, cells, True, "").html) == html
