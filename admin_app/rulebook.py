"""An edition of the rule as the policy reads it: immutable, in memory, one per edition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue import RECORDS
from models.regulation import Duty, Edition, Post, Relation, Unit
from models.vocabulary import Act, Division, Scope, Subject

BOTH = "兩部"
SYSTEM_DEFAULT = "本規定未訂，系統預設"
ALL_RECORDS = "records"


@dataclass(frozen=True, slots=True)
class PostRule:
    """A post as the edition defines it; `also` are posts its holder holds with it, `many` may hold it at once."""

    code: str
    zh: str
    division: Division | None
    scope: Scope
    also: tuple[str, ...]
    unit: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class UnitRule:
    """A unit as the edition defines it: the one above it and the post that heads it, where it has them."""

    code: str
    zh: str
    division: Division
    parent: str
    head: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One holder may do one act to one subject, by one row of the edition. `division` None reaches both sides of the wall."""

    row: str
    holder: str
    act: Act
    subject: Subject
    division: Division | None
    scope: Scope
    basis: str
    work: str
    is_duty: bool

    @property
    def division_zh(self) -> str:
        return self.division.zh if self.division else BOTH

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a permission is, apart from the row it comes from: used to say who gains and who loses."""
        return (self.holder, self.division_zh, self.act.name, self.subject.name)


@dataclass(frozen=True)
class Rulebook:
    """All grants of one edition, found by holder, act and subject."""

    edition_id: int
    code: str
    school: str
    title: str
    posts: Mapping[str, PostRule]
    grants: tuple[Grant, ...]
    units: Mapping[str, UnitRule] = field(default_factory=dict)

    @cached_property
    def _found(self) -> Mapping[tuple[str, Act, Subject], tuple[Grant, ...]]:
        found: dict[tuple[str, Act, Subject], list[Grant]] = defaultdict(list)
        for grant in self.grants:
            found[grant.holder, grant.act, grant.subject].append(grant)
        return {key: tuple(grants) for key, grants in found.items()}

    @cached_property
    def _held(self) -> Mapping[tuple[str, Subject], tuple[Grant, ...]]:
        held: dict[tuple[str, Subject], list[Grant]] = defaultdict(list)
        for grant in self.grants:
            held[grant.holder, grant.subject].append(grant)
        return {key: tuple(grants) for key, grants in held.items()}

    @cached_property
    def _owners(self) -> Mapping[tuple[Act, Subject], tuple[str, ...]]:
        """Asked with every no, some thirty times for one menu, and always the same."""
        found: dict[tuple[Act, Subject], dict[str, bool]] = defaultdict(dict)
        for grant in self.grants:
            found[grant.act, grant.subject][f"{self.zh(grant.holder)}（{grant.division_zh} {grant.row}）"] = grant.is_duty
        return {key: tuple(sorted(who, key=lambda each: not who[each])) for key, who in found.items()}

    @cached_property
    def _implied(self) -> Mapping[str, tuple[str, ...]]:
        return {post: tuple(self._with_implied(post)) for post in self.posts}

    def find(self, post: str, act: Act, subject: Subject) -> tuple[Grant, ...]:
        """Every grant of `act` on `subject` to exactly this post."""
        return self._found.get((post, act, subject), ())

    def about(self, post: str, subject: Subject) -> tuple[Grant, ...]:
        """Every grant on `subject` to exactly this post, whatever the act."""
        return self._held.get((post, subject), ())

    def with_implied(self, post: str) -> tuple[str, ...]:
        """`post` and every post its holder holds with it."""
        return self._implied.get(post, (post,))

    def acts_on(self, subject: Subject) -> tuple[Act, ...]:
        """The acts any row of the edition names for `subject`, in the vocabulary's order."""
        return tuple(act for act in Act if (act, subject) in self._owners)

    def _with_implied(self, post: str) -> Iterator[str]:
        waiting, seen = [post], set()
        while waiting:
            code = waiting.pop()
            if code in seen:
                continue
            seen.add(code)
            yield code
            waiting.extend(self.posts[code].also if code in self.posts else ())

    def up(self, unit: str) -> Iterator[UnitRule]:
        """`unit` and every unit above it, nearest first."""
        seen: set[str] = set()
        while unit in self.units and unit not in seen:
            seen.add(unit)
            yield self.units[unit]
            unit = self.units[unit].parent

    def head_of(self, unit: str) -> str:
        """The post that heads `unit`: its own head, or that of the nearest unit above it which has one. Empty when none has."""
        return next((each.head for each in self.up(unit) if each.head), "")

    def headed_by(self, post: str) -> tuple[str, ...]:
        """The units this post heads, itself or for want of a head of their own."""
        return tuple(unit for unit in self.units if self.head_of(unit) == post)

    def zh(self, post: str) -> str:
        """The post's name; its code when this edition does not know it."""
        return self.posts[post].zh if post in self.posts else post

    def owners(self, act: Act, subject: Subject) -> tuple[str, ...]:
        """Who may, e.g. 「活動組（日校 D12）」, each once, duty rows first."""
        return self._owners.get((act, subject), ())


