"""What is believed of a provider's answers: only a fresh, signed token for us, asked for by this very request."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import RSAKey

from admin_app.oidc_settings import OidcSettings
from admin_app.services.oidc.provider import BadAnswer, Claims, Provider, ProviderDown
from tests.oidc.provider import CLIENT, SECRET, OpenIdProvider

RETURN = "https://portfolio.example.edu.tw/login/oidc/return"


def settings(provider: OpenIdProvider, **changes: Any) -> OidcSettings:
    return OidcSettings(provider.issuer, CLIENT, SECRET, **changes)


def walk(provider: OpenIdProvider, client: Provider | None = None, **spoilt: str) -> Claims:
    """Go to the provider and come back, as a browser does."""
    client = client or Provider(settings(provider))
    started = client.start(RETURN)
    back = requests.get(started["url"], allow_redirects=False, timeout=5).headers["Location"]
    told = parse_qs(urlsplit(back).query)
    assert told["state"] == [started["state"]]
    return client.finish(told["code"][0], return_to=RETURN, remembered={**started, **spoilt})


def test_who_signed_in_is_told(school_account: OpenIdProvider) -> None:
    claims = walk(school_account)
    assert (claims.subject, claims.mail, claims.mail_verified) == ("sub-lin", "t101@example.edu.tw", True)


def test_the_addresses_and_keys_are_asked_for_once(school_account: OpenIdProvider) -> None:
    client = Provider(settings(school_account))
    walk(school_account, client)
    walk(school_account, client)
    assert school_account.asked.count("/.well-known/openid-configuration") == 1
    assert school_account.asked.count("/jwks") == 1


def test_a_changed_key_is_fetched_again(school_account: OpenIdProvider) -> None:
    client, key = Provider(settings(school_account)), school_account.key
    walk(school_account, client)
    school_account.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
    with pytest.raises(BadAnswer):
        walk(school_account, client)
    school_account.key = key


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"nonce": "another"}, id="another sign-in's"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"exp": int(time.time()) - 3600}, id="expired"),
        pytest.param({"exp": None}, id="never expires"),
        pytest.param({"aud": "another-client"}, id="for somebody else"),
        pytest.param({"aud": ["another-client", CLIENT], "azp": "another-client"}, id="given to somebody else"),
        pytest.param({"iss": "https://evil.example"}, id="by somebody else"),
        pytest.param({"iat": int(time.time()) + 3600}, id="from the future"),
        pytest.param({"sub": None}, id="about nobody"),
    ],
)
def test_a_spoilt_token_is_not_believed(school_account: OpenIdProvider, changes: dict[str, Any]) -> None:
    school_account.changes = changes
    with pytest.raises(BadAnswer):
        walk(school_account)


def test_an_unsigned_token_is_not_believed_even_if_the_provider_offers_it(school_account: OpenIdProvider) -> None:
    school_account.alg = "none"
    with pytest.raises(BadAnswer):
        walk(school_account)


def test_a_token_signed_by_another_key_is_not_believed(school_account: OpenIdProvider) -> None:
    client, key = Provider(settings(school_account)), school_account.key
    walk(school_account, client)
    school_account.key = RSAKey.generate_key(2048, {"kid": "one"})
    with pytest.raises(BadAnswer):
        walk(school_account, client)
    school_account.key = key


def test_a_code_is_worth_nothing_without_its_verifier(school_account: OpenIdProvider) -> None:
    with pytest.raises(BadAnswer):
        walk(school_account, code_verifier="guessed-guessed-guessed-guessed-guessed-guess")


def test_a_provider_out_of_order_is_said_so(school_account: OpenIdProvider) -> None:
    school_account.down = True
    with pytest.raises(ProviderDown):
        Provider(settings(school_account)).start(RETURN)


def test_a_provider_that_cannot_be_reached_is_said_so() -> None:
    with pytest.raises(ProviderDown):
        Provider(OidcSettings("http://127.0.0.1:9", CLIENT, SECRET)).start(RETURN)


def test_a_provider_that_comes_back_is_used_again(school_account: OpenIdProvider) -> None:
    client = Provider(settings(school_account))
    school_account.down = True
    with pytest.raises(ProviderDown):
        client.start(RETURN)
    school_account.down = False
    assert walk(school_account, client).subject == "sub-lin"


def test_a_provider_that_calls_itself_something_else_is_not_used(school_account: OpenIdProvider) -> None:
    school_account.metadata = {"issuer": "https://evil.example"}
    with pytest.raises(ProviderDown):
        Provider(settings(school_account)).start(RETURN)


@pytest.mark.parametrize(("address", "path"), [("token_endpoint", "/token"), ("jwks_uri", "/jwks")])
def test_no_other_host_is_asked(school_account: OpenIdProvider, address: str, path: str) -> None:
    """The same provider under another name would answer; it is not even asked."""
    school_account.metadata = {address: school_account.issuer.replace("127.0.0.1", "localhost") + path}
    with pytest.raises(ProviderDown):
        walk(school_account)
    assert path not in school_account.asked


def test_no_redirect_is_followed(school_account: OpenIdProvider) -> None:
    school_account.redirects = f"{school_account.issuer}/jwks"
    with pytest.raises(ProviderDown):
        Provider(settings(school_account)).start(RETURN)
    assert "/jwks" not in school_account.asked


@pytest.mark.parametrize(
    ("amr", "words", "counts"), [(["pwd", "mfa"], ("mfa",), True), (["pwd"], ("mfa",), False), (["mfa"], (), False)]
)
def test_the_providers_second_factor_counts_only_if_the_school_says_so(
    school_account: OpenIdProvider, amr: list[str], words: tuple[str, ...], counts: bool
) -> None:
    school_account.person["amr"] = amr
    assert walk(school_account, Provider(settings(school_account, mfa_words=words))).by_two_factors is counts
