"""What the jobs and notices leave behind, cleared away each night."""

from __future__ import annotations

from typing import Any

from admin_app import clock
from admin_app.services import notices
from admin_app.services.jobs.registry import periodic
from admin_app.services.jobs.routines import tidy
from admin_app.services.jobs.runner import Work


@periodic("tidy_up", zh="清除過期的工作與通知", daily_at="03:10")
def tidy_up(work: Work) -> dict[str, Any]:
    """Finished jobs and old notices."""
    gone = tidy(work.session, now=clock.now()) + notices.sweep(work.session, now=clock.now())
    return {"text": f"清除 {gone} 筆。"}
