"""Settings, all from the environment (12-factor); ``core.checks`` says what is missing or unsafe.

Without any variable this is the embedded shape: one process, one SQLite file under ``var/``.
"""

import base64
import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent
VAR_DIR = Path(os.environ.get("ALCOVE_VAR", BASE_DIR.parent / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)

BASE_URL = os.environ.get("BASE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
_base = urlsplit(BASE_URL)
OVER_TLS = _base.scheme == "https"
DEBUG = os.environ.get("ALCOVE_DEBUG") == "1"
ALLOWED_HOSTS = sorted({_base.hostname or "127.0.0.1", "127.0.0.1", "localhost"})


def _secret(variable: str, file_name: str, make: Callable[[], str]) -> str:
    """The secret from the environment; without one, it is made once and kept under ``var/``."""
    if key := os.environ.get(variable):
        return key
    file = VAR_DIR / file_name
    if not file.exists():
        # Whole at once: of two processes that start together, both read what one has written.
        draft = VAR_DIR / f".{file_name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(make())
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip()


def _new_push_key() -> str:
    """A private key of P-256 as web push writes it: its 32 bytes in base64url."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - needed once ever

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


SECRET_KEY = _secret("SECRET_KEY", "secret-key", lambda: secrets.token_urlsafe(50))

INSTALLED_APPS = [
    "alcove.core",
    "alcove.guides",
    "alcove.people",
    "alcove.rooms",
    "alcove.availability",
    "alcove.billing",
    "alcove.booking",
    "alcove.calendars",
    "alcove.live",
    "alcove.support",
    "alcove.notifications",
    "alcove.practice",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]

MIDDLEWARE = [
    "alcove.core.middleware.readable_forms_only",
    "django.middleware.security.SecurityMiddleware",
    "alcove.core.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "alcove.people.middleware.zone_and_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "alcove.core.middleware.DomainErrorPages",
]

ROOT_URLCONF = "alcove.urls"
ASGI_APPLICATION = "alcove.asgi.application"

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
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "alcove.navigation.navigation",
            ],
        },
    },
]


def _sqlite_options() -> dict[str, Any]:
    """Durable and patient; WAL only where the library is free of its many-connection flaw."""
    journal = "WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "TRUNCATE"
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            # So that REPLACE, too, meets the guards against deletion.
            "PRAGMA recursive_triggers=ON;"
        ),
    }


DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", f"sqlite:///{VAR_DIR / 'alcove.sqlite3'}"),
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = _sqlite_options()
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
        }
    }

# Relays for calls between people who cannot reach each other; see docs/self-hosting.
TURN_URLS = [url.strip() for url in os.environ.get("TURN_URLS", "").split(",") if url.strip()]
TURN_SECRET = os.environ.get("TURN_SECRET", "")
TURN_ONLY = os.environ.get("TURN_ONLY") == "1"

# How sockets of one session hear of each other: by Redis, or inside the one process.
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "capacity": 1000},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
}

# What one person may post in a minute; far above what a hand does.
POSTS_PER_MINUTE = int(os.environ.get("POSTS_PER_MINUTE", "60"))

# Lets the tests' stand-ins for push services and others live on this machine.
OUTBOUND_TO_LOOPBACK = os.environ.get("ALCOVE_OUTBOUND_TO_LOOPBACK") == "1"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "alcove.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Somebody who was just invited has no name yet.
ACCOUNT_USER_DISPLAY = "alcove.people.adapter.shown_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Alcove"
# Browsers allow passkeys on plain http://localhost only; the library wants to be told so.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not OVER_TLS

# All mail goes through the outbox: with EMAIL_URL jobs send it, without it staff can read it.
EMAIL_BACKEND = "alcove.notifications.outbox.OutboxBackend"
EMAIL_URL = os.environ.get("EMAIL_URL", "")
if EMAIL_URL:
    _email = dj_email_url.parse(EMAIL_URL)
    EMAIL_HOST = _email["EMAIL_HOST"]
    EMAIL_PORT = _email["EMAIL_PORT"]
    EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", f"Alcove <no-reply@{_base.hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Web push: the key that signs, and whom push services may write to about it.
PUSH_PRIVATE_KEY = _secret("PUSH_PRIVATE_KEY", "push-key", _new_push_key)
PUSH_CONTACT = os.environ.get("PUSH_CONTACT") or (
    BASE_URL if OVER_TLS else f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}"
)

# Payments by card through Stripe; without a key the practice is paid by other ways.
STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
# Another address than Stripe's own: a stand-in, for tests.
STRIPE_API = os.environ.get("STRIPE_API", "")

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "alcove.core.static_storage.StaticStorage"},
}

# The practice's words for the crisis page, which is read when the database cannot be.
CRISIS_FILE = VAR_DIR / "crisis.json"
# Where files are uploaded, and how large a body may be there: five files of ten megabytes, a
# practice file. Everywhere else the longest form is a message of some thousand characters.
UPLOADS = {"/rooms/": 53_000_000, "/practice/": 8_500_000}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
# Not no-referrer: under it browsers send "Origin: null" with our own forms, which the CSRF check
# must refuse. Other sites still learn nothing. See docs/decisions/0004.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "alcove.core.pages.csrf_failure"
if OVER_TLS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [BASE_URL]

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"secrets": {"()": "alcove.core.logs.WithoutSecretLinks"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["secrets"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
