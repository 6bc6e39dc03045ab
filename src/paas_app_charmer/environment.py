"""Where an application's variables come from, in the order in which they win."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from . import addresses, ecosystem, env, facts, framework, options, paas_config, place

Spec = framework.FrameworkSpec[Any]
Facts = facts.Facts[Any]
Source = Callable[[Spec, Facts], Iterable[tuple[str, env.Variable]]]


def build(spec: Spec, seen: Facts) -> dict[str, env.Variable]:
    """Return the variables that the charm gives, whatever the rock declares itself."""
    environment: dict[str, env.Variable] = {}
    for source in SOURCES:
        env.merge(environment, source(spec, seen))
    if not seen.config.environment.by_ecosystem:
        return environment
    port = str(port_of(spec, seen.config, seen.options))
    place_of = env.Variable(value=port, origin=_settled_by("port", seen))
    beneath = ecosystem.names(spec, seen, environment, port=place_of)
    env.merge(beneath, environment.items())
    return beneath


def author_options(spec: Spec, seen: Facts) -> Iterable[tuple[str, env.Variable]]:
    """Every option that is the author's own; a secret gives one variable for each key."""
    ours = options.names_of(spec.options) | set(options.secret_key_names(spec.name, seen.declared))
    for option in seen.declared.values():
        reserved = option.name.startswith((f"{spec.name}-", "webserver-"))
        if option.value is None or option.name in ours or reserved:
            continue
        name = spec.prefix + env.upper_snake(option.name)
        if isinstance(option.value, Mapping):
            for key, value in option.value.items():
                origin = env.Origin(kind="secret", name=option.name, property=key)
                variable = env.Variable(value=value, origin=origin, secret=True)
                yield f"{name}_{env.upper_snake(key)}", variable
        else:
            origin = env.Origin(kind="option", name=option.name)
            yield name, env.Variable(value=env.text(option.value), origin=origin)


def framework_options(spec: Spec, seen: Facts) -> Iterable[tuple[str, env.Variable]]:
    """The framework's options that have a value, and the secret key that the operator pinned."""
    chosen: options.Options | None = seen.options
    prefix = spec.prefix if spec.settings_prefix is None else spec.settings_prefix
    if chosen is not None:
        for field, value in chosen.model_dump(mode="json", exclude_none=True).items():
            option = type(chosen).model_fields[field].alias or field
            origin = env.Origin(kind="setting", name=option, property=field)
            variable = env.Variable(value=env.text(value), origin=origin)
            yield prefix + env.upper_snake(field), variable
    if seen.pinned_key is not None:
        names = options.secret_key_names(spec.name, seen.declared)
        chose = next((name for name in names if seen.declared[name].value is not None), "")
        origin = env.Origin(kind="setting", name=chose, property="secret_key")
        yield (
            f"{spec.prefix}SECRET_KEY",
            env.Variable(value=seen.pinned_key, origin=origin, secret=True),
        )


def found_at(spec: Spec, seen: Facts) -> Iterable[tuple[str, env.Variable]]:
    """Where the application has to listen, and where its metrics are looked for."""
    names = told(spec, seen)
    metrics = metrics_of(spec, seen.config, seen.options)
    places = (
        ("port", names.port, str(port_of(spec, seen.config, seen.options))),
        ("metrics_port", names.metrics_port, str(metrics.port)),
        ("metrics_path", names.metrics_path, metrics.path),
    )
    for field, name, value in places:
        if name:
            yield name, env.Variable(value=value, origin=_settled_by(field, seen))


def _settled_by(field: str, seen: Facts) -> env.Origin:
    chosen: options.Options | None = seen.options
    by_file = bool(getattr(seen.config, field))
    if chosen is not None and getattr(chosen, field, None) is not None and not by_file:
        option = type(chosen).model_fields[field].alias or field
        return env.Origin(kind="setting", name=option, property=field)
    return env.Origin(kind="place", property=field)


def base_url(spec: Spec, seen: Facts) -> Iterable[tuple[str, env.Variable]]:
    """The URL that users reach the application by."""
    giving = next((one.name for one in seen.endpoints if one.base_url), "")
    origin = env.Origin(kind="url" if giving else "application", name=giving, property="url")
    yield f"{spec.prefix}BASE_URL", env.Variable(value=base_url_of(spec, seen), origin=origin)


def framework_extras(spec: Spec, seen: Facts) -> Iterable[tuple[str, env.Variable]]:
    """What only this framework wants."""
    extra = spec.extra_environment(seen, base_url_of(spec, seen))
    keys = [key for key in (seen.pinned_key, seen.generated_key) if key]
    origin = env.Origin(kind="framework", name=spec.name)
    for name, value in extra.items():
        secret = env.conceals(value, keys)
        yield name, env.Variable(value=value, origin=origin, secret=secret)


def generated_key(spec: Spec, seen: Facts) -> Iterable[tuple[str, env.Variable]]:
    """The key that the charm made, unless the operator or the author set one."""
    own = f"{spec.prefix}SECRET_KEY"
    taken = any(name == own for name, _ in author_options(spec, seen))
    if seen.generated_key is not None and seen.pinned_key is None and not taken:
        origin = env.Origin(kind="secret key")
        yield own, env.Variable(value=seen.generated_key, origin=origin, secret=True)


