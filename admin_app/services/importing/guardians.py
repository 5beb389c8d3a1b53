"""家長名冊: a row for each guardian and child; a guardian of two students has two rows that agree on who they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from admin_app.services.importing.columns import Column
from admin_app.services.importing.declared import columns_of, companions
from admin_app.services.importing.kind import Draft, Extra, Kind
from admin_app.services.importing.readers import written
from admin_app.services.importing.reading import plain_code
from admin_app.services.importing.references import student
from admin_app.services.importing.school import School
from admin_app.services.importing.students import keep_mended_name
from models.people import Guardian, Guardianship
from models.values.text import quote, tidy

CHILD = Column("child.no", "學號", "child", required=True, example="11510001", form="學號", help="一列一位學生；兩位子女就填兩列")
CHILD_ID = Column("child.id", "身分證號", "child", secret=True, sensitive=True, headings=("學生身分證號",), in_template=False)
CHILD_NAME = Column("child.name", "學生姓名", "", example="詹子君", help="供核對，與學號不符的列不匯入")
RELATION = Column("relation", "關係", "", example="父")
_find_child = student("child")


def kind() -> Kind:
    own = tuple(_refined(column) for column in columns_of(Guardian, without=("division",)))
    columns = (*own, CHILD, CHILD_ID, CHILD_NAME, RELATION)
    return Kind(
        name="guardians",
        model=Guardian,
        columns=(*columns, *companions(columns)),
        resolvers=(_child,),
        review=review,
        extras=guardianships,
        shared=True,
    )


def _refined(column: Column) -> Column:
    match column.attr:
        case "code":
            return replace(column, read=lambda text, book: plain_code(text))
        case "name":
            return replace(column, headings=("家長姓名", "監護人姓名"))
    return column


def _child(draft: Draft, school: School) -> None:
    """The child is no attribute of the guardian: it goes with the row, and gives the guardian a division."""
    _find_child(draft, school)
    child = draft.values.pop("child", None)
    if child is None:
        return
    draft.about["child"] = child
    draft.values.setdefault("division", child.division)


def review(drafts: Sequence[Draft], school: School) -> None:
    seen: dict[tuple[str, int], Draft] = {}
    for draft in drafts:
        code, child = draft.values.get("code", ""), draft.about.get("child")
        known = school.guardians.get(code)
        keep_mended_name(draft, known.name if known else "")
        if child is not None:
            first = seen.setdefault((code, child.id), draft)
            if first is not draft:
                where = f"第 {first.line} {first.unit}"
                draft.fail("child.no", f"{quote(child.student_no)}與{where}重複（同一位家長與學生），請刪除這一列")
            _keep_division(draft, known)


def _keep_division(draft: Draft, known: Guardian | None) -> None:
    """A guardian with children in both divisions stays where they were entered first."""
    if known is not None:
        draft.values["division"] = known.division


def guardianships(drafts: Sequence[Draft], school: School) -> list[Extra]:
    """Which student each guardian answers for, where the school does not have it yet."""
    stmt = select(Guardianship.guardian_id, Guardianship.student_id)
    has = {(guardian, child) for guardian, child in school.session.execute(stmt)}
    found = []
    for draft in drafts:
        main, child = draft.part_of or draft, draft.about["child"]
        if main.entity is None or (main.entity.id, child.id) not in has:
            relation = str(written(10)(draft.text("relation"), school.book))
            found.append(Extra(Guardianship, {"guardian": main, "student": child, "relation": tidy(relation)}))
    return found
