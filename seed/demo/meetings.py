"""學生訓練, 選課輔導, 教師專業研習 and 親師說明 (六), and who is put forward for an award (七)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from models.people import Staff
from models.records.award import Award
from models.records.training import CourseGuidance, ParentBriefing, StudentTraining, TeacherWorkshop, Training
from models.vocabulary import Division
from seed.demo.calendar import FIRST
from seed.demo.posts import HOMEROOM
from seed.demo.school import Room, School, Term, chance
from seed.demo.texts import load

DAY, EVENING = Division.day, Division.evening
AFTERNOON, DUSK = dt.time(13, 10), dt.time(18, 30)
HALL = "活動中心 2 樓"
STAFF = {DAY: 118, EVENING: 26}
SPEAKERS = {DAY: "counseling_director", EVENING: "evening_director"}


def build_meetings(school: School) -> None:
    """What both semesters held."""
    for term in (school.previous, school.current):
        rng = chance(f"訓練{term.number}")
        school.add(_student_trainings(school, term, rng))
        school.add(_guidance(school, term, rng))
        school.add(_workshops(school, term, rng))
        school.add(_briefings(school, term, rng))


def _student_trainings(school: School, term: Term, rng: random.Random) -> Iterator[Training]:
    """In the first semester class by class in 一年級 (附表); in the second one for each division (六-(一))."""
    text = load("meetings")["student_training"]
    if term.number != FIRST:
        for division in Division:
            yield _for_all(
                StudentTraining, school, term, division, rng, topic=text["topic"] + "（複訓）", materials=text["materials"]
            )
        return
    for number, room in enumerate(each for each in term.rooms if each.grade == 1):
        yield StudentTraining(
            **_time(term.after(42 + number), room.division),
            semester=term.semester,
            school_class=room.school_class,
            topic=text["topic"],
            place=text["places"][number % len(text["places"])],
            speaker=_tutor(school, term, room),
            audience=f"{room.name}學生",
            materials=text["materials"],
            **_turnout(len(room.students), rng),
        )


def _tutor(school: School, term: Term, room: Room) -> str:
    lesson = next((each for each in term.lessons[room.name] if each.course.name == "資訊科技"), None)
    return lesson.staff.name if lesson else _name(school, SPEAKERS[room.division])


def _guidance(school: School, term: Term, rng: random.Random) -> Iterator[Training]:
    text = load("meetings")["course_guidance"]
    for division in Division:
        for grade in sorted({room.grade for room in term.of(division)}):
            yield CourseGuidance(
                **_time(term.after(50 + 2 * grade), division),
                semester=term.semester,
                division=division,
                topic=text["topics"][str(grade)],
                place=HALL if division is DAY else "圖書館視聽室",
                speaker=_name(school, "instruction_section" if division is DAY else "evening_director"),
                audience=f"{'進修部' if division is EVENING else ''}{'一二三'[grade - 1]}年級學生",
                materials=text["materials"],
                **_turnout(sum(len(room.students) for room in term.of(division) if room.grade == grade), rng),
            )


def _workshops(school: School, term: Term, rng: random.Random) -> Iterator[Training]:
    for number, text in enumerate(load("meetings")["teacher_workshop"]):
        for division in Division:
            yield TeacherWorkshop(
                **_time(term.after(2 + 30 * number), division),
                semester=term.semester,
                division=division,
                topic=text["topic"],
                place="鐸聲樓 3 樓會議室",
                speaker=text["speaker"],
                audience="全體教師" if division is DAY else "進修部教師",
                materials=text["materials"],
                **_turnout(STAFF[division], rng),
            )


def _briefings(school: School, term: Term, rng: random.Random) -> Iterator[Training]:
    text = load("meetings")["parent_briefing"][0]
    for division in Division if term.number == FIRST else (DAY,):
        yield _for_all(
            ParentBriefing,
            school,
            term,
            division,
            rng,
            topic=text["topic"],
            materials=text["materials"],
            audience="學生家長",
            part=0.45,
        )


def _for_all(
    model: type[Training],
    school: School,
    term: Term,
    division: Division,
    rng: random.Random,
    *,
    part: float = 0.95,
    audience: str = "一年級學生",
    **texts: str,
) -> Training:
    people = sum(len(room.students) for room in term.of(division) if room.grade == 1)
    return model(
        **_time(term.after(26), division),
        semester=term.semester,
        division=division,
        place=HALL,
        speaker=_name(school, SPEAKERS[division]),
        audience=audience,
        **_turnout(people, rng, part),
        **texts,
    )


def _time(day: dt.date, division: Division) -> dict[str, Any]:
    began_at = AFTERNOON if division is DAY else DUSK
    return {"held_on": day, "began_at": began_at, "ended_at": began_at.replace(hour=began_at.hour + 2)}


def _turnout(invited: int, rng: random.Random, part: float = 0.95) -> dict[str, int]:
    return {"invited": invited, "attended": min(invited, round(invited * rng.uniform(part, part + 0.05)))}


def _name(school: School, post: str) -> str:
    return school.posts[post][0].name


def build_awards(school: School) -> None:
    """Last semester's awards were decided and ordered; this semester's proposals wait for the 工作小組."""
    rng = chance("敘獎")
    texts = load("meetings")["award"]
    posts = {**school.posts, "homeroom_teacher": school.posts[HOMEROOM[DAY]][3:]}
    for term, chosen in ((school.previous, texts), (school.current, rng.sample(texts, 3))):
        school.add(_award(term, posts[each["post"]][0], each, number) for number, each in enumerate(chosen, start=1))


def _award(term: Term, staff: Staff, text: dict[str, str], number: int) -> Award:
    award = Award(semester=term.semester, staff=staff, merit=text["merit"], proposal=text["proposal"])
    if term.plan.closed_on:
        award.decided_on, award.decision = term.semester.ends_on, "照案通過"
        award.approved_no = f"龍潭人字第 {term.plan.year}000{term.number}{number:02d} 號（示範文號）"
    return award
