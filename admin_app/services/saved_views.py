"""檢視: saved, changed, chosen and removed. A view is its owner's; shared, it is their unit's, and the unit's head keeps it too.

A view holds an address and no rows: whoever opens it sees what the policy lets them see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from admin_app import audit
from admin_app.actor import Actor
from models.people import Account
from models.saved_view import FIELD, LINE, SavedView, ViewChoice

KEPT = ("sort", "desc", "cols", "density", "page_size", "totals")
MOST_VIEWS = 50
MOST_STATE = 4_000
MOST_NAME = 40


class Refused(ValueError):
    """What stands against saving, as a sentence; `field` is where it belongs, `status` what the answer says."""

    def __init__(self, sentence: str, field: str = "name", status: int = 422) -> None:
        super().__init__(sentence)
        self.field, self.status = field, status


@dataclass(frozen=True, slots=True)
class Chosen:
    """A view the person has saved or chosen, as it comes with the account."""

    id: int
    grid: str
    unit: str
    own: bool
    pinned: bool
    is_default: bool
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks a view to be. `state`: None leaves what it holds."""

    name: str
    unit: str = ""
    pinned: bool = False
    is_default: bool = False
    state: str | None = None


def chosen(account: Account, by: Actor) -> list[Chosen]:
    """The person's own views and the shared ones they pinned or made their default, as far as they still reach them."""
    if not account.chosen_views:
        return []
    units = _seen_units(account, by)
    found = (_read(line) for line in account.chosen_views.split(LINE) if line)
    return sorted((each for each in found if each.own or each.unit in units), key=lambda each: (each.grid, each.name))


def _read(line: str) -> Chosen:
    number, grid, unit, own, pinned, is_default, name = line.split(FIELD, 6)
    return Chosen(int(number), grid, unit, own == "1", pinned == "1", is_default == "1", name)


def units_of(account: Account, by: Actor) -> dict[str, str]:
    """The units the person belongs to, by a post of their own or by the staff roster: code → 中文."""
    posts = {post for each in by.holdings if not each.stands_in_for for post in by.rulebook.with_implied(each.post)}
    return {code: by.rulebook.units[code].zh for code in _units(account, by, posts)}


def _seen_units(account: Account, by: Actor) -> set[str]:
    """The units whose shared views the person sees: their own, those they stand in for, and those they head."""
    posts = {post for each in by.holdings for post in by.rulebook.with_implied(each.post)}
    headed = {unit for post in posts for unit in by.rulebook.headed_by(post)}
    return {*_units(account, by, posts), *headed}


def _units(account: Account, by: Actor, posts: set[str]) -> Iterator[str]:
    listed = account.staff.unit if account.staff is not None else ""
    own = {by.rulebook.posts[post].unit for post in posts if post in by.rulebook.posts}
    return (code for code, unit in by.rulebook.units.items() if code in own or (listed and unit.zh == listed))


def within_reach(account: Account, by: Actor) -> ColumnElement[bool]:
    """The views the person may open."""
    return or_(SavedView.account_id == account.id, SavedView.unit.in_(_seen_units(account, by) - {""}))


def find(session: Session, account: Account, by: Actor, number: int) -> SavedView | None:
    """The view with this number if the person may open it."""
    return session.scalar(select(SavedView).where(SavedView.id == number, within_reach(account, by)))


def of_grid(session: Session, account: Account, by: Actor, grid: str) -> Sequence[SavedView]:
    """The views of a grid the person may open, their own first."""
    own_first = (SavedView.account_id == account.id).desc()
    stmt = select(SavedView).options(joinedload(SavedView.account).joinedload(Account.staff))
    return session.scalars(stmt.where(SavedView.grid == grid, within_reach(account, by)).order_by(own_first, SavedView.name)).all()


def every(session: Session, account: Account, by: Actor) -> Sequence[SavedView]:
    """All views the person may open."""
    stmt = select(SavedView).options(joinedload(SavedView.account).joinedload(Account.staff))
    return session.scalars(stmt.where(within_reach(account, by)).order_by(SavedView.grid, SavedView.name)).all()


def keeps(view: SavedView, by: Actor) -> bool:
    """Whether the person may change or remove the view: its owner, and the head of the unit it is shared with."""
    head = by.rulebook.head_of(view.unit) if view.unit else ""
    held = {post for each in by.holdings for post in by.rulebook.with_implied(each.post)}
    return view.account_id == by.account_id or (bool(head) and head in held)


def kept_state(args: MultiDict[str, str], personal: frozenset[str], *, with_personal: bool) -> str:
    """What of a grid's address a view keeps: never the page; words and names that tell who somebody is only when asked for."""
    return urlencode([pair for pair in args.items(multi=True) if pair[1] and _is_kept(*pair, personal, with_personal)], safe=",")


