"""Project files as YAML: read with every problem in its line, written in one stable way."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import yaml

from . import finding, reading

_LIKE_A_NUMBER = re.compile(
    r"[-+]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)([eE][-+]?[0-9]+)?|0o[0-7]+|[yYnN]"
)
_HINTS = {
    "mapping values are not allowed": "put a text that holds `: ` into quotes, and indent the "
    "keys of one mapping alike",
    "could not find expected ':'": "write each line of a mapping as `key: value`",
    "found unexpected end of stream": "close the quotes or brackets that are open",
    "cannot start any token": "put a text that begins with a special character into quotes",
    "did not find expected key": "indent the keys of one mapping alike",
}


def load(
    text: str, file: str, *, may_be_empty: bool = False
) -> tuple[Mapping[str, Any] | None, tuple[finding.Finding, ...]]:
    """Return the mapping in a project file, None if it holds none, and what is wrong with it.

    The mapping holds only what JSON can hold. If there are problems it is what is left without
    them, for other checks to tell more of; it is not to be used otherwise.
    """
    told: list[finding.Finding] = []
    try:
        reader = reading.Reader(text, file)
        told = reader.told
        return reader.document(may_be_empty=may_be_empty), tuple(told)
    except reading.RefusedError:
        pass
    except yaml.YAMLError as error:
        told.append(_syntax(error, text, file))
    except (ValueError, RecursionError) as error:
        told.append(finding.Finding(file=file, what=f"cannot be read: {error}"))
    return None, tuple(told)


def _syntax(error: yaml.YAMLError, text: str, file: str) -> finding.Finding:
    mark: Any = getattr(error, "problem_mark", None)
    reason = str(getattr(error, "problem", None) or getattr(error, "reason", error))
    instead = next((hint for part, hint in _HINTS.items() if part in reason), "")
    line: int = mark.line + 1 if mark else 0
    lines = text.splitlines()
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        reason, instead = "a tab indents this line", "indent with spaces"
    return finding.Finding(file=file, line=line, what=f"is not YAML: {reason}", instead=instead)


def dump(content: Mapping[str, Any]) -> str:
    """Write a project file: keys in their order, texts of several lines as such, no aliases.

    A text that some version of YAML takes for a number or for true is quoted.
    """
    return yaml.dump(
        dict(content),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=math.inf,
    )


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow=flow, indentless=False)


def _text(dumper: Any, text: str) -> yaml.ScalarNode:
    tag = "tag:yaml.org,2002:str"
    if "\n" in text:
        return dumper.represent_scalar(tag, text, style="|")
    if _LIKE_A_NUMBER.fullmatch(text):
        return dumper.represent_scalar(tag, text, style="'")
    return dumper.represent_scalar(tag, text)


def _nothing(dumper: Any, _: None) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:null", "")


_Dumper.add_representer(str, _text)
_Dumper.add_representer(type(None), _nothing)
