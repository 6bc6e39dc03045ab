"""Logins at a provider: what has to be there first, what is registered, and what follows."""

from __future__ import annotations

import json
from typing import Any

import calls
import conftest
import ops
import ops.testing
import pytest

PEERS = ops.testing.PeerRelation("secret-storage")
OPTIONAL = {"interface": "oauth", "optional": True, "limit": 1}
INFO = {
    "issuer_url": "https://login.example",
    "authorization_endpoint": "https://login.example/oauth2/auth",
    "token_endpoint": "https://login.example/oauth2/token",
    "introspection_endpoint": "https://login.example/admin/oauth2/introspect",
    "userinfo_endpoint": "https://login.example/userinfo",
    "jwks_endpoint": "https://login.example/.well-known/jwks.json",
    "scope": "openid profile email phone",
}
NO_OPENID = "The 'openid' scope is required for OAuth integration, please add it to the scopes."


def secret(content: str = "hunter2", **changes: Any) -> ops.testing.Secret:
    return ops.testing.Secret({"secret": content}, **changes)


def ingress(url: str = "https://shop.example/") -> ops.testing.Relation:
    return ops.testing.Relation("ingress", remote_app_data={"ingress": json.dumps({"url": url})})


def provider(held: ops.testing.Secret, endpoint: str = "my-oidc", **info: str) -> Any:
    """Return the relation to a provider that has created the client."""
    client = {"client_id": "client", "client_secret_id": held.id}
    return ops.testing.Relation(endpoint, remote_app_data={**INFO, **client, **info})


def deploy(
    tmp_path, *relations: Any, requires: dict[str, Any] | None = None, **state: Any
) -> conftest.Deployment:
    return conftest.deploy(
        tmp_path,
        requires=requires or {"my-oidc": OPTIONAL},
        relations=[PEERS, *relations],
        **state,
    )


def written(flask: conftest.Deployment, endpoint: str = "my-oidc") -> dict[str, str]:
    (relation,) = flask.state.get_relations(endpoint)
    return dict(relation.local_app_data)


def replace(flask: conftest.Deployment, endpoint: str, *relations: Any) -> list[Any]:
    """Return the relations of the state with those of one endpoint replaced."""
    return [*(one for one in flask.state.relations if one.endpoint != endpoint), *relations]


def test_a_client_that_was_created_reaches_the_application(tmp_path):
    held = secret()
    flask = deploy(tmp_path, ingress(), provider(held), secrets=[held])
    assert flask.run().unit_status == ops.ActiveStatus()
    given = {k.removeprefix("FLASK_MY_OIDC_"): v for k, v in flask.environment.items()}
    assert given["CLIENT_ID"] == "client"
    assert given["CLIENT_SECRET"] == "hunter2"
    assert given["CLIENT_KWARGS"] == '{"scope": "openid profile email"}'
    assert (given["SCOPES"], given["REDIRECT_PATH"]) == ("openid profile email", "/callback")


def test_b23_the_old_spelling_reaches_the_application_too(tmp_path):
    held = secret()
    flask = deploy(tmp_path, ingress(), provider(held), secrets=[held])
    flask.run()
    assert flask.environment["FLASK_MY-OIDC_CLIENT_SECRET"] == "hunter2"


def test_the_leader_registers_the_application(tmp_path):
    flask = deploy(tmp_path, ingress(), ops.testing.Relation("my-oidc"))
    flask.run()
    assert written(flask) == {
        "redirect_uri": "https://shop.example/callback",
        "scope": "openid profile email",
        "grant_types": '["authorization_code"]',
        "audience": "[]",
        "token_endpoint_auth_method": "client_secret_basic",
    }


def test_another_unit_registers_nothing(tmp_path):
    flask = deploy(tmp_path, ingress(), ops.testing.Relation("my-oidc"), leader=False)
    flask.run()
    assert written(flask) == {}


def test_without_an_ingress_the_url_inside_the_model_is_registered(tmp_path):
    flask = deploy(tmp_path, ops.testing.Relation("my-oidc"))
    flask.run()
    assert written(flask)["redirect_uri"] == "http://flask-k8s.test-model:8000/callback"


def test_what_is_registered_follows_the_options_and_the_ingress(tmp_path):
    flask = deploy(tmp_path, ingress(), ops.testing.Relation("my-oidc"))
    flask.run()
    config = {"my-oidc-redirect-path": "login/back", "my-oidc-scopes": "openid phone"}
    flask.run(config=config, relations=replace(flask, "ingress", ingress("http://10.0.0.1/a")))
    assert written(flask)["redirect_uri"] == "http://10.0.0.1/a/login/back"
    assert written(flask)["scope"] == "openid phone"


def test_the_new_scopes_reach_the_application(tmp_path):
    held = secret()
    flask = deploy(tmp_path, ingress(), provider(held), secrets=[held])
    flask.run()
    flask.run(config={"my-oidc-scopes": "openid phone"})
    assert flask.environment["FLASK_MY_OIDC_CLIENT_KWARGS"] == '{"scope": "openid phone"}'


def test_nothing_is_written_when_nothing_changed(tmp_path, monkeypatch):
    held = secret()
    flask = deploy(tmp_path, ingress(), provider(held), secrets=[held])
    flask.run()
    flask.run()
    seen = calls.record(monkeypatch)
    flask.run()
    assert seen.writes() == []


