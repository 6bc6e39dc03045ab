"""What holds for every integration, whatever it is for: from the files, before it has a test."""

from __future__ import annotations

import contextlib
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pydantic
import pytest
from generate import found as tree

from paas_app_charmer import (
    env,
    environment,
    errors,
    facts,
    framework,
    integration,
    paas_config,
    release,
)

from ..unit import builders
from . import hostile

FILES = hostile.FILES
found = hostile.found

every = pytest.mark.parametrize("one", [found(name) for name in FILES], ids=FILES)
SPOKEN = [name for name in FILES if found(name).connect is None]
spoken = pytest.mark.parametrize("one", [found(name) for name in SPOKEN], ids=SPOKEN)
"""Those without a library; the others are driven in test_libraries.py."""


def endpoint(one: integration.Integration[Any]) -> facts.Endpoint:
    return facts.Endpoint(
        name=one.endpoint, integration=one, required=False, related=True, data=one.example
    )


def secrets_of(one: integration.Integration[Any]) -> list[str]:
    properties = one.properties(one.example)
    return [properties[name] for name in one.secrets if name in properties]


@pytest.mark.parametrize("name", FILES)
def test_the_interface_is_the_name_of_the_file(name):
    assert found(name).interface.replace("-", "_") == name


@every
def test_the_example_is_data_and_survives_a_copy(one):
    assert type(one.example) is one.data
    assert one.data.model_validate(one.example.model_dump()) == one.example


@every
def test_properties_are_text_in_neutral_names(one):
    for name, value in one.properties(one.example).items():
        assert name == name.lower()
        assert name.isidentifier()
        assert isinstance(value, str)


@every
def test_every_secret_is_a_property_of_the_example(one):
    assert set(one.secrets) <= one.properties(one.example).keys()


@every
def test_secrets_do_not_show(one):
    seen = builders.seen(endpoints=(endpoint(one),))
    shown = [repr(one.example), repr(endpoint(one)), repr(seen), repr(builders.released(seen))]
    assert not any(env.conceals(text, secrets_of(one)) for text in shown)


@every
def test_every_variable_that_holds_a_secret_is_hidden(one):
    given = environment.build(builders.SPEC, builders.seen(endpoints=(endpoint(one),)))
    for variable in given.values():
        if variable.source == f"integration {one.endpoint}":
            assert variable.secret or not env.conceals(variable.value, secrets_of(one))


@every
def test_output_that_tells_a_secret_is_redacted(one):
    given = environment.build(builders.SPEC, builders.seen(endpoints=(endpoint(one),)))
    output = "\n".join(variable.value for variable in given.values())
    assert not env.conceals(env.redact(output, given), secrets_of(one))


@spoken
def test_nothing_published_yet_is_no_error(one):
    assert one.read(integration.RemoteData()) in (None, one.example)


@spoken
def test_an_application_that_gives_something_waits_for_it(one):
    if one.properties is not integration.no_properties or one.base_url or one.log_targets:
        assert one.read(integration.RemoteData()) is None


@spoken
@pytest.mark.parametrize("address", ["10.1.2.3", ""])
def test_what_is_published_is_text_and_does_not_change_by_itself(one, address):
    def published() -> dict[str, str]:
        bag = one.request(builders.site(address=address))
        app = {key: value if isinstance(value, str) else value() for key, value in bag.app.items()}
        assert all(isinstance(value, str) for value in (*app.values(), *bag.unit.values()))
        return {**app, **bag.unit}

    assert published() == published()


@every
def test_its_log_targets_and_base_url_come_from_its_data(one):
    if one.log_targets is not None:
        assert all(one.log_targets(one.example).values())
    if one.base_url is not None:
        assert one.base_url(one.example).startswith("http")


class Asked(dict[str, str]):
    """A databag that notes which keys are looked for."""

    def __init__(self, content: dict[str, str], keys: set[str]) -> None:
        super().__init__(content)
        self._keys = keys

    def get(self, key: str, default: Any = None) -> Any:
        self._keys.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> str:
        self._keys.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._keys.add(str(key))
        return super().__contains__(key)


def remote(
    app: dict[str, str], units: list[dict[str, str]], secret: dict[str, str], keys: set[str]
) -> integration.RemoteData:
    def content(secret_id: str) -> dict[str, str]:
        if secret_id == "secret:gone":
            raise errors.RelationDataError("its secret is missing")
        return Asked(secret, keys)

    return integration.RemoteData(
        app=Asked(app, keys),
        units={f"remote/{number}": Asked(unit, keys) for number, unit in enumerate(units)},
        secret=content,
    )


def keys_of(one: integration.Integration[Any]) -> list[str]:
    """Return the keys that the integration looks for, found by letting it look.

    Each round offers what the last one asked for, so that it gets further.
    """
    keys: set[str] = set()
    for value in ("x:1", "h", "1", '{"url": "http://h"}', "redis://u:p@h:1/d"):
        for _ in range(4):
            offered = dict.fromkeys(keys, value)
            with contextlib.suppress(errors.RelationDataError, pydantic.ValidationError):
                one.read(remote(offered, [offered], offered, keys))
    return sorted(keys) or ["none"]


@spoken
@hypothesis.settings(max_examples=hostile.EXAMPLES, deadline=None)
@hypothesis.given(data=st.data())
def test_b20_hostile_data_are_understood_or_refused(one, data):
    bags = hostile.bags(one, keys_of(one))
    app, secret = data.draw(bags), data.draw(bags)
    units = data.draw(st.lists(bags, max_size=3))
    try:
        read = one.read(remote(app, units, secret, set()))
    except (errors.RelationDataError, pydantic.ValidationError):
        return
    if read is None:
        return
    # What was let in must not be refused any more, whoever uses it.
    for spec in tree.specs().values():
        _release_with(spec, one, read)


def _release_with(
    spec: framework.FrameworkSpec[Any], one: integration.Integration[Any], read: pydantic.BaseModel
) -> None:
    database = builders.endpoint("postgresql_client", "always-there")
    given = facts.Endpoint(
        name=one.endpoint, integration=one, required=True, related=True, data=read
    )
    names = {"environment": {"names": "ecosystem"}}
    seen = builders.seen(
        options=spec.options(),
        config=paas_config.PaasConfig.model_validate(names),
        workload=facts.Workload(services={spec.name: builders.WEB}),
        endpoints=(given, database),
    )
    assert isinstance(builders.released(seen, spec), release.Release)


@spoken
@pytest.mark.parametrize(
    "value", ["hunter2", "hunter2 and", "x://u:hunter2", '{"url": "hunter2"}', '["hunter2"]']
)
def test_the_text_of_a_refusal_tells_no_data(one, value):
    given = dict.fromkeys(keys_of(one), value)
    told = ""
    try:
        one.read(remote(given, [given], given, set()))
    except (errors.RelationDataError, pydantic.ValidationError) as error:
        told = str(error)
    assert "hunter2" not in told
