"""First passwords as they are typed and as they lapse: what a 密碼單 printed, read kindly, and only while it lasts."""

from __future__ import annotations

import datetime as dt
import re

from models.people import Account

GROUPS, GROUP = 3, 4


def as_printed(typed: str) -> str:
    """A slip's password as it is printed, however it was typed: capitals, spaces and missing hyphens forgiven."""
    plain = re.sub(r"[\s\-－—]", "", typed.strip()).lower()
    if len(plain) != GROUPS * GROUP:
        return typed
    return "-".join(plain[number : number + GROUP] for number in range(0, len(plain), GROUP))


def as_typed(account: Account, typed: str) -> str:
    """The password somebody typed for this account: read kindly only while it still is the printed one."""
    return as_printed(typed) if account.first_password_until is not None else typed


def lapsed(account: Account, *, on: dt.date) -> bool:
    """Whether a slip's password was never changed and has had its days."""
    return account.first_password_until is not None and account.first_password_until < on
