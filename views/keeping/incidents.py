"""資安事件: the log, with the hour in which each has to be reported and the people it touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_login import login_required
from sqlalchemy import Engine, Executable
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import NotFound

from admin_app import audit, clock, errors
from admin_app.extensions import db
from admin_app.services.exporting import CSV_TYPE, attachment_headers, csv_stream
from admin_app.services.keeping import incidents
from admin_app.services.personal.holdings import zh_of
from models.catalogue import METADATA
from models.keeping import Incident
from models.verbs import Verb, verb_zh
from views.confirming import confirmed_or_page
from views.forms import form_class
from views.keeping.access import manages, may_manage, reads
from views.regulation_forms import page_errors

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")
MOST = 60
MOST_ID = 2**31 - 1
FIRST = ("title", "kind", "known_at", "began_at", "ended_at", "what")
LATER = ("reported_at", "report_no", "measures", "told_at", "closed_at")
HEADER = ("學號", "姓名", "班級", "檔名", "收檔憑證號", "收檔時間", "位元組", "異地備份時間")


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """The log, open ones first."""
    verdict, now = reads(), clock.now()
    found = [(row, *incidents.standing(row, now)) for row in incidents.latest(db.session, MOST)]
    return render_template("keeping/incidents.html", verdict=verdict, manages=may_manage(), found=found)


@blueprint.route("/new", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def new() -> Any:
    """Write one down; everything that is known later is added later."""
    verdict = manages()
    form = form_class(Incident, FIRST)()
    if form.validate_on_submit():
        row = Incident(**{key: form[key].data for key in FIRST})
        db.session.add(row)
        if (problem := _saved()) == "":
            flash("已記錄。知悉後一小時內須完成通報，請接著填寫通報單編號。", "success")
            return redirect(url_for("incidents.one", number=row.id))
        return _form(form, verdict, None, problem)
    return _form(form, verdict, None)


@blueprint.get("/<int:number>")
@login_required  # type: ignore[untyped-decorator]
def one(number: int) -> str:
    """One incident: the clock, what happened, whom it touched, what was done."""
    verdict, row = reads(), _incident(number)
    words, tone = incidents.standing(row, clock.now())
    touched = incidents.touched(db.session, row)
    return render_template(
        "keeping/incident.html",
        verdict=verdict,
        manages=may_manage(),
        row=row,
        standing=words,
        tone=tone,
        deadline=incidents.deadline(row),
        touched=touched,
        students=sum(each.students for each in touched),
        files=sum(each.files for each in touched),
        without_copy=sum(each.without_copy for each in touched),
        changes=[(_kind_zh(kind), verb_zh(verb), count) for kind, verb, count in incidents.changes(db.session, row)],
    )


@blueprint.route("/<int:number>/edit", methods=["GET", "POST"])
@login_required  # type: ignore[untyped-decorator]
def edit(number: int) -> Any:
    """The report, the measures, and what turned out to be otherwise. What was there before stays in the audit trail."""
    verdict, row = manages(), _incident(number)
    form = form_class(Incident, (*FIRST, *LATER))(obj=row)
    if form.validate_on_submit():
        for key in (*FIRST, *LATER):
            value = form[key].data
            setattr(row, key, "" if value is None and key in ("report_no", "measures") else value)
        if (problem := _saved()) == "":
            flash("已儲存。", "success")
            return redirect(url_for("incidents.one", number=number))
        return _form(form, verdict, number, problem)
    return _form(form, verdict, number)


@blueprint.post("/<int:number>/touched.csv")
@login_required  # type: ignore[untyped-decorator]
def touched_csv(number: int) -> Any:
    """Which student which file, by name: what the families are told from. Leaves its trace before it leaves the system."""
    manages()
    row = _incident(number)
    if (asked := confirmed_or_page("匯出受影響名單")) is not None:
        return asked
    audit.track(db.session, Verb.export.name, Incident.__tablename__, record=row, note="受影響的學生與檔案名單（CSV）")
    stmt = incidents.lines(row)
    db.session.commit()
    rows = _rows(db.engine, stmt)
    return Response(csv_stream(HEADER, rows), content_type=CSV_TYPE, headers=attachment_headers(f"受影響名單_{number}.csv"))


def _form(form: Any, verdict: Any, number: int | None, problem: str = "") -> Any:
    page = render_template(
        "keeping/incident_form.html", form=form, verdict=verdict, number=number, errors=page_errors(form, problem)
    )
    return page, 422 if form.errors or problem else 200


def _saved() -> str:
    """Commit; the sentence of what the database refuses. What was typed stays in the form."""
    try:
        db.session.commit()
    except DBAPIError as error:
        db.session.rollback()
        return errors.sentence(error)
    return ""


def _kind_zh(kind: str) -> str:
    return zh_of(METADATA.tables[kind]) if kind in METADATA.tables else kind


def _incident(number: int) -> Incident:
    found = db.session.get(Incident, min(number, MOST_ID))
    if found is None:
        raise NotFound("找不到這件資安事件。")
    return found


def _rows(engine: Engine, stmt: Executable) -> Iterator[Sequence[Any]]:
    """Read in chunks on a connection of their own; they are sent after the request's context is gone."""
    with engine.connect() as connection:
        yield from connection.execution_options(yield_per=500).execute(stmt)
