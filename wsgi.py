"""The WSGI entry: `wsgi:app`."""

from admin_app import logs
from admin_app.factory import create_app

logs.setup()
app = create_app()
