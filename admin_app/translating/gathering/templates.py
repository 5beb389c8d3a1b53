"""Messages in templates: the texts between tags and the attributes people read, with `{{ … }}` as values in them.

A template is written out once with its expressions as places and its conditions as marks; then it is read as HTML. A condition
inside one text makes several messages, one for each way it can go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import product
from pathlib import Path

from jinja2 import Environment, nodes

from admin_app.translating.gathering.python import free, from_braces
from admin_app.translating.markup import ATTRIBUTE, PRESSED, RAW, READ, TAG
from admin_app.translating.phrases import HAN, tidy

IF, ELSE, END, CUT, OPEN, SHUT = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
PLACE = re.compile(f"{OPEN}(\\w*){SHUT}")
MARKS = re.compile(f"([{IF}{ELSE}{END}{CUT}])")
MOST_WAYS = 8
ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)


def messages(path: Path) -> Iterator[str]:
    """The messages of one template."""
    tree = ENVIRONMENT.parse(path.read_text(encoding="utf-8"))
    writing = _Writing(frozenset(each.name for each in tree.find_all(nodes.Macro)))
    yield from _of_markup(writing.of(tree))
    joined = {id(part) for each in tree.find_all(nodes.Concat) for part in each.nodes}
    for concat in tree.find_all(nodes.Concat):
        yield from _ways(writing.said(concat))
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str) and HAN.search(const.value) and id(const) not in joined:
            yield tidy(from_braces(const.value))


class _Writing:
    """Writes a template out. `macros` are those of the template itself: what they give is markup, and no part of a sentence."""

    def __init__(self, macros: frozenset[str]) -> None:
        self.macros = macros | {"super", "caller"}

    def of(self, node: nodes.Node) -> str:
        """A node and what is in it as text, places and marks."""
        match node:
            case nodes.TemplateData():
                return node.data
            case nodes.Output():
                return "".join(self.said(each) for each in node.nodes)
            case nodes.If():
                others = [*(each.body for each in node.elif_), node.else_]
                return IF + self.all(node.body) + "".join(ELSE + self.all(each) for each in others) + END
            case nodes.For():
                return CUT + self.all(node.body) + CUT + self.all(node.else_) + CUT
        inside = "".join(self.of(each) for each in node.iter_child_nodes() if isinstance(each, nodes.Stmt | nodes.Helper))
        return CUT + inside + CUT if isinstance(node, nodes.Block | nodes.Macro | nodes.CallBlock) else inside

    def all(self, body: list[nodes.Node]) -> str:
        return "".join(self.of(each) for each in body)

    def said(self, node: nodes.Node) -> str:
        """An expression that is printed: its text where that is known, else a place named for it."""
        match node:
            case nodes.TemplateData():
                return node.data
            case nodes.Const():
                return str(node.value)
            case nodes.CondExpr():
                return IF + self.said(node.expr1) + ELSE + (self.said(node.expr2) if node.expr2 else "") + END
            case nodes.Concat():
                return "".join(self.said(each) for each in node.nodes)
            case nodes.Call() if isinstance(node.node, nodes.Name) and node.node.name in ("_", "gettext"):
                return re.sub(r"%\((\w+)\)s", f"{OPEN}\\1{SHUT}", str(getattr(node.args[0], "value", "")))
            case nodes.Call() if self.is_macro(node.node):
                return CUT
        return f"{OPEN}{_name(node)}{SHUT}"

    def is_macro(self, called: nodes.Node) -> bool:
        """Whether a call gives markup."""
        if isinstance(called, nodes.Getattr):
            return isinstance(called.node, nodes.Name) and called.node.name in ("m", "self")
        return isinstance(called, nodes.Name) and called.name in self.macros


def _name(node: nodes.Node) -> str:
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return node.attr if node.attr not in ("zh", "value", "name") else _name(node.node)
        case nodes.Filter() if node.node:
            return _name(node.node)
        case nodes.Call():
            return _name(node.args[0]) if node.args else _name(node.node)
        case nodes.Getitem():
            return _name(node.node)
    return ""


def _of_markup(text: str) -> Iterator[str]:
    """Read as HTML: its texts and the attributes people read."""
    at = 0
    while tag := TAG.search(text, at):
        yield from _ways(text[at : tag.start()])
        name, rest, at = (tag[2] or "").lower(), tag[3] or "", tag.end()
        if name and not tag[1]:
            yield from _of_attributes(name, rest)
            if name in RAW:
                at = max(text.find(f"</{name}", at), at)
    yield from _ways(text[at:])


def _of_attributes(name: str, rest: str) -> Iterator[str]:
    for each in ATTRIBUTE.finditer(rest):
        read = each[1] in READ or each[1].startswith(("aria-", "data-"))
        if read or (name == "input" and each[1] == "value" and PRESSED.search(rest)):
            yield from _ways(each[2])


def _ways(text: str) -> Iterator[str]:
    """The messages one text can become."""
    if not HAN.search(text):
        return
    for piece in _balanced(text):
        for way in _expanded(piece):
            message = _with_places(unescape(way))
            if HAN.search(message):
                yield message


def _balanced(text: str) -> Iterator[str]:
    """The text cut at loops, and at conditions that begin or end outside it."""
    for piece in text.split(CUT):
        open_ifs = depth = 0
        for mark in MARKS.findall(piece):
            depth += {IF: 1, END: -1}.get(mark, 0)
            open_ifs = min(open_ifs, depth, 0 if mark != ELSE or depth > 0 else -1)
        if depth == 0 and open_ifs == 0:
            yield piece
        else:
            yield from (each for each in MARKS.split(piece) if each not in (IF, ELSE, END, CUT))


def _expanded(piece: str) -> list[str]:
    """Every way the conditions of a piece can go; its parts alone when there are too many."""
    found = _alternatives(MARKS.split(piece))[0]
    ways = ["".join(each) for each in product(*found)] if _count(found) <= MOST_WAYS else []
    return ways or [each for each in MARKS.split(piece) if each not in (IF, ELSE, END)]


def _count(found: list[list[str]]) -> int:
    total = 1
    for each in found:
        total *= len(each)
    return total


def _alternatives(parts: list[str]) -> tuple[list[list[str]], list[str]]:
    """A sequence of choices, read up to the end of the condition it stands in; and the rest."""
    found: list[list[str]] = []
    while parts:
        part, parts = parts[0], parts[1:]
        if part == IF:
            branches: list[str] = []
            while True:
                inside, parts = _alternatives(parts)
                branches += ["".join(each) for each in product(*inside)] if _count(inside) <= MOST_WAYS else [""]
                ended = not parts or parts[0] == END
                parts = parts[1:]
                if ended:
                    break
            found.append(branches)
        elif part in (ELSE, END):
            return found, [part, *parts]
        else:
            found.append([part])
    return found, []


def _with_places(text: str) -> str:
    taken: set[str] = set()
    return tidy(PLACE.sub(lambda each: f"%({free(each[1], taken)})s", text))
