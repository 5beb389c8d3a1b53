"""A page in English: its texts and the attributes people read, and never what somebody typed."""

from __future__ import annotations

import pytest

from admin_app.translating.markup import translated

WORDS = {"姓名": "Name", "儲存": "Save", "人數": "Number of people", "共": "In total", "筆": "rows", "日校": "Day school"}


def english(html: str) -> str:
    def say(text: str) -> str:
        return text.replace(text.strip(), WORDS.get(text.strip(), text.strip()))

    def word(text: str) -> str:
        return say(text) if text.strip() == "日校" else text

    return translated(html, say, word, lang="en")


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>姓名</p>", "<p>Name</p>"),
        ('<input placeholder="姓名" value="姓名">', '<input placeholder="Name" value="姓名">'),
        ('<input type="submit" value="儲存">', '<input type="submit" value="Save">'),
        ('<button name="go" value="姓名" title="儲存">儲存</button>', '<button name="go" value="姓名" title="Save">Save</button>'),
        ("<textarea>姓名</textarea>", "<textarea>姓名</textarea>"),
        ("<select><option>日校</option></select>", "<select><option>日校</option></select>"),
        ('<option value="day">日校</option>', '<option value="day">Day school</option>'),
        ("<p>共<strong>3</strong>筆</p>", "<p>In total <strong>3</strong> rows</p>"),
        ('<td translate="no">姓名</td><td>姓名</td>', '<td translate="no">姓名</td><td>Name</td>'),
        ('<b translate="no"><b>姓名</b>姓名</b>姓名', '<b translate="no"><b>姓名</b>姓名</b> Name'),
        (
            '<ul translate="no"><li>姓名<i translate="yes">儲存</i></ul>',
            '<ul translate="no"><li>姓名 <i translate="yes">Save</i></ul>',
        ),
        (
            '<td data-say="words">日校</td><td data-say="words">姓名</td>',
            '<td data-say="words">Day school</td><td data-say="words">姓名</td>',
        ),
        ('<script>"姓名"</script><!-- 姓名 -->', '<script>"姓名"</script><!-- 姓名 -->'),
        ('<html lang="zh-Hant-TW"><p>x', '<html lang="en"><p>x'),
        ('<a href="/?q=姓名" aria-label="姓名">x</a>', '<a href="/?q=姓名" aria-label="Name">x</a>'),
    ],
)
def test_a_piece_of_a_page(page: str, found: str) -> None:
    assert english(page) == found


def test_what_a_text_holds_stays_escaped() -> None:
    said = translated("<p>姓名 &lt;b&gt;</p>", lambda text: text.replace("姓名", '"Name" <'), str, lang="en")
    assert said == '<p>"Name" &lt; &lt;b&gt;</p>'
