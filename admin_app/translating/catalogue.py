"""The catalogues: `translations/<locale>/LC_MESSAGES/<domain>.po`, read when first needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from admin_app.translating.phrases import Phrasebook
from models.catalogue import ENTITIES
from models.vocabulary import Term

FOLDER = Path(__file__).parent.parent / "translations"
TAIWAN, ENGLISH = "zh_Hant_TW", "en"
OF_EDITION = "edition"
"""Marks a message that the edition brings: the name of a post, an office, a title."""
OF_SCRIPTS = "script"
"""Marks a message that only scripts say, such as 日 above a calendar; no page is searched for it."""
SAID_BY_CELLS = frozenset(
    {"是", "否", "（保密）", "保密", "空白", "未填", "（空白）", "代碼表未收錄", "各項學生紀錄", "本規定未訂，系統預設"}
)


def path_of(locale: str, domain: str) -> Path:
    """Where a catalogue is kept."""
    return FOLDER / locale / "LC_MESSAGES" / f"{domain}.po"


def write(locale: str, domain: str, messages: Mapping[str, str], note: str, marks: Mapping[str, str]) -> None:
    """Keep a catalogue as plain text: one message after another, nothing that changes by itself."""
    said = {message: f"#. {marks[message]}\n" if message in marks else "" for message in messages}
    head = f'# {note}\nmsgid ""\nmsgstr ""\n"Language: {locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    body = (f"\n{said[message]}msgid {_quoted(message)}\nmsgstr {_quoted(target)}\n" for message, target in messages.items())
    path_of(locale, domain).write_text(head + "".join(body), encoding="utf-8")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def read(locale: str, domain: str) -> Catalog:
    """A catalogue as written."""
    with path_of(locale, domain).open("rb") as file:
        return read_po(file, locale=locale, domain=domain)


@cache
def translations(locale: str, domain: str) -> Translations:
    """A catalogue as gettext wants it, compiled in memory."""
    compiled = BytesIO()
    write_mo(compiled, read(locale, domain))
    compiled.seek(0)
    return Translations(fp=compiled, domain=domain)


@cache
def english_messages() -> dict[str, str]:
    """Every 中文 message and its English."""
    return {str(each.id): str(each.string) for each in _english()}


@cache
def _english() -> list[Message]:
    return [each for each in read(ENGLISH, "messages") if each.id and each.string]


@cache
def english() -> Phrasebook:
    """The phrasebook of the English interface; one for the whole process."""
    spoken = {str(each.id): str(each.string) for each in _english() if OF_SCRIPTS not in each.auto_comments}
    return Phrasebook(spoken, fixed_words())


@cache
def fixed_words() -> frozenset[str]:
    """The words values are made of: every enum's, kinds of records, posts of the edition, what a cell says of itself."""
    named = {str(each.id) for each in _english() if OF_EDITION in each.auto_comments}
    terms = {each.zh for term in _terms(Term) for each in term}
    return frozenset({*named, *terms, *(model.__zh__ for model in ENTITIES), *SAID_BY_CELLS})


def _terms(base: type[Term]) -> Iterator[type[Term]]:
    for each in base.__subclasses__():
        yield each
        yield from _terms(each)