@pytest.mark.parametrize("required", [True, False])
def test_b20b_a_client_that_is_not_there_yet_is_waited_for_if_it_is_required(tmp_path, required):
    requires = {"my-oidc": {**OPTIONAL, "optional": not required}}
    arriving = ops.testing.Relation("my-oidc", remote_app_data=INFO)
    flask = deploy(tmp_path, ingress(), arriving, requires=requires)
    waiting = ops.WaitingStatus("waiting for data of integrations: my-oidc")
    assert flask.run().unit_status == (waiting if required else ops.ActiveStatus())


def test_a_client_without_an_ingress_asks_for_one(tmp_path):
    held = secret()
    flask = deploy(tmp_path, provider(held), secrets=[held])
    told = "Ingress relation is required for OIDC to work correctly!"
    assert flask.run().unit_status == ops.BlockedStatus(told)


def test_b23a_scopes_without_openid_are_told_only_when_there_is_a_provider(tmp_path):
    flask = deploy(tmp_path, ingress(), config={"my-oidc-scopes": "notopenid email"})
    assert flask.run().unit_status == ops.ActiveStatus()
    relations = [*flask.state.relations, ops.testing.Relation("my-oidc")]
    assert flask.run(relations=relations).unit_status == ops.BlockedStatus(NO_OPENID)
    assert written(flask) == {}


def test_what_is_registered_stays_while_the_scopes_lack_openid(tmp_path):
    held = secret()
    flask = deploy(tmp_path, ingress(), provider(held), secrets=[held])
    flask.run()
    before = written(flask)
    assert flask.run(config={"my-oidc-scopes": "email"}).unit_status == ops.BlockedStatus(
        NO_OPENID
    )
    assert written(flask) == before
    assert flask.environment["FLASK_MY_OIDC_CLIENT_ID"] == "client"


def test_b23b_providers_stand_side_by_side(tmp_path):
    requires = {"google": OPTIONAL, "company": OPTIONAL, "unused": OPTIONAL}
    one, two = secret("1st"), secret("2nd")
    flask = deploy(
        tmp_path,
        ingress(),
        provider(one, "google"),
        provider(two, "company"),
        requires=requires,
        secrets=[one, two],
        config={"company-scopes": "openid groups"},
    )
    assert flask.run().unit_status == ops.ActiveStatus()
    assert flask.environment["FLASK_GOOGLE_CLIENT_SECRET"] == "1st"
    assert flask.environment["FLASK_COMPANY_CLIENT_SECRET"] == "2nd"
    assert written(flask, "google")["scope"] == "openid profile email"
    assert written(flask, "company")["scope"] == "openid groups"


def test_b23c_a_rotated_secret_is_picked_up(tmp_path):
    held = secret("old")
    flask = deploy(tmp_path, ingress(), provider(held), secrets=[held])
    flask.run()
    rotated = secret("old", latest_content={"secret": "new"}, id=held.id)
    flask.run(flask.context.on.secret_changed(rotated), secrets=[rotated])
    assert flask.environment["FLASK_MY_OIDC_CLIENT_SECRET"] == "new"


def test_b44_a_required_provider_is_missed_by_the_name_of_its_endpoint(tmp_path):
    flask = deploy(tmp_path, requires={"my-oidc": {"interface": "oauth"}})
    assert flask.run().unit_status == ops.BlockedStatus("missing integrations: my-oidc")


@pytest.mark.parametrize(
    ("info", "cause"),
    [
        ({"issuer_url": "login"}, "issuer-url: should match pattern '^https?://[!-~]+$'"),
        (
            {"client_secret_id": "secret:d0erdgfmp25c762i8np0"},
            "its secret is missing or not granted to this application",
        ),
    ],
)
def test_b20_data_that_cannot_be_used_block_with_the_cause(tmp_path, info, cause):
    held = secret()
    flask = deploy(tmp_path, ingress(), provider(held, **info), secrets=[held])
    blocked = ops.BlockedStatus(f"Invalid my-oidc relation data: {cause}")
    assert flask.run().unit_status == blocked


def test_b17a_a_client_may_be_named_by_a_number(tmp_path):
    held = secret()
    relation = provider(held, client_id="1234567890123456")
    flask = deploy(tmp_path, ingress(), relation, secrets=[held])
    (relation,) = flask.state.get_relations("my-oidc")
    event = flask.context.on.relation_changed(relation, remote_unit=0)
    assert flask.run(event).unit_status == ops.ActiveStatus()
    assert flask.environment["FLASK_MY_OIDC_CLIENT_ID"] == "1234567890123456"


def test_a_url_that_the_library_does_not_register_is_told(tmp_path):
    flask = deploy(tmp_path, ingress("https://shop/"), ops.testing.Relation("my-oidc"))
    told = "cannot register at my-oidc: Invalid URL https://shop/callback"
    assert flask.run().unit_status == ops.BlockedStatus(told)


def test_the_variables_of_a_provider_go_with_it(tmp_path):
    held = secret()
    flask = deploy(tmp_path, ingress(), provider(held), secrets=[held])
    flask.run()
    (relation,) = flask.state.get_relations("my-oidc")
    flask.run(flask.context.on.relation_broken(relation))
    left = {name for name in flask.environment if "OIDC" in name}
    assert left == {"FLASK_MY_OIDC_SCOPES", "FLASK_MY_OIDC_REDIRECT_PATH"}


def test_the_secret_stands_in_no_log(tmp_path):
    held = secret()
    flask = deploy(tmp_path, ingress(), provider(held), secrets=[held])
    flask.run()
    assert "hunter2" not in "".join(line.message for line in flask.context.juju_log)
