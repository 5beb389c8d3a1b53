"""Demo accounts: one per post under the post's name, and the people of one class so that account grids look lived-in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from admin_app.services.accounts import account_for, hash_password
from models.people import Account, Staff
from models.regulation import Edition, Post
from seed.demo.school import Person, School

SHOWN_CLASS = "機二甲"
ON_OTHER_ACCOUNTS = {"principal": "convener", "counseling_director": "executive_secretary"}
"""Posts whose holder signs in under the name of the post they bring with them."""


@dataclass(frozen=True)
class DemoAccount:
    """A persona to sign in as."""

    username: str
    post_zh: str
    name: str
    division: str


def build_accounts(school: School, password: str) -> None:
    """All with the same password, hashed once."""
    hashed = hash_password(password)
    accounts = [*_personas(school), *_of_class(school)]
    for account in accounts:
        account.password_hash, account.demo = hashed, True
    school.add(accounts)


def _personas(school: School) -> Iterator[Account]:
    posts = school.session.scalars(select(Post.code).where(Post.edition_id == school.edition.id).order_by(Post.position))
    for post in posts:
        if post not in ON_OTHER_ACCOUNTS:
            yield account_for(school.personas[post], post)


def _of_class(school: School) -> Iterator[Account]:
    known = {id(person) for person in school.personas.values()}
    room = school.current.room(SHOWN_CLASS)
    teachers = {lesson.staff.code: lesson.staff for lesson in school.current.lessons[SHOWN_CLASS]}
    people: dict[str, Person] = {**teachers, **{student.student_no: student for student in room.roster}}
    for username, person in people.items():
        if id(person) not in known:
            yield account_for(person, username)


def demo_accounts(session: Session) -> list[DemoAccount]:
    """The personas of a demo school, in the order of the edition's posts; none in a real school."""
    people = (joinedload(Account.staff), joinedload(Account.student), joinedload(Account.guardian))
    posts = {post.code: post.zh for post in session.scalars(select(Post).join(Post.edition).order_by(Edition.effective_on))}
    found = session.scalars(select(Account).options(*people).where(Account.demo).order_by(Account.id))
    return [
        DemoAccount(each.username, _post_zh(posts[each.username], each), each.person.name, each.division.zh)
        for each in found
        if each.username in posts
    ]


def _post_zh(zh: str, account: Account) -> str:
    """With the 職務 where that is another word: 召集人（校長）."""
    title = account.staff.title if isinstance(account.staff, Staff) and account.username in ON_OTHER_ACCOUNTS.values() else ""
    return f"{zh}（{title}）" if title else zh
