"""Options: what reaches the application, and what the operator is told."""

from __future__ import annotations

import conftest
import ops
import ops.testing
import pytest

from paas_app_charmer import juju


def test_options_of_every_type_reach_the_application(tmp_path):
    secret = ops.testing.Secret({"foo": "1", "foo-bar": "2"})
    options = {
        "text": {"type": "string"},
        "number": {"type": "int"},
        "share": {"type": "float"},
        "on": {"type": "boolean"},
        "secret-test": {"type": "secret"},
        "unset": {"type": "string"},
    }
    config = {"text": "a b", "number": 5, "share": 0.5, "on": True, "secret-test": secret.id}
    flask = conftest.deploy(tmp_path, options=options, config=config, secrets=[secret])
    flask.run()
    given = {name: flask.environment.get(f"FLASK_{name}") for name in ("TEXT", "NUMBER", "SHARE")}
    assert given == {"TEXT": "a b", "NUMBER": "5", "SHARE": "0.5"}
    assert flask.environment["FLASK_ON"] == "true"
    assert flask.environment["FLASK_SECRET_TEST_FOO"] == "1"
    assert flask.environment["FLASK_SECRET_TEST_FOO_BAR"] == "2"
    assert "FLASK_UNSET" not in flask.environment


@pytest.mark.parametrize("spelling", [{"optional": False}, {"required": True}])
def test_a_required_option_holds_the_application_back(tmp_path, spelling):
    options = {name: {"type": "string", **spelling} for name in ("zeta", "alpha")}
    flask = conftest.deploy(tmp_path, options=options)
    state = flask.run()
    assert state.unit_status == ops.BlockedStatus("missing options: alpha, zeta")
    assert not state.get_container("flask-app").service_statuses
    assert flask.run(config={"alpha": "1", "zeta": "2"}).unit_status == ops.ActiveStatus()


def test_b07_b08_the_message_names_each_option_and_why(tmp_path):
    flask = conftest.deploy(tmp_path, options={"need": {"type": "string", "optional": False}})
    config = {"webserver-workers": 0, "flask-env": "", "flask-preferred-url-scheme": "FTP"}
    told = (
        "missing options: need, invalid options: "
        "flask-env (should have at least 1 character), "
        "flask-preferred-url-scheme (should be HTTP or HTTPS), "
        "webserver-workers (should be greater than or equal to 1)"
    )
    status = flask.run(config=config).unit_status
    assert status.message == f"{told[:60]}…{told[-59:]}"
    assert len(status.message) == 120
    assert any(line.message == told for line in flask.context.juju_log)


def test_an_invalid_option_leaves_a_running_application_alone(tmp_path):
    flask = conftest.deploy(tmp_path)
    flask.run()
    state = flask.run(config={"flask-env": ""})
    assert state.get_container("flask-app").service_statuses["flask"].value == "active"


def test_b09_both_spellings_of_the_key_are_named(tmp_path):
    secret = ops.testing.Secret({"value": "k"})
    config = {"flask-secret-key": "x", "flask-secret-key-id": secret.id}
    flask = conftest.deploy(tmp_path, config=config, secrets=[secret])
    assert flask.run().unit_status == ops.BlockedStatus(
        "invalid options: flask-secret-key-id "
        "(flask-secret-key is set at the same time; reset one of them)"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"other": "k"}, "the secret has no key 'value'"),
        ({"value": "k", "more": "k"}, "the secret should hold the key 'value' and no other"),
    ],
)
def test_a_key_in_a_secret_of_another_shape_is_refused(tmp_path, content, reason):
    secret = ops.testing.Secret(content)
    config = {"flask-secret-key-id": secret.id}
    flask = conftest.deploy(tmp_path, config=config, secrets=[secret])
    expected = f"invalid options: flask-secret-key-id ({reason})"
    assert flask.run().unit_status == ops.BlockedStatus(expected)


def test_a_secret_option_may_name_no_secret(tmp_path):
    flask = conftest.deploy(tmp_path)
    with flask.context(flask.context.on.start(), flask.state) as manager:
        assert juju.secret_content(manager.charm.model, "") is None


def test_b11_a_secret_that_is_not_granted_is_told_with_the_way_out(tmp_path):
    flask = conftest.deploy(
        tmp_path,
        options={"token": {"type": "secret"}},
        config={"token": "secret:d0erdgfmp25c762i8np0"},
    )
    assert flask.run().unit_status == ops.BlockedStatus(
        "invalid options: token (the secret is missing or not granted; "
        "run: juju grant-secret <secret> flask-k8s)"
    )


