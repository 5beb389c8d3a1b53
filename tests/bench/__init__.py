"""`make bench`: this system beside a stock Flask-Admin over the same rows, on SQLite and on PostgreSQL, in one run.

Nothing here fails on a time: the table is for people, and only its ratios are worth reading.
"""
