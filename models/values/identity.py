"""身分證統一編號 and 居留證統一證號: one spelling, the checksum, a mask, and invented numbers for demonstrations and tests.

Messages quote the masked number only, because they end up in import reports.
"""

from __future__ import annotations

import re
import unicodedata

from models.vocabulary import Gender

LENGTH = 10
WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
"""For the two digits of the first letter, then the nine that follow; the weighted sum is a multiple of 10."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
"""Letters in the order of their values 10, 11 … 35."""

_SECOND = "1289ABCD"
_GENDER_DIGIT = {Gender.male: "1", Gender.female: "2"}
_SERIALS = 10**7
_STEP = 179_426_549
"""A prime: stepping by it visits every letter and serial once before repeating."""


def normalise_id_number(text: str) -> str:
    """Half-width, upper case, without spaces around it: the one spelling that is stored and compared."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def check_id_number(text: str) -> str:
    """The number in its one spelling.

    Takes 身分證 (second character 1, 2), 居留證 (8, 9) and the 居留證 issued before 2021 (A–D). Raises ValueError with a
    sentence that lacks only the name of the field in front. The checksum cannot see every slip: the public rule gives some
    digits an even weight, where a change by five keeps the sum a multiple of ten.
    """
    number = normalise_id_number(text)
    if not number:
        raise ValueError("未填")
    if len(number) != LENGTH:
        raise ValueError(f"『{mask(number)}』應為 {LENGTH} 碼，此號為 {len(number)} 碼")
    if number[0] not in LETTERS:
        raise ValueError(f"『{mask(number)}』第 1 碼應為英文字母")
    if number[1] not in _SECOND:
        raise ValueError(f"『{mask(number)}』第 2 碼應為 1、2（身分證）或 8、9、A–D（居留證）")
    if re.fullmatch(r"[0-9]{8}", number[2:]) is None:
        raise ValueError(f"『{mask(number)}』第 3 至 10 碼應為數字")
    if _sum(number) % 10:
        raise ValueError(f"『{mask(number)}』檢查碼不符，請與證件核對")
    return number


def mask(text: str) -> str:
    """`A12*****89`. A text of another length shows its first character only."""
    if len(text) != LENGTH:
        return text[:1] + "*" * (len(text) - 1)
    return f"{text[:3]}{'*' * 5}{text[-2:]}"


def fake_id_number(seed: int, gender: Gender) -> str:
    """An invented number with a true checksum. The same seed gives the same number, different seeds different ones."""
    letter, serial = divmod(seed * _STEP % (_SERIALS * len(LETTERS)), _SERIALS)
    stem = f"{LETTERS[letter]}{_GENDER_DIGIT[gender]}{serial:07d}"
    return f"{stem}{-_sum(stem + '0') % 10}"


def _sum(number: str) -> int:
    first, second = _value(number[0]), _value(number[1]) % 10
    digits = (*divmod(first, 10), second, *map(int, number[2:]))
    return sum(weight * digit for weight, digit in zip(WEIGHTS, digits, strict=True))


def _value(character: str) -> int:
    return int(character) if character.isdigit() else LETTERS.index(character) + 10