def load_rulebook(session: Session, edition_id: int) -> Rulebook:
    """Read an edition's rows. The result never changes for a published edition, so it may be cached by id."""
    edition = session.get_one(Edition, edition_id)
    posts = {
        post.code: PostRule(post.code, post.zh, post.division, post.scope, post.also, post.unit, post.many)
        for post in session.scalars(select(Post).where(Post.edition_id == edition_id).order_by(Post.position))
    }
    units = {
        unit.code: UnitRule(unit.code, unit.zh, unit.division, unit.parent, unit.head)
        for unit in session.scalars(select(Unit).where(Unit.edition_id == edition_id).order_by(Unit.position))
    }
    duties = session.scalars(select(Duty).where(Duty.edition_id == edition_id).order_by(Duty.position))
    relations = session.scalars(select(Relation).where(Relation.edition_id == edition_id).order_by(Relation.position))
    grants = (*_from_duties(duties, posts), *_from_relations(relations, posts))
    return Rulebook(edition_id, edition.code, edition.school, edition.title, posts, grants, units)


def _from_duties(duties: Iterable[Duty], posts: Mapping[str, PostRule]) -> Iterator[Grant]:
    for duty in duties:
        for holder in duty.owners:
            for act in duty.acts:
                for subject in duty.subjects:
                    yield Grant(
                        row=duty.code,
                        holder=holder,
                        act=Act[act],
                        subject=Subject[subject],
                        division=duty.division,
                        scope=_scope(posts, holder),
                        basis=duty.article,
                        work=duty.work,
                        is_duty=True,
                    )


def _from_relations(relations: Iterable[Relation], posts: Mapping[str, PostRule]) -> Iterator[Grant]:
    for relation in relations:
        for holder in relation.holders:
            for act in relation.acts:
                for subject in _subjects(relation.subjects):
                    yield Grant(
                        row=relation.code,
                        holder=holder,
                        act=Act[act],
                        subject=subject,
                        division=relation.division,
                        scope=relation.scope or _scope(posts, holder),
                        basis=relation.basis,
                        work=relation.work,
                        is_duty=False,
                    )


def _scope(posts: Mapping[str, PostRule], holder: str) -> Scope:
    return posts[holder].scope if holder in posts else Scope.division


def _subjects(names: Iterable[str]) -> Iterator[Subject]:
    for name in names:
        if name == ALL_RECORDS:
            yield from record_subjects()
        else:
            yield Subject[name]


def record_subjects() -> tuple[Subject, ...]:
    """Every subject a record kind belongs to, with 學籍資料, in the vocabulary's order."""
    kinds = {Subject.student_registry, *(subject for model in RECORDS for subject in model.lenses())}
    return tuple(subject for subject in Subject if subject in kinds)
