"""No page holds a text nobody translated: in 中文 no English left over, and in English no 中文 but what people wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from flask import Flask

from admin_app.translating import catalogue
from tests.conftest import SchoolClient, sample
from tests.language.walking import data_of, pages, read
from tests.permissions.conftest import enter
from tests.permissions.school import School

PERSONAS = ("anonymous", "registration_section", "executive_secretary", "equipment_section", "homeroom_teacher", "student")
RUN = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff]+")
WORD = re.compile(r"[A-Za-z][A-Za-z]+")
ALLOWED = frozenset(
    (
        "PDF", "XLSX", "CSV", "JSON", "ZIP", "TXT", "UTF", "BOM", "ID", "QR", "MB", "SHA", "Excel", "App", "Google", "Microsoft",
        "Authenticator", "Ctrl", "Shift", "English", "LINE", "IP", "URL", "PORTFOLIO", "SMTP", "Android", "Windows", "Linux",
        "Chrome", "Firefox", "Safari", "Edge",
    )
)  # fmt: skip
"""Names of things that have no other name here."""
MAINLAND = re.compile(
    "打印|文件夾|默認|用戶|賬號|賬戶|信息|數據庫?|鏈接|菜單|視頻|網絡|服務器|屏幕|鼠標|軟件|硬件|導出|導入|添加|程序|質量|保存修改|刷新"
)
SIMPLIFIED = re.compile(
    "[们这么为说对时会过还进发开学习录选择总导览签认证级则额转单无务档个现让给应该请输码设终结东车业两严丧丰临举义乐书买乱争亏产亲]"
)
WALKED = sample(list(PERSONAS), 4)
LONG = 6
Texts = Callable[[str, str], list[tuple[str, str]]]
BY_PEOPLE = ("示範學校建置",)
EXAMPLE = re.compile(r"[Ee]\.g\. .*")


@pytest.fixture(scope="module")
def engine_name() -> str:
    """What a page says does not depend on the database."""
    return "sqlite"


@pytest.fixture(scope="module")
def data(place: School) -> Written:
    return Written(data_of(place))


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


@pytest.fixture(scope="module")
def texts(app: Flask) -> Callable[[str, str], list[tuple[str, str]]]:
    """(address, text) of everything a persona reads in a language; walked once."""
    known: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def found(persona: str, language: str) -> list[tuple[str, str]]:
        if (persona, language) not in known:
            known[persona, language] = list(walked(app, persona, language))
        return known[persona, language]

    return found


def walked(app: Flask, persona: str, language: str) -> Iterator[tuple[str, str]]:
    client, start = browser(app, persona)
    client.post("/language", data={"language": language})
    for address, html in pages(client, start):
        reader = read(html)
        assert reader.lang in ("", {"english": "en", "chinese": "zh-Hant-TW"}[language]), address
        yield from ((address, text) for text in reader.texts)
    client.post("/language", data={"language": "chinese"})


def browser(app: Flask, persona: str) -> tuple[SchoolClient, str]:
    app.test_client_class = SchoolClient
    if persona != "anonymous":
        return enter(app, persona), "/admin/"
    client: Any = app.test_client()
    client.token = client.read_token("/login")
    return client, "/login"


@pytest.mark.parametrize("persona", WALKED)
def test_in_chinese_no_english_is_left_over(texts: Texts, data: Written, persona: str) -> None:
    found = {
        (word, text, address)
        for address, text in texts(persona, "chinese")
        for word in WORD.findall(text)
        if word not in ALLOWED and word not in data.words
    }
    assert sorted(found) == []


@pytest.mark.parametrize("persona", WALKED)
def test_every_page_is_in_the_chinese_of_taiwan(texts: Texts, data: Written, persona: str) -> None:
    found = {
        (text, address)
        for address, text in texts(persona, "chinese")
        if (SIMPLIFIED.search(text) or MAINLAND.search(text)) and text not in data.text
    }
    assert sorted(found) == []


@pytest.mark.parametrize("persona", WALKED)
def test_in_english_no_chinese_is_left_but_what_people_wrote(texts: Texts, data: Written, persona: str) -> None:
    suspects = {(text, address) for address, text in texts(persona, "english") if left(text, data) and not data.holds(text)}
    assert sorted(each for each in suspects if left(data.without(each[0]), data)) == []


def left(text: str, data: Written) -> list[str]:
    """What of a text is 中文 of ours, or of nobody."""
    known = catalogue.english().exact
    runs = RUN.findall(EXAMPLE.sub("", text))
    return [run for run in runs if (run in known or not data.holds(run)) and run not in BY_PEOPLE]
