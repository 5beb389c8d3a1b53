"""The demo school as the permission tests read it, beside the application that serves it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from admin_app.services.editions import copy_to_draft
from models.regulation import Edition
from tests.permissions.school import School


@pytest.fixture(scope="module")
def place(app: Flask) -> School:
    """The school behind `app`, with a draft of the rule so that the rows of an edition can be edited."""
    school = School(app.extensions["settings"].database_url)
    with school.session() as session:
        copy_to_draft(session, session.scalars(select(Edition)).one(), code="draft-115", basis="示範修正")
    return school
