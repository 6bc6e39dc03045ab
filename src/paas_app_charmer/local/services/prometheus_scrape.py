"""`prometheus_scrape`: a Prometheus that scrapes every unit and evaluates the charm's rules."""

from __future__ import annotations

import dataclasses
import json
import shutil
import signal
import subprocess
import threading
import typing

from paas_app_charmer.local import errors, ports

from . import Context, Offer, Request, _promtool, _scraping, _server

if typing.TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

REMOTE = "prometheus-k8s"

CONFIGURATION = "prometheus.yml"
"""Beside the file `port`, by which others find it."""
_INTERVALS = {"scrape_interval": "2s", "evaluation_interval": "5s"}
"""Short, for somebody who waits for a first sample."""
_KEPT = "2d"


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Part:
    """What is used of one relation, and what is wrong with the rest."""

    jobs: tuple[_scraping.Job, ...] = ()
    rules: str = ""
    event: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])


class Prometheus:
    """A Prometheus on loopback."""

    def __init__(
        self, process: subprocess.Popen[bytes], server: _server.Server, context: Context, port: int
    ) -> None:
        self._process = process
        self._context = context
        self._address = f"http://{ports.LOOPBACK}:{port}"
        self._parts: dict[int, _Part] = {}
        self._changing = threading.Lock()
        self.alive = server.alive
        self.stop = server.stop

    @property
    def description(self) -> str:
        """What runs where."""
        return f"Prometheus on {self._address}"

    def offer(self, request: Request) -> Offer:
        """Scrape what is published, and tell what of it cannot be used."""
        part = _part(request)
        with self._changing:
            before = self._parts.get(request.relation_id)
            self._parts[request.relation_id] = part
            self._write()
        if part.event and part != before:
            self._context.log(f"{request.endpoint}: {'; '.join(part.event.values())}")
        return Offer(app={"event": json.dumps(part.event) if part.event else ""})

    def withdraw(self, relation_id: int) -> None:
        """Scrape it no more; what was recorded stays."""
        with self._changing:
            self._parts.pop(relation_id, None)
            self._write()

    def _write(self) -> None:
        """Let Prometheus read its configuration again if it is another one."""
        folder = self._context.folder
        rules = {f"rules-{number}.yml": part.rules for number, part in self._parts.items()}
        named = [str(folder / name) for name, text in rules.items() if text]
        jobs = [job for part in self._parts.values() for job in part.jobs]
        files = {**rules, CONFIGURATION: _configuration(jobs, named)}
        changed = {name: text for name, text in files.items() if _read(folder / name) != text}
        for name, text in changed.items():
            (folder / name).write_text(text, encoding="utf-8")
        if changed and self.alive():
            self._process.send_signal(signal.SIGHUP)


def _read(path: pathlib.Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _part(request: Request) -> _Part:
    event: dict[str, str] = {}
    rules = _scraping.rules(request)
    problem = _promtool.problem("rules", rules) if rules else ""
    if problem:
        event["errors"] = problem
        rules = ""
    jobs: list[_scraping.Job] = []
    try:
        jobs = _scraping.jobs(request)
        problem = _promtool.problem("config", _configuration(jobs, []))
    except ValueError as error:
        problem = str(error)
    if problem:
        event["scrape_job_errors"] = problem
        jobs = []
    return _Part(jobs=tuple(jobs), rules=rules, event=event)


def _configuration(jobs: list[_scraping.Job], rules: list[str]) -> str:
    # JSON is YAML too.
    content = {"global": _INTERVALS, "scrape_configs": jobs, "rule_files": rules}
    return json.dumps(content, indent=1)


def start(context: Context) -> Prometheus:
    """Start it; about 0.2 s."""
    context.folder.mkdir(parents=True, exist_ok=True)
    program = find(context)
    port = context.port or ports.remembered(context.folder / "port")
    configuration = context.folder / CONFIGURATION
    # The units of the last run may have other ports now.
    configuration.write_text(_configuration([], []), encoding="utf-8")
    process = subprocess.Popen(
        [
            *(program, f"--config.file={configuration}"),
            f"--storage.tsdb.path={context.folder / 'data'}",
            f"--storage.tsdb.retention.time={_KEPT}",
            f"--web.listen-address={ports.LOOPBACK}:{port}",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    ready = "Server is ready to receive web requests"
    server = _server.Server("Prometheus", process, ready=ready, log=context.log)
    server.wait_ready()
    return Prometheus(process, server, context, port)


def find(context: Context) -> str:  # noqa: ARG001  the same for every project
    """Return the program. Raises LocalError."""
    installed = shutil.which("prometheus")
    if installed:
        return installed
    raise errors.LocalError(
        "Prometheus is needed: `apt install prometheus` (or your system's package of it, or "
        "https://prometheus.io/download/ on the path). The service that the package starts is not "
        "used: switch it off with `systemctl disable --now prometheus`."
    )
