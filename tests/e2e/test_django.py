"""The Django example, used by a browser of sorts."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

import pytest
from benchmarks import deployment


class Browser:
    """Keeps cookies, follows redirections and sends forms with their hidden fields."""

    def __init__(self, site):
        self.site = site
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def get(self, path):
        return self._open(self.site + path)[1]

    def post(self, path, **fields):
        """Fill in the form to which the page leads."""
        form, page = self._open(self.site + path)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        return self._open(form, urllib.parse.urlencode({**hidden, **fields}).encode())[1]

    def _open(self, url, body=None):
        with self.opener.open(url, body, timeout=30) as answer:
            return answer.url, answer.read().decode()


@pytest.fixture(scope="module")
def app(copy_of):
    django = copy_of("django")
    django.run("--with", "ingress")
    return django


@pytest.fixture
def browser(app):
    return Browser(app.status()["url"].rstrip("/"))


@pytest.fixture(scope="module")
def password(app):
    made = app("run-action", "create-superuser", "username=ada", "email=ada@example.com")
    return re.search(r"^password: (\S+)$", made, re.MULTILINE).group(1)


def test_its_database_is_migrated(app):
    shown = app("exec", "--", "python3", "manage.py", "showmigrations", "--plan")
    assert "[X]  entries.0001_initial" in shown
    assert "[ ]" not in shown


def test_a_visitor_signs_the_book(browser):
    assert "Greetings from the test" in browser.post(
        "/", author="Grace", message="Greetings from the test"
    )


def test_the_superuser_logs_in_to_the_admin(browser, password):
    page = browser.post("/admin/", username="ada", password=password)
    assert "Site administration" in page
    assert "<strong>ada</strong>" in page


def test_nobody_logs_in_with_another_password(browser, password):
    page = browser.post("/admin/", username="ada", password=f"not {password}")
    assert "Please enter the correct username and password" in page
    assert "Site administration" not in browser.get("/admin/")


def test_a_superuser_that_is_there_is_not_made_twice(app, password):
    with pytest.raises(deployment.RefusedError, match="already taken") as refused:
        app("run-action", "create-superuser", "username=ada", "email=ada@example.com")
    assert password not in str(refused.value)


def test_static_files_are_served(app):
    with urllib.request.urlopen(f"{app.status()['url']}/static/admin/css/base.css") as answer:
        assert answer.headers.get_content_type() == "text/css"
        assert answer.read()


def test_it_refuses_a_host_that_is_not_its_own(app):
    request = urllib.request.Request(
        f"http://{app.address()}/health", headers={"Host": "elsewhere.example"}
    )
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=30)


def test_a_framework_option_reaches_the_application_by_a_reload(app):
    before = app.page("/pid")
    app("config", "title=Golden book")
    deployment.until(lambda: "Golden book" in app.get())
    after = app.page("/pid")
    assert (after["parent"], after["pid"] != before["pid"]) == (before["parent"], True)
