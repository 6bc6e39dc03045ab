"""The keys of `paas-config.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from paas_app_charmer import environment, lifecycle, paas_config

from .. import found, variables
from ..markdown import Page, block, code, codes, table

_INTRO = """\
The file lies beside `charmcraft.yaml` and may be missing or empty. A key that is left out keeps
what the framework has. Keys of the first level may be spelled with `_` for `-`. Keys that are not
listed here are refused."""

_EXAMPLE = """\
port: 8080
metrics-path: /stats
prometheus:
  scrape_configs:
    - job_name: jobs
      static_configs:
        - targets: ["@scheduler:9300"]"""

Schema = Mapping[str, Any]


def page() -> Page:
    """Return the page."""
    schema = paas_config.PaasConfig.model_json_schema()
    defaults = _defaults()
    rows = [
        (code(key), kind, defaults.get(key, default), meaning)
        for key, kind, default, meaning in _keys(schema, schema, "")
    ]
    return Page(
        name="paas-config",
        title="paas-config.yaml",
        about="What an author settles when the charm is packed: ports, metrics and what else "
        "Prometheus shall scrape.",
        sections=(_INTRO, table(("Key", "Type", "Default", "Meaning"), rows), block(_EXAMPLE)),
    )


def _defaults() -> dict[str, str]:
    """Return what an absent key stands for where that is the framework's to say."""
    values: dict[str, dict[object, list[str]]] = {}
    for module, spec in found.specs().items():
        seen = variables.alone(spec)
        metrics = environment.metrics_of(spec, seen.config, seen.options)
        told = {
            "port": environment.port_of(spec, seen.config, seen.options),
            "metrics-port": metrics.port,
            "metrics-path": metrics.path,
        }
        for key, value in told.items():
            values.setdefault(key, {}).setdefault(value, []).append(found.suite(module).title)
    return {key: _by_framework(found) for key, found in values.items()}


def _by_framework(titles: Mapping[object, list[str]]) -> str:
    if len(titles) == 1:
        return codes(titles)
    return "; ".join(f"{', '.join(names)}: {code(str(value))}" for value, names in titles.items())


def _keys(whole: Schema, schema: Schema, prefix: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield key, type, default and meaning, with a mapping's own keys after it."""
    for name, declared in schema["properties"].items():
        kind, inner = _kind(whole, declared)
        required = name in schema.get("required", ())
        key = prefix + name
        meaning = declared.get("description") or (inner or {})["description"]
        yield key, kind + (", required" if required else ""), _default(declared), meaning
        if inner is not None:
            yield from _keys(whole, inner, f"{key}[]." if kind.startswith("list") else f"{key}.")


def _default(declared: Schema) -> str:
    value = declared.get("default")
    if value is None or value == "":
        return ""
    if declared.get("format") == "duration":
        return code(lifecycle.duration(value))
    return code(str(value).lower() if isinstance(value, bool) else value)


def _kind(whole: Schema, declared: Schema) -> tuple[str, Schema | None]:
    """Return the type in the author's words, and the schema of the mappings that it holds."""
    choices = declared.get("anyOf", [declared])
    one: Schema = next(choice for choice in choices if choice.get("type") != "null")
    if "$ref" in one:
        return "mapping", whole["$defs"][one["$ref"].rpartition("/")[2]]
    if "enum" in one:
        return " or ".join(code(value) for value in one["enum"]), None
    if one["type"] == "array":
        kind, inner = _kind(whole, one["items"])
        return f"list of {kind}s", inner
    if one.get("format") == "duration":
        return "duration", None
    if one["type"] == "object":
        return "mapping of strings", None
    bounds = f", {one['minimum']} to {one['maximum']}" if "minimum" in one else ""
    return one["type"] + bounds, None
