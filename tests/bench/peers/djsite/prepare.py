"""Create Django's own tables and the people who sign in."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
for username in ("T00001", "T00003"):
    if not User.objects.filter(username=username).exists():
        User.objects.create_superuser(username, "", "invented-benchmark-115")
