"""The OpenID provider: a login from the application's redirect to what it learns of the user."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from paas_app_charmer.local import errors, services

CALLBACK = "http://shop.example/app/callback"
ASKED = {
    "redirect_uri": CALLBACK,
    "scope": "openid profile email",
    "grant_types": '["authorization_code"]',
    "audience": "[]",
    "token_endpoint_auth_method": "client_secret_basic",
}
VERIFIER = "a-verifier-of-the-length-that-the-standard-asks-for"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def start(tmp_path, log):
    started: list[services.Running] = []

    def start() -> services.Running:
        context = services.Context(
            folder=tmp_path, model="local", application="my-web", log=log.append
        )
        started.append(services.find("oauth").start(context))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def provider(start):
    return start()


@pytest.fixture
def login(provider):
    return Login(provider.offer(request()))


def request(**changed) -> services.Request:
    app = {key: value for key, value in {**ASKED, **changed}.items() if value is not None}
    return services.Request(relation_id=1, endpoint="oidc", app=app, units={})


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def fetch(url, form=None, **headers) -> tuple[int, str, dict[str, str]]:
    """Return status, body and headers; a redirect is not followed."""
    body = urllib.parse.urlencode(form).encode() if form is not None else None
    asked = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.build_opener(_Stay).open(asked, timeout=10) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


class Login:
    """An application that has only the databag, and its user's browser."""

    def __init__(self, offer: services.Offer) -> None:
        self.app = offer.app
        self.secret = offer.secrets["client_secret_id"]["secret"]

    def page(self, **changed) -> str:
        """Return the address that the application sends the browser to."""
        parameters = {
            "response_type": "code",
            "client_id": self.app["client_id"],
            "redirect_uri": CALLBACK,
            "scope": "openid email",
            "state": "a state",
            "nonce": "a nonce",
            **changed,
        }
        query = {key: value for key, value in parameters.items() if value is not None}
        return f"{self.app['authorization_endpoint']}?{urllib.parse.urlencode(query)}"

    def back(self, *, form=None, **changed) -> dict[str, str]:
        """Log in, and return what the application is told by the browser that comes back."""
        form = form or {"username": "ada", "password": "ada", "action": "login"}
        status, _, headers = fetch(self.page(**changed), form)
        assert status == 303
        address, _, query = headers["Location"].partition("?")
        assert address == CALLBACK
        return dict(urllib.parse.parse_qsl(query))

    def token(self, code, *, secret=None, **changed) -> tuple[int, dict]:
        """Exchange a code as the application does."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        pair = f"{self.app['client_id']}:{secret or self.secret}".encode()
        basic = f"Basic {base64.b64encode(pair).decode()}"
        url = self.app["token_endpoint"]
        status, body, _ = fetch(url, {**form, **changed}, Authorization=basic)
        return status, json.loads(body)

    def userinfo(self, token) -> tuple[int, dict]:
        status, body, _ = fetch(self.app["userinfo_endpoint"], Authorization=f"Bearer {token}")
        return status, json.loads(body)

    def introspect(self, token) -> dict:
        pair = f"{self.app['client_id']}:{self.secret}".encode()
        basic = f"Basic {base64.b64encode(pair).decode()}"
        url = self.app["introspection_endpoint"]
        return json.loads(fetch(url, {"token": token}, Authorization=basic)[1])


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(token: str, jwks_url: str) -> dict:
    """Return the claims of a token whose signature is right by the published key."""
    header, claims, signature = token.split(".")
    (key,) = json.loads(fetch(jwks_url)[1])["keys"]
    assert json.loads(decoded(header)) == {"alg": "RS256", "typ": "JWT", "kid": key["kid"]}
    numbers = (int.from_bytes(decoded(key[part]), "big") for part in ("e", "n"))
    public = rsa.RSAPublicNumbers(*numbers).public_key()
    signed = f"{header}.{claims}".encode()
    public.verify(decoded(signature), signed, padding.PKCS1v15(), hashes.SHA256())
    return json.loads(decoded(claims))


def test_it_publishes_all_that_the_interface_has(provider):
    offer = provider.offer(request())
    issuer = offer.app["issuer_url"]
    assert offer.app == {
        "issuer_url": issuer,
        "authorization_endpoint": f"{issuer}/oauth2/auth",
        "token_endpoint": f"{issuer}/oauth2/token",
        "introspection_endpoint": f"{issuer}/oauth2/introspect",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_endpoint": f"{issuer}/.well-known/jwks.json",
        "scope": "openid profile email",
        "jwt_access_token": "False",
        "client_id": offer.app["client_id"],
    }
    assert list(offer.secrets["client_secret_id"]) == ["secret"]
    assert offer.secrets["client_secret_id"]["secret"] not in repr(offer)


@pytest.mark.parametrize("missing", ["redirect_uri", "scope"])
def test_there_is_no_client_before_all_is_known_about_it(provider, missing):
    offer = provider.offer(request(**{missing: None}))
    assert "issuer_url" in offer.app
    assert "client_id" not in offer.app
    assert offer.secrets == {}


def test_discovery_agrees_with_the_databag(login):
    issuer = login.app["issuer_url"]
    found = json.loads(fetch(f"{issuer}/.well-known/openid-configuration")[1])
    assert found["issuer"] == issuer
    assert found["jwks_uri"] == login.app["jwks_endpoint"]
    for name in ("authorization", "token", "introspection", "userinfo"):
        assert found[f"{name}_endpoint"] == login.app[f"{name}_endpoint"]


def test_a_person_is_asked_for_user_and_password(login):
    status, page, _ = fetch(login.page())
    assert status == 200
    assert '<input id="password" name="password" type="password"' in page
    assert "asks for: openid email" in page
    assert "ada, grace" in page


def test_a_login_ends_with_what_the_application_may_know(login, log):
    back = login.back()
    assert back["state"] == "a state"
    status, given = login.token(back["code"])
    assert (status, given["token_type"], given["scope"]) == (200, "bearer", "openid email")
    claims = verified(given["id_token"], login.app["jwks_endpoint"])
    assert (claims["iss"], claims["aud"]) == (login.app["issuer_url"], login.app["client_id"])
    assert claims["nonce"] == "a nonce"
    assert claims["iat"] <= time.time() < claims["exp"]
    told = {"sub": claims["sub"], "email": "ada@example.com", "email_verified": True}
    assert login.userinfo(given["access_token"]) == (200, told)
    assert {key: claims[key] for key in told} == told
    assert "login of 'ada'" in log


def test_the_scope_profile_tells_the_name(login):
    _, given = login.token(login.back(scope="openid profile")["code"])
    _, told = login.userinfo(given["access_token"])
    assert (told["name"], told["preferred_username"]) == ("Ada Lovelace", "ada")
    assert "email" not in told


def test_a_token_is_introspected(login):
    _, given = login.token(login.back()["code"])
    found = login.introspect(given["access_token"])
    assert (found["active"], found["scope"]) == (True, "openid email")
    assert login.introspect("another") == {"active": False}


def test_a_code_with_a_challenge_needs_its_verifier(login):
    challenge = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    assert login.token(login.back(**challenge)["code"], code_verifier="wrong")[0] == 400
    assert login.token(login.back(**challenge)["code"], code_verifier=VERIFIER)[0] == 200


@pytest.mark.parametrize(
    "form",
    [
        {"username": "ada", "password": "wrong"},
        {"username": "nobody", "password": "ada"},
        {"username": "ada"},
    ],
)
def test_a_wrong_password_shows_the_form_once_more(login, form):
    status, page, _ = fetch(login.page(), form)
    assert (status, "There is no such user, or the password is wrong." in page) == (200, True)


def test_whoever_does_not_want_to_is_sent_back_without_a_code(login):
    assert login.back(form={"action": "deny"}) == {"error": "access_denied", "state": "a state"}


@pytest.mark.parametrize(
    ("changed", "code", "reason"),
    [
        ({"response_type": "token"}, "unsupported_response_type", "response_type=code"),
        ({"scope": "openid phone"}, "invalid_scope", "not registered: phone"),
        ({"scope": "email"}, "invalid_scope", "openid is missing"),
        ({"scope": None}, "invalid_scope", "openid is missing"),
        ({"code_challenge": "x"}, "invalid_request", "S256"),
        ({"prompt": "none"}, "login_required", "logged in"),
    ],
)
def test_a_request_that_a_provider_refuses_is_refused(login, changed, code, reason):
    back = login.back(**changed)
    assert back["error"] == code
    assert reason in back["error_description"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"redirect_uri": "http://thief.example"}, "thief.example"),
        ({"client_id": "another"}, "No client of this name"),
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(login, changed, reason):
    status, page, headers = fetch(login.page(**changed))
    assert (status, reason in page, "Location" in headers) == (400, True, False)


def test_what_others_write_is_no_html(login):
    _, page, _ = fetch(login.page(redirect_uri="<script>"))
    assert "<script>" not in page


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"redirect_uri": "http://thief.example"}, 400, "invalid_grant"),
        ({"code": "guessed"}, 400, "invalid_grant"),
    ],
)
def test_a_wrong_exchange_is_refused(login, changed, status, code):
    given = {"code": login.back()["code"], **changed}
    found, answer = login.token(given.pop("code"), **given)
    assert (found, answer["error"]) == (status, code)


def test_a_code_is_good_for_once(login):
    code = login.back()["code"]
    assert login.token(code)[0] == 200
    assert login.token(code)[0] == 400


def test_the_secret_comes_in_the_way_that_was_registered(provider):
    login = Login(provider.offer(request(token_endpoint_auth_method="client_secret_post")))
    code = login.back()["code"]
    assert login.token(code)[0] == 401
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    client = {"client_id": login.app["client_id"], "client_secret": login.secret}
    assert fetch(login.app["token_endpoint"], {**form, **client})[0] == 200


def test_without_a_valid_token_nothing_is_told(login):
    assert login.userinfo("guessed")[0] == 401
    assert fetch(login.app["userinfo_endpoint"])[0] == 401


def test_another_redirect_uri_replaces_the_first(provider, login):
    offer = provider.offer(request(redirect_uri="http://new.example/callback"))
    assert offer.app["client_id"] == login.app["client_id"]
    assert fetch(login.page())[0] == 400
    assert fetch(login.page(redirect_uri="http://new.example/callback"))[0] == 200


def test_several_redirect_uris_are_registered_as_newer_libraries_write_them(provider, login):
    provider.offer(request(redirect_uri=json.dumps([CALLBACK, "http://b.example/"])))
    assert fetch(login.page())[0] == 200
    assert fetch(login.page(redirect_uri="http://b.example/"))[0] == 200


def test_a_relation_that_is_gone_leaves_no_client(provider, login):
    provider.withdraw(1)
    assert fetch(login.page())[0] == 400
    assert login.token("any")[0] == 400


def test_accounts_are_the_developer_s_to_change(login, tmp_path):
    file = tmp_path / "accounts.json"
    accounts = json.loads(file.read_text())
    accounts["eve"] = {"password": "x", "name": "Eve", "email": "e@e.example", "groups": ["ops"]}
    file.write_text(json.dumps(accounts))
    back = login.back(form={"username": "eve", "password": "x"})
    _, given = login.token(back["code"])
    assert login.userinfo(given["access_token"])[1]["groups"] == ["ops"]


def test_an_accounts_file_that_is_broken_is_told_to_who_logs_in(login, tmp_path):
    (tmp_path / "accounts.json").write_text('{"ada": {"password": "hunter2", "name": 1}}')
    _, page, _ = fetch(login.page(), {"username": "ada", "password": "hunter2"})
    assert "accounts.json cannot be read: ada.name: Input should be a valid string" in page
    assert "hunter2" not in page


def test_client_key_and_accounts_outlive_a_run(start):
    first = start()
    offer = first.offer(request())
    keys = fetch(offer.app["jwks_endpoint"])[1]
    sub = _sub(Login(offer))
    first.stop()
    second = start()
    assert second.offer(request()) == offer
    assert fetch(offer.app["jwks_endpoint"])[1] == keys
    assert _sub(Login(offer)) == sub


def _sub(login: Login) -> str:
    _, given = login.token(login.back()["code"])
    return login.userinfo(given["access_token"])[1]["sub"]


@pytest.mark.usefixtures("provider")
def test_what_is_secret_is_readable_for_this_user_alone(tmp_path):
    for name in ("key.pem", "client-secret", "accounts.json"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_it_stops_within_a_second(provider):
    before = time.monotonic()
    provider.stop()
    assert (time.monotonic() - before < 1, provider.alive()) == (True, False)


def elsewhere(url: str) -> services.Offer:
    context = services.Context(folder=None, model="local", application="my-web", url=url)
    return services.find("oauth", url=url).start(context).offer(request())


def test_a_provider_elsewhere_is_asked_where_everything_is(provider):
    own = provider.offer(request())
    address = own.app["issuer_url"].replace("http://", "http://client:s%2Fcret@")
    offer = elsewhere(address)
    assert offer.app == {**own.app, "client_id": "client"}
    assert offer.secrets == {"client_secret_id": {"secret": "s/cret"}}


def test_a_provider_elsewhere_that_does_not_answer_is_refused():
    with pytest.raises(errors.LocalError, match="does not tell where the provider is") as refusal:
        elsewhere("http://client:hunter2@127.0.0.1:9")
    assert "hunter2" not in str(refusal.value)
