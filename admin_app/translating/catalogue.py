"""The catalogues: `translations/<locale>/LC_MESSAGES/<domain>.po`, read when first needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from admin_app.translating.phrases import Phrasebook

FOLDER = Path(__file__).parent.parent / "translations"
TAIWAN, ENGLISH = "zh_Hant_TW", "en"


def path_of(locale: str, domain: str) -> Path:
    """Where a catalogue is kept."""
    return FOLDER / locale / "LC_MESSAGES" / f"{domain}.po"


def write(locale: str, domain: str, messages: Mapping[str, str], note: str) -> None:
    """Keep a catalogue as plain text: one message after another, nothing that changes by itself."""
    head = f'# {note}\nmsgid ""\nmsgstr ""\n"Language: {locale}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    body = (f"\nmsgid {_quoted(message)}\nmsgstr {_quoted(target)}\n" for message, target in messages.items())
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
    return {str(each.id): str(each.string) for each in read(ENGLISH, "messages") if each.id and each.string}


@cache
def english() -> Phrasebook:
    """The phrasebook of the English interface; one for the whole process."""
    return Phrasebook(english_messages())
