"""What goes wrong with the files of a project: the same for the same seed.

A structural mutation changes one place of a YAML document and writes it again; a textual one
changes the text, so that what no document can hold turns up too.
"""

from __future__ import annotations

import pathlib
import random
import re
from collections.abc import Callable
from typing import Any

import yaml

from . import sound

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def mutated(seed: int) -> tuple[sound.Files, frozenset[str]]:
    """Return a project in which one to three things are wrong, or at least odd, and where."""
    rng = random.Random(seed)
    before = rng.choice(sound.projects())
    files = dict(before)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        path = rng.choice([*(p for p in files if p.endswith(".yaml")), *files])
        is_plain = path.endswith(".yaml") and not re.search(rb"\[\[|&", files[path])
        if is_plain and rng.random() < 0.7:
            files[path] = _structural(files[path], rng)
        elif rng.random() < 0.8:
            files[path] = rng.choice(_TEXTUAL)(files[path], rng)
        else:
            _on_disk(files, path, rng)
    paths = files.keys() | before.keys()
    return files, frozenset(path for path in paths if files.get(path) != before.get(path))


_ODD: tuple[Any, ...] = (
    *(None, "", " ", 0, -1, 1, True, False, 0.5, 10**30, float("inf"), float("nan"), 65536),
    *([], {}, [None], [[]], [{}], {"a": None}, {"": ""}, {1: 2}, {None: 1}, {True: [1]}),
    *("é", "日本", "a\x00b"[:1], "a\tb", "\u2028", "\u202e", "a" * 5000, "a\nb", "%d {x} ${y} {{"),
    *("flask/app", "flask/app/", "flask/app/..", "-flask/app/x", "/etc/passwd", "../up", "-", "*"),
    *("ubuntu@22.04", "ubuntu@24.04", "ubuntu@26.04", "ubuntu:24.04", "ubuntu", "devel", "bare"),
    *("flask-framework", "django-framework", "go-framework", "no-framework", "-framework"),
    *("webserver-x", "flask-x", "app-secret-key", "secret", "int", "optional", "oauth", "ingress"),
    *(
        ["flask-framework", "django-framework"],
        ["flask-framework"] * 3,
        [1],
        [["flask-framework"]],
    ),
    *({"interface": 1}, {"interface": "nope"}, {"interface": None}, {"type": "secret"}),
    *([str(i) for i in range(3000)], {f"k{i}": i for i in range(3000)}),
)
_KEYS = (
    *(
        "name",
        "base",
        "bases",
        "build-base",
        "type",
        "platforms",
        "extensions",
        "parts",
        "services",
    ),
    *("storage", "devices", "extra-bindings", "containers", "resources", "peers", "provides"),
    *("assumes", "requires", "actions", "config", "options", "charm-libs", "links", "run-user"),
    *("entrypoint", "cmd", "env", "environment", "metrics-endpoint", "logging", "ingress", "app"),
    *("charm", "config", "token-redirect-path", "login-scopes", "rotate-secret-key", "prime"),
    *("flask-framework/install-app", "django-framework/install-app", "command", "plugin", "stage"),
    *("flask-framework/config-files", "flask-framework/", "default", "optional", "required", "<<"),
    *(0, 1.5, True, None, "é", "", " ", "a b", "a\nb", "y" * 300),
)


def _structural(data: bytes, rng: random.Random) -> bytes:
    try:
        holder = {"": yaml.load(data, Loader=_LOADER)}
    except (yaml.YAMLError, ValueError):
        return data
    places = list(_places(holder))
    parent, key = rng.choice(places)
    value = parent[key]
    match rng.randrange(7):
        case 0 if key != "":
            del parent[key]
        case 1:
            parent[key] = [value]
        case 2:
            parent[key] = {"inside": value}
        case 3 if isinstance(parent, dict) and key != "":
            parent[rng.choice(_KEYS)] = value
        case 4 if isinstance(value, dict):
            value[rng.choice(_KEYS)] = rng.choice(_ODD)
        case 5:
            for _ in range(rng.choice((3, 30, 150))):
                parent[key] = [parent[key]] if rng.random() < 0.5 else {"x": parent[key]}
        case _:
            parent[key] = rng.choice(_ODD)
    return yaml.dump(holder[""], Dumper=_DUMPER, allow_unicode=True, sort_keys=False).encode()


