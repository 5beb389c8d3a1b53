"""Messages in Python: every constant and f-string with 中文 in it that is not a docstring, an example or part of parsing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from admin_app.translating.phrases import HAN, tidy

UNHEARD_CALLS = frozenset((
    "compile", "sub", "fullmatch", "match", "search", "split", "replace", "strip", "lstrip", "rstrip", "partition",
    "rpartition", "startswith", "endswith", "removeprefix", "removesuffix", "maketrans", "index", "find", "fromisoformat",
    "text",
))  # fmt: skip
"""Calls whose texts nobody reads: they take other texts apart."""
UNHEARD_NAMES = frozenset(
    {"ALIASES", "SYNONYMS", "YES", "NO", "GRADES", "EVENING", "WRITTEN_AS", "_TERMS", "_FORMS", "_FORM", "_ERA"}
)
"""Tables of words that files say and we understand."""
UNHEARD_ARGUMENTS = frozenset({"example"})
BRACES = re.compile(r"\{(\w*)(?:[.\[!:][^{}]*)?\}")


def messages(path: Path) -> Iterator[str]:
    """The messages of one file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield from _walk(tree)


def _walk(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield from _joined(node)
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and HAN.search(node.value) and "</" not in node.value:
            yield tidy(from_braces(node.value))
        return
    if isinstance(node, ast.keyword) and node.arg and HAN.search(node.arg):
        yield node.arg  # what an event says of itself: track(…, 來源=…)
    for child in ast.iter_child_nodes(node):
        if not _unheard(node, child):
            yield from _walk(child)


def _unheard(parent: ast.AST, child: ast.AST) -> bool:
    if isinstance(parent, ast.Expr) and isinstance(child, ast.Constant):
        return True  # a docstring, or a word on the attribute above
    if isinstance(child, ast.keyword):
        return child.arg in UNHEARD_ARGUMENTS
    if isinstance(child, ast.Assign | ast.AnnAssign):
        targets = child.targets if isinstance(child, ast.Assign) else [child.target]
        return any(isinstance(each, ast.Name) and each.id in UNHEARD_NAMES for each in targets)
    if isinstance(parent, ast.Compare):
        return isinstance(child, ast.Constant)
    return isinstance(parent, ast.Call) and isinstance(child, ast.Constant) and _name(parent.func) in UNHEARD_CALLS


def _joined(node: ast.JoinedStr) -> Iterator[str]:
    text = shaped([each.value if isinstance(each, ast.Constant) else each for each in node.values])
    if text and "</" not in text:
        yield text
    for each in node.values:
        if isinstance(each, ast.FormattedValue):
            yield from _walk(each.value)


def shaped(parts: list[object]) -> str:
    """A message of texts and expressions: `已選 {n} 筆` becomes `已選 %(n)s 筆`; nothing when none of it is 中文."""
    if not any(isinstance(part, str) and HAN.search(part) for part in parts):
        return ""
    taken: set[str] = set()
    return tidy("".join(part if isinstance(part, str) else _place(part, taken) for part in parts))


def _place(part: object, taken: set[str]) -> str:
    return f"%({free(_name(part.value) if isinstance(part, ast.FormattedValue) else '', taken)})s"


def free(name: str, taken: set[str]) -> str:
    """`name`, or with a number when the message has it already."""
    name = name or "x"
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}{number}"
    taken.add(found)
    return found


def _name(node: ast.AST) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr if node.attr not in ("zh", "value", "name") else _name(node.value)
        case ast.Call():
            return _name(node.args[0]) if node.args and not isinstance(node.func, ast.Attribute) else _name(node.func)
        case ast.Subscript() | ast.Await() | ast.Starred():
            return _name(node.value)
    return ""


def from_braces(text: str) -> str:
    """`str.format`'s places written as ours."""
    taken: set[str] = set()
    return BRACES.sub(lambda each: f"%({free(each[1], taken)})s", text)
