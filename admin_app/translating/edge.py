"""Which language a request speaks, and the hooks into Flask, Flask-Babel, Flask-Admin and WTForms.

中文 always, unless the person chose English: on their account, or in this browser before signing in. What a browser prefers is not
asked: a school's computers are often set up in English.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from babel.support import Translations
from flask import Flask, Response, g, request, url_for
from flask_admin.babel import domain as flask_admin_domain
from flask_admin.babel import wtforms_domain

from admin_app.translating import catalogue
from admin_app.translating.catalogue import ENGLISH, TAIWAN
from admin_app.translating.gathering.scripts import script_messages
from admin_app.translating.markup import translated
from admin_app.translating.phrases import HAN
from models.vocabulary import Language

COOKIE = "portfolio-language"
SPOKEN = frozenset({"text", "error", "hint", "message", "sentence", "label", "title", "problem"})
"""The names under which an answer to a script holds what a person reads."""
LOCALES = {Language.chinese: TAIWAN, Language.english: ENGLISH}
HTML_LANG = {Language.chinese: "zh-Hant-TW", Language.english: "en"}


def install(app: Flask) -> None:
    """Our catalogues under Flask-Admin's and WTForms' messages, and English at the edge of `app`.

    `_()` in a template fills in its values and stays 中文: what stands around it belongs to the same sentence, and the whole is put
    into English at the edge.
    """
    for domain, ours in ((flask_admin_domain, "admin"), (wtforms_domain, "wtforms")):
        domain.cache[TAIWAN, ours] = catalogue.translations(TAIWAN, ours)
        domain.cache[ENGLISH, ours] = Translations()  # both are written in English
    as_it_is: dict[str, Any] = {"gettext": str, "ngettext": lambda one, many, n: one if n == 1 else many}
    app.jinja_env.install_gettext_callables(**as_it_is, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals |= {"speaks_english": speaks_english, "spoken": spoken}
    app.after_request(speak)


def language() -> Language:
    """The language of this request. Never asks the database: whoever is signed in has been loaded by then."""
    account = getattr(getattr(g, "_login_user", None), "account", None)
    if account is not None and account.language is not None:
        found: Language = account.language
        return found
    return Language.english if request.cookies.get(COOKIE) == Language.english.name else Language.chinese


def locale() -> str:
    """For Flask-Babel."""
    return LOCALES[language()] if request else TAIWAN


def speaks_english() -> bool:
    """Whether this request is to be answered in English."""
    return bool(request) and language() is Language.english


def spoken(text: str) -> str:
    """A text of ours in the language of this request, for where only values are put into English: in the rows of a grid."""
    return catalogue.english().say(text) if speaks_english() else text


@cache
def dictionary() -> str:
    """What scripts say, as JSON; see `static/js/words.js`."""
    messages = catalogue.english_messages()
    return json.dumps({zh: messages[zh] for zh in sorted(script_messages()) if zh in messages}, ensure_ascii=False)


def speak(response: Response) -> Response:
    """The answer in English where that was chosen. In 中文 it goes out as it is."""
    if not speaks_english() or response.is_streamed or response.direct_passthrough or response.content_encoding:
        return response
    if response.mimetype == "text/html":
        response.set_data(page_in_english(response.get_data(as_text=True)))
    elif response.mimetype == "application/json":
        said = _json_in_english(response.get_json(silent=True))
        response.set_data(json.dumps(said, ensure_ascii=False))
    return response


def page_in_english(html: str) -> str:
    """A whole page or a piece of one."""
    words = f' data-words="{url_for("language.words", digest=digest())}"'
    book = catalogue.english()
    return translated(html, book.say, book.word, lang=HTML_LANG[Language.english], root=words)


@cache
def digest() -> str:
    """Changes when the dictionary does, so that browsers may keep it for ever."""
    return hashlib.sha256(dictionary().encode()).hexdigest()[:12]


def _json_in_english(answer: Any) -> Any:
    if not isinstance(answer, dict):
        return answer
    return {name: _spoken_value(name, value) for name, value in answer.items()}


def _spoken_value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _json_in_english(value)
    if isinstance(value, str) and name in SPOKEN and HAN.search(value):
        return catalogue.english().say(value)
    return value
