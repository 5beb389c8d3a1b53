"""A few saved views of grids, so that the menu 「檢視」 looks as it does in use: pinned ones, and one shared with the unit."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from models.people import Account
from models.regulation import Post
from models.saved_view import SavedView, ViewChoice
from seed.demo.school import School

Kept = tuple[str, str, str, str, bool]
VIEWS: tuple[Kept, ...] = (
    ("registration_section", "student", "機一甲通訊用", "flt.school_class.name.is=機一甲&cols=seat_no,name,student_no", False),
    ("registration_section", "grade", "不及格的成績", "flt.score.to=59.99&sort=score", True),
    ("activities_section", "club_office", "各社社長", "flt.title.is=社長&sort=club.name", False),
)
"""Whose, of which grid, its name, what it holds, whether the unit has it too."""


def build_views(school: School) -> None:
    """Each is pinned by its owner."""
    named = {row[0] for row in VIEWS}
    accounts = {each.username: each for each in school.session.scalars(select(Account).where(Account.username.in_(named)))}
    in_force = Post.edition_id == school.edition.id
    units = {post.code: post.unit for post in school.session.scalars(select(Post).where(in_force, Post.code.in_(named)))}
    at = dt.datetime.combine(school.today, dt.time(8, 20)) - dt.timedelta(days=9)
    for who, grid, name, state, shared in VIEWS:
        if who in accounts:
            unit = units.get(who, "") if shared else ""
            view = SavedView(account=accounts[who], grid=grid, name=name, state=state, unit=unit, changed_at=at)
            school.session.add(ViewChoice(account_id=accounts[who].id, view=view, pinned=True))
