"""What a hook tool is: its flags, how its output is formatted, and the registry of all of them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

from paas_app_charmer.local import narrow

if TYPE_CHECKING:
    from paas_app_charmer.local import context

USAGE_ERROR = 2
RUN_ERROR = 1


class ToolError(Exception):
    """The tool fails as Juju's does: `ERROR <text>` on stderr and an exit code."""

    def __init__(self, text: str, *, code: int = RUN_ERROR) -> None:
        super().__init__(text)
        self.code = code


class UsageGapError(ToolError):
    """The charm used a tool in a way that is not modelled here."""

    def __init__(self, text: str) -> None:
        super().__init__(text, code=USAGE_ERROR)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a tool, its command line already taken apart."""

    tool: str
    context: context.Context
    flags: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    args: Sequence[str] = ()
    files: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str], repr=False)
    """Content by path, for the files that the command line names; `-` is standard input."""

    def text(self, flag: str) -> str | None:
        return self.flags.get(flag)

    def switch(self, flag: str) -> bool:
        return _truth(flag, self.flags.get(flag, "false"))

    def argument(self, position: int) -> str | None:
        return self.args[position] if position < len(self.args) else None

    def file(self, path: str) -> str:
        try:
            return self.files[path]
        except KeyError:
            raise ToolError(f"open {path}: no such file or directory") from None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tool:
    run: Callable[[Call], Any]
    flags: Mapping[str, tuple[str, bool]]
    """Spelling without dashes -> canonical name, and whether a value follows."""
    most_args: int | None
    prints: str
    """Default output format; empty when the tool prints nothing or plain text."""


REGISTRY: dict[str, Tool] = {}
_Handler = TypeVar("_Handler", bound=Callable[[Call], Any])


def tool(
    name: str, *flags: str, prints: str = "", args: int | None = 0
) -> Callable[[_Handler], _Handler]:
    """Register a handler; a flag is written `relation|r=`, where `=` says that it takes a value.

    With `args=None` any number of arguments is taken.
    """
    table: dict[str, tuple[str, bool]] = {}
    for flag in (*flags, "format=") if prints else flags:
        names = flag.rstrip("=").split("|")
        table.update({spelling: (names[0], flag.endswith("=")) for spelling in names})

    def register(handler: _Handler) -> _Handler:
        REGISTRY[name] = Tool(run=handler, flags=table, most_args=args, prints=prints)
        return handler

    return register


def parse(name: str, entry: Tool, argv: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Split a command line into flags and arguments, which may be mixed until a `--`."""
    flags: dict[str, str] = {}
    args: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word == "--":
            args.extend(rest)
            break
        if not word.startswith("-") or word == "-":
            args.append(word)
            continue
        spelling, equals, value = word.lstrip("-").partition("=")
        if spelling not in entry.flags:
            raise UsageGapError(f"{name}: option provided but not defined: {word.split('=')[0]}")
        canonical, takes_value = entry.flags[spelling]
        if takes_value and not equals:
            if not rest:
                raise ToolError(f"option needs an argument: {word}", code=USAGE_ERROR)
            value = rest.pop(0)
        flags[canonical] = value if takes_value or equals else "true"
    if entry.most_args is not None and len(args) > entry.most_args:
        raise ToolError(f"unrecognized args: {args[entry.most_args :]}", code=USAGE_ERROR)
    return flags, args


def render(value: Any, style: str) -> str:
    """Print a value as `--format` says."""
    if style == "json":
        return json.dumps(value) + "\n"
    if style not in ("yaml", "smart"):
        raise ToolError(f'invalid value "{style}" for option --format', code=USAGE_ERROR)
    if style == "smart" and isinstance(value, (str, bool)):
        return f"{value}\n" if value != "" else ""
    if style == "smart" and narrow.is_list(value):
        return "".join(f"{item}\n" for item in value)
    if value is None:
        return "" if style == "smart" else "null\n"
    text: str = yaml.safe_dump(value, default_flow_style=False, allow_unicode=True)
    return text.removesuffix("...\n")


def key_values(words: Sequence[str]) -> dict[str, str]:
    """Read `key=value` arguments."""
    found: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise ToolError(f'expected "key=value", got "{word}"', code=USAGE_ERROR)
        found[key] = value
    return found


def mapping_file(call: Call, path: str) -> dict[str, str]:
    """Read a file of settings: JSON from today's ops, YAML from older ones and from shell charms.

    JSON is tried first although it is YAML too: a databag may hold dashboards of 100 kB, and YAML
    escapes know no surrogate pairs.
    """
    text = call.file(path)
    content: Any
    try:
        content = json.loads(text, parse_int=str, parse_float=str)
    except ValueError:
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  it builds text only
    if content is None or content == "":
        return {}
    if not narrow.is_mapping(content):
        raise ToolError(f"cannot read {path}: a mapping is expected")
    return {str(key): _scalar(value) for key, value in content.items()}


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _truth(flag: str, value: str) -> bool:
    lowered = value.lower()
    if lowered in ("true", "t", "1"):
        return True
    if lowered in ("false", "f", "0"):
        return False
    raise ToolError(f'invalid boolean value "{value}" for --{flag}', code=USAGE_ERROR)
