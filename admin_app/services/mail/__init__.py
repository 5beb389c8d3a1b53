"""Mail: `post` writes one in the transaction that causes it; a job sends it over SMTP, once."""

from __future__ import annotations

from admin_app.services.mail.outbox import BadAddress, NotSendable, address, post, send_again, withdraw

__all__ = ["BadAddress", "NotSendable", "address", "post", "send_again", "withdraw"]
