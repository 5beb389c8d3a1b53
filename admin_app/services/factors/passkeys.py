"""通行密鑰 (WebAuthn): register several by name, sign in with one alone. The device checks the person (fingerprint, face, PIN)."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import webauthn
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from admin_app import audit
from admin_app.services.factors import challenges
from models.people import Account
from models.second_factor import Passkey, Purpose
from models.values.text import tidy

MOST = 20
LONGEST_NAME = 40
LONGEST_ANSWER = 20_000
CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]{1,1366}")
KNOWN_TRANSPORTS = {each.value for each in AuthenticatorTransport}


class BadPasskey(ValueError):
    """The device's answer cannot be accepted; the message says why and what to do."""


class ClonedPasskey(BadPasskey):
    """The key counted fewer uses than we did: there may be two of it. It is set aside until it is removed."""

    def __init__(self, passkey: Passkey) -> None:
        super().__init__(
            f"通行密鑰「{passkey.name}」的使用次數不合，可能遭人複製，已停用。請改用其他方式登入，並到「登入安全」移除它。"
        )
        self.passkey = passkey


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks: the host a key belongs to, and the address the browser must be at."""

    host: str
    origin: str
    name: str


def ask_to_register(session: Session, account: Account, party: RelyingParty, *, now: dt.datetime) -> str:
    """Options for `navigator.credentials.create()`, as JSON. Keys the account has are not offered again."""
    mine = of(session, account)
    handle = base64url_to_bytes(mine[0].user_handle) if mine else secrets.token_bytes(32)
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=handle,
        user_name=account.username,
        user_display_name=account.person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[_descriptor(each) for each in mine],
    )
    _remember(session, Purpose.passkey_enrol, options.challenge, account, now, user_handle=bytes_to_base64url(handle))
    return str(webauthn.options_to_json(options))


def register(session: Session, account: Account, party: RelyingParty, answer: str, *, name: str, now: dt.datetime) -> Passkey:
    """Keep the public half of a new key under the person's name for it."""
    credential = _read(answer)
    question = _answered(session, Purpose.passkey_enrol, credential, now)
    if question.account_id != account.id:
        raise BadPasskey("這不是為您的帳號要求的登記，請重新按「登記通行密鑰」。")
    if len(of(session, account)) >= MOST:
        raise BadPasskey(f"最多登記 {MOST} 把通行密鑰，請先移除不用的。")
    try:
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(question.handle),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise BadPasskey("裝置的回應不正確，通行密鑰沒有登記。請再試一次。") from error
    passkey = Passkey(
        account_id=account.id,
        name=_name(name) or f"通行密鑰 {len(of(session, account)) + 1}",
        credential_id=bytes_to_base64url(verified.credential_id),
        public_key=bytes_to_base64url(verified.credential_public_key),
        user_handle=question.facts["user_handle"],
        sign_count=verified.sign_count,
        transports=_transports(credential),
        synced=verified.credential_backed_up,
        made_at=now,
    )
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == passkey.credential_id)) is not None:
        raise BadPasskey("這把通行密鑰已經登記過了。")
    session.add(passkey)
    session.flush()
    audit.track(session, "factor_enrol", "account", record=account, factor="通行密鑰", name=passkey.name)
    return passkey


def ask_to_prove(
    session: Session, party: RelyingParty, *, purpose: Purpose, now: dt.datetime, account: Account | None = None
) -> str:
    """Options for `navigator.credentials.get()`, as JSON. Without an account the device offers the keys it has for us."""
    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        allow_credentials=[_descriptor(each) for each in of(session, account)] if account else [],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _remember(session, purpose, options.challenge, account, now)
    return str(webauthn.options_to_json(options))


