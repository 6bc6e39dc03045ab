"""The page at which a person logs in."""

from __future__ import annotations

import html
import http

from . import _web

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto }}
label, input, button {{ display: block; width: 100%; box-sizing: border-box; font: inherit }}
input, button {{ margin: 0 0 1rem; padding: .4rem }}
.problem {{ color: #a00 }}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""
_FORM = """{problem}<p><b>{client}</b> asks for: {scopes}.</p>
<form method="post">
<label for="username">User</label>
<input id="username" name="username" autocomplete="username" autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password">
<button name="action" value="login">Log in</button>
<button name="action" value="deny">Do not log in</button>
</form>
<p>Accounts ({names}) and their passwords are in <code>{path}</code>.</p>"""


def form(*, client: str, scopes: str, names: str, path: str, problem: str = "") -> _web.Answer:
    """Ask for user and password; the form goes where the page came from."""
    body = _FORM.format(
        client=html.escape(client),
        scopes=html.escape(scopes),
        names=html.escape(names),
        path=html.escape(path),
        problem=f'<p class="problem" role="alert">{html.escape(problem)}</p>\n' if problem else "",
    )
    return _answer("Log in", body)


def refusal(reason: str) -> _web.Answer:
    """Tell a person what the application did wrong, where it is not safe to send them back."""
    body = f'<p class="problem">{html.escape(reason)}</p>'
    return _answer("The application's request was refused", body, http.HTTPStatus.BAD_REQUEST)


def _answer(title: str, body: str, status: int = http.HTTPStatus.OK) -> _web.Answer:
    return _web.Answer(
        status=status,
        type="text/html; charset=utf-8",
        body=_PAGE.format(title=title, body=body).encode(),
        headers={"Cache-Control": "no-store"},
    )
