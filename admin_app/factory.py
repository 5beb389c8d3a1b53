"""Builds the application: settings, extensions, screens, guards."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, request
from flask_admin import Admin
from flask_admin.theme import Theme
from sqlalchemy.exc import OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

from admin_app import arriving, gates, logs, metrics, origins, packing, pages, security, statics, storage
from admin_app.config import Settings, read_settings
from admin_app.database import engine_options
from admin_app.extensions import babel, csrf, db, login_manager
from admin_app.keyring import open_vault
from admin_app.reading import answer_head_as_get
from admin_app.services.jobs.registry import load_all
from admin_app.services.passwords import hashing
from admin_app.translating import edge
from admin_app.worker import connect_bell
from models.values.roc import format_roc
from views import (
    access,
    audit,
    confirming,
    deeds,
    factors,
    files,
    health,
    home,
    imports,
    inbox,
    language,
    permissions,
    personal,
    portfolio,
    regulation,
    retention,
    saved_views,
    surfaces,
    trash,
)
from views.account_life import ACCOUNT_PAGES
from views.certifying import queue
from views.keeping import KEEPING_PAGES
from views.menu import navigation_context
from views.screens import all_views

log = structlog.get_logger("portfolio")
OPEN_WHILE_LOCKED = ("static", "health.alive", "health.ready")
MOST_BYTES = 12 * 1024 * 1024
MOST_FORM_BYTES = 1024 * 1024
MOST_PARTS = 5_000


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application for `settings` (read from the environment when not given)."""
    settings = settings or read_settings()
    hashing.install(settings.argon2)
    app = Flask("admin_app", static_folder=None)
    app.request_class = arriving.ArrivingRequest
    storage.install_for(settings)
    app.config.update(_flask_config(settings))
    app.extensions["settings"] = settings
    app.wsgi_app = answer_head_as_get(app.wsgi_app)  # type: ignore[assignment,method-assign]
    if settings.behind_tls and settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxy_hops, x_proto=1)  # type: ignore[method-assign]
    packing.install(app)
    logs.watch(app)
    if settings.metrics_token:
        metrics.watch(app)
    security.guard_first(app)
    statics.install(app)
    arriving.guard(app)
    _extensions(app)
    _unlock(app, settings)
    _screens(app)
    security.guard(app)
    origins.guard(app)
    gates.guard(app)
    pages.register(app)
    edge.install(app)  # the last to come is the first to see an answer
    load_all()
    connect_bell(settings)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    options = engine_options(settings.database_url)
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": options.pop("url"),
        "SQLALCHEMY_ENGINE_OPTIONS": options,
        "DEMO": settings.demo,
        "BABEL_DEFAULT_LOCALE": "zh_Hant_TW",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Taipei",
        "SESSION_COOKIE_NAME": "__Host-portfolio" if settings.behind_tls else "portfolio",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SECURE": settings.behind_tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": settings.behind_tls,
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "MAX_CONTENT_LENGTH": MOST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MOST_FORM_BYTES,
        "MAX_FORM_PARTS": MOST_PARTS,
    }


def _extensions(app: Flask) -> None:
    db.init_app(app)
    babel.init_app(app, locale_selector=edge.locale)
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.login_view = "access.sign_in"
    login_manager.login_message = "請先登入。"
    login_manager.session_protection = None


def _unlock(app: Flask, settings: Settings) -> None:
    """Start with the right data key or not at all. A database that is away is asked again before the first answer."""
    try:
        _open_vault(app, settings)
    except OperationalError:
        log.warning("the database is away: the data key will be checked before the first answer")
        app.extensions["locked"] = True
        app.before_request(lambda: _unlock_late(app, settings))


def _unlock_late(app: Flask, settings: Settings) -> None:
    if app.extensions["locked"] and request.endpoint not in OPEN_WHILE_LOCKED:
        _open_vault(app, settings)
        app.extensions["locked"] = False


def _open_vault(app: Flask, settings: Settings) -> None:
    with app.app_context():
        try:
            open_vault(db.engine, settings)
        finally:
            db.engine.dispose()


def _screens(app: Flask) -> None:
    app.add_template_filter(format_roc, "roc")
    app.register_blueprint(access.blueprint)
    app.register_blueprint(confirming.blueprint)
    app.register_blueprint(queue.blueprint)
    app.register_blueprint(audit.blueprint)
    app.register_blueprint(deeds.blueprint)
    app.register_blueprint(factors.blueprint)
    factors.school_account.install(app)
    app.register_blueprint(files.blueprint)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(inbox.blueprint)
    app.register_blueprint(language.blueprint)
    app.register_blueprint(regulation.blueprint)
    app.register_blueprint(permissions.blueprint)
    app.register_blueprint(personal.blueprint)
    app.register_blueprint(portfolio.blueprint)
    app.register_blueprint(portfolio.public)
    app.register_blueprint(retention.blueprint)
    app.register_blueprint(saved_views.blueprint)
    app.register_blueprint(trash.blueprint)
    for blueprint in (*ACCOUNT_PAGES, *KEEPING_PAGES):
        app.register_blueprint(blueprint)
    app.register_blueprint(imports.blueprint)
    app.register_blueprint(surfaces.blueprint)
    admin = Admin(
        name="學生學習歷程檔案",
        theme=Theme(folder="portfolio", base_template="admin/base.html"),
        index_view=home.HomeView(),
        csp_nonce_generator=security.nonce,
    )
    with app.app_context():
        for view in all_views():
            admin.add_view(view)
    admin.init_app(app)
    app.extensions["screens"] = {view.slug: view for view in admin._views if hasattr(view, "slug")}
    app.context_processor(navigation_context)
