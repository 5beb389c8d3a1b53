"""批次辦理: what one person did to many rows at once, told by an event of its own, and taking it back. The trail is the memory."""

from admin_app.services.deeds.noting import find, note, note_undone, recent

__all__ = ["find", "note", "note_undone", "recent"]
