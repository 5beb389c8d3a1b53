"""閒置帳號: accounts nobody has used for a long time are disabled, as 資通系統防護基準 asks; their records stay.

The keepers' own accounts are left alone: a school whose last keeper was disabled could not enable anybody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from admin_app import audit, clock
from admin_app.rulebook import Rulebook, load_rulebook
from admin_app.services.account_life.finding import unused_since
from admin_app.services.account_life.keeping import keeper_accounts, keeper_posts
from admin_app.services.jobs import Work, periodic
from admin_app.services.notices import notify
from admin_app.terms import load_terms
from models.people import Account, Appointment
from models.vocabulary import Division

MOST_NAMED = 12
LIST = "/admin/account/?flt.enabled.is=0"


@periodic("disable_idle_accounts", zh="停用閒置帳號", daily_at="03:40")
def disable_idle_accounts(work: Work) -> dict[str, Any]:
    """Each night: disable what is idle longer than the setting, and tell the keepers of each side which."""
    now = clock.now()
    edition_id = load_terms(work.session, on=now.date()).edition_id(now.date())
    if edition_id is None:
        return {"text": "還沒有生效的補充規定，沒有停用任何帳號。"}
    rulebook = load_rulebook(work.session, edition_id)
    gone = disable_idle(work.session, rulebook, now=now, days=work.settings.idle_disable_days)
    for division in Division:
        tell_keepers(work.session, rulebook, division, [each for each in gone if each.division is division], on=now.date())
    return {"text": f"停用 {len(gone)} 個閒置帳號。", "url": LIST}


def tell_keepers(session: Session, rulebook: Rulebook, division: Division, gone: Sequence[Account], *, on: dt.date) -> None:
    """A notice that names what was disabled, to everybody who keeps these accounts."""
    if not gone:
        return
    names = "、".join(each.username for each in gone[:MOST_NAMED])
    more = f"等 {len(gone)} 個" if len(gone) > MOST_NAMED else ""
    for account_id in keeper_accounts(session, rulebook, division, on=on):
        notify(session, account_id, f"已停用長期未使用的{division.zh}帳號：{names}{more}。本人需要時可再啟用。", LIST)


def disable_idle(session: Session, rulebook: Rulebook, *, now: dt.datetime, days: int) -> Sequence[Account]:
    """Disable what was not used for `days` days (0: nothing), each with its event. Returns the accounts."""
    if days <= 0:
        return []
    found = session.scalars(_idle(rulebook, now - dt.timedelta(days=days), now.date())).all()
    for account in found:
        account.enabled = False
        audit.track(session, "disable_idle", "account", record=account, note=f"逾 {days} 日未使用")
    return found


def _idle(rulebook: Rulebook, before: dt.datetime, on: dt.date) -> Select[Account]:
    keepers = select(Appointment.staff_id).where(
        Appointment.post.in_(keeper_posts(rulebook, Division)), Appointment.staff_id.is_not(None)
    )
    return (
        select(Account)
        .where(Account.enabled, Account.demo.is_(False), unused_since(before))
        .where(Account.staff_id.is_(None) | Account.staff_id.not_in(keepers))
        .order_by(Account.id)
    )
