"""A desk at which a person of the demo school imports files as the pages and the worker do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.importing.desk import Desk


@pytest.fixture
def desk(school: Session, tmp_path: Path) -> Callable[[str], Desk]:
    """The desk of a demo persona."""
    return lambda username: Desk(school, tmp_path, username)
