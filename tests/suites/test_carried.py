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
        ({"permissions": []}, "app.py", False),
        ({}, "app.py", False),
    ],
)
def test_a_file_gets_into_the_rock_if_it_is_organized_and_primed(part, path, expected):
    folder = "django/app" if part.get("organize", {}).get("*") else "flask/app"
    assert carried.carries(part, path, folder=folder) is expected


def test_a_folder_app_inside_of_the_folder_app_is_another():
    part = {"plugin": "dump", "organize": {"app": "app/app", "main.py": "app/main.py"}}
    found = [
        path
        for path in ("main.py", "app/web.py", "web.py")
        if carried.carries(part, path, folder="app")
    ]
    assert found == ["main.py", "app/web.py"]
