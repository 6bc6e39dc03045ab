"""A Spring Boot charm: settings by Spring's own names, and the certificate that logins need."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import ops.testing
import pytest

from . import calls
from .conftest import Deployment, deploy, plain_rock

FIRST, SECOND = "ubuntu@24.04", "ubuntu@26.04"
PEERS = {FIRST: "secret-storage", SECOND: "peers"}
COMMAND = 'bash -c "java -jar *.jar"'
METRICS = ops.testing.Relation("metrics-endpoint")
INGRESS = ops.testing.Relation("ingress")
IDP = {
    "entity_id": "https://idp.example",
    "x509certs": "MIIfirst,MIIsecond",
    "metadata_url": "https://idp.example/metadata",
    "single_sign_on_service_redirect_url": "https://idp.example/sso",
}
REGISTRATION = "spring.security.saml2.relyingparty.registration.testentity"


def spring(tmp_path: pathlib.Path, *relations: Any, base: str = FIRST, **more: Any) -> Deployment:
    """Return a charm with a peer relation and others beside."""
    return deploy(
        tmp_path,
        framework="spring-boot",
        layer=plain_rock("spring-boot", COMMAND),
        base=base,
        relations=[ops.testing.PeerRelation(PEERS[base]), *relations],
        **more,
    )


def optional(interface: str) -> dict[str, Any]:
    return {"interface": interface, "optional": True}


def with_saml(
    tmp_path: pathlib.Path, **changes: str | None
) -> tuple[Deployment, ops.testing.Relation]:
    given = {name: value for name, value in {**IDP, **changes}.items() if value is not None}
    provider = ops.testing.Relation("saml", remote_app_data=given)
    return spring(tmp_path, provider, requires={"saml": optional("saml")}), provider


def replaced(charm: Deployment, *relations: ops.testing.Relation) -> list[Any]:
    """Return the relations of the state with these in the place of what they were."""
    ids = {one.id for one in relations}
    return [*(one for one in charm.state.relations if one.id not in ids), *relations]


def told(after: ops.testing.State) -> tuple[str, dict[str, Any]]:
    """Return the port that the ingress knows, and the first job of Prometheus."""
    bag = after.get_relation(INGRESS.id).local_app_data
    return bag["port"], json.loads(after.get_relation(METRICS.id).local_app_data["scrape_jobs"])[0]


def certificate(charm: Deployment) -> pathlib.Path:
    return charm.folder / "app" / "saml.cert"


@pytest.mark.parametrize(
    ("base", "names"),
    [
        (FIRST, {"SERVER_PORT", "MANAGEMENT_SERVER_PORT", "METRICS_PATH"}),
        (SECOND, {"SERVER_PORT", "management.server.port"}),
    ],
)
def test_each_generation_is_told_its_place_by_its_own_names(tmp_path, base, names):
    charm = spring(tmp_path, base=base)
    after = charm.run()
    assert after.unit_status == ops.ActiveStatus()
    assert after.opened_ports == {ops.testing.TCPPort(8080)}
    assert {n for n in charm.environment if n.lower().endswith(("port", "_path"))} == names
    assert charm.environment["management.endpoints.web.base-path"] == "/actuator"
    assert charm.environment["server.forward-headers-strategy"] == "framework"
    assert charm.environment["FROM_THE_ROCK"] == "kept"


def test_the_program_is_started_as_the_rock_says(tmp_path):
    charm = spring(tmp_path)
    service = charm.run().get_container("app").plan.services["spring-boot"]
    assert (service.command, service.working_dir, service.user) == (COMMAND, "/app", "_daemon_")


def test_another_place_is_told_to_the_program_to_juju_and_to_neighbours(tmp_path):
    options = {"app-port": 9000, "metrics-port": 9100, "metrics-path": "/manage/stats"}
    charm = spring(tmp_path, INGRESS, METRICS, config=options)
    after = charm.run()
    assert charm.environment["SERVER_PORT"] == "9000"
    assert charm.environment["MANAGEMENT_SERVER_PORT"] == "9100"
    assert charm.environment["management.endpoints.web.path-mapping.prometheus"] == "stats"
    assert after.opened_ports == {ops.testing.TCPPort(9000)}
    port, job = told(after)
    assert (port, job["metrics_path"]) == ("9000", "/manage/stats")
    assert job["static_configs"] == [{"targets": ["*:9100"]}]


def test_paas_config_says_where_a_charm_of_the_second_generation_listens(tmp_path):
    config = "port: 9000\nmetrics-port: 9100\nmetrics-path: /stats\n"
    charm = spring(tmp_path, base=SECOND, paas_config=config)
    after = charm.run()
    assert after.opened_ports == {ops.testing.TCPPort(9000)}
    assert charm.environment["SERVER_PORT"] == "9000"
    assert charm.environment["management.server.port"] == "9100"
    assert charm.environment["management.endpoints.web.base-path"] == "/"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("app-port", 0),
        ("metrics-port", 70000),
        ("metrics-path", "/"),
        ("metrics-path", ""),
        ("app-profiles", ""),
    ],
)
def test_b25_a_wrong_option_is_a_status_and_what_runs_goes_on(tmp_path, option, value):
    charm = spring(tmp_path, INGRESS, METRICS, config={"app-port": 9000})
    before = charm.run()
    after = charm.run(config={"app-port": 9000, option: value})
    assert after.unit_status.name == "blocked"
    assert option in after.unit_status.message
    assert (told(after), after.opened_ports) == (told(before), before.opened_ports)
    assert charm.environment["SERVER_PORT"] == "9000"
    assert charm.run(config={"app-port": 9001}).unit_status == ops.ActiveStatus()


@pytest.mark.parametrize("base", [FIRST, SECOND])
def test_b05_a_key_that_is_set_is_the_only_one_that_is_handed_out(tmp_path, base):
    secret = ops.testing.Secret({"value": "pinned"})
    option = "app-secret-key-id" if base == FIRST else "app-secret-key"
    charm = spring(tmp_path, base=base, secrets=[secret], config={option: secret.id})
    charm.run()
    keys = {name: value for name, value in charm.environment.items() if "SECRET_KEY" in name}
    assert keys == {"APP_SECRET_KEY": "pinned", "SECRET_KEY": "pinned"}


def test_b05_a_key_that_the_charm_made_has_the_documented_name(tmp_path):
    charm = spring(tmp_path)
    charm.run()
    assert [name for name in charm.environment if "SECRET_KEY" in name] == ["APP_SECRET_KEY"]


def test_profiles_have_springs_name_as_long_as_they_are_set(tmp_path):
    charm = spring(tmp_path, config={"app-profiles": "blue,green"})
    charm.run()
    assert charm.environment["spring.profiles.active"] == "blue,green"
    assert charm.environment["APP_PROFILES"] == "blue,green"
    charm.run(config={})
    assert not {"spring.profiles.active", "APP_PROFILES"} & charm.environment.keys()


def test_nothing_is_exported_until_there_is_where_to_send_traces(tmp_path):
    tracing = ops.testing.Relation("tracing")
    charm = spring(tmp_path, tracing, requires={"tracing": optional("tracing")})
    charm.run()
    assert charm.environment["OTEL_TRACES_EXPORTER"] == "none"
    receivers = [{"protocol": {"name": "otlp_http", "type": "http"}, "url": "http://tempo:4318"}]
    bag = {"receivers": json.dumps(receivers)}
    given = ops.testing.Relation("tracing", id=tracing.id, remote_app_data=bag)
    charm.run(relations=replaced(charm, given))
    assert charm.environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://tempo:4318/"
    assert not [name for name in charm.environment if name.endswith("_EXPORTER")]


def test_a_migration_gets_springs_names_too(tmp_path):
    data = {"endpoints": "db:5432", "username": "u", "password": "hunter22", "database": "shop"}
    database = ops.testing.Relation("postgresql", remote_app_data=data)
    requires = {"postgresql": optional("postgresql_client")}
    charm = spring(tmp_path, database, requires=requires)
    (charm.folder / "app" / "migrate.sh").touch()
    charm.run()
    (run,) = charm.context.exec_history["app"]
    assert run.command == ["bash", "-eo", "pipefail", "migrate.sh"]
    assert run.environment["spring.datasource.url"] == "jdbc:postgresql://db:5432/shop"
    assert run.environment["spring.datasource.password"] == "hunter22"
    assert run.environment["POSTGRESQL_DB_HOSTNAME"] == "db"


def test_the_certificate_is_written_once_where_the_application_looks_for_it(tmp_path, monkeypatch):
    charm, _ = with_saml(tmp_path)
    after = charm.run()
    assert after.unit_status == ops.ActiveStatus()
    pem = "-----BEGIN CERTIFICATE-----\nMIIfirst\n-----END CERTIFICATE-----\n"
    assert certificate(charm).read_text(encoding="utf-8") == pem
    location = f"{REGISTRATION}.assertingparty.verification.credentials[0].certificate-location"
    assert charm.environment[location] == "file:/app/saml.cert"
    seen = calls.record(monkeypatch)
    charm.run()
    assert seen.writes() == []


def test_a_certificate_that_is_one_already_stays_as_it_is(tmp_path):
    pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
    charm, _ = with_saml(tmp_path, x509certs=pem)
    charm.run()
    assert certificate(charm).read_text(encoding="utf-8") == pem


def test_another_certificate_starts_the_application_anew(tmp_path, monkeypatch):
    charm, provider = with_saml(tmp_path)
    charm.run()
    bag = {**IDP, "x509certs": "MIIthird"}
    renewed = ops.testing.Relation("saml", id=provider.id, remote_app_data=bag)
    seen = calls.record(monkeypatch)
    charm.run(relations=replaced(charm, renewed))
    assert "MIIthird" in certificate(charm).read_text(encoding="utf-8")
    assert seen.restarts() == [["spring-boot"]]


def test_b18_a_provider_without_metadata_is_used_without(tmp_path):
    charm, _ = with_saml(tmp_path, metadata_url=None)
    assert charm.run().unit_status == ops.ActiveStatus()
    assert f"{REGISTRATION}.assertingparty.metadata-uri" not in charm.environment
    assert charm.environment[f"{REGISTRATION}.assertingparty.entity-id"] == "https://idp.example"


def test_an_application_without_logins_has_no_certificate(tmp_path):
    charm = spring(tmp_path, requires={"saml": optional("saml")})
    charm.run()
    assert not certificate(charm).exists()


def test_options_of_a_login_have_springs_defaults_and_reach_the_provider(tmp_path):
    url = json.dumps({"url": "https://shop.example/"})
    ingress = ops.testing.Relation("ingress", remote_app_data={"ingress": url})
    login = ops.testing.Relation("oidc")
    charm = spring(tmp_path, ingress, login, requires={"oidc": optional("oauth")})
    after = charm.run()
    redirect = after.get_relation(login.id).local_app_data["redirect_uri"]
    assert redirect == "https://shop.example/login/oauth2/code/oidc"
    assert charm.environment["APP_OIDC_USER_NAME_ATTRIBUTE"] == "sub"


def test_a_login_has_springs_names_and_its_secret_is_kept(tmp_path):
    secret = ops.testing.Secret({"secret": "hunter22"})
    info = {
        name: f"https://login.example/{name}"
        for name in (
            *("issuer_url", "authorization_endpoint", "token_endpoint"),
            *("introspection_endpoint", "userinfo_endpoint", "jwks_endpoint"),
        )
    }
    client = {"client_id": "shop", "client_secret_id": secret.id, "scope": "openid"}
    login = ops.testing.Relation("my-login", remote_app_data={**info, **client})
    url = json.dumps({"url": "https://shop.example/a/"})
    ingress = ops.testing.Relation("ingress", remote_app_data={"ingress": url})
    config = {"my-login-redirect-path": "/back", "my-login-user-name-attribute": "email"}
    requires = {"my-login": optional("oauth")}
    charm = spring(tmp_path, ingress, login, requires=requires, secrets=[secret], config=config)
    assert charm.run().unit_status == ops.ActiveStatus()
    stem = "spring.security.oauth2.client.registration.my-login"
    found = {n.removeprefix(f"{stem}."): v for n, v in charm.environment.items() if stem in n}
    assert found == {
        "client-id": "shop",
        "client-secret": "hunter22",
        "redirect-uri": "https://shop.example/a/back",
        "scope": "openid,profile,email",
        "user-name-attribute": "email",
        "authorization-grant-type": "authorization_code",
    }


def test_an_event_that_brings_nothing_new_changes_nothing(tmp_path):
    charm = spring(tmp_path, INGRESS, METRICS)
    before = charm.run()
    after = charm.run(charm.context.on.update_status())
    assert (after.containers, after.relations) == (before.containers, before.relations)
