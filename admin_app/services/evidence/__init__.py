"""Evidence: files taken in, claimed by records, swept, copied, and proved to be there. See docs/files.md."""

from __future__ import annotations

from admin_app.services.evidence.claiming import claim, digest_over, digests_of, files_of, files_of_many
from admin_app.services.evidence.limits import UploadLimits, load_upload_limits
from admin_app.services.evidence.receiving import may_upload, receive
from admin_app.services.evidence.refusing import Refused

__all__ = [
    "Refused",
    "UploadLimits",
    "claim",
    "digest_over",
    "digests_of",
    "files_of",
    "files_of_many",
    "load_upload_limits",
    "may_upload",
    "receive",
]
