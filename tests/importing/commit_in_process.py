"""Imports a batch in a process of its own, which a test kills: `python -m tests.importing.commit_in_process URL FOLDER JOB`.

Says "ready" before it begins and "done" at its end, so that the test knows how long it takes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from admin_app.services.jobs import registry, runner
from models import vault
from tests.conftest import DATA_KEY, settings_for


def main(url: str, folder: str, job_id: str) -> None:
    vault.install(vault.Vault([DATA_KEY]))
    registry.load_all()
    settings = settings_for(url, Path(folder))
    engine = runner.worker_engine(settings)
    with engine.connect():
        print("ready", flush=True)  # noqa: T201
    runner.run_job(engine, settings, int(job_id))
    print("done", flush=True)  # noqa: T201
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
