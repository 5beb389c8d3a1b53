"""The texts of a finished HTML page, put into another language.

Texts between tags and the attributes people read are translated. `translate="no"` (HTML's own word for it) keeps an element as it
was written: names, titles, the printed rule; `translate="yes"` inside it turns back. Where values of every kind stand, in the rows
of a grid or a record, `data-say="words"` lets only the fixed words through (日校, 待認證 …), nothing that looks like a sentence.
Nothing typed is touched: not the text of a textarea, not the value of a field, not an option that sends its own text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

from admin_app.translating.phrases import HAN

TAG = re.compile(r"<!--.*?-->|<![^>]*>|<(/?)([a-zA-Z][-\w]*)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>", re.DOTALL)
ATTRIBUTE = re.compile(r"([-\w:]+)=\"([^\"]*)\"")
MODE = re.compile(r"\b(?:translate|data-say)=\"(yes|no|words)\"")
RAW = ("script", "style", "textarea")
READ = frozenset({"title", "alt", "placeholder", "label"})
PRESSED = re.compile(r"\btype=\"?(?:submit|button|reset)\b")
VOID = frozenset((
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "use", "wbr",
))  # fmt: skip
INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp",
    "small", "span", "strong", "sub", "sup", "svg", "use", "time", "u", "var", "wbr",
))  # fmt: skip
LANG = re.compile(r"\blang=\"[^\"]*\"")

Say = Callable[[str], str]


def translated(html: str, say: Say, word: Say, *, lang: str, root: str = "") -> str:
    """The page in the other language: `say` knows sentences, `word` fixed words only. `root`: what `<html>` gets besides `lang`."""
    return _Page(html, say, word, f'lang="{lang}"{root}').read()


class _Page:
    """One reading of a page."""

    def __init__(self, html: str, say: Say, word: Say, root: str) -> None:
        self.html, self.say, self.root = html, say, root
        self.sayings: dict[str, Say] = {"yes": say, "words": word, "no": lambda text: text}
        self.modes: list[tuple[str, str]] = []
        """Open elements, each with how its text is said; only counted inside an element that says so."""
        self.said: list[str] = []
        self.last = ""
        """The last sign of the text before, in the same block."""
        self.gap = 0
        """Where a space between that text and the next one goes: behind what closes, before what opens."""
        self.option_sends_text = False

    def read(self) -> str:
        at = 0
        while tag := TAG.search(self.html, at):
            self._text(self.html[at : tag.start()])
            self.said.append(self._tag(tag))
            if tag[1] and self.gap == len(self.said) - 1:
                self.gap = len(self.said)
            name, at = (tag[2] or "").lower(), tag.end()
            if name in RAW and not tag[1]:
                end = self.html.find(f"</{name}", at)
                self.said.append(self.html[at : end if end >= 0 else None])
                at = end if end >= 0 else len(self.html)
        self._text(self.html[at:])
        return "".join(self.said)

    @property
    def mode(self) -> str:
        return self.modes[-1][1] if self.modes else "yes"

    def _text(self, text: str) -> None:
        said = text
        if not text:
            return
        if not text.strip():
            self.last = " " if text and self.last else self.last
            self.said.append(said)
            return
        if HAN.search(text) and self.mode != "no" and not self.option_sends_text:
            said = escape(self.sayings[self.mode](unescape(text)), quote=False)
        if self._needs_space(said):
            self.said.insert(self.gap, " ")
        self.said.append(said)
        self.last, self.gap = said[-1], len(self.said)

    def _needs_space(self, said: str) -> bool:
        """中文 runs on between inline elements; words of an alphabet need a space."""
        return bool(re.match(r"[\w.,;:!?%)”]", self.last)) and bool(re.match(r"[\w(“]", said)) and self.mode != "no"

    def _tag(self, tag: re.Match[str]) -> str:
        closing, name, rest = tag[1], (tag[2] or "").lower(), tag[3] or ""
        if not name:
            return tag[0]
        self._follow(closing, name, rest)
        if name == "html" and not closing:
            return tag[0].replace(rest, LANG.sub(self.root, rest, count=1))
        if closing or self.mode == "no" or not HAN.search(rest):
            return tag[0]
        pressed = name == "input" and PRESSED.search(rest) is not None
        return f"<{tag[2]}{ATTRIBUTE.sub(lambda each: self._attribute(each, pressed), rest)}>"

    def _attribute(self, each: re.Match[str], pressed: bool) -> str:
        name, value = each[1].lower(), each[2]
        read = name in READ or name.startswith(("aria-", "data-")) or (pressed and name == "value")
        return f'{each[1]}="{escape(self.say(unescape(value)))}"' if read and HAN.search(value) else each[0]

    def _follow(self, closing: str, name: str, rest: str) -> None:
        if name not in INLINE:
            self.last = ""
        if name == "option":
            self.option_sends_text = not closing and "value=" not in rest
        if closing:
            if self.modes and self.modes[-1][0] == name:
                self.modes.pop()
        elif name not in VOID and not rest.endswith("/"):
            if said := MODE.search(rest):
                self.modes.append((name, said[1]))
            elif self.modes and self.modes[-1][0] == name:
                self.modes.append((name, self.mode))
