"""The side navigation and what every page's frame shows."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, request, url_for
from flask_login import current_user

from admin_app import gates, identity
from admin_app.actor import Actor
from admin_app.policy import may
from admin_app.rulebook import Rulebook
from admin_app.services.importing.reach import imports_anything
from admin_app.services.posts.delegating import own_grants
from models.vocabulary import Act, Subject

GROUPS = (
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


def navigation_context() -> dict[str, Any]:
    """Variables of `layout.html`. A page marked plain asks the database for nothing."""
    if g.get("plain_page"):
        return {}
    context: dict[str, Any] = {"demo": current_app.config["DEMO"], "sign_in_url": url_for("access.sign_in")}
    rulebook = identity.rulebook()
    context["school"] = rulebook.school
    context["edition"] = {"zh": rulebook.title, "url": url_for("regulation.public")}
    if not current_user.is_authenticated:
        return context
    context["sign_out_url"] = url_for("access.sign_out")
    context["idle"] = identity.seconds_left()
    by = identity.actor()
    if gates.shut_gate() is not None:
        return {**context, "person": {"name": by.name, "posts": []}}
    return {
        **context,
        "home_url": url_for("admin.index"),
        "bell": _bell(),
        "person": {"name": by.name, "posts": by.posts_zh.split("、"), "url": url_for("access.me")},
        "navigation": _navigation(by, rulebook),
    }


def _bell() -> dict[str, Any]:
    """The unread count came with the account; it costs no statement of its own."""
    return {
        "unread": identity.account().unread_notices,
        "url": url_for("inbox.notices_page"),
        "jobs_url": url_for("inbox.jobs_page"),
    }


def _navigation(by: Actor, rulebook: Rulebook) -> list[dict[str, Any]]:
    """Only what the person may open, grouped by the content classes of the rule."""
    groups: dict[str, list[dict[str, Any]]] = {zh: [] for zh in GROUPS}
    for view in current_app.extensions["screens"].values():
        if view.opens_for(by):
            groups.setdefault(view.category, []).append(_item(view.zh, f"{view.slug}.index_view", request.blueprint == view.slug))
    groups["帳號與職務"] = [*_account_items(by), *groups["帳號與職務"]]
    if imports_anything(by):
        groups["學校資料"].append(_item("匯入", "imports.index", request.blueprint == "imports"))
    if may(by, Act.disclose, Subject.personal_data):
        groups["個人資料"].insert(0, _item("個資申請辦理", "personal.index", request.blueprint == "personal"))
    if may(by, Act.purge, Subject.retention):
        groups["個人資料"].append(_item("屆期資料", "retention.index", request.blueprint == "retention"))
    groups["規定與權限"] += _rule_items(by)
    return [{"zh": zh, "items": items} for zh, items in groups.items() if items]


def _account_items(by: Actor) -> list[dict[str, Any]]:
    here = request.blueprint
    items = []
    if may(by, Act.manage, Subject.accounts):
        items.append(_item("帳號總覽", "accounts.overview", here == "accounts"))
        items.append(_item("職務交接", "posts.index", here == "posts"))
    if by.held_at_all(Subject.access_review):
        items.append(_item("年度帳號清查", "access_reviews.index", here == "access_reviews"))
    if own_grants(by) or any(holding.stands_in_for for holding in by.holdings):
        items.append(_item("代理人", "delegations.mine", here == "delegations"))
    return items


def _rule_items(by: Actor) -> list[dict[str, Any]]:
    here = request.endpoint
    items = [_item("補充規定與職掌表", "regulation.public", here == "regulation.public")]
    if by.held_at_all(Subject.edition):
        items.append(_item("版本與草案", "regulation.editions", here == "regulation.editions"))
    if by.staff_id is not None:
        items.append(_item("權限總表", "permissions.matrix", here == "permissions.matrix"))
    if may(by, Act.explain, Subject.permission):
        items.append(_item("權限查詢", "permissions.explain", here == "permissions.explain"))
    if any(view.has_trash for view in current_app.extensions["screens"].values()):
        items.append(_item("回收桶", "trash.index", request.blueprint == "trash"))
        items.append(_item("最近的批次辦理", "deeds.index", request.blueprint == "deeds"))
    if by.held_at_all(Subject.event):
        items.append(_item("稽核紀錄", "audit.index", request.blueprint == "audit"))
    return items


def _item(zh: str, endpoint: str, active: bool) -> dict[str, Any]:
    return {"zh": zh, "url": url_for(endpoint), "active": active}
