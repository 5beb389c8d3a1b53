"""Undoing a batch: everything is as it was, or nothing is touched and what rests on it is named."""
