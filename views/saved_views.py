"""檢視: the pages that save, change and remove them, and the menu a grid shows."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import login_required
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from admin_app import clock, identity
from admin_app.extensions import db
from admin_app.grid.state import PAGE_SIZES, GridState, read_state
from admin_app.services import saved_views
from admin_app.services.saved_views import Refused, Wanted
from models.saved_view import SavedView
from views import gridpage
from views.exports import is_personal

blueprint = Blueprint("saved_views", __name__, url_prefix="/saved-views")
MOST_ID = 2**31 - 1
Args = MultiDict[str, str]


@blueprint.get("/")
@login_required
def index() -> str:
    """Every view one may open, by grid."""
    by, account = identity.actor(), identity.account()
    screens = current_app.extensions["screens"]
    groups: dict[str, list[dict[str, Any]]] = {}
    used = {each.id: each for each in saved_views.chosen(account, by)}
    for view in saved_views.every(db.session, account, by):
        screen = screens.get(view.grid)
        if screen is not None and (screen.opens_for(by) or saved_views.keeps(view, by)):
            groups.setdefault(screen.zh, []).append({**_shown(view), "choice": used.get(view.id)})
    return render_template("saved_views/index.html", groups=groups)


@blueprint.get("/menu")
@login_required
def menu() -> str:
    """What the menu 「檢視」 of a grid holds; the page's script asks for it. The address is the grid's own."""
    by, account, screen = identity.actor(), identity.account(), _screen(request.args.get("grid", ""))
    views = saved_views.of_grid(db.session, account, by, screen.slug)
    here = _kept(screen, request.args, with_personal=True)
    current = next((view for view in views if str(view.id) == request.args.get("view")), None)
    return render_template(
        "saved_views/menu.html",
        plain_url=url_for(f"{screen.slug}.index_view", view=0),
        own=[_shown(view) for view in views if view.account_id == account.id],
        shared=[_shown(view) for view in views if view.account_id != account.id],
        current=current.id if current else None,
        new_url=url_for("saved_views.new", **_for_url(screen, request.args)) if here else "",
        change_url=_overwrite_url(screen, current, here) if current is not None and saved_views.keeps(current, by) else "",
        changed=current is not None and here != current.state,
    )


def _overwrite_url(screen: Any, view: SavedView, here: str) -> str:
    same = here == view.state or not here
    return url_for("saved_views.one", number=view.id, **({} if same else _for_url(screen, request.args)))


@blueprint.route("/new", methods=["GET", "POST"])
@login_required
def new() -> Any:
    """The page that names what the grid shows now, and saves it."""
    screen = _screen(request.values.get("grid", ""))
    args = _state_args()
    state = _read(screen, args)
    if request.method == "GET":
        return _form(screen, None, args, state)
    wanted = _wanted(screen, args)
    try:
        view = saved_views.create(db.session, identity.account(), identity.actor(), screen.slug, wanted, now=clock.now())
    except Refused as refused:
        db.session.rollback()
        return _form(screen, None, args, state, refused), refused.status
    db.session.commit()
    flash(f"已儲存檢視「{view.name}」。", "success")
    return redirect(url_for(f"{screen.slug}.index_view", view=view.id))


@blueprint.route("/<int:number>", methods=["GET", "POST"])
@login_required
def one(number: int) -> Any:
    """One view: its name, whom it is shared with, whether it is pinned; and, coming from the grid, what it should hold now."""
    view = _view(number)
    screen = _screen_of(view)
    args = _state_args()
    state = _read(screen, args) if args else None
    if request.method == "GET":
        return _form(screen, view, args, state)
    by, account, wanted = identity.actor(), identity.account(), _wanted(screen, args)
    try:
        if saved_views.keeps(view, by):
            seen = request.form.get("revision", "")
            number_seen = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
            saved_views.change(db.session, account, by, view, wanted, seen=number_seen, now=clock.now())
        else:
            saved_views.choose(db.session, account, view, wanted)
    except Refused as refused:
        db.session.rollback()
        return _form(screen, _view(number), args, state, refused), refused.status
    db.session.commit()
    flash(f"已儲存檢視「{view.name}」。", "success")
    return redirect(url_for(f"{screen.slug}.index_view", view=view.id))


@blueprint.post("/<int:number>/remove")
@login_required
def remove(number: int) -> Any:
    """Take the view away; the rows it showed stay as they are."""
    view = _view(number)
    name = view.name
    try:
        saved_views.remove(db.session, identity.actor(), view)
    except Refused as refused:
        raise Forbidden(str(refused)) from None
    db.session.commit()
    flash(f"已刪除檢視「{name}」；資料沒有更動。", "success")
    return redirect(url_for("saved_views.index"))


def address_of(screen: Any, number: int) -> str:
    """Where a view leads: the grid with all the view says in its address. Raises NotFound where there is none for this person."""
    view = _view(number)
    if view.grid != screen.slug:
        raise NotFound("找不到這個檢視，可能已刪除或不再分享。")
    args = MultiDict(parse_qsl(view.state))
    if request.args.get("semester"):
        args["semester"] = request.args["semester"]
    return url_for(f"{screen.slug}.index_view", view=view.id, **args.to_dict(flat=False))  # type: ignore[arg-type]


def _screen(slug: str) -> Any:
    screen = current_app.extensions["screens"].get(slug)
    if screen is None or not screen.opens_for(identity.actor()):
        raise NotFound("找不到這份清單，或您不能開啟它。")
    return screen


def _screen_of(view: SavedView) -> Any:
    """The grid of a view. A unit's head keeps its views also of grids they do not open themselves."""
    screen = current_app.extensions["screens"].get(view.grid)
    return screen if screen is not None and saved_views.keeps(view, identity.actor()) else _screen(view.grid)


