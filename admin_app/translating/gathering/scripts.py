"""Messages in scripts: every text with 中文 in it that is not a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from admin_app.translating.phrases import HAN

FOLDER = Path(__file__).parent.parent.parent / "static" / "js"
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
LITERAL = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")


def messages(path: Path) -> Iterator[str]:
    """The messages of one script."""
    for literal in LITERAL.finditer(COMMENT.sub("", path.read_text(encoding="utf-8"))):
        text = literal[1] or literal[2] or ""
        if HAN.search(text) and "\\" not in text:  # an expression takes texts apart
            yield text


def script_messages() -> set[str]:
    """The messages of all scripts."""
    return {each for path in FOLDER.rglob("*.js") for each in messages(path)}
