"""Jobs: work asked for in a request and done outside it, once, whatever dies in between.

`defer` writes the row in the caller's transaction; `@job` and `@periodic` name the functions that do the work; a worker
(`admin_app.worker`) claims rows and runs them. See docs/jobs.md.
"""

from __future__ import annotations

from admin_app.services.jobs.queue import defer, wake
from admin_app.services.jobs.registry import Unworkable, job, periodic
from admin_app.services.jobs.runner import Work

__all__ = ["Unworkable", "Work", "defer", "job", "periodic", "wake"]
