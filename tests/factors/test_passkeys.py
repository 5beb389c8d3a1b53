"""通行密鑰: registered by name, good alone, each question answered once, a copied key found out."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_app.services.factors import passkeys
from admin_app.services.factors.passkeys import BadPasskey, ClonedPasskey, RelyingParty
from models.event import Event
from models.people import Account
from models.second_factor import Challenge, Passkey, Purpose
from tests.factors.conftest import NOON, hire
from tests.factors.device import Device

PARTY = RelyingParty("portfolio.example.edu.tw", "https://portfolio.example.edu.tw", "龍潭高中")
SIGN_IN = Purpose.passkey_sign_in


def new_device(**changes: Any) -> Device:
    return Device(PARTY.origin, PARTY.host, **changes)


def register(session: Session, account: Account, device: Device, name: str = "林老師的手機") -> Passkey:
    options = passkeys.ask_to_register(session, account, PARTY, now=NOON)
    return passkeys.register(session, account, PARTY, device.create(options), name=name, now=NOON)


def ask(session: Session, purpose: Purpose = SIGN_IN, account: Account | None = None) -> str:
    return passkeys.ask_to_prove(session, PARTY, purpose=purpose, now=NOON, account=account)


def prove(session: Session, answer: str, purpose: Purpose = SIGN_IN, account: Account | None = None) -> Passkey:
    return passkeys.prove(session, PARTY, answer, purpose=purpose, now=NOON, account=account)


def test_a_registered_key_says_who_signs_in(session: Session, teacher: Account) -> None:
    device = new_device()
    register(session, teacher, device)
    assert prove(session, device.get(ask(session))).account_id == teacher.id


def test_registering_asks_for_a_key_kept_on_the_device_and_for_the_person(session: Session, teacher: Account) -> None:
    options = json.loads(passkeys.ask_to_register(session, teacher, PARTY, now=NOON))
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["id"] == PARTY.host


def test_several_keys_carry_their_names(session: Session, teacher: Account) -> None:
    register(session, teacher, new_device(), "手機")
    register(session, teacher, new_device(), "  辦公室　電腦 ")
    assert [each.name for each in passkeys.of(session, teacher)] == ["手機", "辦公室 電腦"]


def test_a_key_without_a_name_gets_one(session: Session, teacher: Account) -> None:
    assert register(session, teacher, new_device(), " ").name == "通行密鑰 1"


def test_the_keys_a_person_has_are_not_asked_for_again(session: Session, teacher: Account) -> None:
    kept = register(session, teacher, new_device())
    options = json.loads(passkeys.ask_to_register(session, teacher, PARTY, now=NOON))
    assert [each["id"] for each in options["excludeCredentials"]] == [kept.credential_id]
    assert options["user"]["id"] == kept.user_handle


def test_an_answer_is_good_once(session: Session, teacher: Account) -> None:
    device = new_device()
    register(session, teacher, device)
    answer = device.get(ask(session))
    prove(session, answer)
    with pytest.raises(BadPasskey, match="已經用過或過期"):
        prove(session, answer)


def test_a_question_waits_five_minutes(session: Session, teacher: Account) -> None:
    device = new_device()
    register(session, teacher, device)
    answer = device.get(ask(session))
    with pytest.raises(BadPasskey, match="過期"):
        passkeys.prove(session, PARTY, answer, purpose=SIGN_IN, now=NOON + dt.timedelta(minutes=6))


def test_an_old_question_is_swept_away_by_the_next(session: Session) -> None:
    ask(session)
    passkeys.ask_to_prove(session, PARTY, purpose=SIGN_IN, now=NOON + dt.timedelta(minutes=6))
    assert len(session.scalars(select(Challenge)).all()) == 1


def test_a_question_for_one_purpose_answers_no_other(session: Session, teacher: Account) -> None:
    device = new_device()
    register(session, teacher, device)
    with pytest.raises(BadPasskey):
        prove(session, device.get(ask(session)), Purpose.passkey_confirm, teacher)


def test_nobody_confirms_with_anothers_key(session: Session, teacher: Account) -> None:
    device, other = new_device(), hire(session, "T102", "黃淑芬")
    register(session, other, device)
    with pytest.raises(BadPasskey, match="不是這個帳號的"):
        prove(session, device.get(ask(session, Purpose.passkey_confirm, teacher)), Purpose.passkey_confirm, teacher)


def test_nobody_registers_a_key_another_was_asked_for(session: Session, teacher: Account) -> None:
    other = hire(session, "T102", "黃淑芬")
    answer = new_device().create(passkeys.ask_to_register(session, teacher, PARTY, now=NOON))
    with pytest.raises(BadPasskey):
        passkeys.register(session, other, PARTY, answer, name="", now=NOON)


def test_one_key_belongs_to_one_account(session: Session, teacher: Account) -> None:
    device = new_device()
    register(session, teacher, device)
    with pytest.raises(BadPasskey, match="已經登記過"):
        register(session, hire(session, "T102", "黃淑芬"), device)


@pytest.mark.parametrize(
    "device",
    [
        pytest.param(Device("https://portfolio.example.edu.tw.evil.example", PARTY.host), id="another page"),
        pytest.param(Device(PARTY.origin, "evil.example"), id="another host"),
        pytest.param(Device(PARTY.origin, PARTY.host, checks_the_person=False), id="the person not checked"),
    ],
)
def test_what_does_not_fit_neither_registers_nor_signs_in(session: Session, teacher: Account, device: Device) -> None:
    with pytest.raises(BadPasskey):
        register(session, teacher, device)
    good = Device(PARTY.origin, PARTY.host, credential_id=device.credential_id, key=device.key)
    register(session, teacher, good)
    with pytest.raises(BadPasskey):
        prove(session, device.get(ask(session)))


def test_a_signature_by_another_key_is_refused(session: Session, teacher: Account) -> None:
    device = new_device()
    register(session, teacher, device)
    thief = new_device(credential_id=device.credential_id)
    with pytest.raises(BadPasskey):
        prove(session, thief.get(ask(session)))


def test_an_unknown_key_is_told_what_to_do(session: Session) -> None:
    with pytest.raises(BadPasskey, match="請改用帳號密碼登入"):
        prove(session, new_device().get(ask(session)))


def test_a_removed_key_signs_nobody_in(session: Session, teacher: Account) -> None:
    device = new_device()
    kept = register(session, teacher, device)
    assert passkeys.remove(session, teacher, kept.id)
    with pytest.raises(BadPasskey):
        prove(session, device.get(ask(session)))


def test_nobody_removes_or_renames_anothers_key(session: Session, teacher: Account) -> None:
    kept, other = register(session, teacher, new_device()), hire(session, "T102", "黃淑芬")
    assert not passkeys.remove(session, other, kept.id)
    assert not passkeys.rename(session, other, kept.id, "我的")


def test_a_device_that_keeps_no_count_is_accepted(session: Session, teacher: Account) -> None:
    device = new_device(counts=False)
    register(session, teacher, device)
    assert prove(session, device.get(ask(session)))
    assert prove(session, device.get(ask(session)))


def test_a_copied_key_is_found_out_and_set_aside(session: Session, teacher: Account) -> None:
    device = new_device()
    register(session, teacher, device)
    copy = Device(PARTY.origin, PARTY.host, count=device.count, credential_id=device.credential_id, key=device.key)
    prove(session, device.get(ask(session)))
    prove(session, device.get(ask(session)))
    with pytest.raises(ClonedPasskey, match="可能遭人複製"):
        prove(session, copy.get(ask(session)))
    with pytest.raises(ClonedPasskey):
        prove(session, device.get(ask(session)))


def test_each_step_leaves_an_event_on_the_account(session: Session, teacher: Account) -> None:
    kept = register(session, teacher, new_device())
    passkeys.rename(session, teacher, kept.id, "舊手機")
    passkeys.remove(session, teacher, kept.id)
    verbs = session.scalars(
        select(Event.verb).where(Event.record_id == teacher.id, Event.verb.startswith("factor_")).order_by(Event.id)
    )
    assert list(verbs) == ["factor_enrol", "factor_rename", "factor_remove"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_a_device_answers_is_refused_in_words(session: Session, teacher: Account, data: st.DataObject) -> None:
    """Damaged answers: parts replaced by anything JSON can say."""
    device = new_device()
    if not passkeys.of(session, teacher):
        register(session, teacher, device)
    answer = json.loads(device.get(ask(session)))
    part = data.draw(st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature"]))
    junk = data.draw(st.none() | st.integers() | st.text(max_size=40) | st.lists(st.integers(), max_size=3) | st.just({}))
    (answer if part in answer else answer["response"])[part] = junk
    with pytest.raises(BadPasskey):
        prove(session, json.dumps(answer))
