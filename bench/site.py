"""Settings of workload 7's servers: the product's with bench.pages for addresses; with BENCH_ADMIN Django's admin."""

import os

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as _apps
from config.settings import TEMPLATES as _templates

ROOT_URLCONF = "bench.pages"
if os.environ.get("BENCH_ADMIN"):
    INSTALLED_APPS = [*_apps, "django.contrib.admin"]
    TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": _templates[0]["OPTIONS"]["context_processors"][:3]},
        }
    ]
    MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
