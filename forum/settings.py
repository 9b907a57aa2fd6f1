"""
Every setting of the site, read from the environment and from `.env` beside `manage.py`.

No secret has a default, and SITE_URL decides the posture: https turns every protection on, http starts on this
machine alone. What each variable means is written in `.env.example`.
"""

import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from forum import languages

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
environ.Env.read_env(os.environ.get("ENV_FILE", BASE_DIR / ".env"))


# --- Secrets ---------------------------------------------------------------------------------------------------------

HOW_TO_MAKE = "Run `python3 -m forum.secrets_file` to write a .env with fresh secrets, or set it in the environment."


def secret(name: str) -> str:
    """Return a secret from the environment, or refuse to start."""
    if value := env.str(name, default=""):
        return value
    raise ImproperlyConfigured(f"{name} is missing. {HOW_TO_MAKE}")


def key(name: str) -> bytes:
    """Return 32 secret bytes written as 64 hexadecimal digits, or refuse to start."""
    return as_key(name, secret(name))


def as_key(name: str, value: str) -> bytes:
    """Return the 32 bytes of 64 hexadecimal digits, or refuse to start."""
    if not re.fullmatch(r"[0-9a-fA-F]{64}", value):
        raise ImproperlyConfigured(f"{name} must be 64 hexadecimal digits (32 bytes). {HOW_TO_MAKE}")
    return bytes.fromhex(value)


SECRET_KEY = secret("SECRET_KEY")
PEPPER = key("PEPPER")  # keys the digests of receipts and cards: a stolen database yields no code
# Lives in memory alone and ends with the server: forum/serve.py draws it for its processes. No disk ever has it (M3).
RUN_KEY = bytes.fromhex(os.environ.get("RUN_KEY", "")) or secrets.token_bytes(32)
INTAKE_KEY = key("INTAKE_KEY")  # opens the outer layer of what arrives from a phone's outbox
# Those before it only open what was still on phones when it was changed.
INTAKE_KEYS = [
    INTAKE_KEY,
    *(as_key("INTAKE_KEYS_BEFORE", value) for value in env.list("INTAKE_KEYS_BEFORE", default=[])),
]


# --- Posture ---------------------------------------------------------------------------------------------------------

LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL must look like https://forum.example.org, not {SITE_URL!r}.")
_host = f"[{_site.hostname}]" if ":" in _site.hostname else _site.hostname

LOOPBACK = _host in LOOPBACK_HOSTS
HTTPS = _site.scheme == "https"
if not HTTPS and not LOOPBACK:
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL!r}: without https the forum is served to this machine alone. Use an https address."
    )

DEBUG = env.bool("DEBUG", default=False)
if DEBUG and not LOOPBACK:
    raise ImproperlyConfigured("DEBUG shows what people typed: it is refused unless SITE_URL is on this machine.")

# A passphrase that is cheap to check is cheap to guess: for tests alone (M1).
CHEAP_PASSPHRASES = env.bool("CHEAP_PASSPHRASES", default=False)
if CHEAP_PASSPHRASES and not LOOPBACK:
    raise ImproperlyConfigured("CHEAP_PASSPHRASES is refused unless SITE_URL is on this machine.")
# Passes and bytes of memory of one guess, in Argon2id: a quarter of a second on one core.
PASSPHRASE_COST = (1, 1 << 20) if CHEAP_PASSPHRASES else (4, 128 << 20)

# The terms under which what is published may be used; quoted sentences stay with those who said them.
DATA_LICENCE = env.str("DATA_LICENCE", default="https://creativecommons.org/licenses/by/4.0/")
if urlsplit(DATA_LICENCE).scheme != "https":
    raise ImproperlyConfigured(f"DATA_LICENCE must be the https address of a licence, not {DATA_LICENCE!r}.")

ALLOWED_HOSTS = LOOPBACK_HOSTS if LOOPBACK else [_host]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Only a proxy that sets (and never forwards) X-Forwarded-Proto and X-Forwarded-For may be trusted with them.
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the machine itself, behind the proxy
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"  # the prefix makes browsers refuse a cookie planted by another host
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# Not `no-referrer`: browsers would then send `Origin: null` with every form, and Django would refuse them all. Nothing
# is said to other sites either way.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# No inline style, no inline script, no third party, on no page, the admin included (M11).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the picture of the tab is written into the page
        "media-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # preloading binds a whole domain for years: for its owner to decide, not for us
    "axes.W001",  # SQLite is served by one process, whose memory holds the counts; see COUNTS below
]


