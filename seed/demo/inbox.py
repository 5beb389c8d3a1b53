"""A few weeks of notices, jobs and mail, so that the bell and the outbox look as they do in use. Nothing is still to be sent."""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy import insert, select

from models.job import Job, JobState
from models.mail import Mail, MailState
from models.notice import Notice
from models.people import Account
from seed.demo.school import School

Said = tuple[str, float, str, str, bool]
NOTICES: tuple[Said, ...] = (
    ("equipment_section", 21, "115 學年度第 1 學期已開設，請確認開學日與各項期程。", "/admin/semester/", True),
    ("equipment_section", 6, "有 1 封信寄不出去，請確認收件人的信箱後再寄一次。", "/admin/mail/", True),
    ("equipment_section", 1, "有帳號已久未登入，請到帳號清查是否停用。", "/admin/account/", False),
    ("registration_section", 12, "「匯入」已完成。新增 12 列、更改 3 列。", "/admin/student/", False),
    ("homeroom_teacher", 4, "本班幹部名單已由訓育組登錄，請核對。", "/admin/class_office/", False),
    ("student", 2, "一件課程學習成果已通過認證。", "/admin/learning_outcome/", False),
)
Sent = tuple[str, str, int, MailState, int, str]
MAILS: tuple[Sent, ...] = (
    ("equipment_section", "設定密碼連結", 30, MailState.sent, 1, ""),
    ("registration_section", "設定密碼連結", 30, MailState.sent, 1, ""),
    ("activities_section", "設定密碼連結", 30, MailState.sent, 2, ""),
    ("library_director", "設定密碼連結", 29, MailState.failed, 1, "郵件伺服器不收這封信（550），請確認信箱是否正確"),
    ("sports_section", "設定密碼連結", 29, MailState.withdrawn, 0, "已過寄送期限"),
    ("homeroom_teacher", "通知", 6, MailState.sent, 1, ""),
    ("evening_clerk", "設定密碼連結", 15, MailState.sent, 1, ""),
)


def build_inbox(school: School) -> None:
    """Two statements for what leaves no event, and the mails, which do."""
    now = dt.datetime.combine(school.today, dt.time(8, 40))
    named = {row for row, *_ in (*NOTICES, *MAILS)}
    accounts = {each.username: each for each in school.session.scalars(select(Account).where(Account.username.in_(named)))}
    school.session.execute(insert(Notice), [_notice(accounts, said, now) for said in NOTICES if said[0] in accounts])
    school.add(
        [
            _mail(accounts[who], kind, now - dt.timedelta(days=days), state, tries, why)
            for who, kind, days, state, tries, why in MAILS
        ]
    )
    begun = now - dt.timedelta(days=12, minutes=3)
    result = json.dumps({"text": "新增 12 列、更改 3 列。", "url": "/admin/student/"}, ensure_ascii=False)
    job = {"kind": "import_commit", "account_id": accounts["registration_section"].id, "state": JobState.done, "attempts": 1}
    times = {"run_after": begun, "created_at": begun, "started_at": begun, "finished_at": begun + dt.timedelta(seconds=8)}
    school.session.execute(
        insert(Job), [{**job, **times, "done": 15, "total": 15, "message": "新增 12 列、更改 3 列。", "result": result}]
    )


def _notice(accounts: dict[str, Account], said: Said, now: dt.datetime) -> dict[str, object]:
    who, days, text, url, was_read = said
    at = now - dt.timedelta(days=days)
    read_at = at + dt.timedelta(hours=3) if was_read else None
    return {"account_id": accounts[who].id, "text": text, "url": url, "created_at": at, "read_at": read_at}


def _mail(account: Account, kind: str, at: dt.datetime, state: MailState, attempts: int, problem: str) -> Mail:
    return Mail(
        account_id=account.id,
        division=account.division,
        kind=kind,
        mail_to=f"{account.username}@example.edu.tw",
        mail_subject=kind,
        mail_body="",
        one_time=kind != "通知",
        state=state,
        attempts=attempts,
        problem=problem,
        try_after=at,
        message_id=f"demo-{account.username}-{at:%Y%m%d}",
        created_at=at,
        sent_at=at + dt.timedelta(seconds=20) if state is MailState.sent else None,
    )
