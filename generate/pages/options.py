"""What an operator sets with `juju config`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from paas_app_charmer import framework, metadata, options

from .. import found, variables
from ..markdown import Page, code, codes, table

_COLUMNS = ("Option", "Bases", "Type", "Default", "Meaning", "Variable")

_AUTHORS = """\
An option that the author declares in `charmcraft.yaml` becomes a variable: the framework's prefix,
then the name in upper case with `_` for `-`. In a Flask charm `token` is `FLASK_TOKEN`. An option
of type `secret` gives one variable for each key of the secret: a secret with the keys `user` and
`password` under the option `mail` gives `FLASK_MAIL_USER` and `FLASK_MAIL_PASSWORD`.

`optional: false`, or `required: true`, makes the application wait until the operator sets the
option. Names that start with `webserver-` or with the framework's name are the extension's."""

_DYNAMIC = """\
An endpoint of such an interface brings options of its own, which begin with its name."""


def page() -> Page:
    """Return the page."""
    specs = found.specs()
    sections = [_section(module, spec) for module, spec in specs.items()]
    return Page(
        name="options",
        title="Options",
        about="What an operator sets with `juju config`, and the variable that the application "
        "gets. Without a variable it is for the web server.",
        sections=(*sections, f"## The author's own\n\n{_AUTHORS}", _dynamic(specs)),
    )


def _section(module: str, spec: framework.FrameworkSpec[Any]) -> str:
    first, second = (
        metadata.derive(spec, first_generation=generation)["config"]["options"]
        for generation in (True, False)
    )
    bounds = _bounds(spec.options)
    rows = [
        (
            code(name),
            found.bases(
                module, first=first.get(name) == option, second=second.get(name) == option
            ),
            ", ".join(filter(None, (option["type"], bounds.get(name, "")))),
            code(json.dumps(option["default"])) if "default" in option else "",
            option["description"],
            codes(variables.of_option(spec, name, option)),
        )
        for name in sorted(first.keys() | second.keys())
        for option in _declared(first.get(name), second.get(name))
    ]
    return f"## {found.suite(module).title}\n\n{table(_COLUMNS, rows)}"


def _declared(*options: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """Return the declarations of an option, one if both generations have the same."""
    declared = [option for option in options if option is not None]
    return declared[:1] if all(option == declared[0] for option in declared) else declared


def _bounds(model: type[options.Options]) -> dict[str, str]:
    """Return what each option's number has to be."""
    properties = model.model_json_schema()["properties"]
    told = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}
    return {
        option: ", ".join(
            f"{words} {choice[key]}"
            for choice in cast("list[Mapping[str, Any]]", schema.get("anyOf", [schema]))
            for key, words in told.items()
            if key in choice
        )
        for option, schema in properties.items()
    }


def _dynamic(specs: Mapping[str, framework.FrameworkSpec[Any]]) -> str:
    rows = {
        (
            code(interface),
            code(name.replace("{endpoint}", "<endpoint>")),
            option["type"],
            code(json.dumps(option["default"])),
            option["description"].replace("{endpoint}", "the endpoint"),
        ): None
        for spec in specs.values()
        for interface, declared in metadata.dynamic_options(spec).items()
        for name, option in declared.items()
    }
    columns = ("Interface", "Option", "Type", "Default", "Meaning")
    return f"## Of an endpoint\n\n{_DYNAMIC}\n\n{table(columns, rows)}"
