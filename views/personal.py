"""個資申請 and 我的資料: what is held about a person, who has seen it, and a copy of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_login import login_required
from werkzeug.exceptions import BadRequest, NotFound

from admin_app import audit, clock, identity
from admin_app.actor import Actor
from admin_app.extensions import db
from admin_app.policy import Verdict
from admin_app.services.exporting import attachment_headers
from admin_app.services.personal import copying, holdings, people, reading, requests, seen
from admin_app.services.personal.attaching import files_of
from admin_app.services.personal.holdings import Holding
from admin_app.services.personal.people import Person
from admin_app.services.trail.search import Cursor, read_cursor
from models.verbs import Verb
from models.vocabulary import Act, Subject
from views.confirming import confirmed_or_page

blueprint = Blueprint("personal", __name__)
MOST_ROWS = 100
"""Rows of one kind a page shows; the copy has them all."""
PAGE = 50
LONGEST = {"applicant": 60, "purpose": 200}
ZIP_TYPE = "application/zip"


@blueprint.get("/personal")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Find a person; see the requests that are open."""
    by = identity.actor()
    verdict = people.discloser(by)
    text = request.args.get("search", "")[:60].strip()
    today = clock.today()
    return render_template(
        "personal/index.html",
        verdict=verdict,
        text=text,
        found=[(kind, people.ZH[kind], row) for kind, row in people.search(db.session, by, text)],
        most=people.MOST_FOUND,
        waiting=[(each, requests.standing(each, today), requests.left(each, today)) for each in requests.open_ones(db.session, by)],
        kind_of=people.kind_of,
    )


@blueprint.get("/personal/<kind>/<int:number>")
@login_required  # type: ignore[untyped-decorator]
def person(kind: str, number: int) -> str:
    """Everything held about a person on one page. Looking is itself an event."""
    by, verdict, row = _wanted(kind, number)
    after = _cursor()
    if after is None and "show" not in request.args:
        audit.acting(db.session, verdict)
        audit.track(db.session, Verb.disclose.name, kind, record=row, note="查閱個人資料頁")
        db.session.commit()
    return _page("personal/person.html", row, by, after, verdict=verdict, kind=kind, grids=_grids(by))


