"""A real browser, headless Chromium, spoken to by the WebDriver protocol."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from benchmarks import deployment

FLAGS = (
    "--headless",
    "--no-sandbox",  # there is none for root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # Nothing but the pages that a test opens.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The name that the protocol gives the id of an element."""


class Browser:
    """One window."""

    def __init__(self, driver: str, profile: str) -> None:
        self._driver = driver
        options = {"binary": _program("chromium"), "args": [*FLAGS, f"--user-data-dir={profile}"]}
        wanted = {"alwaysMatch": {"goog:chromeOptions": options}}
        self._session = ""
        self._session = f"/session/{self._ask('/session', capabilities=wanted)['sessionId']}"

    def open(self, url: str) -> None:
        """Go to a page and wait until it is loaded."""
        self._ask("/url", url=url)

    @property
    def url(self) -> str:
        """Where it is."""
        return self._ask("/url")

    def text(self) -> str:
        """Return what a person reads on the page; empty while there is none."""
        script = "return document.body ? document.body.innerText : ''"
        return self._ask("/execute/sync", script=script, args=[])

    def type(self, selector: str, text: str) -> None:
        """Type into a field."""
        self._ask(f"/element/{self._find(selector)}/value", text=text)

    def click(self, selector: str) -> None:
        """Click; what comes of it takes a moment."""
        self._ask(f"/element/{self._find(selector)}/click")

    def close(self) -> None:
        """Close the window."""
        self._ask("", method="DELETE")

    def _find(self, selector: str) -> str:
        return self._ask("/element", using="css selector", value=selector)[_ELEMENT]

    def _ask(self, path: str, method: str | None = None, **body: Any) -> Any:
        method = method or ("POST" if body or path.endswith("/click") else "GET")
        data = json.dumps(body).encode() if method == "POST" else None
        address = f"{self._driver}{self._session}{path}"
        asked = urllib.request.Request(address, data=data, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {json.load(error)['value']['message']}") from None


@contextlib.contextmanager
def opened() -> Iterator[Browser]:
    """Open a window without history and cookies."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        tempfile.TemporaryDirectory() as profile,
        subprocess.Popen(
            [_program("chromedriver"), f"--port={port}"], stdout=subprocess.DEVNULL
        ) as driver,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            deployment.until(lambda: deployment.fetch(f"{address}/status"))
            browser = Browser(address, profile)
            try:
                yield browser
            finally:
                browser.close()
        finally:
            driver.terminate()


def _program(name: str) -> str:
    """Return a program of Debian's packages, installed if this is a machine of CI without it."""
    found = shutil.which(name)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        command = ["apt-get", "install", "--yes", "--quiet", "chromium", "chromium-driver"]
        subprocess.run(["apt-get", "update", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found = shutil.which(name)
    assert found, "a browser is needed: apt install chromium chromium-driver"
    return found
