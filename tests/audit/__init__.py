"""The audit trail: what the database keeps, and what verification finds."""