def _is_kept(name: str, value: str, personal: frozenset[str], with_personal: bool) -> bool:
    if name.startswith("flt."):
        return with_personal or name.removeprefix("flt.").rpartition(".")[0] not in personal
    if name == "semester":
        return value == "all"  # a semester by its number would soon be a past one
    return name in KEPT or (name == "search" and with_personal)


def create(session: Session, account: Account, by: Actor, grid: str, wanted: Wanted, *, now: dt.datetime) -> SavedView:
    """A new view of the person's own, shared with their unit if they say so."""
    if not wanted.state:
        raise Refused("清單還是預設的樣子，沒有可以儲存的內容；請先篩選、排序或調整欄位。")
    if (session.scalar(select(func.count()).select_from(SavedView).where(SavedView.account_id == account.id)) or 0) >= MOST_VIEWS:
        raise Refused(f"最多可以存 {MOST_VIEWS} 個檢視，請先刪除不用的。")
    view = SavedView(account_id=account.id, grid=grid, name="", unit="", state=wanted.state, changed_at=now)
    _fill(session, account, by, view, wanted, now)
    session.add(view)
    session.flush()
    choose(session, account, view, wanted)
    _note(session, by, "save_view", view)
    return view


def change(session: Session, account: Account, by: Actor, view: SavedView, wanted: Wanted, *, seen: int, now: dt.datetime) -> None:
    """Rename, share or overwrite a view one keeps. `seen`: the revision the person had before them."""
    if not keeps(view, by):
        raise Refused("這個檢視是同事分享的，只有分享的人與單位主管可以修改。", status=403)
    if view.revision != seen:
        raise Refused("這個檢視剛剛有人修改過，下面是您填的內容；確定要以您的為準，請再按一次儲存。", status=409)
    _fill(session, account, by, view, wanted, now)
    try:
        session.flush()
    except StaleDataError:
        raise Refused("這個檢視剛剛有人修改過，請重新開啟後再儲存。", status=409) from None
    choose(session, account, view, wanted)
    _note(session, by, "save_view", view)


def _fill(session: Session, account: Account, by: Actor, view: SavedView, wanted: Wanted, now: dt.datetime) -> None:
    name = " ".join(wanted.name.split())
    if not name:
        raise Refused("請替檢視取個名稱，例如「機一甲待認證」。")
    if len(name) > MOST_NAME:
        raise Refused(f"名稱最多 {MOST_NAME} 字，請縮短。")
    if wanted.state is not None and len(wanted.state) > MOST_STATE:
        raise Refused("篩選條件太多，存不下；請減少後再儲存。")
    if wanted.unit and wanted.unit != view.unit and wanted.unit not in units_of(account, by):
        raise Refused("只能分享給自己的單位，請從選單選擇。", "unit", 403)
    same = select(SavedView.id).where(SavedView.grid == view.grid, SavedView.name == name, SavedView.id != (view.id or 0))
    with session.no_autoflush:
        if session.scalar(same.where(SavedView.account_id == view.account_id)) is not None:
            raise Refused(f"已有名為「{name}」的檢視，請換個名稱，或修改原有的那一個。")
    view.name, view.unit, view.changed_at = name, wanted.unit, now
    view.state = view.state if wanted.state is None else wanted.state


def choose(session: Session, account: Account, view: SavedView, wanted: Wanted) -> None:
    """Pin the view in the side navigation, or make it the one its grid opens with, for this person only."""
    kept = session.scalars(
        select(ViewChoice).join(ViewChoice.view).where(ViewChoice.account_id == account.id, SavedView.grid == view.grid)
    ).all()
    mine = next((each for each in kept if each.view_id == view.id), None)
    if mine is None:
        mine = ViewChoice(account_id=account.id, view_id=view.id)
        session.add(mine)
    mine.pinned, mine.is_default = wanted.pinned, wanted.is_default
    for other in kept:
        if wanted.is_default and other is not mine:
            other.is_default = False


def choice_of(session: Session, account: Account, view: SavedView) -> ViewChoice | None:
    """What the person does with a view."""
    return session.scalar(select(ViewChoice).where(ViewChoice.account_id == account.id, ViewChoice.view_id == view.id))


def remove(session: Session, by: Actor, view: SavedView) -> None:
    """Take a view away, from whoever used it."""
    if not keeps(view, by):
        raise Refused("這個檢視是同事分享的，只有分享的人與單位主管可以刪除。", status=403)
    _note(session, by, "remove_view", view)
    session.delete(view)


def _note(session: Session, by: Actor, verb: str, view: SavedView) -> None:
    """The event names the view and whom it is shared with; not its conditions, which may name somebody."""
    shared = by.rulebook.units[view.unit].zh if view.unit in by.rulebook.units else ""
    audit.track(session, verb, "saved_view", 清單=view.grid, 名稱=view.name, 分享=shared)
