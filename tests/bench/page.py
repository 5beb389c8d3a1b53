"""docs/benchmarks.md: each measurement keeps its part between its own two markers."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def put(begin: str, end: str, lines: list[str], page: Path = PAGE) -> None:
    """Put the lines between the markers; markers the page does not have are added at its end."""
    text = page.read_text(encoding="utf-8")
    if begin not in text:
        text = text.rstrip("\n") + f"\n\n{begin}\n{end}\n"
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    page.write_text("\n".join([before + begin, *lines, end + after]), encoding="utf-8")
