"""The whole school in open formats: a CSV for each table, the files as they came, and a manifest; and the way back in.

    README.txt · schema.json · tables/<name>.csv · files/ab/<sha256> · manifest.csv · manifest.csv.sha256

It is for moving to another system, or another engine. What belongs to this installation alone (keys, passwords, sessions, jobs, the
sealed audit trail) stays behind: `portfolio backup` keeps those.
"""
