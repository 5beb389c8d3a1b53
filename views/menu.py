"""The side navigation and what every page's frame shows."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, get_template_attribute, request, url_for
from flask_login import current_user
from markupsafe import Markup

from admin_app import clock, gates, identity
from admin_app.actor import Actor
from admin_app.policy import may
from admin_app.rulebook import Rulebook
from admin_app.services.importing.reach import imports_anything
from admin_app.services.keeping import people as keeping
from admin_app.services.posts.delegating import own_grants
from admin_app.services.saved_views import chosen
from models.values.roc import format_roc
from models.vocabulary import Act, Subject
from views.certifying.queue import opens_for

OWN = "我的學習歷程"
GROUPS = (
    OWN,
    "基本資料",
    "修課紀錄",
    "課程學習成果",
    "多元表現",
    "訓練與說明",
    "檢核與敘獎",
    "學校資料",
    "帳號與職務",
    "個人資料",
    "規定與權限",
)
MOST_AT_A_GLANCE = 24
MOST_KEPT = 1_000
MOST_DRAWN = 500
"""Of some kilobytes each."""


def navigation_context() -> dict[str, Any]:
    """Variables of `layout.html`. A page marked plain asks the database for nothing."""
    if g.get("plain_page"):
        return {}
    context: dict[str, Any] = {"demo": current_app.config["DEMO"], "sign_in_url": url_for("access.sign_in")}
    rulebook = identity.rulebook()
    context["school"], context["printed_on"] = rulebook.school, format_roc(clock.today())
    context["edition"] = {"zh": rulebook.title, "url": url_for("regulation.public")}
    if not current_user.is_authenticated:
        return context
    context["sign_out_url"] = url_for("access.sign_out")
    context["idle"] = identity.seconds_left()
    by = identity.actor()
    if gates.shut_gate() is not None:
        return {**context, "person": {"name": by.name, "posts": []}}
    home, pinned = url_for("admin.index"), _pinned(by)
    key, menu = _navigation(by, rulebook)
    return {
        **context,
        "home_url": home,
        "bell": _bell(),
        "person": {"name": by.name, "posts": by.posts_zh.split("、"), "url": url_for("access.me"), "key": identity.account().id},
        "navigation": menu,
        "side_nav": _draw(menu, home, pinned) if pinned else _drawn(key, menu, home),
    }


def _bell() -> dict[str, Any]:
    """The unread count came with the account; it costs no statement of its own."""
    return {
        "unread": identity.account().unread_notices,
        "url": url_for("inbox.notices_page"),
        "jobs_url": url_for("inbox.jobs_page"),
    }


def _pinned(by: Actor) -> dict[str, list[dict[str, Any]]]:
    """The saved views a person has pinned, by grid's endpoint; they came with the account and cost no statement of their own."""
    found: dict[str, list[dict[str, Any]]] = {}
    for each in chosen(identity.account(), by):
        endpoint = f"{each.grid}.index_view"
        if each.pinned and each.grid in current_app.extensions["screens"]:
            here = request.endpoint == endpoint and request.args.get("view") == str(each.id)
            found.setdefault(endpoint, []).append({"zh": each.name, "url": url_for(endpoint, view=each.id), "active": here})
    return found


@dataclass(frozen=True, slots=True)
class Item:
    """A link of the menu. It is the current one on every page of its blueprint, or on its own page alone."""

    zh: str
    endpoint: str
    url: str
    page_alone: bool = False

    @property
    def active(self) -> bool:
        return self.endpoint == request.endpoint if self.page_alone else self.endpoint.split(".")[0] == request.blueprint