@blueprint.route("/personal/<kind>/<int:number>/copy", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def copy(kind: str, number: int) -> Any:
    """The copy for the person: asked for by whom, on what ground; then the ZIP."""
    by, verdict, row = _wanted(kind, number)
    problems = []
    if request.method == "POST":
        problems = _problems()
        if not problems and (asked := confirmed_or_page("提供個資副本")) is not None:
            return asked
        if not problems:
            return _archive(by, verdict, kind, row)
    found = holdings.of(db.session, row)
    page = render_template("personal/copy.html", row=row, kind=kind, verdict=verdict, told=holdings.told(found), errors=problems)
    return page, 422 if problems else 200


@blueprint.get("/account/data")
@login_required  # type: ignore[untyped-decorator]
def mine() -> str:
    """What is held about oneself, and by which offices it was seen."""
    by = identity.actor()
    owners = by.rulebook.owners(Act.disclose, Subject.personal_data)
    return _page("personal/mine.html", identity.account().person, by, _cursor(), owners=owners)


@blueprint.post("/account/data/copy")
@login_required  # type: ignore[untyped-decorator]
def own_copy() -> Any:
    """All one's own data and files, at any time, without asking anybody. It is asked again who it is: the file tells everything."""
    if (asked := confirmed_or_page("下載自己的資料")) is not None:
        return asked
    by, row = identity.actor(), identity.account().person
    kind, number, title = people.kind_of(row), row.id, f"{row}的個人資料"
    total = sum(each.number for each in holdings.told(holdings.of(db.session, row)))
    audit.track(db.session, Verb.own_copy.name, kind, record=row, note=f"本人下載（ZIP）{total} 筆", 筆數=total)
    db.session.commit()
    code = identity.request_id()
    cover = copying.cover_for(title, applicant=by.name, purpose="本人下載", by=by.rulebook.school, on=clock.now(), code=code)
    return _sent(kind, number, by, cover)


def _wanted(kind: str, number: int) -> tuple[Actor, Verdict, Person]:
    by = identity.actor()
    verdict = people.discloser(by)
    row = people.find(db.session, by, kind, number)
    if row is None:
        raise NotFound("找不到這個人，或不在您辦理個資申請的範圍內。")
    return by, verdict, row


def _page(template: str, row: Person, by: Actor, after: Cursor | None, **more: Any) -> str:
    found = holdings.of(db.session, row)
    own = people.account_of(db.session, row)
    glances, following = seen.glances(db.session, seen.events(db.session, row, found), by.rulebook, own, after, PAGE)
    shown = _shown(found)
    return render_template(
        template,
        row=row,
        told=holdings.told(found),
        handled=holdings.handled(found),
        done=holdings.done_by(db.session, own),
        shown=shown,
        sheet=reading.sheet(shown) if shown else None,
        rows=_rows(shown, row),
        most=MOST_ROWS,
        glances=glances,
        is_first=after is None,
        more=str(following) if following else None,
        **more,
    )


def _rows(shown: Holding | None, row: Person) -> list[list[str]]:
    """The first rows of the kind asked for, masked."""
    if shown is None:
        return []
    return list(reading.rows(db.session, reading.sheet(shown), whose=people.whose(row), full=False, most=MOST_ROWS))


def _shown(found: list[Holding]) -> Holding | None:
    """The kind whose rows the address asks for."""
    key = request.args.get("show", "")
    return next((each for each in holdings.told(found) if each.key == key), None)


def _cursor() -> Cursor | None:
    try:
        return read_cursor(request.args.get("before", ""))
    except ValueError:
        raise BadRequest("網址中的頁次無法辨識，請回到第一頁。") from None


def _grids(by: Actor) -> dict[str, str]:
    """Where rows of a kind are put right, for those who may."""
    screens = current_app.extensions["screens"].values()
    writable = [view for view in screens if view.can_edit and view.write_verdict(by)]
    return {view.model.__tablename__: url_for(f"{view.slug}.index_view") for view in writable}


def _problems() -> list[dict[str, str]]:
    zh = {"applicant": "申請人", "purpose": "依據與用途"}
    typed = {name: request.form.get(name, "").strip() for name in LONGEST}
    empty = [{"id": name, "label": zh[name], "text": f"請填寫{zh[name]}"} for name, text in typed.items() if not text]
    long = [
        {"id": name, "label": zh[name], "text": f"最多 {LONGEST[name]} 個字"}
        for name, text in typed.items()
        if len(text) > LONGEST[name]
    ]
    return empty + long


def _archive(by: Actor, verdict: Verdict, kind: str, row: Person) -> Response:
    """The event is committed first: no copy leaves without its trace. Whom it was for is kept encrypted."""
    applicant, purpose = request.form["applicant"].strip(), request.form["purpose"].strip()
    total = sum(each.number for each in holdings.told(holdings.of(db.session, row)))
    audit.acting(db.session, verdict)
    facts = {"申請人": applicant, "依據與用途": purpose, "筆數": total}
    audit.track(db.session, Verb.disclose.name, kind, record=row, note=f"提供副本（ZIP）{total} 筆", **facts)
    title, number = f"{row}的個人資料", row.id
    db.session.commit()
    cover = copying.cover_for(
        title,
        applicant=applicant,
        purpose=purpose,
        by=f"{by.rulebook.school}　{by.posts_zh}",
        on=clock.now(),
        code=identity.request_id(),
    )
    return _sent(kind, number, by, cover)


def _sent(kind: str, number: int, by: Actor, cover: copying.Cover) -> Response:
    model = people.PEOPLE[kind]
    body = copying.archive(db.engine, model, number, by.rulebook, cover, files_of(model, number, identity.settings()))
    headers = attachment_headers(f"個人資料副本_{clock.today():%Y%m%d}.zip")
    return Response(body, content_type=ZIP_TYPE, headers=headers)
