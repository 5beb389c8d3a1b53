"""What a reader of a page reads, and what of it is wrong: words of the other language or another Chinese, the other calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import select

from admin_app.translating import catalogue
from models.catalogue import METADATA
from tests.permissions.school import School

RUN = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff]+")
WORD = re.compile(r"[A-Za-z][A-Za-z]+")
ALLOWED = frozenset(
    (
        "PDF", "XLSX", "CSV", "JSON", "Lines", "ZIP", "TXT", "UTF", "BOM", "ID", "QR", "MB", "KB", "SHA", "Excel", "App", "Google",
        "Microsoft", "Authenticator", "Ctrl", "Shift", "English", "LINE", "IP", "URL", "PORTFOLIO", "SMTP", "Android", "Windows",
        "JPG", "PNG", "MP", "MOV", "DOCX", "HEIC", "Linux", "Chrome", "Firefox", "Safari", "Edge",
    )
)  # fmt: skip
"""Names of things that have no other name here."""
MAINLAND = re.compile(
    "打印|文件夾|默認|用戶|賬號|賬戶|信息|數據庫?|鏈接|菜單|視頻|網絡|服務器|屏幕|鼠標|軟件|硬件|導出|導入|添加|程序|質量|保存修改|刷新"
)
SIMPLIFIED = re.compile(
    "[们这么为说对时会过还进发开学习录选择总导览签认证级则额转单无务档个现让给应该请输码设终结东车业两严丧丰临举义乐书买乱争亏产亲]"
)
LEFT_OUT = ("changes", "digest", "payload")
DIGESTS = ("sign_in_session", "gram")
"""Columns and tables nobody reads a sentence in; with them every look-up would take ten times as long."""
READ = ("title", "alt", "placeholder", "label", "aria-label", "aria-description", "aria-valuetext")
HIDDEN = ("script", "style", "textarea", "template")
TYPED = ("", "text", "search")
LONG = 6
BY_PEOPLE = ("示範學校建置",)
NO_WORDS = re.compile(r"\S+@\S+|\b[0-9a-f]{64}\b")
EXAMPLE = re.compile(r"[Ee]\.g\. .*")
WESTERN = re.compile(r"(?<![\d/.-])(?:19|20)\d\d[-/.]\d{1,2}(?![\d.])")
"""A day, or a month, that is not in 民國 years. 西元 before it says that it is meant so."""


class Reader(HTMLParser):
    """The texts a reader of a page meets, but not those that say `translate="no"`: these are data. Of the values under
    `data-say="words"` only the fixed words count as ours; `seen` holds the others too, and what stands in fields."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.seen: list[str] = []
        self.open: list[tuple[str, str]] = []
        self.lang = ""
        self.words = catalogue.fixed_words()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "html":
            self.lang = said.get("lang") or ""
        mode = "no" if tag in HIDDEN else said.get("translate") or said.get("data-say") or self._mode()
        if mode != "no":
            read = [value for name, value in attrs if value and name in READ]
            self.texts += read
            self.seen += read + ([said.get("value") or ""] if tag == "input" and (said.get("type") or "") in TYPED else [])
            if tag == "input" and said.get("type") in ("submit", "button", "reset"):
                self.texts.append(said.get("value") or "")
        if tag not in ("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "wbr"):
            self.open.append((tag, mode))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and self._mode() != "no":
            self.seen.append(text)
        if text and (self._mode() == "yes" or (self._mode() == "words" and text in self.words)):
            self.texts.append(text)

    def _mode(self) -> str:
        return self.open[-1][1] if self.open else "yes"


def read(html: str) -> Reader:
    """A page as it is read."""
    reader = Reader()
    reader.feed(html)
    return reader


class Written:
    """What people wrote: as one text, and the longer ones to take out of a sentence of ours that quotes them."""

    def __init__(self, texts: set[str]) -> None:
        self.text = "\n".join(texts)
        self.holds = cache(self.text.__contains__)
        self.words = frozenset(WORD.findall(self.text))
        self.long = sorted((each for each in texts if len(each) >= LONG and RUN.search(each)), key=len, reverse=True)

    def without(self, text: str) -> str:
        for each in self.long:
            text = text.replace(each, "")
        return text


def english_words(text: str, written: Written) -> list[str]:
    """What of a text on a 中文 page is English, and neither a name of something nor somebody's own."""
    return [word for word in WORD.findall(NO_WORDS.sub("", text)) if word not in ALLOWED and word not in written.words]


def other_chinese(text: str, written: Written) -> bool:
    """Whether a text is in simplified characters, or in words of another place."""
    return bool(SIMPLIFIED.search(text) or MAINLAND.search(text)) and text not in written.text


def chinese_left(text: str, written: Written) -> bool:
    """Whether a text on an English page holds 中文 that nobody wrote."""
    return bool(_left(text, written)) and not written.holds(text) and bool(_left(written.without(text), written))


def western_day(text: str) -> bool:
    """Whether a text names a day in western years and does not say so."""
    found = WESTERN.search(text)
    return found is not None and "西元" not in text and "western" not in text


def _left(text: str, written: Written) -> list[str]:
    known = catalogue.english().exact
    runs = RUN.findall(EXAMPLE.sub("", text))
    return [run for run in runs if (run in known or not written.holds(run)) and run not in BY_PEOPLE]


def data_of(place: School) -> set[str]:
    """Every text the school has written down."""
    found: set[str] = set()
    with place.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            read = [each for each in table.columns if each.key not in LEFT_OUT and table.name not in DIGESTS]
            for row in connection.execute(select(*read)) if read else ():
                found.update(_texts(tuple(row)))
    return found


def _texts(values: tuple[Any, ...]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple | list):
            yield from _texts(tuple(value))
        elif isinstance(value, dict):
            yield from _texts(tuple(value.values()))
