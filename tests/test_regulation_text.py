"""The regulation as data says what the paper says: articles and tables, against `tests/oracle`, typed by hand."""

from __future__ import annotations

import csv
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.vocabulary import Timing

ORACLE = Path(__file__).parent / "oracle"
RULE: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[1] / "seed" / "regulations" / "longtan-107.toml").read_text(encoding="utf-8")
)
DUTIES: dict[str, dict[str, Any]] = {duty["code"]: duty for duty in RULE["duty"]}
POSTS: dict[str, dict[str, Any]] = {post["code"]: post for post in RULE["post"]}
ARTICLES: dict[str, dict[str, Any]] = {article["number"]: article for article in RULE["article"]}

CELLS = ("when", "group", "work", "owner", "note")


def paper(name: str) -> list[dict[str, str]]:
    with (ORACLE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


DAY = paper("duties_day")
EVENING = paper("duties_evening")
PRINTED = {row["code"]: {cell: row[cell] for cell in CELLS} for row in DAY + EVENING}

# How each cell that is unclear in print is read: (duty, printed owner, read as).
UNCLEAR_OWNERS = [
    ("D02", "註冊組/", "註冊組"),
    ("E04", "", "進修部幹事"),
    ("E11", "", "進修部學務組"),
    ("E12", "", "進修部學務組"),
    ("E13", "", "進修部學務組"),
    ("E17", "", "進修部"),
]

SENTENCES = [
    ("一", "建置高級中等教育階段學生學習歷程檔案作業要點第五點第二項規定訂定之。"),
    ("二", "「建置學生學習歷程檔案資料工作小組」(以下簡稱工作小組)"),
    ("三", "合計 21 人組成；其中校長擔任召集人，輔導主任為執行秘書，工作職掌分工如附件。"),
    ("四", "工作小組每學期至少召開一次會議，且應由召集人召集會議並主持"),
    ("五", "由教務處設備組／進修部負責建置與管理"),
    ("五-(一)", "由註冊組／進修部於學生入學後登錄，每學期初並須再次檢核確認。"),
    ("五-(二)", "(二)修課紀錄"),
    ("五-(二)-1", "技術型高中由實習處及科主任依據學生之性向興趣及進路發展登錄"),
    ("五-(二)-2", "由課程諮詢教師登錄「日期/時間/地點」及「諮詢內容及意見」。"),
    ("五-(二)-3", "學生修課科目及學業成績表現由註冊組/進修部登錄。"),
    ("五-(三)", "最後此項目之總提交由教務處/進修部幹事協助上傳。"),
    ("五-(四)", "(四)多元表現"),
    ("五-(四)-1", "訓育組於每學期登錄學生校內班級幹部"),
    ("五-(四)-2", "活動組每學期登錄學生社團參與及幹部"),
    ("五-(四)-3", "實習處每學期確認技能證照檢定、全國技藝及技能競賽比賽得獎者是否有登錄"),
    ("五-(四)-4", "體育組每學期確認參與體育競賽得名選手之紀錄是否有登錄"),
    ("五-(四)-5", "學生得自行登錄(含名稱、內容、成績及證明文件)"),
    ("五-後段", "並於國教署規定上傳期限之二週前完成。"),
    ("六", "並指派單位或人員辦理研習及說明"),
    ("六-(一)", "由輔導室、資訊科技概論教師及教務處辦理一次選課輔導與檔案建置、登錄等相關訓練。"),
    ("六-(二)", "教務處每學期至少辦理一次課程諮詢與檔案建置相關之專業研習。"),
    ("六-(三)", "教務處及輔導室每學期得結合學校親職活動"),
    ("七", "得由執行秘書視其辦理成效，提交工作小組議決後"),
    ("八", "經校務會議通過，陳核校長核定後實施，修正時亦同。"),
]

# The edition and its articles


def test_the_edition_is_the_one_passed_on_2018_08_29() -> None:
    edition = RULE["edition"]
    assert (edition["code"], edition["school"], edition["title"], edition["adopted_on"]) == (
        "longtan-107",
        "桃園市立龍潭高級中等學校",
        "桃園市立龍潭高級中等學校建置學生學習歷程檔案作業補充規定",
        date(2018, 8, 29),
    )


def test_what_the_paper_does_not_print_is_not_invented() -> None:
    assert not {"approved_on", "approval_no"} & set(RULE["edition"])


def test_articles_stand_in_the_printed_order() -> None:
    assert list(ARTICLES) == [number for number, _ in SENTENCES]


@pytest.mark.parametrize(("number", "sentence"), SENTENCES)
def test_article_says(number: str, sentence: str) -> None:
    assert sentence in ARTICLES[number]["text"]


@pytest.mark.parametrize("number", ARTICLES)
def test_article_hangs_under_its_parent(number: str) -> None:
    assert ARTICLES[number]["parent"] == number.rpartition("-")[0]


# The two tables as printed


@pytest.mark.parametrize(("division", "rows"), [("day", DAY), ("evening", EVENING)])
def test_every_printed_row_is_there_in_order(division: str, rows: list[dict[str, str]]) -> None:
    assert [code for code, duty in DUTIES.items() if duty["division"] == division] == [row["code"] for row in rows]


@pytest.mark.parametrize("code", PRINTED)
def test_cells_are_as_printed(code: str) -> None:
    assert DUTIES[code]["cells"] == PRINTED[code]


@pytest.mark.parametrize("code", DUTIES)
def test_a_merged_cell_is_blank_in_print(code: str) -> None:
    duty = DUTIES[code]
    assert {duty["cells"][cell] for cell in duty["merged"]} <= {""}


@pytest.mark.parametrize("code", DUTIES)
def test_every_row_has_a_time_of_its_own_or_shares_the_one_above(code: str) -> None:
    duty = DUTIES[code]
    assert bool(duty["cells"]["when"]) != ("when" in duty["merged"])


@pytest.mark.parametrize("code", DUTIES)
def test_timing_is_the_printed_time(code: str) -> None:
    """A blank time is the one printed above, as merged cells are read."""
    codes = [other for other in DUTIES if other[0] == code[0] and other <= code and DUTIES[other]["cells"]["when"]]
    assert Timing[DUTIES[code]["timing"]].zh == DUTIES[codes[-1]]["cells"]["when"]


@pytest.mark.parametrize(
    ("line", "codes"),
    [(4, ["D04", "D05"]), (7, ["D08", "D09", "D10"])],
)
def test_rows_printed_in_one_line_share_it(line: int, codes: list[str]) -> None:
    assert [duty["code"] for duty in RULE["duty"] if duty["division"] == "day" and duty["line"] == line] == codes


@pytest.mark.parametrize(("division", "printed"), [("day", 19), ("evening", 21)])
def test_no_printed_line_is_missing(division: str, printed: int) -> None:
    assert {duty["line"] for duty in RULE["duty"] if duty["division"] == division} == set(range(1, printed + 1))


# How unclear cells are read


@pytest.mark.parametrize(("code", "printed", "read_as"), UNCLEAR_OWNERS)
def test_an_unclear_owner_is_read_visibly(code: str, printed: str, read_as: str) -> None:
    readings = [row for row in RULE["reading"] if (row["duty"], row["cell"]) == (code, "owner")]
    assert [(row["printed"], row["read_as"]) for row in readings] == [(printed, read_as)]
    assert readings[0]["why"]


@pytest.mark.parametrize(("code", "printed", "read_as"), UNCLEAR_OWNERS)
def test_owner_of_an_unclear_row_is_the_one_read(code: str, printed: str, read_as: str) -> None:
    assert [POSTS[owner]["zh"] for owner in DUTIES[code]["owners"]] == [read_as]


def test_only_the_unclear_cells_are_read() -> None:
    assert [row["duty"] for row in RULE["reading"]] == [code for code, _, _ in UNCLEAR_OWNERS]


@pytest.mark.parametrize("code", sorted(set(DUTIES) - {code for code, _, _ in UNCLEAR_OWNERS} - {"D17"}))
def test_owners_of_a_clear_row_are_the_printed_ones(code: str) -> None:
    assert "/".join(POSTS[owner]["zh"] for owner in DUTIES[code]["owners"]) == PRINTED[code]["owner"]


def test_the_course_name_printed_as_owner_is_its_teacher() -> None:
    """D17 prints the course; article 六-(一) says whose."""
    assert [POSTS[owner]["zh"] for owner in DUTIES["D17"]["owners"]] == ["輔導室", "資訊科技概論教師"]


# Where article and table differ


@pytest.mark.parametrize(
    "topic",
    [
        "學生訓練的時間",
        "教師研習的主責",
        "親師說明的主責與時間",
        "多元表現的完成期限",
        "課程學習成果的登錄時間",
        "「資訊科技概論」課程名稱",
        "「選修課程名稱」登錄的時間",
        "進修部職科「學類群探索與就業規劃」的主責",
        "實習處確認的競賽範圍",
        "課程諮詢紀錄由誰登錄",
        "進修部班級幹部、社團、證照與體育競賽的主責",
        "進修部教師研習的主責",
        "校級幹部的登錄",
        "法源名稱",
        "107 年版本的核定日期與文號",
    ],
)
def test_a_conflict_is_shown_as_an_open_question(topic: str) -> None:
    assert [(bool(row["article_text"]), bool(row["table_text"])) for row in RULE["question"] if row["topic"] == topic] == [
        (True, True)
    ]
