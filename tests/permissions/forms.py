"""A valid form body for every screen, with invented people. Each call is for something new, so that it may be sent repeatedly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.values.identity import fake_id_number
from models.vocabulary import Division, Gender
from tests.permissions.desk import INVENTED, Desk

Body = dict[str, Any]


def _training(desk: Desk) -> Body:
    only_class = {"school_class": desk.holding.school_class} if desk.holding.school_class else {}
    return {"topic": f"平臺操作 {desk.number}", "held_on": desk.day, "began_at": "13:10", "place": "電腦教室一", **only_class}


def _lasting(desk: Desk, **values: str) -> Body:
    return {"student": desk.student, "began_on": desk.day, **values}


FORMS: dict[str, Callable[[Desk], Body]] = {
    # 基本資料
    "student": lambda d: {
        "student_no": f"8{d.number:07d}",
        "name": "呂承恩",
        "id_number": fake_id_number(2 * INVENTED + d.number, Gender.male),
        "gender": "male",
        "born_on": "2010-03-14",
        "division": d.division.name,
        "school_class": d.school_class,
        "entry_year": "115",
        "status": "enrolled",
        "pass_mark": "60",
    },
    "registry_check": lambda d: {"student": d.student, "checked_on": d.day, "result": "consistent"},
    # 修課紀錄
    "elective_course": lambda d: {"student": d.student, "course": d.course, "credits": "2"},
    "general_career_plan": lambda d: {"student": d.student, "aptitude": "語文", "interest": "社會型", "pathway": "就讀大學"},
    "vocational_career_plan": lambda d: {"student": d.student, "aptitude": "空間", "interest": "實用型", "aspiration": "升學"},
    "consultation": lambda d: {
        "students": [d.student],
        "counselor": d.person.staff,
        "mode": "individual",
        "held_on": d.day,
        "began_at": "12:30",
        "place": "輔導室",
        "topic": f"選課 {d.number}",
        "content": "想多修程式設計。",
    },
    "grade": lambda d: {"student": d.student, "course": d.course, "course_grade": "1", "credits": "2", "score": "78.5"},
    # 課程學習成果 and 多元表現
    "learning_outcome": lambda d: {
        "student": d.student,
        "teaching": d.teaching,
        "name": f"階級桿 {d.number}",
        "brief": "以車床完成階級桿。",
    },
    "class_office": lambda d: _lasting(d, unit_name="機一甲", title=f"學藝股長 {d.number}", level="2"),
    "school_office": lambda d: _lasting(d, unit_name="學生會", title=f"副會長 {d.number}", level="1"),
    "club": lambda d: {"name": f"機器人社 {d.number}"},
    "club_membership": lambda d: {"student": d.student, "club": d.club},
    "club_office": lambda d: _lasting(d, club=str(d.club), title=f"社長 {d.number}", level="3"),
    "certificate_winner": lambda d: {"student": d.student, "kind": "certificate", "name": f"車床 {d.number}", "won_on": d.day},
    "sports_winner": lambda d: {"student": d.student, "contest_name": f"校慶 {d.number}", "level": "1", "won_on": d.day},
    "leadership": lambda d: _lasting(d, unit_name="機一甲", title=f"班長 {d.number}", level="2"),
    "contest": lambda d: {
        "student": d.student,
        "name": f"技藝競賽 {d.number}",
        "level": "3",
        "announced_on": d.day,
        "participation": "1",
        "field": "skill",
    },
    "certificate": lambda d: {"student": d.student, "name": f"機械加工 {d.number}", "obtained_on": d.day},
    "service_learning": lambda d: _lasting(d, name=f"整理書籍 {d.number}", organiser="圖書館", hours="3"),
    "flexible_learning": lambda d: {
        "student": d.student,
        "category": "1",
        "content": f"植物圖鑑 {d.number}",
        "organiser": "園藝科",
        "school_year": "115",
        "term": "first",
        "weekly_periods": "2",
        "weeks": "9",
    },
    "group_activity": lambda d: {
        "student": d.student,
        "category": "5",
        "content": f"講座 {d.number}",
        "organiser": "學務處",
        "school_year": "115",
        "term": "first",
        "periods": "2",
    },
    "workplace_learning": lambda d: _lasting(d, category="1", organiser=f"機械廠 {d.number}", title="實習生", hours="8"),
    "artwork": lambda d: {"student": d.student, "name": f"庭園模型 {d.number}", "made_on": d.day},
    "precollege_course": lambda d: _lasting(
        d, program="大學預修課程計畫", organiser="示範科技大學", name=f"程式設計 {d.number}", hours="36"
    ),
    "other_achievement": lambda d: _lasting(d, name=f"志工營 {d.number}", organiser="青年事務局"),
    # 訓練與說明
    "student_training": _training,
    "course_guidance": _training,
    "teacher_workshop": lambda d: {**_training(d), "division": d.division.name},
    "parent_briefing": _training,
    # 檢核與敘獎
    "class_completion": lambda d: {"school_class": d.school_class, "students_signed": "30"},
    "unit_completion": lambda d: {"duty_code": f"X{d.number}", "unit": "活動組", "finding": "underway", "checked_on": d.day},
    "award": lambda d: {"staff": d.staff, "merit": "辦理學生訓練", "proposal": "嘉獎一次"},
    # 學校資料
    "department": lambda d: {"name": f"示範科 {d.number}", "short": "示", "division": d.division.name, "track": "vocational"},
    "school_class": lambda d: {
        "school_year": d.year,
        "division": d.division.name,
        "department": d.department,
        "name": f"示一甲 {d.number}",
        "grade": "1",
    },
    "course": lambda d: {"code": _course_code(d), "name": f"示範科目 {d.number}", "credits": "222222"},
    "teaching": lambda d: {"school_class": d.school_class, "course": d.course, "staff": d.staff, "credits": "2"},
    "enrolment": lambda d: {"student": d.student, "teaching": d.teaching},
    "guardian": lambda d: {"code": f"GX{d.number}", "name": "呂志明", "division": d.division.name},
    "guardianship": lambda d: {"guardian": d.guardian, "student": d.student, "relation": "父"},
    "school_year": lambda d: {"year": str(d.free_year)},
    "semester": lambda d: {"school_year": d.year, "term": "first", "starts_on": "2090-09-01", "ends_on": "2091-01-20"},
    "calendar_window": lambda d: {
        "kind": "upload",
        "division": d.division.name,
        "grade": "1",
        "opens_at": f"{d.day} 08:00",
        "closes_at": "2091-01-20 17:00",
    },
    "code_list": lambda d: {"code": f"invented_{d.number}", "zh": f"示範代碼表 {d.number}"},
    "code": lambda d: {"code_list": d.code_list, "value": f"v{d.number}", "zh": "示範", "valid_from": "115"},
    # 帳號與職務
    "staff": lambda d: {"code": f"S{d.number:05d}", "name": "葉佳穎", "division": d.division.name},
    "account": lambda d: {"username": f"login{d.number}", "staff": d.staff, "division": d.division.name, "enabled": "y"},
    "appointment": lambda d: {"post": "sports_section", "staff": d.staff, "division": d.division.name, "began_on": d.day},
    "delegation": lambda d: {
        "appointment": d.appointment,
        "delegate": d.staff,
        "division": d.division.name,
        "began_on": d.day,
        "ended_on": d.day,
    },
    # 規定與權限: rows of a draft
    "article": lambda d: {"edition": d.draft, "position": "99", "number": f"九之{d.number}", "text": "本點為測試。"},
    "duty": lambda d: {
        "edition": d.draft,
        "position": "99",
        "code": f"D9{d.number}",
        "division": "day",
        "timing": "term_end",
        "work": "示範工作",
        "owners": ["activities_section"],
        "acts": ["record"],
        "subjects": ["club_office"],
        "line": "99",
    },
    "relation": lambda d: {
        "edition": d.draft,
        "position": "99",
        "code": f"R{d.number}x",
        "work": "示範關係",
        "holders": ["library_director"],
        "acts": ["read"],
        "subjects": ["meeting"],
        "basis": "三",
    },
    "unit": lambda d: {
        "edition": d.draft,
        "position": "99",
        "code": f"unit_{d.number}",
        "zh": "示範組",
        "division": "day",
        "kind": "section",
    },
    "post": lambda d: {"edition": d.draft, "position": "99", "code": f"post_{d.number}", "zh": "示範職務", "scope": "division"},
    "seat": lambda d: {
        "edition": d.draft,
        "position": "99",
        "number": str(100 + d.number),
        "zh": "示範席次",
        "post": "library_director",
    },
    "title": lambda d: {"edition": d.draft, "position": "99", "title": f"示範職稱 {d.number}", "unit": "教務處"},
}


def body_for(desk: Desk) -> Body:
    """The form of the desk's screen, filled."""
    return FORMS[desk.screen](desk)


def _course_code(desk: Desk) -> str:
    """A 課程代碼 of the division that nobody has used."""
    stem = "114030B01C213010" if desk.division is Division.evening else "114030402V213010"
    return f"{stem}21399{_base36(desk.number)}"


def _base36(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return digits[number // 36 % 36] + digits[number % 36]
