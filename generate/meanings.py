"""What the keys of the project files are for, by their paths; the schemas have the rest."""

from __future__ import annotations

_BOTH = {
    "title": "Name as people read it.",
    "platforms": "What to pack for, a line for each: `amd64:`, `arm64:`, `ppc64el:` or `s390x:`.",
    "platforms.<platform>.build-on": "Architectures of the machines that may pack it.",
    "platforms.<platform>.build-for": "The architecture that it is for.",
    "extensions": "The suite, for example `flask-framework`.",
    "parts": "What is put together: the author's parts, and keys added to those of the extension. "
    "Each plugin has further keys.",
    "parts.<part>.plugin": "How the part is made; `nil` for one that only stages packages.",
    "parts.<part>.source": "Where its files come from.",
    "parts.<part>.after": "Parts that have to be made before it.",
    "parts.<part>.build-packages": "Packages that are needed while it is made.",
    "parts.<part>.build-snaps": "Snaps that are needed while it is made.",
    "parts.<part>.stage-packages": "Packages, or slices of packages, that go along with it.",
    "parts.<part>.organize": "Where its files go, old path to new.",
    "parts.<part>.stage": "Which of its files other parts see.",
    "parts.<part>.prime": "Which of its files are packed.",
    "parts.<part>.override-build": "A script instead of what the plugin does.",
    "adopt-info": "A part that sets version and summary.",
    "package-repositories": "Where packages come from besides the base's archive.",
}

_ENDPOINT = {
    "interface": "What it speaks; see [Integrations](integrations.md).",
    "limit": "How many integrations it may have.",
    "optional": "`true` lets the application run without it.",
    "scope": "Whether it reaches across machines.",
}

ROCK = {
    **_BOTH,
    "name": "Name of the rock, and of the folder that holds a Django project.",
    "version": "Version of the application, in quotes. Needed unless `adopt-info` is there.",
    "summary": "One line.",
    "description": "What the application is for.",
    "base": "What the image is built on: an Ubuntu, or `bare`, which has nothing but what the "
    "parts bring.",
    "build-base": "The Ubuntu that parts are made on; needed with `bare`.",
    "parts.<part>.build-environment": "Variables of the build, each as a mapping with one key.",
    "parts.<part>.stage-snaps": "Snaps that go along with it.",
    "parts.<part>.python-packages": "Python packages beside those of the requirements.",
    "parts.<part>.python-requirements": "Files with Python requirements.",
    "parts.<part>.permissions": "Owner and mode of its files.",
    "parts.<part>.override-pull": "A script instead of fetching the source.",
    "parts.<part>.override-stage": "A script instead of staging.",
    "parts.<part>.override-prime": "A script instead of choosing what is packed.",
    "services": "What Pebble runs: keys added to the extension's services, and the author's own. "
    "A service whose name ends in `-worker` runs in every unit, one that ends in `-scheduler` in "
    "one.",
    "services.<service>.override": "What to do with a layer below: `replace` or `merge`.",
    "services.<service>.command": "What is run. For the web server it replaces the one that is "
    "found.",
    "services.<service>.summary": "One line.",
    "services.<service>.description": "What it is for.",
    "services.<service>.startup": "Whether it is started with the others.",
    "services.<service>.after": "Services that have to be started before it.",
    "services.<service>.before": "Services that are started after it.",
    "services.<service>.requires": "Services that are started with it.",
    "services.<service>.environment": "Variables. Those of the charm win.",
    "services.<service>.user": "Who runs it; `_daemon_` for the application.",
    "services.<service>.user-id": "The same by number.",
    "services.<service>.group": "The group that runs it.",
    "services.<service>.group-id": "The same by number.",
    "services.<service>.working-dir": "Where it is run.",
    "services.<service>.on-success": "What Pebble does when it ends well.",
    "services.<service>.on-failure": "What Pebble does when it fails.",
    "services.<service>.on-check-failure": "What Pebble does when a check fails.",
    "services.<service>.backoff-delay": "How long Pebble waits before it starts it again.",
    "services.<service>.backoff-factor": "By how much that grows each time.",
    "services.<service>.backoff-limit": "How long that may get.",
    "services.<service>.kill-delay": "How long it may take to stop.",
    "checks": "Health checks of Pebble.",
    "environment": "Variables of all services.",
    "run-user": "Who runs the image.",
    "entrypoint-service": "A service that gets the arguments of the image.",
    "entrypoint-command": "A command that gets the arguments of the image.",
    "contact": "Where to write to.",
    "issues": "Where to report problems.",
    "source-code": "Where the source is.",
    "website": "Where to read more.",
    "donation": "Where to donate.",
    "license": "The licence, by its SPDX name.",
}

CHARM = {
    **_BOTH,
    "name": "Name of the charm.",
    "type": "`charm`.",
    "version": "Version of the charm.",
    "summary": "One line.",
    "description": "What the charm does.",
    "base": "The Ubuntu that the charm runs on.",
    "build-base": "The Ubuntu that it is packed on, if that is another.",
    "bases": "An older way to write `base` and `platforms`.",
    "config": "Options of the charm.",
    "config.options": "The author's options by name. Those of the extension are in "
    "[Options](options.md).",
    "config.options.<option>.type": "What an operator can set it to.",
    "config.options.<option>.default": "Its value until an operator sets another. A secret has "
    "none.",
    "config.options.<option>.description": "What it is for.",
    "config.options.<option>.optional": "`false` makes the application wait for it.",
    "config.options.<option>.required": "`true` says the same.",
    "actions": "Actions of the charm. The extension's are below.",
    "actions.<action>.description": "What it does.",
    "actions.<action>.params": "Its parameters by name, each with a JSON schema.",
    "actions.<action>.required": "The parameters that have to be given.",
    "peers": "Endpoints between the units. The extension has the one that is needed.",
    "assumes": "What Juju has to offer. The extension asks for `k8s-api`.",
    "containers": "Containers of the pod. The extension has the one of the application.",
    "resources": "What is attached when the charm is deployed. The extension has the image.",
    "charm-libs": "Charm libraries to be fetched when the charm is packed.",
    "charm-user": "Who runs the charm's own code.",
    "links": "Where to find more.",
    "links.contact": "Where to write to.",
    "links.documentation": "Where the documentation is.",
    "links.issues": "Where to report problems.",
    "links.source": "Where the source is.",
    "links.website": "Where to read more.",
    "subordinate": "Whether the charm is deployed beside another.",
    "terms": "Terms that a user has to agree to.",
    "analysis": "What the packing tool's checks shall leave alone.",
    "charmhub": "Addresses of the store.",
    "devices": "Devices of machines.",
    "extra-bindings": "Names for networks.",
    "storage": "Volumes.",
    "requires": "What the application uses.",
    "provides": "What the charm offers to others. The extension has metrics and dashboards.",
    **{
        f"{role}.<endpoint>.{key}": meaning
        for role in ("requires", "provides")
        for key, meaning in _ENDPOINT.items()
    },
}

PARTS = {
    "dependencies": "Python and what the requirements name, with the web server.",
    "install-app": "The application's files, for the user that it runs as.",
    "config-files": "The web server's first configuration, and the names of its metrics.",
    "statsd-exporter": "The program that offers the web server's metrics to Prometheus.",
    "logging": "Folders that logs are written to.",
    "runtime": "What the application needs besides: certificates, and on `bare` a shell.",
    "runtime-libs": "A library that many Python packages are linked with.",
}
"""The parts that rocks of several frameworks have, without the name of the extension."""
