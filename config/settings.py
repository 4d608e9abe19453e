"""All settings in one file; what differs by machine comes from the environment (django-environ).

PROFILE is `demo` (the default: a try-out on one machine) or `production` (which refuses weak secrets and demo
accounts). DB_ROLE=owner signs in as the owner of the tables, for migrations, backups and flushing only; every
other process signs in as the application role, which owns nothing.
"""

from datetime import timedelta
from pathlib import Path

import environ
import pghistory
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import passwords

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PROFILE = env.str("PROFILE", "demo")
if PROFILE not in {"demo", "production"}:
    raise ImproperlyConfigured(f"PROFILE 只能是 demo 或 production，现为 {PROFILE!r}")
PRODUCTION = PROFILE == "production"
DEBUG = env.bool("DEBUG", False) and not PRODUCTION
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

SECRET_KEY = env.str("SECRET_KEY", "" if PRODUCTION else "demo-only-not-a-secret-" + "0" * 40)
if PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("生产环境必须设置 SECRET_KEY（至少 50 个字符）")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PRODUCT = "整顿工作系统"
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "csp",
    "treebeard",
    "pgtrigger",
    "pghistory",
    "accounts.apps.AccountsConfig",
    "organizations.apps.OrganizationsConfig",
    "rectification.apps.RectificationConfig",
    "reports.apps.ReportsConfig",
]

MIDDLEWARE = [
    "accounts.headers.Headers",
    "accounts.call_room.call_room",
    "accounts.middleware.Nobody",
    "accounts.middleware.RequestLog",
    "accounts.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.NoNul",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.IdleTimeout",
    "accounts.middleware.SignInRequired",
    "organizations.acting.ActingPost",
    "accounts.recorded.Recorded",
    "accounts.first_things.FirstThings",
    "accounts.middleware.RoutePolicy",
    "accounts.proof.FreshProof",
    "accounts.middleware.OneSubmission",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

_loaders = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reports.context.page",
            ],
            "builtins": [
                *("accounts.templatetags.forms", "accounts.templatetags.frame"),
                "template_partials.templatetags.partials",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
                )
            ],
        },
    }
]
FORM_RENDERER = "accounts.forms.Renderer"

# --- database: the application role by default, the owner only where DB_ROLE says so ---------------------------
_app_url = env.str("DATABASE_URL", "postgres:///zhengdun")
_owner_url = env.str("OWNER_DATABASE_URL", "") or _app_url
DATABASES = {
    "default": environ.Env.db_url_config(_owner_url if env.str("DB_ROLE", "app") == "owner" else _app_url)
}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Joins are written from the row outwards, which is a good order to run them in: looking for a better one among
# eight cost more than the query itself (docs/decisions/0027)
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c join_collapse_limit=4")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# History: context travels on the history row itself, because its own table would have to be updated (stack.md)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_CONTEXT_ID_FIELD = pghistory.ContextUUIDField(null=True)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="history", related_query_name="history_row")

# --- sign-in ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "reports:workbench"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SIGN_IN_PROFILE = env.str("SIGN_IN_PROFILE", "mlps3")
if SIGN_IN_PROFILE not in passwords.PROFILES:
    raise ImproperlyConfigured(f"SIGN_IN_PROFILE 只能是 mlps3 或 asvs，现为 {SIGN_IN_PROFILE!r}")
