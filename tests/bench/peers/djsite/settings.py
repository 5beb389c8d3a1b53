"""Django's admin over the product's tables; an environment of its own."""

import os

SECRET_KEY = "nothing to keep here"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = False
LANGUAGE_CODE = "zh-hant"
ROOT_URLCONF = "urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "school",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if os.environ.get("BENCH_COUNT"):
    MIDDLEWARE.insert(0, "counting.CountStatements")
CONTEXT = ("django.template.context_processors.request", "django.contrib.auth.context_processors.auth")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [*CONTEXT, "django.contrib.messages.context_processors.messages"]},
    }
]
STATIC_URL = "/static/"
URL = os.environ["BENCH_RAW_URL"]
if URL.startswith("sqlite:///"):
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": URL[10:]}}
else:
    host = URL.partition("host=")[2]
    name = URL.partition("?")[0].rpartition("/")[2]
    found = {"ENGINE": "django.db.backends.postgresql", "HOST": host, "USER": "postgres", "NAME": name, "CONN_MAX_AGE": 600}
    DATABASES = {"default": found}
