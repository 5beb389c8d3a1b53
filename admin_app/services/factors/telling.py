"""The owner hears of every change of their second factors: whoever did not do it themselves should act at once."""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin_app.services import mail, notices
from models.people import Account

SAFETY = "/account/safety"
ACT = "如果不是您本人辦理，請立刻更改密碼，並告知管理帳號的單位。"


def tell(session: Session, account: Account, what: str) -> None:
    """A notice behind the bell, and a mail where the account has an address. Neither holds a secret."""
    notices.notify(session, account.id, f"{what}{ACT}", SAFETY)
    if account.email:
        text = f"{account.person.name}您好：\n\n{what}\n\n{ACT}\n\n學生學習歷程檔案工作系統"
        try:
            mail.post(session, to=account.email, subject="登入安全設定有變更", text=text, account_id=account.id, kind="登入安全")
        except mail.BadAddress:
            return  # the notice stands; a wrong address is found in the account's own grid