def _view(number: int) -> SavedView:
    found = saved_views.find(db.session, identity.account(), identity.actor(), min(number, MOST_ID))
    if found is None:
        raise NotFound("找不到這個檢視，可能已刪除或不再分享。")
    return found


def _state_args() -> Args:
    """The grid's address: of the page itself, or as the form carries it."""
    if request.method == "POST":
        return MultiDict(parse_qsl(request.form.get("state", "")[: 2 * saved_views.MOST_STATE]))
    return MultiDict(pair for pair in request.args.items(multi=True) if pair[0] not in ("grid", "view"))


def _for_url(screen: Any, args: Args) -> dict[str, Any]:
    kept = MultiDict(parse_qsl(_kept(screen, args, with_personal=True)))
    return {"grid": screen.slug, **kept.to_dict(flat=False)}


def _read(screen: Any, args: Args) -> GridState:
    return read_state(args, screen.columns, [*screen.filterable, *screen.columns], screen.further)


def _personal(screen: Any) -> frozenset[str]:
    return frozenset(each.key for each in (*screen.filterable, *screen.columns) if is_personal(each))


def _kept(screen: Any, args: Args, *, with_personal: bool) -> str:
    return saved_views.kept_state(args, _personal(screen), with_personal=with_personal)


def _wanted(screen: Any, args: Args) -> Wanted:
    """What the form asks for. A view that is only renamed keeps what it holds."""
    form = request.form
    state = _kept(screen, args, with_personal="personal" in form) if args else None
    return Wanted(form.get("name", ""), form.get("unit", ""), "pinned" in form, "is_default" in form, state)


def _form(screen: Any, view: SavedView | None, args: Args, state: GridState | None, refused: Refused | None = None) -> str:
    by, account = identity.actor(), identity.account()
    choice = saved_views.choice_of(db.session, account, view) if view is not None else None
    units = saved_views.units_of(account, by)
    if view is not None and view.unit:
        units = {**units, view.unit: by.rulebook.units[view.unit].zh if view.unit in by.rulebook.units else view.unit}
    posted = request.form if request.method == "POST" else None
    held = state if state is not None else _readable(screen, view)
    return render_template(
        "saved_views/form.html",
        screen=screen,
        view=view,
        keeps=view is None or saved_views.keeps(view, by),
        name=posted.get("name", "") if posted is not None else view.name if view else "",
        unit=posted.get("unit", "") if posted is not None else view.unit if view else "",
        pinned="pinned" in posted if posted is not None else bool(choice and choice.pinned),
        is_default="is_default" in posted if posted is not None else bool(choice and choice.is_default),
        personal=posted is not None and "personal" in posted,
        has_personal=bool(args) and _kept(screen, args, with_personal=True) != _kept(screen, args, with_personal=False),
        units=units,
        state=_kept(screen, args, with_personal=True) if args else "",
        revision=view.revision if view else 0,
        says=describe(screen, held) if held is not None else ["有些條件已經不能用，請刪除這個檢視後重新儲存。"],
        errors=[{"id": refused.field, "label": "", "text": str(refused)}] if refused else [],
        list_url=url_for(f"{screen.slug}.index_view", view=view.id) if view else url_for(f"{screen.slug}.index_view", view=0),
    )


def _readable(screen: Any, view: SavedView | None) -> GridState | None:
    """What a view holds; None when a column it names is gone."""
    try:
        return _read(screen, MultiDict(parse_qsl(view.state if view else "")))
    except BadRequest:
        return None


def describe(screen: Any, state: GridState) -> list[str]:
    """What a view shows, in words."""
    book = gridpage.codes_for(db.session, [each.column for each in state.filters], None)
    zh = {each.key: each.zh for each in (*screen.columns, *screen.further)}
    said = [chip["label"] for chip in gridpage.chips(state.filters, state, "", book)]
    said += [f"搜尋：{state.search}"] if state.search else []
    said += [f"排序：{zh[state.sort]}{'（由大到小）' if state.desc else ''}"] if state.sort else []
    said += [f"欄位：{'、'.join(zh[key] for key in state.columns)}"] if state.columns else []
    said += ["學期：全部學期"] if state.semester == "all" else []
    said += ["緊密列距"] if state.density == "compact" else []
    said += [f"每頁 {state.page_size} 筆"] if "page_size" in state.args and state.page_size in PAGE_SIZES else []
    return [*said, *(["合計與平均"] if state.totals else [])]


def _shown(view: SavedView) -> dict[str, Any]:
    return {
        "id": view.id,
        "name": view.name,
        "url": url_for(f"{view.grid}.index_view", view=view.id),
        "change_url": url_for("saved_views.one", number=view.id),
        "unit": identity.rulebook().units[view.unit].zh if view.unit in identity.rulebook().units else "",
        "owner": view.account.person.name,
        "own": view.account_id == identity.account().id,
    }
