"""課程學習成果 and 多元表現 on their way: the verbs of `models.workflow`.

Each: may they → does the state allow → change → event.
"""

from admin_app.services.outcomes.certifying import certify, reconsider, revoke, send_back, uphold
from admin_app.services.outcomes.handing_in import doubt, new_version, send, withdraw
from admin_app.services.outcomes.selecting import choose as select
from admin_app.services.outcomes.selecting import kind_of, most, places, unselect
from admin_app.services.outcomes.taking import NotNow, possible

__all__ = (
    "NotNow",
    "certify",
    "doubt",
    "kind_of",
    "most",
    "new_version",
    "places",
    "possible",
    "reconsider",
    "revoke",
    "select",
    "send",
    "send_back",
    "unselect",
    "uphold",
    "withdraw",
)
