"""The door for a WSGI server; it stays shut while the database is not fit to keep what is done."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from workflow.row_security_checks import refuse_unsafe_start  # noqa: E402 (needs the applications)

refuse_unsafe_start()
