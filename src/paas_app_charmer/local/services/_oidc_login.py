"""The part of an OpenID provider that a person sees: the way from the application and back."""

from __future__ import annotations

import http
import typing
import urllib.parse

from . import _oidc_accounts, _oidc_grants, _oidc_page, _web

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Parameters: typing.TypeAlias = "Mapping[str, str]"


class Login:
    """The authorization endpoint. It keeps nobody logged in, so that each login can be seen."""

    def __init__(
        self,
        grants: _oidc_grants.Grants,
        accounts: _oidc_accounts.Accounts,
        log: Callable[[str], None],
    ) -> None:
        self._grants = grants
        self._accounts = accounts
        self._log = log

    def respond(self, asked: _web.Asked, client: _oidc_grants.Client | None) -> _web.Answer:
        """Show the form, or take it and send the browser back."""
        request = asked.parameters()
        uri = request.get("redirect_uri", "")
        if client is None or request.get("client_id") != client.id:
            return self._refuse("No client of this name is registered.")
        if uri not in client.redirect_uris:
            known = " ".join(client.redirect_uris)
            return self._refuse(f"The redirect URI is {uri!r}, and {known} is registered.")
        refusal = _refusal(request, client)
        if refusal:
            self._log(f"login refused: {refusal}")
            return _back(request, error=refusal.code, error_description=str(refusal))
        if asked.method == "GET":
            return self._form(request)
        form = asked.form()
        if form.get("action") == "deny":
            return _back(request, error="access_denied")
        return self._log_in(request, form)

    def _log_in(self, request: Parameters, form: Parameters) -> _web.Answer:
        user = form.get("username", "")
        try:
            claims = self._accounts.find(user, form.get("password", ""))
        except _oidc_accounts.AccountsError as error:
            return self._form(request, str(error))
        if claims is None:
            self._log(f"login of {user!r} failed")
            return self._form(request, "There is no such user, or the password is wrong.")
        self._log(f"login of {user!r}")
        grant = _oidc_grants.Grant(
            claims=claims,
            scope=request["scope"],
            redirect_uri=request["redirect_uri"],
            nonce=request.get("nonce", ""),
            challenge=request.get("code_challenge", ""),
        )
        return _back(request, code=self._grants.code(grant))

    def _form(self, request: Parameters, problem: str = "") -> _web.Answer:
        return _oidc_page.form(
            client=request["client_id"],
            scopes=request["scope"],
            names=", ".join(self._accounts.names()),
            path=str(self._accounts.path),
            problem=problem,
        )

    def _refuse(self, reason: str) -> _web.Answer:
        self._log(f"login refused: {reason}")
        return _oidc_page.refusal(reason)


def _refusal(request: Parameters, client: _oidc_grants.Client) -> _oidc_grants.RefusedError | None:
    scopes = frozenset(request.get("scope", "").split())
    unknown = " ".join(sorted(scopes - client.scopes))
    if request.get("response_type") != "code":
        code, reason = "unsupported_response_type", "only response_type=code is supported"
    elif unknown:
        code, reason = "invalid_scope", f"these scopes are not registered: {unknown}"
    elif "openid" not in scopes:
        code, reason = "invalid_scope", "the scope openid is missing"
    elif "code_challenge" in request and request.get("code_challenge_method") != "S256":
        code, reason = "invalid_request", "only code_challenge_method=S256 is supported"
    elif request.get("prompt") == "none":
        code, reason = "login_required", "nobody stays logged in here"
    else:
        return None
    return _oidc_grants.RefusedError(code, reason)


def _back(request: Parameters, **words: str) -> _web.Answer:
    """Send the browser back to the application."""
    if "state" in request:
        words["state"] = request["state"]
    uri = request["redirect_uri"]
    location = f"{uri}{'&' if '?' in uri else '?'}{urllib.parse.urlencode(words)}"
    return _web.Answer(status=http.HTTPStatus.SEE_OTHER, headers={"Location": location})
