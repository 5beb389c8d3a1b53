"""教職員名冊. The edition's 職稱對照 says which posts a 職務 holds; the posts are held for the school year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import or_, select

from admin_app.services.importing.columns import Column
from admin_app.services.importing.declared import columns_of, companions
from admin_app.services.importing.kind import Draft, Extra, Kind
from admin_app.services.importing.reading import plain_code
from admin_app.services.importing.school import EVENING_UNIT, School
from admin_app.services.importing.students import keep_mended_name
from models.classes import Department
from models.people import Appointment, Staff
from models.regulation import Post
from models.values.roc import format_roc
from models.values.text import quote
from models.vocabulary import Division, Scope

BASIS = "教職員名冊"
HEAD = "科主任"
NEEDS_CLASS = (Scope.homeroom, Scope.counselled, Scope.assigned_class)
SEPARATORS = ("、", "；", ";", "／", "/")


def kind() -> Kind:
    columns = tuple(_refined(column) for column in columns_of(Staff))
    return Kind(
        name="staff",
        model=Staff,
        columns=(*columns, *companions(columns)),
        resolvers=(_place,),
        review=review,
        extras=appointments,
    )


def _refined(column: Column) -> Column:
    match column.attr:
        case "code":
            return replace(column, read=lambda text, book: plain_code(text))
        case "name":
            return replace(column, headings=("教師姓名", "教職員姓名"))
    return column


def _place(draft: Draft, school: School) -> None:
    """進修部 is a unit of its own; everybody else belongs to the 日校, unless the file says otherwise."""
    unit = draft.values.get("unit", "")
    if unit:
        division = Division.evening if unit.startswith(EVENING_UNIT) else Division.day
        draft.values.setdefault("division", division)
    elif school.period.division is not None:
        draft.values.setdefault("division", school.period.division)


def review(drafts: Sequence[Draft], school: School) -> None:
    for draft in drafts:
        known = school.staff.get(str(draft.values.get("code", "")).casefold())
        keep_mended_name(draft, known.name if known else "")


def appointments(drafts: Sequence[Draft], school: School) -> list[Extra]:
    """The posts of everybody's 職務 that they do not hold yet in this school year."""
    current = list(_held_this_year(school))
    found: list[Extra] = []
    for draft in drafts:
        own = [each for each in current if draft.entity is not None and each.staff_id == draft.entity.id]
        posts = list(_posts(draft, school))
        _say_what_is_left(draft, own, {post.code for post, _ in posts}, school)
        has = {(each.post, each.department_id) for each in own}
        found += [
            _appointment(draft, post, department, school)
            for post, department in posts
            if (post.code, department.id if department else None) not in has
        ]
    return found


def _held_this_year(school: School) -> Iterable[Appointment]:
    lasting = or_(Appointment.ended_on.is_(None), Appointment.ended_on >= school.year_begins)
    return school.session.scalars(
        select(Appointment).where(Appointment.staff_id.is_not(None), Appointment.began_on <= school.year_ends, lasting)
    )


def _posts(draft: Draft, school: School) -> Iterator[tuple[Post, Department | None]]:
    title, unit = draft.values.get("title", ""), draft.values.get("unit", "")
    for part in _parts(title, school, unit):
        codes = school.posts_for(part, unit)
        if codes is None and part.endswith(HEAD):
            codes = school.posts_for(HEAD, unit)
        if codes is None:
            draft.warn("title", f"{quote(part)}不在職稱對照表，未建立任期；請於補充規定版本的職稱對照補上，或以職務任期匯入", part)
        for code in codes or ():
            yield from _post(draft, school, school.posts[code], part)


def _parts(title: str, school: School, unit: str) -> list[str]:
    """A title as it stands, or its parts where a person has several."""
    if not title or school.posts_for(title, unit) is not None:
        return [title] if title else []
    for sign in SEPARATORS:
        title = title.replace(sign, "、")
    return [part.strip() for part in title.split("、") if part.strip()]


def _post(draft: Draft, school: School, post: Post, title: str) -> Iterator[tuple[Post, Department | None]]:
    """The post with the 科 it needs; one that needs a class is left to the import of appointments."""
    if post.scope in NEEDS_CLASS:
        draft.warn("title", f"{quote(title)}的任期須指定班級，未建立；請以職務任期匯入", title)
    elif post.scope is not Scope.department:
        yield post, None
    else:
        name = title.removesuffix("主任") if title != HEAD else draft.values.get("unit", "")
        home = school.departments.get((_division(draft, post), name))
        if home is None:
            draft.warn("title", f"{quote(title)}找不到『{name}』，未建立任期；匯入學生名冊後，請再匯入一次教職員", title)
        else:
            yield post, home


def _appointment(draft: Draft, post: Post, department: Department | None, school: School) -> Extra:
    return Extra(
        Appointment,
        {
            "staff": draft,
            "post": post.code,
            "division": _division(draft, post),
            "department": department,
            "school_year": school.year,
            "began_on": school.year_begins,
            "ended_on": school.year_ends,
            "basis": BASIS,
        },
    )


def _division(draft: Draft, post: Post) -> Division:
    return post.division or draft.values.get("division") or getattr(draft.entity, "division", None) or Division.day


def _say_what_is_left(draft: Draft, own: Iterable[Appointment], posts: set[str], school: School) -> None:
    """Somebody whose 職務 is another one now keeps the old post until a person ends it: that takes a date and a reason."""
    if "title" not in draft.values:
        return
    for each in own:
        if each.basis == BASIS and each.post not in posts:
            zh = school.posts[each.post].zh if each.post in school.posts else each.post
            until = format_roc(each.ended_on) if each.ended_on else "未定"
            title = draft.values["title"]
            draft.warn("title", f"{quote(title)}：名冊上已不是{zh}，其任期仍到 {until}，請確認是否填迄日", title)
