"""The catalogues: every message of ours has English, none is dead, and Flask-Admin's and WTForms' are all in our words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import flask_admin
import pytest
import wtforms

from admin_app.translating import catalogue
from admin_app.translating.gathering import gathered, python, scripts, templates
from admin_app.translating.phrases import HAN, PLACE

SIMPLIFIED = re.compile("[们这么为说对时会过还进发后开学习记录选择总据导览签认证级规则显资额转单无与务档]")


def english() -> dict[str, str]:
    return {str(each.id): str(each.string) for each in catalogue.read(catalogue.ENGLISH, "messages") if each.id}


def test_everything_we_say_has_english_and_nothing_else_is_in_the_catalogue() -> None:
    """`make words` adds what is new and drops what is dead; the English of the new is written by hand."""
    said, known = set(gathered()), english()
    assert sorted(said - {zh for zh, text in known.items() if text}) == []
    assert sorted(set(known) - said) == []


def test_a_translation_names_the_values_of_its_message() -> None:
    wrong = [zh for zh, text in english().items() if set(PLACE.findall(zh)) != set(PLACE.findall(text))]
    assert wrong == []


def test_no_chinese_is_left_in_a_translation_but_what_is_meant() -> None:
    """Examples of what to type, and the name of the other language, are 中文 in English too."""
    meant = re.compile(
        r"[「『“][^」』”]*[」』”]|e\.g\. [^;,.]*|E\.g\. .*|中文|是|否|一上|進機?一?甲?|須修正|、|機一甲|學號|姓名|日校|競賽等級"
    )
    left = {zh: text for zh, text in english().items() if HAN.search(meant.sub("", text))}
    assert left == {}


@pytest.mark.parametrize(("package", "domain"), [(flask_admin, "admin"), (wtforms, "wtforms")])
def test_their_messages_are_all_in_our_words(package: object, domain: str) -> None:
    known = {each if isinstance(each, str) else each[0] for each in (one.id for one in catalogue.read(catalogue.TAIWAN, domain))}
    folder = Path(str(package.__file__)).parent  # type: ignore[attr-defined]
    assert sorted(set(messages_of(folder)) - known) == []


def messages_of(folder: Path) -> Iterator[str]:
    """What a library hands to gettext in its code."""
    for path in folder.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            name = getattr(called, "attr", getattr(called, "id", ""))
            if name in ("gettext", "lazy_gettext", "ngettext") and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
                yield str(node.args[0].value)  # type: ignore[attr-defined]


@pytest.mark.parametrize("domain", ["admin", "wtforms"])
def test_their_messages_are_in_traditional_chinese(domain: str) -> None:
    texts = [str(each.string) for each in catalogue.read(catalogue.TAIWAN, domain) if each.id]
    assert [text for text in texts if SIMPLIFIED.search(text)] == []


# Gathering


def gather_python(tmp_path: Path, code: str) -> list[str]:
    path = tmp_path / "code.py"
    path.write_text(code, encoding="utf-8")
    return list(python.messages(path))


def test_constants_and_f_strings_are_found_and_docstrings_are_not(tmp_path: Path) -> None:
    code = '"""這是說明"""\nA = "儲存"\nB = f"已選 {n} 筆{row.zh}"\nC = field("姓名", example="林佳均")\nre.compile("年月日")\n'
    assert gather_python(tmp_path, code) == ["儲存", "已選 %(n)s 筆%(row)s", "姓名"]


def gather_template(tmp_path: Path, text: str) -> set[str]:
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    return set(templates.messages(path))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<p title="提示">內容</p>', {"提示", "內容"}),
        ("<p>共 {{ n }} 筆</p>", {"共 %(n)s 筆"}),
        ("<p>通知{% if n %}，{{ n }} 則{% endif %}</p>", {"通知", "通知，%(n)s 則"}),
        ("<p>{{ '可以' if ok else '不可以' }}</p>", {"可以", "不可以"}),
        ("{% if ok %}<p>甲</p>{% else %}<p>乙</p>{% endif %}", {"甲", "乙"}),
        ("<p>{{ _('已選 %(n)s 筆', n=n) }}</p>", {"已選 %(n)s 筆"}),
        ("<input value='不是' name=x><textarea>不是</textarea>", set()),
        ("{% block a %}首頁{% endblock %}{% block b %}{{ x }}{% endblock %}", {"首頁"}),
    ],
)
def test_a_template_gives_whole_sentences(tmp_path: Path, text: str, found: set[str]) -> None:
    assert gather_template(tmp_path, text) == found


def test_scripts_give_what_is_no_comment(tmp_path: Path) -> None:
    path = tmp_path / "x.js"
    path.write_text('/* 說明 */ say("已選 %(n)s 筆"); // 註解\n', encoding="utf-8")
    assert list(scripts.messages(path)) == ["已選 %(n)s 筆"]
