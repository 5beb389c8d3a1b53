"""A provider for the whole run, on its best behaviour at the start of each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.oidc.provider import OpenIdProvider, running_provider


@pytest.fixture(scope="session")
def running() -> Iterator[OpenIdProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def school_account(running: OpenIdProvider) -> OpenIdProvider:
    """The school's sign-in service; 林佳均 sits at the browser."""
    running.reset()
    running.person = {"sub": "sub-lin", "email": "t101@example.edu.tw", "email_verified": True, "hd": "example.edu.tw"}
    return running
