"""Every model there is. A new record kind is one file under `models.records`: it is found here, and everywhere after."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from sqlalchemy import MetaData

from models import (
    access_review,
    calendar,
    classes,
    codes,
    event,
    event_segment,
    import_batch,
    job,
    keyring,
    mail,
    notice,
    people,
    personal_data,
    records,
    regulation,
    second_factor,
    sign_in,
)
from models.base import Base, Entity
from models.records.achievements.base import Achievement
from models.records.base import SemesterRecord

MODULES = (
    access_review,
    calendar,
    classes,
    codes,
    event,
    event_segment,
    import_batch,
    job,
    keyring,
    mail,
    notice,
    people,
    personal_data,
    regulation,
    second_factor,
    sign_in,
)
"""The models outside `models.records`."""


def _load(package: str, path: list[str]) -> None:
    for module in pkgutil.walk_packages(path, f"{package}."):
        importlib.import_module(module.name)


def _concrete(base: type[Entity]) -> Iterator[type[Entity]]:
    for model in base.__subclasses__():
        if "__tablename__" in vars(model):
            yield model
        yield from _concrete(model)


_load(records.__name__, list(records.__path__))

METADATA: MetaData = Base.metadata

ENTITIES: tuple[type[Entity], ...] = tuple(sorted(_concrete(Entity), key=lambda model: model.__tablename__))
"""Every kind of row a person can open."""

RECORDS: tuple[type[SemesterRecord], ...] = tuple(model for model in ENTITIES if issubclass(model, SemesterRecord))
"""The record kinds: rows a division keeps in a semester."""

ACHIEVEMENTS: tuple[type[Achievement], ...] = tuple(model for model in RECORDS if issubclass(model, Achievement))
"""The ten categories of 多元表現."""