def prove(
    session: Session,
    party: RelyingParty,
    answer: str,
    *,
    purpose: Purpose,
    now: dt.datetime,
    account: Account | None = None,
) -> Passkey:
    """The key that answered. With `account`, it must be that account's."""
    credential = _read(answer)
    question = _answered(session, purpose, credential, now)
    found = session.scalar(
        select(Passkey).where(Passkey.credential_id == str(credential["id"])).execution_options(populate_existing=True)
    )
    if found is None:
        raise BadPasskey("這把通行密鑰沒有登記（或已移除），請改用帳號密碼登入。")
    if account is not None and not (found.account_id == account.id == question.account_id):
        raise BadPasskey("這把通行密鑰不是這個帳號的，請改用另一把。")
    count = _verified_count(credential, question.handle, party, found)
    if found.suspected_at is not None:
        raise ClonedPasskey(found)
    if not _count_up(session, found, count, now):
        found.suspected_at = now
        raise ClonedPasskey(found)
    return found


def remove(session: Session, account: Account, passkey_id: int) -> bool:
    """Forget one key of the account. Whether there was one."""
    mine = session.scalar(select(Passkey).where(Passkey.account_id == account.id, Passkey.id == passkey_id))
    if mine is None:
        return False
    session.delete(mine)
    audit.track(session, "factor_remove", "account", record=account, factor="通行密鑰", name=mine.name)
    return True


def rename(session: Session, account: Account, passkey_id: int, name: str) -> bool:
    """Another name for one key of the account."""
    mine = session.scalar(select(Passkey).where(Passkey.account_id == account.id, Passkey.id == passkey_id))
    if mine is None or not _name(name):
        return False
    audit.track(session, "factor_rename", "account", record=account, factor="通行密鑰", before=mine.name, name=_name(name))
    mine.name = _name(name)
    return True


def remove_all(session: Session, account: Account) -> None:
    """Forget every key of the account."""
    session.execute(delete(Passkey).where(Passkey.account_id == account.id), execution_options=challenges.PLUMBING)


def of(session: Session, account: Account) -> Sequence[Passkey]:
    """The account's keys, the oldest first."""
    return session.scalars(select(Passkey).where(Passkey.account_id == account.id).order_by(Passkey.id)).all()


def _remember(
    session: Session, purpose: Purpose, challenge: bytes, account: Account | None, now: dt.datetime, **facts: Any
) -> None:
    account_id = account.id if account else None
    challenges.ask(session, purpose, now=now, account_id=account_id, handle=bytes_to_base64url(challenge), **facts)


def _read(answer: str) -> dict[str, Any]:
    try:
        credential: Any = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except ValueError:
        credential = None
    named = isinstance(credential, dict) and CREDENTIAL_ID.fullmatch(str(credential.get("id")))
    if not named or not isinstance(credential.get("response"), dict):
        raise BadPasskey("沒有收到裝置的回應，請再試一次。")
    return dict(credential)


def _answered(session: Session, purpose: Purpose, credential: dict[str, Any], now: dt.datetime) -> challenges.Question:
    """The question a device answers is named in what it signed."""
    try:
        signed = parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        question = challenges.answer(session, purpose, bytes_to_base64url(signed.challenge), now=now)
    except (WebAuthnException, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadPasskey("裝置的回應讀不懂，請再試一次。") from error
    if question is None:
        raise BadPasskey("這次要求已經用過或過期了，請再按一次按鈕。")
    return question


def _verified_count(credential: dict[str, Any], challenge: str, party: RelyingParty, passkey: Passkey) -> int:
    """How often the device says the key was used. Whether that fits is our own question, asked afterwards."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise BadPasskey("裝置的回應不正確，請再試一次或改用其他方式登入。") from error
    return int(verified.new_sign_count)


def _count_up(session: Session, passkey: Passkey, count: int, now: dt.datetime) -> bool:
    """Note the use. Devices that keep no count say 0 for ever; any other count must rise."""
    fits = Passkey.sign_count < count if count else Passkey.sign_count == 0
    note = update(Passkey).where(Passkey.id == passkey.id, fits).values(sign_count=count, last_used_at=now)
    done = session.execute(note, execution_options=challenges.PLUMBING)
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        id=base64url_to_bytes(passkey.credential_id),
        transports=[AuthenticatorTransport(each) for each in passkey.transports] or None,
    )


def _transports(credential: dict[str, Any]) -> tuple[str, ...]:
    told = credential["response"].get("transports")
    return tuple(each for each in told if each in KNOWN_TRANSPORTS) if isinstance(told, list) else ()


def _name(name: str) -> str:
    return tidy(name)[:LONGEST_NAME]
