"""Sound projects of every framework and generation, with something of all that there can be."""

from __future__ import annotations

Files = dict[str, bytes]
"""A project: what is in its files, by path."""

_ROCK = """\
name: my-app
base: bare
build-base: ubuntu@24.04
version: "0.1"
summary: An application
description: |
  What it is for.
platforms:
  amd64:
extensions:
  - {fw}-framework
services:
  {fw}:
    environment: {{COLOUR: blue}}
  my-worker:
    override: replace
    startup: enabled
    command: /bin/python3 work.py
    working-dir: /{fw}/app
parts:
  {fw}-framework/dependencies:
    stage-packages: [libpq-dev]
  runtime-debs:
    plugin: nil
    stage-packages: [libpq5]
"""
_PRIME = """\
  flask-framework/install-app:
    prime: [flask/app/app.py, flask/app/static]
"""
_CHARM = """\
name: my-app
type: charm
base: ubuntu@24.04
platforms:
  amd64:
summary: An application
description: |
  What it is for.
extensions:
  - {fw}-framework
config:
  options:
    token: {{type: secret, description: A secret., optional: false}}
    colour: {{type: string, default: blue, description: A colour.}}
    size: {{type: int, default: 3, description: A number.}}
    loud: {{type: boolean, default: false, description: A choice.}}
requires:
  postgresql: {{interface: postgresql_client, limit: 1, optional: false}}
  redis: {{interface: redis, limit: 1, optional: true}}
  login: {{interface: oauth, limit: 1, optional: true}}
actions:
  greet:
    description: Say hello.
    params: {{whom: {{type: string, description: A name.}}}}
    required: [whom]
assumes: [k8s-api]
"""
_PAAS = """\
port: 8080
metrics-port: 9102
metrics-path: /stats
framework_logging_format: none
prometheus:
  scrape_configs:
    - job_name: jobs
      static_configs: [{targets: ["@scheduler:9300"], labels: {team: one}}]
"""
_PYPROJECT = """\
[project]
name = "my-app"
version = "0.1"
dependencies = ["{fw}", "gevent>=24"]

[tool.setuptools]
py-modules = []
"""
_REQUIREMENTS = "# ours\n{fw}>=3\n-r more.txt\npsycopg[binary]==3.2 ; python_version > '3.9'\n"
_CHARM_PY = """\
import ops
import paas_app_charmer.{fw}


class MyAppCharm(paas_app_charmer.{fw}.Charm):
    pass


if __name__ == "__main__":
    ops.main(MyAppCharm)
"""


def projects() -> list[Files]:
    """Return a sound project of each framework, and of each generation."""
    return [
        _recent(one) if recent else one
        for one in (_flask(), _django(), _fastapi(), _expressjs(), _go())
        for recent in (0, 1)
    ]


def _recent(files: Files) -> Files:
    changed = dict(files)
    changed["rockcraft.yaml"] = files["rockcraft.yaml"].replace(b"bare", b"ubuntu@26.04")
    changed["rockcraft.yaml"] = changed["rockcraft.yaml"].replace(
        b"build-base: ubuntu@24.04\n", b""
    )
    changed["charm/charmcraft.yaml"] = files["charm/charmcraft.yaml"].replace(b"24.04", b"26.04")
    return changed


def _flask() -> Files:
    return {
        **_common("flask"),
        "rockcraft.yaml": (_ROCK + _PRIME).format(fw="flask").encode(),
        "app.py": b"import flask\n\napp = flask.Flask(__name__)\n",
        "main.py": b"def create_app():\n    return None\n",
        "static/style.css": b"body {}\n",
        "migrate.sh": b"true\n",
    }


def _django() -> Files:
    return {
        **_common("django"),
        "rockcraft.yaml": _ROCK.format(fw="django").encode(),
        "my_app/manage.py": b"print()\n",
        "my_app/my_app/wsgi.py": b"application = 1\n",
        "my_app/my_app/settings.py": b"import os\n",
    }


def _fastapi() -> Files:
    return {
        **_common("fastapi"),
        "rockcraft.yaml": _ROCK.format(fw="fastapi").encode(),
        "my_app/main.py": b"import fastapi\n\napp = fastapi.FastAPI()\n",
        "migrate.py": b"print()\n",
    }


def _expressjs() -> Files:
    return {
        **_common("expressjs"),
        "rockcraft.yaml": _ROCK.format(fw="expressjs").encode(),
        "app/package.json": b'{"name": "my-app", "version": "1", "files": ["*.js"],'
        b' "scripts": {"start": "node a.js"}, "dependencies": {"express": "^5"}}',
        "app/a.js": b"import 'express'\n",
        "app/migrate": b"#!/bin/sh\n",
    }


def _go() -> Files:
    return {
        **_common("go"),
        "rockcraft.yaml": _ROCK.format(fw="go").encode(),
        "go.mod": b"module example.com/my-app\n\ngo 1.26\n",
        "main.go": b"package main\n\nfunc main() {}\n",
        "migrate.sh": b"exec my-app migrate\n",
    }


def _common(framework: str) -> Files:
    texts = {
        "requirements.txt": _REQUIREMENTS,
        "more.txt": "requests\n",
        "pyproject.toml": _PYPROJECT,
        "charm/charmcraft.yaml": _CHARM,
        "charm/src/charm.py": _CHARM_PY,
        "charm/requirements.txt": "paas-app-charmer\n",
    }
    files = {path: text.format(fw=framework).encode() for path, text in texts.items()}
    return {
        **files,
        "charm/paas-config.yaml": _PAAS.encode(),
        "charm/cos_custom/grafana_dashboards/one.json": b"{}\n",
        "charm/cos_custom/loki_alert_rules/one.rule": b"alert: One\nexpr: up == 0\n",
    }
