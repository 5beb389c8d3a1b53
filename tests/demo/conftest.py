"""One copy of the demo school for all tests that only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from admin_app.database import engine_options
from tests.databases import Servers


@pytest.fixture(scope="module")
def built(servers: Servers, engine_name: str) -> Iterator[Session]:
    """One copy of the demo school for all tests that only read."""
    engine = create_engine(**engine_options(servers.copy(engine_name, "school")))
    with Session(engine) as session:
        yield session
    engine.dispose()
