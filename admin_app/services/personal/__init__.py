"""個人資料 on request: what is held about a person, who has seen or changed it, a copy of it, and the requests' days.

`people` (whom it is about, and who may) · `holdings` (where it lies, found from the metadata) · `reading` (rows in words) · `seen`
(events about it) · `copying` (the ZIP) · `requests` (what is due).
"""