def _places(node: Any) -> Any:
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    for key in keys:
        yield node, key
        if isinstance(node[key], dict | list):
            yield from _places(node[key])


_LINES = rb"""
name: other
\t- a
  : :
'
"
{[
- - -
---
a: &x [*x]
a: *nowhere
<<: {b: 1}
<<: 5
? {a: 1}
?
%YAML 9
a: !!python/object:os.system x
a: !x y
a: !!int x
a: !!binary ==
a: !!timestamp 9
a: !!set {b, c}
a: !!omap [b: 1]
a: 2024-13-45
a: 2024-01-01
a: 0x
a: .inf
a: 1e999
a: 12:99:99
a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]
\xff\xfe
\x00
\xc3
\xef\xbb\xbf
\xe2\x80\xa8
\x1b[31m
\x85
app = (
def f(:
    x
from . import *
app: int
x = '
# coding: nonsense
[project]
[[project]]
dependencies = 5
x = 1979-99-99
flask @ file:///x
-e .
--hash=sha256:0
flask==\\
===
""".strip(b"\n").splitlines()
_LONG = (
    b"app = " + b"(" * 300 + b")" * 300,
    b"x = " + b"-" * 3000 + b"1",
    b"1" * 5000,
)


def _line_added(data: bytes, rng: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    line = rng.choice([*_LINES, *_LONG]).decode("unicode_escape").encode("latin-1")
    lines.insert(rng.randint(0, len(lines)), line + b"\n")
    return b"".join(lines)


def _noise(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 3, 20))):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.choice((1, 10, 10_000)) :]


def _repeated(data: bytes, rng: random.Random) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    line = rng.choice(lines)
    return data + line * rng.choice((1, 2, 500))


_TEXTUAL: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _line_added,
    _line_added,
    _noise,
    _cut,
    _repeated,
    lambda _data, rng: rng.choice(
        (b"", b"\n", b"null", b"[]", b"5", b"text", b"{}", b"---\n---\n")
    ),
    lambda _data, rng: rng.choice((b"[", b"{a: ")) * 2000,
    lambda data, _rng: data.replace(b"\n", b"\r\n"),
    lambda data, _rng: data.decode("utf-8", "replace").encode("utf-16"),
)


def _on_disk(files: sound.Files, path: str, rng: random.Random) -> None:
    """Let files be missing, elsewhere, too many, or something else than files."""
    content = files.pop(path)
    match rng.randrange(6):
        case 0:
            return
        case 1:
            files[path + "/inside"] = content
        case 2:
            files[path] = content
            files["charm/cos_custom/" + rng.choice(("a.txt", "other/a", "é/\u202e"))] = content
        case 3:
            files[path] = content
            files["charm/" + rng.choice(("config.yaml", "actions.yaml", "metadata.yaml"))] = (
                content
            )
        case 4:
            files[path.upper()] = content
        case _:
            files["deep/" * rng.choice((1, 5)) + path] = content


def bring(folder: pathlib.Path, before: sound.Files, after: sound.Files) -> None:
    """Turn a folder that holds one project into one that holds another."""
    for path in before:
        if before[path] != after.get(path):
            _remove(folder / path, folder)
    for path, content in after.items():
        if content != before.get(path):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o755)


def _remove(path: pathlib.Path, folder: pathlib.Path) -> None:
    path.unlink()
    while path.parent != folder and not any(path.parent.iterdir()):
        path = path.parent
        path.rmdir()