@dataclass(frozen=True, slots=True)
class Duty:
    """A row of the duty table that is the person's, with the grids in which it is done."""

    code: str
    work: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the menu that folds; `key` is what a browser remembers it by."""

    key: str
    zh: str
    items: tuple[Item, ...] = ()
    duties: tuple[Duty, ...] = ()

    @property
    def active(self) -> bool:
        return any(item.active for item in self.items)


@dataclass(frozen=True, slots=True)
class Menu:
    """All of it. A long one begins folded, with a box to find things by typing."""

    groups: tuple[Group, ...]

    @property
    def is_long(self) -> bool:
        return sum(len(group.items) for group in self.groups) > MOST_AT_A_GLANCE

    def opens(self, group: Group) -> bool:
        return not self.is_long or group.active or bool(group.duties)


def _draw(menu: Menu, home: str, pinned: dict[str, list[dict[str, Any]]]) -> Markup:
    drawn: Markup = get_template_attribute("navigation.html", "side_nav")(menu, home, pinned)
    return drawn


def _drawn(key: Hashable, menu: Menu, home: str) -> Markup:
    """The menu as HTML. Which link is the current one follows from the page, so it is drawn once for each page."""
    kept: dict[Hashable, Markup] = current_app.extensions.setdefault("drawn_menus", {})
    place = (key, request.endpoint)
    if place not in kept:
        if len(kept) >= MOST_DRAWN:
            kept.clear()
        kept[place] = _draw(menu, home, {})
    return kept[place]


def _navigation(by: Actor, rulebook: Rulebook) -> tuple[Hashable, Menu]:
    """Only what the person may open, grouped by the content classes of the rule.

    It follows from the posts and the edition alone, and a published edition never changes: made once for all who hold the same.
    """
    posts = frozenset((held.post, bool(held.stands_in_for), held.only) for held in by.holdings)
    key = (rulebook.edition_id, by.division, by.staff_id is None, by.student_id is None, posts)
    kept: dict[Any, Menu] = current_app.extensions.setdefault("menus", {})
    if key not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = _menu(by)
    return key, kept[key]


def _menu(by: Actor) -> Menu:
    groups: dict[str, list[Item]] = {zh: [] for zh in GROUPS}
    for view in current_app.extensions["screens"].values():
        if view.opens_for(by):
            groups[view.category].append(_item(view.zh, f"{view.slug}.index_view"))
    if opens_for(by):
        groups["課程學習成果"].insert(0, _item("待認證", "certifying.queue"))
    groups[OWN] = _own_items(by)
    groups["帳號與職務"] = [*_account_items(by), *groups["帳號與職務"]]
    if imports_anything(by):
        groups["學校資料"].append(_item("匯入", "imports.index"))
    if may(by, Act.disclose, Subject.personal_data):
        groups["個人資料"].insert(0, _item("個資申請辦理", "personal.index"))
    if may(by, Act.purge, Subject.retention):
        groups["個人資料"].append(_item("屆期資料", "retention.index"))
    if keeping.reader(by):
        groups["學校資料"] += [_item("備份與還原", "keeping.index"), _item("資安事件", "incidents.index")]
    groups["規定與權限"] += _rule_items(by)
    found = [Group(f"g{number}", zh, tuple(groups[zh])) for number, zh in enumerate(GROUPS) if groups[zh]]
    duties = _duties(by)
    return Menu((*((Group("mine", "我的職掌", duties=duties),) if duties else ()), *found))


def _duties(by: Actor) -> tuple[Duty, ...]:
    """The person's rows of the duty table that are done in a grid, in the table's order."""
    rows: dict[str, tuple[str, dict[str, Item]]] = {}
    for view in current_app.extensions["screens"].values():
        for subject in view.model.lenses():
            for held in by.held(view.act, subject):
                if held.grant.is_duty:
                    items = rows.setdefault(held.grant.row, (held.grant.work, {}))[1]
                    items.setdefault(view.slug, _item(view.zh, f"{view.slug}.index_view"))
    order = dict.fromkeys(grant.row for grant in by.rulebook.grants)
    return tuple(Duty(code, rows[code][0], tuple(rows[code][1].values())) for code in order if code in rows)


def _own_items(by: Actor) -> list[Item]:
    """A student's own pages come before everything else."""
    if by.student_id is None:
        return []
    return [
        _item("上傳與進度", "portfolio.index"),
        _item("勾選要提交的", "portfolio.selection", page_alone=True),
        _item("收檔憑證", "portfolio.receipt_list", page_alone=True),
    ]


def _account_items(by: Actor) -> list[Item]:
    items = []
    if may(by, Act.manage, Subject.accounts):
        items += [_item("帳號總覽", "accounts.overview"), _item("職務交接", "posts.index")]
    if by.held_at_all(Subject.access_review):
        items.append(_item("年度帳號清查", "access_reviews.index"))
    if own_grants(by) or any(holding.stands_in_for and holding.absent_id is None for holding in by.holdings):
        items.append(_item("代理人", "delegations.mine"))
    return items


def _rule_items(by: Actor) -> list[Item]:
    items = [_item("補充規定與職掌表", "regulation.public", page_alone=True)]
    if by.held_at_all(Subject.edition):
        items.append(_item("版本與草案", "regulation.editions", page_alone=True))
    if by.staff_id is not None:
        items.append(_item("權限總表", "permissions.matrix", page_alone=True))
    if may(by, Act.explain, Subject.permission):
        items.append(_item("權限查詢", "permissions.explain", page_alone=True))
    if any(view.has_trash for view in current_app.extensions["screens"].values()):
        items.append(_item("回收桶", "trash.index"))
        items.append(_item("最近的批次辦理", "deeds.index"))
    if by.held_at_all(Subject.event):
        items.append(_item("稽核紀錄", "audit.index"))
    return items


def _item(zh: str, endpoint: str, *, page_alone: bool = False) -> Item:
    return Item(zh, endpoint, url_for(endpoint), page_alone)
