"""The table of steps is what the docs draw and what the database's triggers allow."""

from __future__ import annotations

import importlib
from pathlib import Path

from models.records.achievements.base import AchievementState
from models.records.learning_outcome import OutcomeState
from models.workflow import ACHIEVEMENT_STEPS, STEPS, drawing, moves

DOCS = Path(__file__).parents[2] / "docs" / "outcomes.md"
MIGRATION = importlib.import_module("models.migrations.versions.0018_the_life_of_an_outcome")


def test_the_docs_draw_the_table() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert drawing(STEPS, OutcomeState.draft) in text
    assert drawing(ACHIEVEMENT_STEPS, AchievementState.draft) in text


def test_the_database_allows_the_steps_of_the_table_and_no_others() -> None:
    assert set(MIGRATION.OUTCOME_STEPS) == set(moves(STEPS))
    assert set(MIGRATION.ACHIEVEMENT_STEPS) == set(moves(ACHIEVEMENT_STEPS))
