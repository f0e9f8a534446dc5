"""Settings of Ra-soat. Everything comes from the environment; nothing set runs the embedded default."""

from pathlib import Path

from config import env, security

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("RASOAT_VAR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.flag("RASOAT_DEBUG", True)
# Demonstration: demo accounts, a banner on every page, a clock that can be moved. Never with DEBUG off.
DEMO = env.flag("RASOAT_DEMO", False)
if DEMO and not DEBUG:
    raise env.SettingError("RASOAT_DEMO=true is refused while RASOAT_DEBUG is off")

# Of accounts made by demonstrations only; production never makes an account by itself.
DEMO_PASSWORD = "demo-ra-soat-2024"  # noqa: S105 (printed on the sign-in page)

SECRET_KEY = env.text("RASOAT_SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise env.SettingError("RASOAT_SECRET_KEY must be set while RASOAT_DEBUG is off")
    SECRET_KEY = "development-only-" + "k" * 50

ALLOWED_HOSTS = env.words("RASOAT_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("RASOAT_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "guardian",
    # Sign-in: names and passwords, second factors, the list of one's sessions, an office's OIDC.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    # The workflow engine only: not viewflow's own pages (49 MB of static files, English).
    "viewflow.workflow",
    "django_fsm",
    "cases",
    "workflow",
    "notifications",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "workflow.pages.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workflow.pages.whole.WholeRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "workflow.pages.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "workflow.pages.rights.RightsDayMiddleware",  # before the scope, which is read for that day
    "workflow.pages.ledger.LedgerMiddleware",  # outside that scope: readings are written of any unit
    "workflow.pages.scope.ScopeMiddleware",  # right after: whatever follows reads as this person
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "workflow.sessions.SessionsMiddleware",
    "workflow.sign_in.second_factor.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "workflow.pages.doors.NoStoreMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it answers in place of a sign-in that has to wait
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

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
                "workflow.pages.headers.csp_nonce",
                "workflow.pages.doors.frame",
                "workflow.pages.ledger.frame",
            ],
        },
    },
]

# On PostgreSQL the tables belong to another role than the one that pages sign in as (docs/row-security.md);
# manage.py says which commands need the owner.
AS_OWNER = env.flag("RASOAT_AS_OWNER", False)
APP_ROLE = env.text("RASOAT_APP_ROLE", "rasoat_app")
OWNER = "RASOAT_OWNER_DATABASE" if AS_OWNER and env.text("RASOAT_OWNER_DATABASE") else ""
DATABASES = {"default": env.database(OWNER or "RASOAT_DATABASE", VAR_DIR / "rasoat.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: says whether a password is looked at now
    "django.contrib.auth.backends.ModelBackend",
    "cases.permissions.UnitScopeBackend",
]
ANONYMOUS_USER_NAME = None
# Our backend answers from units; guardian's own would look at one object at a time.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name")},
    },
    {"NAME": "workflow.sign_in.passwords.KnownPasswordValidator"},
]
# An office's own list of known passwords, one a line, in place of the one that comes with the product.
KNOWN_PASSWORDS = env.file("RASOAT_KNOWN_PASSWORDS")
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "inbox"
LOGOUT_REDIRECT_URL = "sign-in"

# How many proxies of ours stand before the server: the address of a request is what they saw.
PROXIES = env.number("RASOAT_PROXIES", 0 if DEBUG else 1)

# django-allauth: a name and a password, then the second factor; nobody signs up (docs/sign-in.md).
ACCOUNT_ADAPTER = "workflow.sign_in.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # wrong tries are counted in one place: workflow/sign_in/delays.py
MFA_ADAPTER = "workflow.sign_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # phones are half a minute wrong
SOCIALACCOUNT_ADAPTER = "workflow.sign_in.office.OfficeAccounts"

# An office's own accounts (OpenID Connect): off unless its address is given.
OIDC_NAME = env.text("RASOAT_OIDC_NAME", "OpenID Connect")
OIDC_URL = env.text("RASOAT_OIDC_URL")
OIDC_CLIENT, OIDC_SECRET = env.text("RASOAT_OIDC_CLIENT"), env.text("RASOAT_OIDC_SECRET")
if OIDC_URL and not (OIDC_CLIENT and OIDC_SECRET):
    raise env.SettingError("RASOAT_OIDC_URL wants RASOAT_OIDC_CLIENT and RASOAT_OIDC_SECRET")
if OIDC_URL and not DEBUG and not OIDC_URL.startswith("https://"):
    raise env.SettingError("RASOAT_OIDC_URL must start with https:// while RASOAT_DEBUG is off")

# django-axes records the tries; what follows from them is computed.
AXES_HANDLER = "workflow.sign_in.delays.Delays"
AXES_LOCKOUT_CALLABLE = "workflow.sign_in.delays.too_many"
AXES_CLIENT_IP_CALLABLE = "workflow.sign_in.addresses.counted_address"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns about a folder that is not there
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR_DIR / "media"

# What binds the record to the world outside (docs/anchors.md): heads, receipts and roots of days are
# given out here. On another machine, of another owner than the database.
ANCHORS_DIR = Path(env.text("RASOAT_ANCHORS", str(VAR_DIR / "anchors")))
TSA_URL = env.text("RASOAT_TSA_URL")  # a time-stamp authority (RFC 3161); empty: none
TSA_CA = env.text("RASOAT_TSA_CA")  # file with the certificates that its tokens must lead to
DISK_FLOOR = env.number("RASOAT_DISK_FLOOR", 10)  # per cent free; below it nothing is written

# Uploads: sizes are checked before parsing (reliability note, section 5.5).
UPLOAD_MAX_BYTES = 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES
# A meeting form carries three numbers for each household of a village.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# The longest session there is, of who works in villages; workflow/sessions.py ends the others sooner.
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CONTENT_SECURITY_POLICY = {"DIRECTIVES": security.content_security_policy()}
PERMISSIONS_POLICY = security.PERMISSIONS_POLICY
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.flag("RASOAT_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    # Browsers take such a name only over https, from this very host.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
