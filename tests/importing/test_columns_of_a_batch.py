"""What each heading of a file means: recognised, shown with a masked sample, corrected by a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from admin_app.services.importing.batches.keeping import COLUMNS
from admin_app.services.importing.batches.receiving import chosen_columns
from admin_app.services.tabular import TableError
from models.import_batch import ImportBatch, ImportState
from tests.importing.desk import Desk
from tests.importing.help import CLEAN, EVENING_ROSTER, ROSTER, pupil

Desks = Callable[[str], Desk]
HOMEMADE = ("編碼", "證件", "名", "男女", "生出年月", "哪一科", "哪班", "號", "狀況")


def samples(desk: Desk, batch: ImportBatch) -> dict[str, list[str]]:
    about: dict[str, Any] = desk.store.find(batch, COLUMNS)
    return {each["heading"]: each["samples"] for each in about["headings"]}


def test_headings_are_recognised_with_a_sample_that_gives_nobody_away(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = clerk.upload("students", (*ROSTER, "備註欄"), [*pupil(99001, "詹子君"), "F131104093"])
    assert chosen_columns(batch)["班級"] == "class_name"
    assert chosen_columns(batch)["備註欄"] == ""
    shown = samples(clerk, batch)
    assert shown["姓名"] == ["詹子君"]
    assert shown["出生日期"] == ["（個資，不顯示）"]
    assert shown["身分證號"][0].count("*") == 5
    assert shown["備註欄"] == ["F13*****93"], "沒有認出的欄裡也可能有身分證號"


def test_title_rows_and_header_are_told(desk: Desks) -> None:
    clerk = desk("evening_clerk")
    batch = clerk.bring("students", (CLEAN / EVENING_ROSTER).read_bytes(), EVENING_ROSTER)
    about = clerk.store.find(batch, COLUMNS)
    assert (about["format"], about["rows"], about["skipped"]) == ("xlsx", 261, 1)
    assert about["header_line"] > 1
    assert "進修部" in about["titles"][0]


def test_headings_nobody_knows_are_chosen_by_a_person(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = clerk.upload("students", HOMEMADE, pupil(99001, "詹子君"))
    assert set(chosen_columns(batch).values()) == {""}
    assert samples(clerk, batch)["證件"][0].count("*") == 5
    wanted = ("student_no", "id_number", "name", "gender", "born_on", "department_name", "class_name", "seat_no", "status")
    clerk.choose(batch, **dict(zip(HOMEMADE, wanted, strict=True)))
    clerk.check(batch)
    assert (batch.state, batch.added) == (ImportState.checked, 1)


def test_a_heading_recognised_wrongly_is_corrected(desk: Desks) -> None:
    clerk = desk("registration_section")
    header = tuple("備註" if each == "座號" else each for each in ROSTER)
    batch = clerk.upload("students", header, pupil(99001, "詹子君", 座號=31))
    clerk.choose(batch, 備註="seat_no")
    clerk.check(batch)
    clerk.commit(batch)
    assert json.loads(batch.mapping)["備註"] == "seat_no"
    assert clerk.session.connection().exec_driver_sql("SELECT seat_no FROM student WHERE student_no = '11599001'").scalar() == 31


def test_a_column_may_be_left_unread(desk: Desks) -> None:
    clerk = desk("registration_section")
    batch = clerk.upload("students", ROSTER, pupil(99001, "詹子君", 座號="十二"))
    clerk.choose(batch, 座號="")
    clerk.check(batch)
    assert (batch.added, batch.bad) == (1, 0)
    assert "未使用的欄位：座號" in clerk.report(batch)["findings"][0]["text"]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [({"姓名": ""}, "缺少必要的欄位：姓名"), ({"姓名": "student_no"}, "「學號」、「姓名」都對應到「學號」")],
)
def test_what_cannot_be_read_so_is_said_at_once(desk: Desks, chosen: dict[str, str], words: str) -> None:
    clerk = desk("registration_section")
    batch = clerk.upload("students", ROSTER, pupil(99001, "詹子君"))
    with pytest.raises(TableError, match=words):
        clerk.choose(batch, **chosen)


def test_a_file_without_rows_is_refused(desk: Desks) -> None:
    with pytest.raises(TableError, match="沒有任何資料列"):
        desk("registration_section").upload("students", ROSTER)


def test_the_mended_file_comes_back(desk: Desks) -> None:
    """The 須修正 column the system itself added is nobody's to map."""
    clerk = desk("registration_section")
    batch = clerk.upload("students", ("須修正", *ROSTER), ["座號『十』不是整數", *pupil(99001, "詹子君")])
    assert "須修正" not in samples(clerk, batch)
    clerk.check(batch)
    assert (batch.added, batch.bad) == (1, 0)
