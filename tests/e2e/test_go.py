"""The Go example, built and run here under its charm."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request

import pytest
from benchmarks import deployment


@pytest.fixture(scope="module")
def app(copy_of):
    go = copy_of("go")
    go.run("--with", "ingress")
    return go


def add(app, title, reader):
    """Add an item; return the page that follows, and the cookie that it leaves."""
    fields = {"title": title, "url": "https://go.dev/ref/spec", "reader": reader}
    body = urllib.parse.urlencode(fields).encode()
    cookies = urllib.request.HTTPCookieProcessor()
    opener = urllib.request.build_opener(cookies)
    with opener.open(f"{app.status()['url'].rstrip('/')}/items", body, timeout=30) as answer:
        page = answer.read().decode()
    return page, next(f"{one.name}={one.value}" for one in cookies.cookiejar)


def remembered(app, cookie):
    """The name that the form has already for whoever brings the cookie."""
    request = urllib.request.Request(app.status()["url"], headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return re.search(r'name="reader"[^>]*value="([^"]*)"', answer.read().decode())[1]


def test_an_item_is_kept(app):
    page, _ = add(app, "The specification", "Ada")
    assert "The specification</a> from Ada" in page


def test_its_metrics_are_on_its_own_port_as_the_charm_tells_it(app):
    found = [app.page(f"/env/APP_{name}")["value"] for name in ("PORT", "METRICS_PORT")]
    assert found == [app.address().rpartition(":")[2]] * 2
    assert "go_info" in app.get("/metrics", unit=0)


def test_its_program_is_where_the_rock_has_it_and_nothing_else_of_the_project(app):
    assert app("exec", "--", "bash", "-c", "ls /app") == "migrate.sh"
    assert app("exec", "--", "bash", "-c", "command -v reading-list").endswith("/reading-list")


def test_a_rotated_key_ends_what_was_signed_with_the_one_before(app):
    _, cookie = add(app, "Effective Go", "Grace")
    assert remembered(app, cookie) == "Grace"
    before = app.page("/env/APP_SECRET_KEY")["value"]
    app("run-action", "rotate-secret-key")
    deployment.until(lambda: app.page("/env/APP_SECRET_KEY")["value"] != before)
    assert remembered(app, cookie) == ""


def test_a_changed_source_is_built_again_and_a_broken_one_leaves_what_runs(app):
    page = app.read("pages/list.html")
    app.write("pages/list.html", page.replace(">Add<", ">Add it<"))
    deployment.until(lambda: ">Add it<" in app.get())
    source = app.read("list.go")
    app.write("list.go", source + "\nfunc broken( {\n")
    deployment.until(lambda: "cannot be built" in app("logs", "-n", "40"))
    assert ">Add it<" in app.get()
    app.write("list.go", source)
    app.settle()


def test_it_scales(app):
    app("scale", "2")
    deployment.until(lambda: len(app.units()) > 1 and app.is_active())
    for unit in (0, 1):
        assert app.page("/health", unit=unit) == {"database": "ok"}
