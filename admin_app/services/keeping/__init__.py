"""Nothing lost: backups, restoring them, drills, the school as open files, and the incident log.

`folder` (where backups lie) · `contents` (what one says of itself) · `tally` (counts by class) · `databases` (a copy of either
engine, and back) · `backing_up` · `restoring` · `sealed_keys` · `alarm` · `drills` · `incidents` · `routines` (the jobs).
"""
