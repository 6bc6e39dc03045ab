"""The rock half that frameworks share whose applications gunicorn serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paas_app_charmer import project as projects

from . import expansion, finding, parts, python

PACKAGE = "gunicorn~=23.0"
"""What is installed beside the requirements."""
EXPORTER = "statsd-exporter"
STATSD_PORT = 9125

_CONFIGURATION = """\
bind = ["0.0.0.0:8000"]
chdir = "/{framework}/app"
statsd_host = "localhost:{statsd_port}"
"""
_MAPPING = """\
mappings:
  - match: gunicorn.request.status.*
    name: {framework}_response_code
    labels:
      status: $1
  - match: gunicorn.requests
    name: {framework}_requests
  - match: gunicorn.request.duration
    name: {framework}_request_duration
"""
_WRITTEN = """\
mkdir -p "$(dirname "$CRAFT_PART_INSTALL{path}")"
cat > "$CRAFT_PART_INSTALL{path}" << 'END_OF_FILE'
{text}END_OF_FILE
"""


def files(framework: str, *, statsd_port: int = STATSD_PORT) -> Mapping[str, str]:
    """Return the files that gunicorn and the exporter are started with, by path in the rock."""
    return {
        f"/{framework}/gunicorn.conf.py": _CONFIGURATION.format(
            framework=framework, statsd_port=statsd_port
        ),
        "/statsd-mapping.conf": _MAPPING.format(framework=framework),
    }


def contribution(
    seen: parts.Rock,
    *,
    entry_point: str,
    application: Mapping[str, Any],
    findings: tuple[finding.Finding, ...],
) -> expansion.Contribution:
    """Return what the extension adds; `application` is the part that the project goes into.

    Without an entry point the service has no command of the extension's.
    """
    framework = seen.suite.framework
    added: dict[str, Any] = {
        "dependencies": python.dependencies(seen, packages=[PACKAGE]),
        "install-app": application,
        "config-files": _config_files(framework),
        EXPORTER: {
            "plugin": "go",
            "source": "https://github.com/prometheus/statsd_exporter.git",
            "source-tag": "v0.26.0",
            "build-snaps": ["go"],
        },
        "logging": parts.logging(f"var/log/{framework}"),
        "runtime": parts.runtime(seen),
    }
    if seen.is_bare:
        added["runtime-libs"] = {"plugin": "nil", "stage-packages": ["libstdc++6"]}
    content = {
        "run-user": parts.USER,
        "services": _services(seen, entry_point),
        "parts": {seen.part(name): part for name, part in added.items()},
    }
    return expansion.Contribution(content=content, findings=(*findings, *python.doubts(seen)))


def _services(seen: parts.Rock, entry_point: str) -> dict[str, Any]:
    framework = seen.suite.framework
    main = parts.service(after=[EXPORTER])
    if entry_point:
        worker = "gevent" if "gevent" in projects.requirements(seen.project) else "sync"
        # In square brackets are the arguments that the charm replaces by its own.
        main["command"] = (
            f"/bin/python3 -m gunicorn -c /{framework}/gunicorn.conf.py '{entry_point}' "
            f"-k [ {worker} ]"
        )
    address = f"localhost:{STATSD_PORT}"
    exporter = {
        "override": "merge",
        "startup": "enabled",
        "user": parts.USER,
        "summary": "Offers gunicorn's metrics to Prometheus",
        "command": "/bin/statsd_exporter --statsd.mapping-config=/statsd-mapping.conf "
        f"--statsd.listen-udp={address} --statsd.listen-tcp={address}",
    }
    return {framework: main, EXPORTER: exporter}


def _config_files(framework: str) -> dict[str, Any]:
    """Return the part that writes both files, so that the expansion can be packed anywhere."""
    step = "craftctl default\n"
    for path, text in files(framework).items():
        step += _WRITTEN.format(path=path, text=text)
    return {
        "plugin": "nil",
        "override-build": step,
        "permissions": [parts.owned(f"{framework}/gunicorn.conf.py")],
    }
