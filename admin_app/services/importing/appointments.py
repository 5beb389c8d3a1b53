"""職務任期 a staff file does not tell: 導師, 課程諮詢教師 and 資訊科技教師 of a class, 科主任 of a 科, representatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from admin_app.services.importing.columns import Column
from admin_app.services.importing.declared import columns_of, companions
from admin_app.services.importing.kind import Draft, Kind
from admin_app.services.importing.readers import chosen
from admin_app.services.importing.reading import plain_code
from admin_app.services.importing.references import department, school_class, school_year, staff, student
from admin_app.services.importing.school import EVENING_UNIT, School
from admin_app.services.importing.staff import NEEDS_CLASS
from models.people import Appointment
from models.regulation import Post
from models.values.text import quote, tidy
from models.vocabulary import Division, Scope

GUARDIAN = Column("guardian", "家長代碼", "guardian", example="G11510001", form="家長代碼", help="家長代表填寫")
POST = Column(
    "post_text",
    "職務",
    "post",
    required=True,
    example="導師",
    form="職務名稱或代碼",
    help="例如 導師、課程諮詢教師、科主任、家長代表",
)


def kind() -> Kind:
    side = Column("division", "部別", "division", read=chosen(tuple(Division)), example="日校", help="職務名稱兩部相同時須填")
    columns = (POST, side, *(_refined(column) for column in columns_of(Appointment, without=("post", "guardian"))), GUARDIAN)
    return Kind(
        name="appointments",
        model=Appointment,
        columns=(*columns, *companions(columns)),
        resolvers=(
            school_year("school_year"),
            staff("staff"),
            student("student"),
            _guardian,
            _class,
            _post,
            department("department"),
            _term,
        ),
        review=review,
    )


def _refined(column: Column) -> Column:
    match column.name:
        case "began_on" | "ended_on":
            return replace(column, required=False, help="留白為學年度的" + ("第一天" if column.name == "began_on" else "最後一天"))
        case "school_class" | "department":
            return replace(column, help="導師、課程諮詢教師等須填" if column.name == "school_class" else "科主任須填")
        case "staff.code" | "student.no":
            return replace(column, required=False)
    return column


def _guardian(draft: Draft, school: School) -> None:
    code = plain_code(draft.text("guardian"))
    if code in school.guardians:
        draft.values["guardian"] = school.guardians[code]
    elif code:
        draft.fail("guardian", f"{quote(code)}不在家長名冊內，請更正，或先匯入家長", code)


_find_class = school_class("school_class")


def _class(draft: Draft, school: School) -> None:
    _find_class(draft, school)
    placed = draft.values.get("school_class")
    if placed is not None:
        draft.values["division"] = placed.division


def _post(draft: Draft, school: School) -> None:
    """By code, by the edition's name, or by a 職務 of its 職稱對照; the division tells posts of one name apart."""
    text = tidy(draft.text("post_text"))
    if not text:
        return
    said = draft.values.get("division") or school.period.division
    found = _posts_named(text, said, school)
    if len(found) != 1:
        choices = "、".join(f"{post.zh}（{post.division.zh if post.division else '兩部'}）" for post in found)
        why = f"在兩部都有（{choices}），請填部別" if found else "不是補充規定版本所列的職務，請更正"
        draft.fail("post_text", f"{quote(text)}{why}", text)
        return
    draft.values["post"] = found[0].code
    draft.about["post"] = found[0]
    draft.values["division"] = found[0].division or said or _division_of_holder(draft)


def _posts_named(text: str, said: Division | None, school: School) -> list[Post]:
    if text in school.posts:
        return [school.posts[text]]
    named = [post for post in school.posts.values() if post.zh == text and (said is None or post.division in (None, said))]
    if named:
        return named
    codes = school.posts_for(text, EVENING_UNIT if said is Division.evening else "") or ()
    if said is None and school.titles.get((EVENING_UNIT, text)) not in (None, codes):
        codes = (*codes, *school.titles[EVENING_UNIT, text])
    return [school.posts[code] for code in codes]


def _division_of_holder(draft: Draft) -> Division:
    holder = draft.values.get("staff") or draft.values.get("student") or draft.values.get("guardian")
    return holder.division if holder is not None else Division.day


def _term(draft: Draft, school: School) -> None:
    """From the first to the last day of the school year, unless the row has its own days."""
    if "began_on" not in draft.failed:
        draft.values.setdefault("began_on", school.year_begins)
    if "ended_on" not in draft.failed and not draft.values.get("ended_on"):
        draft.values["ended_on"] = school.year_ends


def review(drafts: Sequence[Draft], school: School) -> None:
    for draft in drafts:
        post = draft.about.get("post")
        holders = [attr for attr in ("staff", "student", "guardian") if attr in draft.values]
        if len(holders) != 1 and not draft.failed & {"staff", "student", "guardian"}:
            draft.fail("staff.code", "、學號、家長代碼須恰填一欄，請更正")
        if post is not None and post.scope in NEEDS_CLASS and not {"school_class"} & (set(draft.values) | draft.failed):
            draft.fail("school_class", f"未填，{post.zh}須有班級，請補上")
        if post is not None and post.scope is Scope.department and not {"department"} & (set(draft.values) | draft.failed):
            draft.fail("department", f"未填，{post.zh}須有科別，請補上")