# --- The parts of the site -------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "forum.admin_config.ForumAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "crispy_forms",
    "csp",
    "rules",
    "declarations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "declarations.views.ready.ReadyPagesMiddleware",  # behind the redirect to https, in front of all that makes a page
    "declarations.views.headers.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "declarations.views.seats.SeatMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it turns a locked sign-in into an answer
]

ROOT_URLCONF = "forum.urls"
WSGI_APPLICATION = "forum.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = ("forum",)
CRISPY_TEMPLATE_PACK = "forum"
CRISPY_FAIL_SILENTLY = False


# --- Database --------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'forum.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["ENGINE"] = "forum.sqlite"  # durable, one writer at a time, erased means erased
    Path(_database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
elif _database["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite:///.")
_database["CONN_MAX_AGE"] = 60
_database["CONN_HEALTH_CHECKS"] = True


# Outside the database on purpose: what was taken back must be known to a database that is restored from before.
TOMBSTONES_DIR = Path(env.str("TOMBSTONES_DIR", default=str(VAR_DIR / "tombstones")))
# Where `backup` writes when it is not told, and where `retain` and `doctor` look.
BACKUPS_DIR = Path(env.str("BACKUPS_DIR", default=str(VAR_DIR / "backups")))
# Where `seed_demo` writes down who signs in with what.
DEMO_TABLE = Path(env.str("DEMO_TABLE", default=str(VAR_DIR / "demo.txt")))


# --- People who sign in ----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "declarations.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it refuses a locked pair before a password is looked at
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",  # costs memory as well as time
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Only people with an account authenticate, so only their paths are counted. A pair of user name and address is locked,
# never one of them alone: a hall shares one address, and a stranger must not lock a colleague out. A browser in which
# that very person signed in before stands for itself, whatever comes from the same address (forum.sign_in). The count
# stands under a keyed address that changes every day: no address, no browser (M3, M12).
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_CACHE = "sign_in"
AXES_CLIENT_IP_CALLABLE = "forum.sign_in.keyed_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "declarations/admin/locked.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False

# Counts of failed sign-ins, of wrong codes and of what a card gave today: in the memory of the one process on SQLite,
# shared by all on PostgreSQL.
_counts: dict[str, dict[str, object]] = {
    # Large: whoever tries many names must not push the counts of others out.
    "forum.sqlite": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "django.db.backends.postgresql": {"BACKEND": "forum.counts.SharedCounts"},
}
COUNTS = _counts[str(_database["ENGINE"])]
CACHES = {
    # Public figures, held still: large, so that none is worked out again because others are asked for (M7).
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}},
    "sign_in": {**COUNTS, "LOCATION": "sign_in"},
    "guesses": {**COUNTS, "LOCATION": "guesses"},
    "quotas": {**COUNTS, "LOCATION": "quotas"},
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())  # of the row: a browser left open is signed out overnight
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # gone with the browser: a cookie of a year on a shared phone would tell of the visit (M3)
# In a signed cookie that goes with the page that shows it: a message to a participant leaves no row with a time (M3).
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"


# --- What people send ------------------------------------------------------------------------------------------------

# Django's default writes large files in clear to a temporary folder, where a killed process leaves them.
FILE_UPLOAD_HANDLERS = ["forum.uploads.MemoryOnlyUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = (
    12 * 1024 * 1024
)  # bytes of one request with files; see forum.waiting for how many at once
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes of everything else in it
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20


# --- Languages, time, static files -----------------------------------------------------------------------------------

languages.register()
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "forum" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # of the server; each forum has its own

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # bytes live in the database, never on disk
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


# --- What is written down about a request: as little as can be -------------------------------------------------------

ADMINS: list[str] = []
MANAGERS: list[str] = []
DEFAULT_EXCEPTION_REPORTER_FILTER = "forum.logs.NothingTypedFilter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"forget_request": {"()": "forum.logs.ForgetRequest"}},
    "formatters": {"plain": {"()": "forum.logs.PlainFormatter", "with_words": DEBUG}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["forget_request"]},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "ERROR"},  # a page that is not there is the caller's affair
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},  # nor one not ours
        "django.server": {"handlers": ["nowhere"], "propagate": False},  # the development server logs every address
        "axes": {"handlers": ["nowhere"], "propagate": False},  # its lines name who tried to sign in, and from where
    },
}
