"""From 中文 to English: words, sentences with values, lists; and what is left alone."""

from __future__ import annotations

import pytest

from admin_app.translating.phrases import Phrasebook

BOOK = Phrasebook(
    {
        "班級": "Class",
        "日校": "Day school",
        "待認證": "Waiting to be certified",
        "儲存": "Save",
        "已選 %(n)s 筆": "%(n)s row[s] selected",
        "已儲存「%(row)s」。": "“%(row)s” was saved.",
        "請填寫「%(label)s」": "Please fill in “%(label)s”",
        "第 %(first)s–%(last)s 筆，共 %(total)s 筆": "Rows %(first)s–%(last)s of %(total)s",
        "%(n)s 筆%(state)s": "%(n)s [row is|rows are] %(state)s",
    }
)


@pytest.mark.parametrize(
    ("zh", "english"),
    [
        ("班級", "Class"),
        ("\n    儲存\n  ", "\n    Save\n  "),
        ("已選 1 筆", "1 row selected"),
        ("已選 12 筆", "12 rows selected"),
        ("請填寫「班級」", "Please fill in “Class”"),
        ("第 1–50 筆，共 1,234 筆", "Rows 1–50 of 1,234"),
        ("班級：日校、待認證", "Class: Day school, Waiting to be certified"),
        ("儲存；班級", "Save; Class"),
        ("Excel", "Excel"),
    ],
)
def test_what_is_known_is_said_in_english(zh: str, english: str) -> None:
    assert BOOK.say(zh) == english


def test_a_name_inside_a_sentence_stays_as_it_is_written() -> None:
    assert BOOK.say("已儲存「機一甲 3 號 詹子君」。") == "“機一甲 3 號 詹子君” was saved."


def test_a_text_nobody_knows_stays_whole() -> None:
    assert BOOK.say("詹子君、林佳均的作品") == "詹子君、林佳均的作品"
