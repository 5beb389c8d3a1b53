"""What a new password must be like, as one of two profiles the school chooses from (`PORTFOLIO_PASSWORD_PROFILE`).

`asvs`: OWASP ASVS 5.0, 6.2. Long rather than complicated; no password known from breaches; nothing about the person; never expires.
`schedule10`: 資通系統防護基準 附表十, level 中. Three of four kinds of signs, one day to 90 days, not one of the last three.
The two contradict each other on purpose of their makers, so a school bound to the second cannot have both.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from admin_app.services.passwords.common import is_common, is_simple

LONGEST = 128
KINDS = (str.isupper, str.islower, str.isdigit)
KINDS_NEEDED = 3
BEFORE = re.compile(r"^(國立|私立|..[市縣](立|私立))")
AFTER = re.compile(r"(高級中等學校|高級中學|高級\w{2,4}職業學校|高中)$")


@dataclass(frozen=True, slots=True)
class Profile:
    """One set of rules. `keepers`: the least length for those who keep accounts. `days`: least and most age; 0 for none."""

    zh: str
    length: int
    keepers: int
    kinds: bool
    youngest: dt.timedelta
    oldest: dt.timedelta
    remembered: int
    known_ones: bool

    def expired(self, set_at: dt.datetime | None, *, now: dt.datetime) -> bool:
        """Whether a password set then has to be changed now."""
        return bool(self.oldest) and (set_at is None or now - set_at >= self.oldest)


NEVER, DAY, QUARTER = dt.timedelta(0), dt.timedelta(days=1), dt.timedelta(days=90)
PROFILES = {
    "asvs": Profile(
        "OWASP ASVS 5.0", length=12, keepers=15, kinds=False, youngest=NEVER, oldest=NEVER, remembered=1, known_ones=True
    ),
    "schedule10": Profile(
        "資通系統防護基準附表十（中）",
        length=8,
        keepers=8,
        kinds=True,
        youngest=DAY,
        oldest=QUARTER,
        remembered=3,
        known_ones=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What one person's new password must be like. `keeper`: they keep accounts; `about`: words others could guess of them."""

    profile: Profile
    keeper: bool = False
    about: tuple[str, ...] = ()

    @property
    def least(self) -> int:
        return self.profile.keepers if self.keeper else self.profile.length

    @property
    def said(self) -> list[str]:
        """The rules in words, for the page where a password is chosen."""
        if self.profile.kinds:
            said = [f"{self.least} 到 {LONGEST} 個字元，大寫、小寫、數字、符號（含中文）四種至少要有三種"]
            said.append(f"不可與最近 {self.profile.remembered} 次用過的相同；一天內不可再改，{self.profile.oldest.days} 天內須更換")
        else:
            said = [f"{self.least} 到 {LONGEST} 個字元，任何文字、符號、空白都可以；一句好記的話比一個難記的字好"]
            said.append("不可是外洩名單上的常用密碼；不用定期更換")
        return [*said, "不可含有帳號、姓名、生日或校名"]

    def problem(self, password: str) -> str:
        """What is wrong with a new password, in one sentence that says what to do; empty when nothing is."""
        if len(password) < self.least:
            return f"密碼至少 {self.least} 個字元，目前 {len(password)} 個，請再長一點。"
        if len(password) > LONGEST:
            return f"密碼最多 {LONGEST} 個字元，請短一點。"
        low = _plain(password)
        if any(_plain(word) in low for word in self.about if word):
            return "密碼不可含有帳號、姓名、生日或校名，這些別人猜得到，請換一個。"
        if self.profile.kinds and _kinds(password) < KINDS_NEEDED:
            return "密碼須有大寫、小寫、數字、符號（含中文）四種裡的三種，請加上缺的種類。"
        if self.profile.known_ones and (is_common(password) or is_simple(password)):
            return "這是外洩名單上常見的密碼，或照順序、重複就能猜到，請換一句只有您會想到的話。"
        return ""

    def hint(self, password: str) -> str:
        """A word while typing; the rules decide, this only encourages."""
        return self.problem(password) or (
            "很好，這個密碼很難猜。" if len(password) >= self.least + 6 else "可以用；再長一點會更好。"
        )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _kinds(password: str) -> int:
    plain = [sign for sign in password if sign.isascii()]
    found = sum(any(kind(sign) for sign in plain) for kind in KINDS)
    return found + any(not sign.isascii() or not sign.isalnum() for sign in password)


def words_about(username: str, name: str, born_on: dt.date | None, school: str) -> tuple[str, ...]:
    """What others could guess of a person: user name, own name, birth date as people write it, the school's name in short."""
    dates: list[str] = []
    if born_on is not None:
        roc = born_on.year - 1911
        days = (f"{born_on:%m%d}", f"{born_on:-%m-%d}", f"{born_on:/%m/%d}")
        dates = [f"{year}{rest}" for year in (born_on.year, roc) for rest in days]
    short = BEFORE.sub("", AFTER.sub("", school))
    return (username, *(each for each in (name, school, short) if len(each) > 1), *dates)