@pytest.mark.parametrize("kind", ["string", "secret"])
def test_b02_the_second_generations_key_option_has_either_type(tmp_path, kind):
    secret = ops.testing.Secret({"value": "pinned"})
    flask = conftest.deploy(
        tmp_path,
        base="ubuntu@26.04",
        options={"app-secret-key": {"type": kind}},
        secrets=[secret],
        config={"app-secret-key": secret.id if kind == "secret" else "pinned"},
    )
    flask.run()
    assert flask.environment["FLASK_SECRET_KEY"] == "pinned"


def test_b40_an_authors_option_named_like_a_setting_reaches_the_application(tmp_path):
    options = {"debug": {"type": "boolean", "optional": False}}
    flask = conftest.deploy(tmp_path, options=options, config={"debug": True})
    flask.run()
    assert flask.environment["FLASK_DEBUG"] == "true"
    flask.run(config={"debug": True, "flask-debug": False})
    assert flask.environment["FLASK_DEBUG"] == "false"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "Invalid YAML in paas-config.yaml"),
        ("- a", "Invalid paas-config.yaml: the top level should be a mapping"),
        ("port: 70000", "Invalid paas-config.yaml: invalid options: port (should be less than"),
        ("prot: 1", "Invalid paas-config.yaml: invalid options: prot ("),
        ("metrics-path: nowhere", "Invalid paas-config.yaml: invalid options: metrics-path ("),
    ],
)
def test_b25a_a_bad_paas_config_blocks_and_names_the_key(tmp_path, text, message):
    flask = conftest.deploy(tmp_path, paas_config=text)
    status = flask.run().unit_status
    assert isinstance(status, ops.BlockedStatus)
    assert status.message.startswith(message)


def test_djangos_allowed_hosts_end_with_the_ingress(tmp_path):
    django = conftest.deploy(
        tmp_path,
        framework="django",
        requires={"mysql": {"interface": "mysql_client", "optional": True}},
        config={"django-allowed-hosts": "a.example, b.example,"},
        relations=[
            ops.testing.PeerRelation("secret-storage"),
            ops.testing.Relation("ingress", remote_app_data={"ingress": '{"url": "http://x/y"}'}),
            ops.testing.Relation(
                "mysql",
                remote_app_data={"endpoints": "db:1", "username": "u", "password": "password"},
            ),
        ],
    )
    django.run()
    hosts = django.environment["DJANGO_ALLOWED_HOSTS"]
    assert hosts == (
        '["a.example", "b.example", '
        '"django-k8s-0.django-k8s-endpoints.test-model.svc.cluster.local", '
        '"django-k8s.test-model.svc.cluster.local", "192.0.2.0", "x"]'
    )
    assert django.environment["DJANGO_DEBUG"] == "false"


def test_juju_proxy_settings_reach_the_application(tmp_path, monkeypatch):
    monkeypatch.setenv("JUJU_CHARM_HTTP_PROXY", "http://squid:3128")
    flask = conftest.deploy(tmp_path)
    flask.run()
    assert flask.environment["http_proxy"] == "http://squid:3128"
    assert flask.environment["HTTP_PROXY"] == "http://squid:3128"
    assert "https_proxy" not in flask.environment


def test_b41_peers_are_in_numeric_order(tmp_path):
    peers = ops.testing.PeerRelation("secret-storage", peers_data={10: {}, 2: {}})
    flask = conftest.deploy(tmp_path, relations=[peers])
    flask.run()
    assert flask.environment["FLASK_PEER_FQDNS"] == (
        "flask-k8s-2.flask-k8s-endpoints.test-model.svc.cluster.local,"
        "flask-k8s-10.flask-k8s-endpoints.test-model.svc.cluster.local"
    )


@pytest.mark.parametrize("event", ["config_changed", "update_status", "start", "upgrade_charm"])
def test_b25_no_option_makes_any_hook_raise(tmp_path, event):
    config = {"webserver-workers": -1, "webserver-timeout": -1, "flask-env": ""}
    flask = conftest.deploy(tmp_path, config=config)
    state = flask.run(getattr(flask.context.on, event)())
    assert isinstance(state.unit_status, ops.BlockedStatus)


@pytest.mark.parametrize(("base", "peers"), [("24.04", "secret-storage"), ("26.04", "peers")])
def test_b01_the_peer_endpoint_is_the_one_that_the_metadata_has(tmp_path, base, peers):
    flask = conftest.deploy(tmp_path, base=f"ubuntu@{base}")
    assert flask.state.get_relations(peers)
    assert flask.run().unit_status == ops.ActiveStatus()
