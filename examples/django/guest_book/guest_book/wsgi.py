"""``guest_book.wsgi:application`` is what gunicorn serves."""

import os

from django.core import wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guest_book.settings")

application = wsgi.get_wsgi_application()