def proxy(_spec: Spec, seen: Facts) -> Iterable[tuple[str, env.Variable]]:
    """The proxies of an integration, or else the model's, in both spellings that are looked for.

    What is reached without proxy is the model's business in either case.
    """
    giving = next((one for one in seen.endpoints if one.proxy), None)
    for name, value in seen.proxy.items():
        if giving is None or name == "no_proxy" or name in giving.proxy:
            origin = env.Origin(kind="model proxy", property=name)
            yield from _in_both_spellings(name, value, origin)
    if giving is not None:
        for name, value in giving.proxy.items():
            origin = env.Origin(kind="proxy", name=giving.name, property=name)
            yield from _in_both_spellings(name, value, origin)


def _in_both_spellings(
    name: str, value: str, origin: env.Origin
) -> Iterable[tuple[str, env.Variable]]:
    variable = env.Variable(value=value, origin=origin, secret="@" in value)
    return ((name.lower(), variable), (name.upper(), variable))


def peers(spec: Spec, seen: Facts) -> Iterable[tuple[str, env.Variable]]:
    """Addresses of the other units, in numeric order."""
    if seen.peers:
        names = ",".join(addresses.of_unit(seen.app, seen.model, unit) for unit in seen.peers)
        origin = env.Origin(kind="peers")
        yield f"{spec.prefix}PEER_FQDNS", env.Variable(value=names, origin=origin)


def integrations(spec: Spec, seen: Facts) -> Iterable[tuple[str, env.Variable]]:
    """What the backing services gave, named by the framework's dialect."""
    for endpoint in seen.endpoints:
        yield from variables_of(spec, seen, endpoint)


SOURCES: tuple[Source, ...] = (
    author_options,
    framework_options,
    found_at,
    base_url,
    framework_extras,
    generated_key,
    proxy,
    peers,
    integrations,
)
"""Where variables come from. A later source wins over an earlier one, and the first over
what the rock declares for the service. Names of the ecosystem, which are other names for what
all these give, stand beneath them."""


def metrics_of(
    spec: Spec, config: paas_config.PaasConfig, chosen: options.Options | None
) -> framework.Metrics:
    """Return where the metrics are: by ``paas-config.yaml``, an option, or the default."""
    settled = _settled(chosen)
    return framework.Metrics(
        port=config.metrics_port or settled.metrics_port or spec.metrics.port,
        path=config.metrics_path or settled.metrics_path or spec.metrics.path,
    )


def port_of(spec: Spec, config: paas_config.PaasConfig, chosen: options.Options | None) -> int:
    """Return the port that the application listens on, settled in the same order."""
    return config.port or _settled(chosen).port or spec.port


def told(spec: Spec, seen: Facts) -> place.Variables:
    """Return by which variables the application learns where it is to be found."""
    first_generation = spec.is_first_generation(seen.container, seen.declared)
    return spec.told(first_generation=first_generation)


def is_settled(spec: Spec, seen: Facts) -> bool:
    """Return whether it is known where the application is to be found.

    Where options say it and one of all options is wrong, neighbours keep what they were told: the
    application goes on with what it had.
    """
    return seen.options is not None or not place.is_optional(spec.options, seen.declared)


def _settled(chosen: options.Options | None) -> place.Options:
    return chosen if isinstance(chosen, place.Options) else place.Options.model_construct()


def base_url_of(spec: Spec, seen: Facts) -> str:
    """Return the URL that users reach the application by; inside the model without ingress."""
    return seen.base_url or addresses.inside(
        seen.app, seen.model, port_of(spec, seen.config, seen.options)
    )


def variables_of(
    spec: Spec, seen: Facts, endpoint: facts.Endpoint
) -> Iterable[tuple[str, env.Variable]]:
    """Return what one integration gives, with everything hidden that holds one of its secrets."""
    properties = endpoint.properties()
    if not properties:
        return
    given = env.Given(
        interface=endpoint.integration.interface,
        endpoint=endpoint.name,
        namespaces=_namespaces(spec, endpoint),
        properties=properties,
        options=endpoint.options,
        base_url=base_url_of(spec, seen).rstrip("/"),
        is_main=endpoint == seen.main_of(endpoint.integration.interface),
    )
    hidden = endpoint.integration.hidden(properties)
    for name, one in spec.dialect(given).items():
        secret = env.conceals(one.value, hidden)
        origin = env.Origin(kind="integration", name=endpoint.name, property=one.property)
        yield name, env.Variable(value=one.value, origin=origin, secret=secret)


def _namespaces(spec: Spec, endpoint: facts.Endpoint) -> tuple[str, ...]:
    if not endpoint.integration.prefixed:
        return (endpoint.namespace,)
    # Names that begin with the framework's prefix once kept the hyphens of the endpoint's, which
    # no shell can read. Applications in the field may know them by that spelling.
    spellings = (endpoint.name.upper(), endpoint.namespace)
    return tuple(dict.fromkeys(spec.prefix + spelling for spelling in spellings))
