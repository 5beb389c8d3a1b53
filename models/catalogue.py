"""Every model there is. A new kind is one file under `models`: it is found here, and everywhere after."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from sqlalchemy import MetaData

import models
from models import orders
from models.base import Base, Entity
from models.records.achievements.base import Achievement
from models.records.base import SemesterRecord

NOT_MODELS = ("models.catalogue", "models.migrations")


def _load(package: str, path: list[str]) -> None:
    for module in pkgutil.iter_modules(path, f"{package}."):
        if module.name in NOT_MODELS:
            continue
        loaded = importlib.import_module(module.name)
        if module.ispkg:
            _load(module.name, list(loaded.__path__))


def _concrete(base: type[Entity]) -> Iterator[type[Entity]]:
    for model in base.__subclasses__():
        if "__tablename__" in vars(model):
            yield model
        yield from _concrete(model)


_load(models.__name__, list(models.__path__))

METADATA: MetaData = Base.metadata

orders.add_indexes(METADATA)

ENTITIES: tuple[type[Entity], ...] = tuple(sorted(_concrete(Entity), key=lambda model: model.__tablename__))
"""Every kind of row a person can open."""

RECORDS: tuple[type[SemesterRecord], ...] = tuple(model for model in ENTITIES if issubclass(model, SemesterRecord))
"""The record kinds: rows a division keeps in a semester."""

ACHIEVEMENTS: tuple[type[Achievement], ...] = tuple(model for model in RECORDS if issubclass(model, Achievement))
"""The ten categories of 多元表現."""
