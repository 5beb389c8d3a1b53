"""`make words`: bring the English catalogue up to date with the code, and say what still has no English."""

from __future__ import annotations

import sys

from admin_app.translating import catalogue
from admin_app.translating.gathering import gathered, marks

NOTE = "中文 → English。「make words」加入新的訊息、移除沒有人用的；未翻的 msgstr 是空的，測試會指出來。"


def main() -> int:
    """Write the catalogue: what is said now, in the order of the files, with the English there is."""
    known = {str(each.id): str(each.string) for each in catalogue.read(catalogue.ENGLISH, "messages") if each.id}
    found = gathered()
    catalogue.write(catalogue.ENGLISH, "messages", {zh: known.get(zh, "") for zh in found}, NOTE, marks())
    new = [zh for zh in found if not known.get(zh)]
    dead = [zh for zh in known if zh not in found]
    for zh in new:
        sys.stdout.write(f"{found[zh]}\t{zh}\n")
    sys.stdout.write(f"共 {len(found)} 則，未翻 {len(new)} 則，移除 {len(dead)} 則。\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
