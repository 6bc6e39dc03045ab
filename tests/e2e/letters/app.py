"""Sends letters, keeps objects and knows who has logged in; its requests are traced by gunicorn.

It uses its variables as applications do: by the names and the forms that they have.
"""

from __future__ import annotations

import email.message
import os
import smtplib

import boto3
import botocore.config
import flask
from authlib.integrations import flask_client
from werkzeug.middleware import proxy_fix

app = flask.Flask(__name__)
app.wsgi_app = proxy_fix.ProxyFix(app.wsgi_app, x_for=0, x_proto=0, x_prefix=1)
app.config.from_prefixed_env()
app.secret_key = os.environ["FLASK_SECRET_KEY"]

oauth = flask_client.OAuth(app)
if "OIDC_CLIENT_ID" in app.config:
    # Authlib takes the rest from the configuration, by the names that the variables have.
    oauth.register("oidc", jwks_uri=app.config["OIDC_JWKS_URL"])


@app.get("/")
def index() -> str:
    return flask.session.get("email", "nobody")


@app.post("/letters")
def send_letter() -> str:
    letter = email.message.EmailMessage()
    letter["From"] = os.environ["SMTP_SENDER"]
    letter["To"] = flask.request.form["to"]
    letter["Subject"] = "A letter"
    letter.set_content(flask.request.form["text"])
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as server:
        if os.environ.get("SMTP_TRANSPORT_SECURITY") == "starttls":
            server.starttls()
        if os.environ.get("SMTP_AUTH_TYPE") == "plain":
            server.login(os.environ["SMTP_USER"], os.environ["SMTP_PASSWORD"])
        server.send_message(letter)
    return "sent"


@app.post("/objects/<path:name>")
def store(name: str) -> str:
    s3().put_object(
        Bucket=os.environ["S3_BUCKET"],
        Key=name,
        Body=flask.request.get_data(),
        ContentType="text/x-letter",
    )
    return "stored"


@app.get("/objects/<path:name>")
def read(name: str) -> flask.Response:
    found = s3().get_object(Bucket=os.environ["S3_BUCKET"], Key=name)
    return flask.Response(found["Body"].read(), content_type=found["ContentType"])


def s3():
    style = os.environ.get("S3_ADDRESSING_STYLE")
    return boto3.client(
        "s3",
        aws_access_key_id=os.environ["S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["S3_SECRET_KEY"],
        endpoint_url=os.environ.get("S3_ENDPOINT"),
        region_name=os.environ.get("S3_REGION"),
        config=botocore.config.Config(s3={"addressing_style": style}),
    )


@app.get("/login")
def log_in() -> flask.Response:
    return oauth.oidc.authorize_redirect(f"{os.environ['FLASK_BASE_URL'].rstrip('/')}/callback")


@app.get("/callback")
def callback() -> flask.typing.ResponseReturnValue:
    try:
        # This checks signature, issuer, audience and nonce of the identity token.
        token = oauth.oidc.authorize_access_token()
    except flask_client.OAuthError as error:
        return f"not logged in: {error.error}", 403
    told = oauth.oidc.get(app.config["OIDC_USER_URL"], token=token).json()
    assert told["sub"] == token["userinfo"]["sub"]
    flask.session["email"] = told["email"]
    return flask.redirect(flask.url_for("index"))


@app.get("/broken")
def broken() -> str:
    raise RuntimeError("a defect")
