"""A printed edition, read from its file."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.regulation import Article, Duty, Edition, OpenQuestion, Post, Reading, Relation, Seat, Title, Unit
from models.vocabulary import Division, EditionStatus, Scope, Timing


def load_edition(session: Session, path: Path, *, now: dt.datetime) -> Edition:
    """Load a printed edition as published. Loading it again returns the one already there."""
    text = tomllib.loads(path.read_text(encoding="utf-8"))
    head = text["edition"]
    known = session.scalar(select(Edition).where(Edition.code == head["code"]))
    if known is not None:
        return known
    edition = Edition(**head, status=EditionStatus.published, published_at=now)
    session.add(edition)
    for build, rows in (
        (_article, text["article"]),
        (_unit, text["unit"]),
        (_post, text["post"]),
        (_seat, text["seat"]),
        (_title, text["title"]),
        (_duty, text["duty"]),
        (_relation, text["relation"]),
    ):
        session.add_all(build(edition, position, row) for position, row in enumerate(rows))
    session.add_all(Reading(edition=edition, **row) for row in text["reading"])
    session.add_all(OpenQuestion(edition=edition, **row) for row in text["question"])
    session.flush()
    return edition


def _article(edition: Edition, position: int, row: dict[str, Any]) -> Article:
    return Article(edition=edition, position=position, **row)


def _unit(edition: Edition, position: int, row: dict[str, Any]) -> Unit:
    return Unit(edition=edition, position=position, **{**row, "division": Division[row["division"]]})


def _post(edition: Edition, position: int, row: dict[str, Any]) -> Post:
    words = {"also": tuple(row.get("also", ())), "scope": Scope[row.get("scope") or "division"]}
    return Post(edition=edition, position=position, **{**row, **words, "division": _division(row)})


def _seat(edition: Edition, position: int, row: dict[str, Any]) -> Seat:
    return Seat(edition=edition, position=position, **row)


def _title(edition: Edition, position: int, row: dict[str, Any]) -> Title:
    return Title(edition=edition, position=position, **{**row, "posts": tuple(row["posts"])})


def _duty(edition: Edition, position: int, row: dict[str, Any]) -> Duty:
    plain = {key: value for key, value in row.items() if key != "cells"}
    cells = {f"{name}_text": text for name, text in row["cells"].items()}
    words = {name: tuple(row.get(name, ())) for name in ("owners", "acts", "subjects", "merged")}
    terms = {"division": Division[row["division"]], "timing": Timing[row["timing"]]}
    return Duty(edition=edition, position=position, **{**plain, **cells, **words, **terms})


def _relation(edition: Edition, position: int, row: dict[str, Any]) -> Relation:
    words = {name: tuple(row[name]) for name in ("holders", "acts", "subjects")}
    scope = Scope[row["scope"]] if row.get("scope") else None
    return Relation(edition=edition, position=position, **{**row, **words, "division": _division(row), "scope": scope})


def _division(row: Mapping[str, Any]) -> Division | None:
    return Division[row["division"]] if row.get("division") else None
