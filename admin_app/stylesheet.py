"""Makes a kit's style sheet ours: without the parts no page names, and dark when the system is, by the style sheet alone.

A rule stays when every class of its selector is a word of some page, script or screen. So classes are written whole, never put
together from pieces. Tabler's dark colours hang on an attribute that a script would set; here they hang on `prefers-color-scheme`,
which needs no script and does not flash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

TOKEN = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[{};]", re.DOTALL)
CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")
IN_PARENTHESES = re.compile(r"\([^()]*\)")
WORD = re.compile(r"[A-Za-z_][\w-]*")
DARK = "[data-bs-theme=dark]"
SWITCHED = re.compile(r"data-(?:bs-)?(?:navbar-)?theme|\.theme-(?:dark|light)")
SYSTEM_IS_DARK = "@media screen and (prefers-color-scheme:dark)"
USED_NAME = re.compile(r"var\(\s*(--[\w-]+)")
DECLARED_NAME = re.compile(r"(?<=[{;])(--[\w-]+):(?:\"[^\"]*\"|'[^']*'|\([^()]*\)|[^;{}\"'])*(?:;|(?=\}))")
EMPTY = re.compile(r"(?<=[}{])[^{}]+\{\}")
GROUPS = ("@media", "@supports", "@layer", "@container")


@dataclass(frozen=True)
class Rule:
    """A rule with its declarations, or an at-rule with the rules inside it."""

    head: str
    body: str
    inside: tuple[Rule, ...] | None = None

    def text(self) -> str:
        body = self.body if self.inside is None else "".join(rule.text() for rule in self.inside)
        return f"{self.head}{{{body}}}" if body else ""


def words(texts: Iterable[str]) -> set[str]:
    """Whatever could be the name of a class in these sources."""
    return {word for text in texts for word in WORD.findall(text)}


def fitted(css: str, known: set[str], others: str = "") -> str:
    """`css` with only what pages whose words are `known` can use. `others`: style sheets that use its custom properties."""
    rules = tuple(kept for rule in parse(css) for kept in _fit(rule, known))
    return _without_unused_names("".join(rule.text() for rule in rules), others)


def parse(css: str) -> Iterator[Rule]:
    """The rules of a style sheet in their order; statements such as @charset are left out."""
    start, tokens = 0, TOKEN.finditer(css)
    for token in tokens:
        if token.group().startswith("/*") or token.group() == ";":
            start = token.end()
        elif token.group() == "{":
            head, inner = css[start : token.start()].strip(), token.end()
            end = _closing(tokens)
            body = css[inner:end]
            yield Rule(head, body, tuple(parse(body)) if head.startswith(GROUPS) else None)
            start = end + 1


def _closing(tokens: Iterator[re.Match[str]]) -> int:
    depth = 1
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return token.start()
    raise ValueError("a style sheet ends inside a rule")


def _fit(rule: Rule, known: set[str]) -> Iterator[Rule]:
    if rule.inside is not None:
        yield Rule(rule.head, "", tuple(kept for each in rule.inside for kept in _fit(each, known)))
    elif rule.head.startswith("@"):
        yield rule
    else:
        selectors = [each for each in _selectors(rule.head) if _is_used(each, known)]
        always = [each for each in selectors if not SWITCHED.search(each)]
        if always:
            yield Rule(",".join(always), rule.body)
        dark = [each.replace(DARK, ":root", 1) for each in selectors if each == DARK or each.startswith(f"{DARK} ")]
        if dark:
            yield Rule(SYSTEM_IS_DARK, "", (Rule(",".join(dark), rule.body),))


def _selectors(head: str) -> list[str]:
    """The selectors of a list; a comma inside parentheses parts nothing."""
    parts, depth, last = [], 0, 0
    for place, sign in enumerate(head):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append(head[last:place].strip())
            last = place + 1
    return [*parts, head[last:].strip()]


def _is_used(selector: str, known: set[str]) -> bool:
    """Whether its classes are all known. What stands in parentheses is not asked: `:not(.x)` holds on pages without any x."""
    bare, before = selector, ""
    while bare != before:
        bare, before = IN_PARENTHESES.sub("", bare), bare
    return all(name.replace("\\", "") in known for name in CLASS.findall(bare))


def _without_unused_names(css: str, others: str) -> str:
    """Custom properties that nothing refers to go too, and the rules they leave empty, until nothing more goes."""
    while True:
        used = set(USED_NAME.findall(css + others))
        unused = {name for name in DECLARED_NAME.findall(css) if name not in used}
        shorter = EMPTY.sub("", DECLARED_NAME.sub(_dropping(unused), css))
        if shorter == css:
            return css
        css = shorter


def _dropping(names: set[str]) -> Callable[[re.Match[str]], str]:
    return lambda declared: "" if declared.group(1) in names else declared.group()
