"""Copies the third-party style sheets and scripts that pages use from ``node_modules`` into ``static/vendor``.

Third-party code is never committed: ``npm ci`` fetches the versions of ``package-lock.json`` and
``python -m admin_app.assets`` takes only the files named here, and of the kit's style sheet only what pages use; Tom Select
puts names of classes together and stays whole. A second run changes nothing.
"""

import re
import sys
from pathlib import Path

from admin_app import stylesheet

APP = Path(__file__).resolve().parent
PACKAGES = APP.parent / "node_modules"
VENDOR = APP / "static" / "vendor"

KIT = "@tabler/core/dist/css/tabler.min.css"
FILES = (
    KIT,
    "tom-select/dist/css/tom-select.bootstrap5.min.css",
    "tom-select/dist/js/tom-select.complete.min.js",
)
PAGES = (
    "admin_app/templates/**/*.html",
    "admin_app/static/js/**/*.js",
    "admin_app/**/*.py",
    "views/**/*.py",
)
"""Where the kit's classes are named."""

SOURCE_MAP = re.compile(r"^(?:/\*|//)# sourceMappingURL=.*$\n?", re.MULTILINE)
ELSEWHERE = re.compile(r"""@import|url\(\s*["']?(?:https?:)?//""")


class AssetError(Exception):
    """A front-end file is missing or would make pages load something from another host."""


def prepared(name: str) -> str:
    """The text to serve: without the link to a source map that is not there, and with nothing from another host."""
    source = PACKAGES / name
    if not source.is_file():
        raise AssetError(f"找不到前端檔案 {name}，請先執行 npm ci（make 會代為執行）")
    text = SOURCE_MAP.sub("", source.read_text(encoding="utf-8"))
    if name.endswith(".css") and ELSEWHERE.search(text):
        raise AssetError(f"{name} 會從其他網站載入檔案，不能使用")
    return _fitted(text) if name == KIT else text


def _fitted(css: str) -> str:
    """The kit's style sheet with what our pages use: a tenth of it."""
    home = APP.parent
    sources = (path for pattern in PAGES for path in sorted(home.glob(pattern)))
    own = "".join(path.read_text(encoding="utf-8") for path in sorted((APP / "static").glob("*.css")))
    return stylesheet.fitted(css, stylesheet.words(path.read_text(encoding="utf-8") for path in sources), own)


def copy_all() -> list[str]:
    """Bring ``static/vendor`` up to date and answer which files changed."""
    wanted = {Path(name).name: prepared(name) for name in FILES}
    VENDOR.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in wanted.items():
        target = VENDOR / name
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
            changed.append(name)
    for stale in VENDOR.iterdir():
        if stale.name not in wanted:
            stale.unlink()
            changed.append(stale.name)
    return changed


def main() -> int:
    try:
        changed = copy_all()
    except AssetError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    if changed:
        sys.stdout.write(f"前端檔案已更新：{'、'.join(changed)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
