"""A column a file may have, and which column of a file it is whatever its heading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from admin_app.services.codes import CodeBook
from admin_app.services.importing.findings import Finding, about_file
from admin_app.services.tabular import TableError

Reader = Callable[[str, CodeBook], object]
"""Text to value. Raises ValueError with a sentence that lacks only the name of the field in front."""

MEND = "須修正"
"""The heading beside the rows to mend; read over when the mended file comes back."""


@dataclass(frozen=True)
class Column:
    """One column. `attr` is the attribute it fills or helps to fill; without `read` its text is left for a resolver."""

    name: str
    zh: str
    attr: str
    read: Reader | None = None
    required: bool = False
    sensitive: bool = False
    secret: bool = False
    """An ID number: shown as its mask only."""
    headings: tuple[str, ...] = ()
    form: str = "文字"
    help: str = ""
    example: str = ""
    codes: str = ""
    in_template: bool = True


ALIASES: Mapping[str, tuple[str, ...]] = {
    "學號": ("學生學號", "學生代碼", "學生編號"),
    "身分證號": ("身分證統一編號", "身分證字號", "身份證號", "身份證字號", "身份證統一編號", "身分證", "身分證號碼", "身份證號碼"),
    "姓名": ("學生姓名", "中文姓名"),
    "性別": ("性別代碼",),
    "出生日期": ("生日", "出生年月日", "出生日", "民國出生年月日"),
    "科別": ("科別名稱", "科班別", "就讀科別", "科班學程別", "科班學程", "科系"),
    "班級": ("班級名稱", "就讀班級", "年班"),
    "座號": ("班級座號號次", "座位號碼"),
    "部別": ("部別名稱", "日進別", "日夜別", "日校進修部"),
    "學籍狀態": ("狀態", "學籍狀況", "在學狀態", "就學狀態"),
    "學籍異動日期": ("異動日期", "學籍狀態生效日期"),
    "入學學年度": ("入學年度", "入學年"),
    "科班學程別代碼": ("科別代碼", "科/班/學程別代碼"),
    "教師代碼": ("教師編號", "教師代號", "教職員代碼", "教職員編號", "職員代碼", "員工編號", "人員代碼"),
    "單位": ("處室", "單位名稱", "任職單位"),
    "職務": ("職稱", "職務名稱", "行政職務"),
    "電子郵件": ("電子信箱", "信箱", "email", "e-mail", "email信箱"),
    "家長代碼": ("家長編號", "監護人代碼"),
    "關係": ("稱謂", "與學生關係"),
    "課程代碼": ("課程編號", "課程計畫代碼"),
    "科目名稱": ("課程名稱", "科目"),
    "授課學期學分": ("授課學期學分數", "學期學分", "開課學分"),
    "學分": ("學分數", "節數", "學分(節數)", "修課學分"),
    "學分（節數）": ("學分", "節數", "學分數"),
    "任課教師": ("授課教師", "教師姓名", "任課老師", "授課老師"),
    "社團": ("社團名稱",),
    "社團名稱": ("社團",),
    "指導老師": ("指導教師", "社團指導老師", "指導老師姓名"),
    "開始日期": ("起日", "起始日期", "開始日", "任期起", "起"),
    "結束日期": ("迄日", "終止日期", "結束日", "任期迄", "迄"),
    "起日": ("開始日期", "起始日期", "起聘日", "任期起"),
    "迄日": ("結束日期", "終止日期", "迄聘日", "任期迄"),
    "擔任職務": ("職務", "職稱", "幹部名稱", "幹部職稱", "幹部職務"),
    "幹部等級": ("幹部等級代碼", "等級"),
    "競賽等級代碼": ("競賽等級",),
    "團體參與代碼": ("團體參與", "團體參與別"),
    "類別代碼": ("類別",),
    "學期學業成績": ("學期成績", "成績", "學業成績", "分數"),
    "開課年級": ("授課年級",),
    "內容簡述": ("簡述",),
    "備註": ("備考", "說明"),
    "諮詢對象": ("參加學生", "學生學號"),
    "諮詢教師": ("課程諮詢教師", "課諮師"),
    "學期代碼": ("學年學期", "學年度學期"),
}

_REQUIRED_MARK = re.compile(r"[*※●]|\(必填\)|\s")


def plain(heading: str) -> str:
    """A heading as it is compared: half-width, lower case, without spaces and 「必填」 marks."""
    return _REQUIRED_MARK.sub("", unicodedata.normalize("NFKC", heading)).casefold()


@dataclass(frozen=True)
class Headings:
    """All headings a kind understands. A 中文 label wins over another column's synonym, and over the same column's."""

    columns: tuple[Column, ...]
    found: Mapping[str, Column] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found: dict[str, Column] = {}
        for names in (_labels, _own_synonyms, _synonyms, _codes):
            for column in self.columns:
                for heading in names(column):
                    found.setdefault(plain(heading), column)
        object.__setattr__(self, "found", found)

    def knows(self, heading: str) -> bool:
        return plain(heading) in self.found

    def recognise(self, header: Sequence[str]) -> tuple[dict[str, Column], list[Finding]]:
        """Heading → column for a file, with what was not used. Raises TableError when a required column is missing."""
        used, notes = self.guess(header)
        self.require(used)
        unused = [heading for heading in header if heading and not self.knows(heading) and plain(heading) != plain(MEND)]
        return used, [*notes, *_unread(unused)]

    def guess(self, header: Sequence[str]) -> tuple[dict[str, Column], list[Finding]]:
        """Heading → column as far as headings are understood; of two that mean the same only one is read, and that is said."""
        used: dict[str, Column] = {}
        taken: dict[str, str] = {}
        notes: list[Finding] = []
        for heading in sorted(filter(None, header), key=self._is_synonym):
            column = self.found.get(plain(heading))
            if column is not None and column.name in taken:
                first = taken[column.name]
                notes.append(about_file(f"與「{first}」意義相同，只讀取「{first}」", f"欄位「{heading}」"))
            elif column is not None:
                used[heading], taken[column.name] = column, heading
        return used, notes

    def choose(self, header: Sequence[str], chosen: Mapping[str, str]) -> tuple[dict[str, Column], list[Finding]]:
        """Heading → column as a person chose: by the column's name, nothing where the heading is left unread.

        Raises TableError when a column is chosen twice or a required one not at all.
        """
        by_name = {column.name: column for column in self.columns}
        used = {heading: by_name[name] for heading in header if heading and (name := chosen.get(heading, "")) in by_name}
        self._refuse_twice(used)
        self.require(used)
        return used, _unread([heading for heading in header if heading and heading not in used and plain(heading) != plain(MEND)])

    def missing(self, used: Iterable[Column]) -> list[str]:
        """The 中文 names of required columns that are not among those used."""
        given = {column.attr for column in used}
        wanted = {column.attr: column.zh for column in reversed(self.columns) if column.required}
        return [zh for attr, zh in reversed(wanted.items()) if attr not in given]

    def require(self, used: Mapping[str, Column]) -> None:
        """Raise TableError when a required column is missing."""
        missing = self.missing(used.values())
        if missing:
            raise TableError(f"缺少必要的欄位：{'、'.join(missing)}。請補上這些欄位，或使用本系統的範本。")

    def _refuse_twice(self, used: Mapping[str, Column]) -> None:
        names = [column.name for column in used.values()]
        twice = [(heading, column) for heading, column in used.items() if names.count(column.name) > 1]
        if twice:
            headings = "、".join(f"「{heading}」" for heading, column in twice if column is twice[0][1])
            raise TableError(f"{headings}都對應到「{twice[0][1].zh}」，請只留一欄，其餘改為不讀取。")

    def _is_synonym(self, heading: str) -> bool:
        column = self.found.get(plain(heading))
        return column is None or plain(heading) != plain(column.zh)


def _unread(headings: Sequence[str]) -> list[Finding]:
    return [about_file(f"未使用的欄位：{'、'.join(headings)}")] if headings else []


def _labels(column: Column) -> tuple[str, ...]:
    return (column.zh,)


def _own_synonyms(column: Column) -> tuple[str, ...]:
    return column.headings


def _synonyms(column: Column) -> tuple[str, ...]:
    return ALIASES.get(column.zh, ())


def _codes(column: Column) -> tuple[str, ...]:
    return (column.name, column.attr)
