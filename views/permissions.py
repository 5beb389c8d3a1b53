"""Being written."""

from flask import Blueprint

blueprint = Blueprint("permissions", __name__)
for name in ("public", "editions", "matrix", "explain"):
    blueprint.add_url_rule(f"/being-written/permissions/{name}", name, lambda: "")
