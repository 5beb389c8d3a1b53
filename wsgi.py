"""The WSGI entry: `wsgi:app`."""

from admin_app.factory import create_app

app = create_app()
