from __future__ import annotations

import pytest

from paas_app_charmer.suites import carried

LISTED = {
    "plugin": "dump",
    "organize": {"app.py": "flask/app/app.py", "cards": "flask/app/cards"},
    "prime": ["flask/app/app.py", "flask/app/cards"],
}
ALL = {"plugin": "dump", "organize": {"*": "django/app/", ".*": "django/app/"}}


@pytest.mark.parametrize(
    ("part", "path", "expected"),
    [
        (LISTED, "app.py", True),
        (LISTED, "cards", True),
        (LISTED, "cards/views.py", True),
        (LISTED, "migrate.sh", False),
        (LISTED, "app", False),
        (LISTED, "card", False),
        (ALL, "manage.py", True),
        (ALL, "guest_book/wsgi.py", True),
        ({**ALL, "prime": ["-django/app/manage.py"]}, "manage.py", False),
        ({**ALL, "prime": ["-django/app/manage.py"]}, "guest_book/wsgi.py", True),
        ({**ALL, "prime": ["-django/app/guest_book"]}, "guest_book/wsgi.py", False),
        ({**ALL, "prime": ["- django/app/guest_book"]}, "guest_book/wsgi.py", True),
        ({**LISTED, "prime": ["flask/app/*.py"]}, "app.py", True),
        ({**LISTED, "prime": ["flask/app/*.py"]}, "cards/views.py", False),
        ({**LISTED, "prime": ["flask/app/**.py"]}, "cards/views.py", True),
        ({"plugin": "dump", "organize": {"app": "flask/app/app"}}, "app/views.py", True),
        ({"plugin": "dump", "organize": {"main.py": "app/main.py"}}, "main.py", True),
        ({"permissions": []}, "app.py", False),
        ({}, "app.py", False),
    ],
)
def test_a_file_gets_into_the_rock_if_it_is_organized_and_primed(part, path, expected):
    assert carried.carries(part, path) is expected
