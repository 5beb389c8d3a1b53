"""教職員: who leads and works in the offices, and the teachers by what they teach."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from models.people import Staff
from models.vocabulary import Division, Gender
from seed.demo.school import School, chance
from seed.names import Namer

DAY, EVENING = Division.day, Division.evening
TEACHER = "專任教師"

OFFICES = (
    ("校長", "校長", DAY, "principal", "convener"),
    ("教務處", "教務主任", DAY, "academic_director", ""),
    ("學務處", "學務主任", DAY, "student_affairs_director", ""),
    ("輔導室", "輔導主任", DAY, "counseling_director", "executive_secretary"),
    ("實習處", "實習主任", DAY, "internship_director", ""),
    ("圖書館", "圖書館主任", DAY, "library_director", ""),
    ("進修部", "進修部主任", EVENING, "evening_director", ""),
    ("教務處", "教學組長", DAY, "instruction_section", ""),
    ("教務處", "註冊組長", DAY, "registration_section", ""),
    ("教務處", "設備組長", DAY, "equipment_section", ""),
    ("學務處", "訓育組長", DAY, "discipline_section", ""),
    ("學務處", "活動組長", DAY, "activities_section", ""),
    ("學務處", "體育組長", DAY, "sports_section", ""),
    ("實習處", "實習組長", DAY, "internship_section", ""),
    ("進修部", "進修部教務組長", EVENING, "evening_academic_section", ""),
    ("進修部", "進修部學務組長", EVENING, "evening_student_affairs", ""),
    ("輔導室", "輔導教師", DAY, "counseling_teacher", ""),
    ("教務處", "教務處幹事", DAY, "academic_clerk", ""),
    ("學務處", "學務處幹事", DAY, "student_affairs_clerk", ""),
    ("進修部", "進修部幹事", EVENING, "evening_clerk", ""),
    ("教務處", "教務處承辦人", DAY, "academic_office", ""),
    ("輔導室", "輔導室承辦人", DAY, "counseling_office", ""),
    ("實習處", "實習處承辦人", DAY, "internship_office", ""),
    ("進修部", "進修部承辦人", EVENING, "evening_division", ""),
)
"""Unit, 職務, division, the post it brings, and the demo account's name where that is not the post's code."""

ASSISTANTS = (
    ("教務處", "註冊組職員", DAY, "registration_section"),
    ("教務處", "教務處職員", DAY, ""),
    ("學務處", "學務處職員", DAY, ""),
)
"""Staff without a demo account: one assigned to a 組 beside its 組長, two who stand in when needed."""

HEADS = {
    "園": "園藝科主任",
    "造": "造園科主任",
    "畜": "畜產保健科主任",
    "食": "食品加工科主任",
    "機": "機械科主任",
    "電": "電機科主任",
}
DEMO_HEAD = "機"

RELEASED = (
    ("導師", DAY, "homeroom_teacher"),
    ("課程諮詢教師", DAY, "course_counselor"),
    ("資訊科技教師", DAY, "it_teacher"),
    ("導師", DAY, "grade1_representative"),
    ("導師", DAY, "grade2_representative"),
    ("導師", DAY, "grade3_representative"),
    ("導師", EVENING, "evening_homeroom_teacher"),
    ("課程諮詢教師", EVENING, "evening_course_counselor"),
)
"""Personas who show one post alone: they teach nothing this year."""

POOLS = {
    DAY: {
        "國文": 14,
        "英文": 13,
        "數學": 12,
        "社會": 5,
        "自然": 5,
        "資訊": 5,
        "體育": 5,
        "機": 5,
        "電": 5,
        "園": 4,
        "造": 4,
        "畜": 4,
        "食": 4,
    },
    EVENING: {"國文": 3, "英文": 2, "數學": 2, "資訊": 1, "機": 3, "電": 3, "食": 3},
}


@dataclass
class Faculty:
    """The teaching staff: by division and subject, and the heads of the departments."""

    teachers: dict[tuple[Division, str], list[Staff]] = field(default_factory=dict)
    heads: dict[str, Staff] = field(default_factory=dict)
    assistants: list[Staff] = field(default_factory=list)


def build_staff(school: School) -> Faculty:
    """Everybody who works here, with 教師代碼 in the order of the staff list."""
    rng = chance("教職員")
    namer, codes = Namer(rng), count(1)
    faculty, everybody = Faculty(), list[Staff]()

    def hire(unit: str, title: str, division: Division) -> Staff:
        code = f"T{next(codes):03d}"
        gender = rng.choice((Gender.male, Gender.female))
        name = namer.indigenous(gender) if code == "T006" else namer.person(gender)
        everybody.append(
            Staff(code=code, name=name, unit=unit, title=title, division=division, email=f"{code.lower()}@example.edu.tw")
        )
        return everybody[-1]

    for unit, title, division, post, username in OFFICES:
        school.posts[post] = [hire(unit, title, division)]
        school.personas[username or post] = school.posts[post][0]
    faculty.assistants = [hire(unit, title, division) for unit, title, division, _ in ASSISTANTS]
    faculty.heads = {short: hire("實習處", title, DAY) for short, title in HEADS.items()}
    school.personas["department_head"] = faculty.heads[DEMO_HEAD]
    for title, division, username in RELEASED:
        school.personas[username] = hire("進修部" if division is EVENING else "", title, division)
    for division, pools in POOLS.items():
        unit = "進修部" if division is EVENING else ""
        for subject, number in pools.items():
            faculty.teachers[division, subject] = [hire(unit, TEACHER, division) for _ in range(number)]
    school.add(everybody)
    return faculty