AUTH_PASSWORD_VALIDATORS = passwords.PROFILES[SIGN_IN_PROFILE]
PASSWORD_MAX_AGE = timedelta(days=env.int("PASSWORD_DAYS", 90)) if SIGN_IN_PROFILE == "mlps3" else None
# Posts of county level and above, and the administrators; a try-out lets them in by password alone
SECOND_FACTOR_REQUIRED = PRODUCTION or env.bool("SECOND_FACTOR", False)
# How long a proof of who sits there is good for what asks for one
PROOF_LIFETIME = timedelta(minutes=env.int("PROOF_MINUTES", 10))
LOCK_LIMIT = env.int("LOCK_LIMIT", 5)  # wrong ones of a known device, or of an account at one address
LOCK_ACCOUNT_LIMIT = env.int("LOCK_ACCOUNT_LIMIT", 20)  # of an account from everywhere, known devices apart
LOCK_ADDRESS_LIMIT = env.int("LOCK_ADDRESS_LIMIT", 50)  # an office shares one address
LOCK_TIME = timedelta(minutes=env.int("LOCK_MINUTES", 15))
DEVICE_COOKIE_NAME = "__Host-device" if PRODUCTION else "device"
SESSION_ENGINE = "accounts.sessions"
IDLE_TIMEOUT = timedelta(minutes=env.int("IDLE_MINUTES", 20))
SESSION_LIFETIME = timedelta(hours=10)
SESSION_COOKIE_AGE = int(SESSION_LIFETIME.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- audit: the key of the seals in use first, then those of before; the site's own secret where there is none ----
AUDIT_KEYS = env.list("AUDIT_KEYS", default=[]) or [SECRET_KEY]
AUDIT_HEADS = VAR_DIR / "audit" / "heads.jsonl"

# --- headers ---------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
COOKIE_PREFIX = "__Host-" if PRODUCTION else ""  # a cookie of this host alone, over TLS alone
MESSAGE_STORAGE = "accounts.headers.Messages"
# How many proxies of ours stand before the site and each add to X-Forwarded-For; 0 believes no such header
PROXIES = env.int("PROXIES", 1 if PRODUCTION else 0)
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]

# --- language, files, mail -------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "staticfiles")))
STATICFILES_DIRS = [
    ("css", BASE_DIR / "static" / "css"),
    ("js", BASE_DIR / "static" / "js"),
    ("vendor", BASE_DIR / "static" / "vendor"),
]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FONT_DIR = Path(env.str("FONT_DIR", str(BASE_DIR / "static" / "vendor" / "fonts")))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
UPLOAD_LIMIT_BYTES = 20 * 1024 * 1024
# ClamAV's clamd, tcp://host:3310 or unix:/run/clamav/clamd.ctl; "" where the site has none. Set and away: quarantine
CLAMD = env.str("CLAMD", "")
CLAMD_SECONDS = env.int("CLAMD_SECONDS", 15)
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.str("EMAIL_HOST", "")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "整顿工作系统 <noreply@localhost>")

# --- jobs ------------------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
if REDIS_URL.startswith("unix:"):
    CELERY_BROKER_URL = "redis+socket:" + REDIS_URL.removeprefix("unix:")
else:
    CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_SOFT_TIME_LIMIT = 1700
# A broker that hangs must not hang a page: the rows are the truth, the sweeper finds them
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "accounts.clock:Clock"
CELERY_BEAT_SCHEDULE = {
    "sweep-work": {"task": "accounts.tasks.sweep_work", "schedule": 15.0, "options": {"expires": 60}},
    "close-polls": {
        "task": "rectification.acceptance.ballots.tasks.close_polls",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "scan-again": {
        "task": "rectification.evidence.tasks.scan_again",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "seal-audit": {"task": "accounts.tasks.seal_audit", "schedule": 60.0, "options": {"expires": 50}},
}
# Once a day, each as a row of work (accounts/clock.py), by the site's own time
DAILY_JOBS = {
    "rectification.supervision.notices.tasks.escalate": "01:30",
    "accounts.tasks.seal_history": "02:40",
    "accounts.tasks.tidy": "03:10",
    "rectification.remediation.activities.tasks.count_logs": "04:10",
    "rectification.survey.tasks.note_silence": "07:20",
    "rectification.duties.tasks.remind": "07:30",
}

# --- logs: one JSON object a line, with request and job id, without personal data -------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "accounts.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "django.request": {"level": "ERROR"},
    },
}
