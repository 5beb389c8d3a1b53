"""職務任期 and 職務代理: who holds which post this school year, as the edition defines the posts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from models.classes import Department
from models.people import Appointment, Delegation, Guardian, Staff, Student
from models.values.roc import BEFORE_ROC
from models.vocabulary import Division
from seed.demo.school import Person, Room, School
from seed.demo.staff import ASSISTANTS, DAY, DEMO_HEAD, EVENING, Faculty

HOMEROOMS = {
    "機二甲": "homeroom_teacher",
    "普一甲": "grade1_representative",
    "普二乙": "grade2_representative",
    "電三甲": "grade3_representative",
    "進機二甲": "evening_homeroom_teacher",
}
"""Classes whose 導師 is a persona."""
GUIDED = {DAY: (("普",), ("普",), ("普",), ("機",), ("電", "食"), ("園", "造", "畜")), EVENING: (("機",), ("電", "食"))}
"""Departments one 課程諮詢教師 counsels; in 普通科 there is one for each grade."""
COMPUTER_ROOMS = ("普一甲", "機一甲")
"""Classes where the demo's 資訊科技教師 takes part in the course."""
ELECTED = ("grade1_representative", "grade2_representative", "grade3_representative", "teacher_representative")
GENERAL = "普"
HOMEROOM = {DAY: "homeroom_teacher", EVENING: "evening_homeroom_teacher"}
COUNSELOR = {DAY: "course_counselor", EVENING: "evening_course_counselor"}


class Appointer:
    """Makes this school year's appointments."""

    def __init__(self, school: School) -> None:
        self._school = school
        self._year = school.current.semester.school_year
        west = self._year.year + BEFORE_ROC
        self._began_on, self._ended_on = dt.date(west, 8, 1), dt.date(west + 1, 7, 31)
        self.made: list[Appointment] = []

    def appoint(
        self, person: Person, post: str, basis: str, *, room: Room | None = None, department: Department | None = None
    ) -> Appointment:
        """Appoint somebody for this school year."""
        names = {Staff: "staff", Student: "student", Guardian: "guardian"}
        if isinstance(person, Staff) and person not in self._school.posts.setdefault(post, []):
            self._school.posts[post].append(person)
        appointment = Appointment(
            post=post,
            division=person.division,
            school_class=room.school_class if room else None,
            department=department,
            school_year=self._year,
            began_on=self._began_on,
            ended_on=self._ended_on,
            basis=f"{self._year.year} 學年度{basis}",
            **{names[type(person)]: person},
        )
        self.made.append(appointment)
        return appointment


def build_posts(school: School, faculty: Faculty) -> list[Appointment]:
    """Every post of the edition that is held by appointment."""
    appointer = Appointer(school)
    for post, people in list(school.posts.items()):
        for person in people:
            appointer.appoint(person, post, "主管指派" if "承辦人" in person.title else "聘書（派令）")
    for person, (_, _, _, post) in zip(faculty.assistants, ASSISTANTS, strict=True):
        if post:
            appointer.appoint(person, post, "組長指派")
    for short, head in faculty.heads.items():
        department = next(room.school_class.department for room in school.current.of(DAY) if room.short == short)
        appointer.appoint(head, "department_head", "聘書", department=department)
    _appoint_teachers(school, faculty, appointer)
    for post in ELECTED:
        appointer.appoint(school.personas[post], post, "工作小組代表推選結果")
    appointer.appoint(school.personas["parent_representative"], "parent_representative", "家長會推派")
    appointer.appoint(school.personas["student_representative"], "student_representative", "學生會推派")
    school.add(appointer.made)
    school.add(_delegations(school, appointer, faculty))
    return appointer.made


def _appoint_teachers(school: School, faculty: Faculty, appointer: Appointer) -> None:
    teachers = {person.code for pool in faculty.teachers.values() for person in pool}
    free = teachers - {person.code for person in school.personas.values() if isinstance(person, Staff)}
    for room in school.current.rooms:
        tutor = _tutor(school, room, free)
        free.discard(tutor.code)
        tutor.title = "導師"
        appointer.appoint(tutor, HOMEROOM[room.division], "導師聘書", room=room)
    for division, groups in GUIDED.items():
        for number, shorts in enumerate(groups, start=1):
            rooms = [room for room in school.current.of(division) if room.short in shorts]
            if GENERAL in shorts:
                rooms = [room for room in rooms if room.grade == number]
            counselor = _counselor(school, faculty, division, shorts, free)
            free.discard(counselor.code)
            counselor.title = "課程諮詢教師"
            for room in rooms:
                appointer.appoint(counselor, COUNSELOR[division], "課程諮詢教師聘書", room=room)
    for room in school.current.of(DAY):
        if room.grade == 1:
            appointer.appoint(_computer_teacher(school, room), "it_teacher", "資訊科技課配課表", room=room)


def _tutor(school: School, room: Room, free: set[str]) -> Staff:
    """A teacher of the class, one of its own 科 if it can be."""
    if room.name in HOMEROOMS:
        return school.staff(HOMEROOMS[room.name])
    lessons = sorted(school.current.lessons[room.name], key=lambda each: each.course.attribute == "1")
    return next(each.staff for each in lessons if each.staff.code in free)


def _counselor(school: School, faculty: Faculty, division: Division, shorts: Iterable[str], free: set[str]) -> Staff:
    if DEMO_HEAD in shorts:
        return school.staff(COUNSELOR[division])
    subjects = [*shorts, "社會", "自然", "國文", "英文", "數學"]
    pools = (faculty.teachers.get((division, subject), []) for subject in subjects)
    return next(person for pool in pools for person in reversed(pool) if person.code in free)


def _computer_teacher(school: School, room: Room) -> Staff:
    if room.name in COMPUTER_ROOMS:
        return school.staff("it_teacher")
    return next(each.staff for each in school.current.lessons[room.name] if each.course.name == "資訊科技")


def _delegations(school: School, appointer: Appointer, faculty: Faculty) -> Iterator[Delegation]:
    """One 代理 that is over, and one under way that covers part of a post's work."""
    first = {appointment.post: appointment for appointment in reversed(appointer.made)}
    activities, registration = first["activities_section"], first["registration_section"]
    opened = school.current.semester.starts_on
    yield Delegation(
        appointment=activities,
        delegate=faculty.assistants[2],
        division=DAY,
        began_on=opened,
        ended_on=opened + dt.timedelta(days=4),
        reason="公假（參加社團評鑑研習）",
    )
    yield Delegation(
        appointment=registration,
        delegate=faculty.assistants[1],
        division=DAY,
        began_on=school.today - dt.timedelta(days=2),
        ended_on=school.today + dt.timedelta(days=12),
        subjects=("grade",),
        reason="婚假期間代理修課成績登錄",
    )
