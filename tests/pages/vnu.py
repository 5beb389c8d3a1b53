"""The W3C's checker for HTML (vnu-jar, which needs Java): one run over many pages."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from tests.pages.walking import Seen

JAR = Path(__file__).parents[2] / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def errors(pages: Sequence[Seen], folder: Path) -> list[str]:
    """What it objects to, one line for each sort of error with the pages that have it."""
    java = shutil.which("java")
    assert java, "檢查 HTML 需要 Java：apt-get install default-jre-headless"
    files = {}
    for number, page in enumerate(pages):
        path = folder / f"{number}.html"
        path.write_text(page.html, encoding="utf-8")
        files[path.name] = page
    command = [java, "-Xss4m", "-jar", str(JAR), "--errors-only", "--format", "json", "--exit-zero-always", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return _lines(json.loads(said)["messages"], files)


def _lines(messages: list[dict[str, str]], files: dict[str, Seen]) -> list[str]:
    found: dict[str, list[str]] = {}
    for each in messages:
        page = files[Path(urlsplit(each["url"]).path).name]
        found.setdefault(f"{each['message']} ‹{each.get('extract', '')[:120]}›", []).append(str(page))
    return [f"{said} — {len(where)} 頁，如 {where[0]}" for said, where in found.items()]
