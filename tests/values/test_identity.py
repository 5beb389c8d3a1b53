"""Identity numbers: the checksum refuses slips, one spelling, a mask, and invented numbers that pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.identity import check_id_number, fake_id_number, mask, normalise_id_number
from models.vocabulary import Gender

SEEDS = st.integers(min_value=0, max_value=10**12)
GENDERS = st.sampled_from(Gender)
NUMBERS = st.builds(fake_id_number, SEEDS, GENDERS)

WEIGHTS_BY_HAND = {1: 8, 2: 7, 3: 6, 4: 5, 5: 4, 6: 3, 7: 2, 8: 1, 9: 1}
"""Weight of each of the nine digits after the letter, as the 戶政 rule prints them."""

LETTERS_BY_HAND = "A10 B11 C12 D13 E14 F15 G16 H17 J18 K19 L20 M21 N22 P23 Q24 R25 S26 T27 U28 V29 X30 Y31 W32 Z33 I34 O35"


def accepted(number: str) -> bool:
    try:
        check_id_number(number)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("number", ["A123456789", "A223456781", "A800000014", "FA12345689"])
def test_numbers_checked_by_hand(number: str) -> None:
    assert check_id_number(number) == number


@pytest.mark.parametrize("line", LETTERS_BY_HAND.split())
def test_every_letter_has_its_printed_value(line: str) -> None:
    letter, tens, units = tuple(line)
    total = int(tens) + 9 * int(units) + 8  # and 1 in second place, then seven noughts
    assert [digit for digit in range(10) if accepted(f"{letter}10000000{digit}")] == [-total % 10]


@pytest.mark.parametrize("written", ["a123456789", "Ａ１２３４５６７８９", "\u3000A123456789 ", "ａ123456789"])
def test_one_spelling(written: str) -> None:
    assert normalise_id_number(written) == "A123456789"
    assert check_id_number(written) == "A123456789"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("A123456788", "『A12*****88』檢查碼不符，請與證件核對"),
        ("A12345678", "『A********』應為 10 碼，此號為 9 碼"),
        ("1123456789", "『112*****89』第 1 碼應為英文字母"),
        ("A323456789", "『A32*****89』第 2 碼應為 1、2（身分證）或 8、9、A–D（居留證）"),
        ("A12345678X", "『A12*****8X』第 3 至 10 碼應為數字"),
        (" ", "未填"),
    ],
)
def test_refusals_say_what_is_wrong_and_hide_the_number(number: str, reason: str) -> None:
    with pytest.raises(ValueError) as refusal:
        check_id_number(number)
    assert str(refusal.value) == reason


@given(NUMBERS)
def test_invented_numbers_are_valid(number: str) -> None:
    assert check_id_number(number) == number


@given(SEEDS, SEEDS, GENDERS)
def test_a_seed_is_one_number(first: int, second: int, gender: Gender) -> None:
    assert fake_id_number(first, gender) == fake_id_number(first, gender)
    assert fake_id_number(first, gender)[1] == ("1" if gender is Gender.male else "2")
    if first % 260_000_000 != second % 260_000_000:
        assert fake_id_number(first, gender) != fake_id_number(second, gender)


@given(NUMBERS, st.integers(1, 9), st.integers(0, 9))
def test_a_changed_digit_is_refused_unless_the_public_rule_cannot_see_it(number: str, position: int, digit: int) -> None:
    """A digit of even weight changed by five, or of weight five changed by an even amount, leaves the sum a multiple of ten."""
    change = digit - int(number[position])
    changed = number[:position] + str(digit) + number[position + 1 :]
    invisible = WEIGHTS_BY_HAND[position] * change % 10 == 0
    assert accepted(changed) is (invisible and (position > 1 or digit in (1, 2, 8, 9)))


@given(NUMBERS, st.sampled_from([1, 2, 6, 8, 9]), st.integers(0, 9))
def test_every_change_at_these_positions_is_refused(number: str, position: int, digit: int) -> None:
    changed = number[:position] + str(digit) + number[position + 1 :]
    assert accepted(changed) is (changed == number)


@given(NUMBERS)
def test_the_check_digit_is_the_only_one_that_fits(number: str) -> None:
    assert [digit for digit in "0123456789" if accepted(number[:9] + digit)] == [number[9]]


@given(st.text())
def test_any_text_is_accepted_in_one_spelling_or_refused(text: str) -> None:
    try:
        number = check_id_number(text)
    except ValueError:
        return
    assert number == normalise_id_number(text)
    assert number.isascii()
    assert len(number) == 10


def test_mask() -> None:
    assert mask("A123456789") == "A12*****89"
    assert mask("A12345") == "A*****"
    assert mask("") == ""


@given(NUMBERS)
def test_a_mask_hides_five_characters(number: str) -> None:
    assert mask(number) == number[:3] + "*****" + number[8:]
