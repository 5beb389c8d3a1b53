"""Jobs for workers that run as processes of their own: `python -m tests.jobs.kinds` is a worker that knows them."""

from __future__ import annotations

import time
from pathlib import Path

from admin_app.config import read_settings
from admin_app.services.jobs import Work, job
from admin_app.worker import work as run_worker
from models.people import Staff


@job("dig", zh="挖掘")
def dig(work: Work, marker: str) -> dict[str, str]:
    """The first time it writes a row and then takes for ever; the second time it gets through."""
    work.session.add(Staff(code="T900", name="董昱翔"))
    if not Path(marker).exists():
        Path(marker).touch()
        time.sleep(600)
    work.session.flush()
    return {"text": "挖好了"}


@job("quick", zh="快做")
def quick(work: Work) -> None:
    """Nothing to it."""


if __name__ == "__main__":
    run_worker(read_settings())
