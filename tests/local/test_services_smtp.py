"""A real mail server, and the command that shows what it keeps."""

from __future__ import annotations

import email.message
import json
import smtplib
import sys
import time

import pytest
from click import testing

from paas_app_charmer.cli import commands, printable
from paas_app_charmer.local import errors, mails, services
from paas_app_charmer.local.services import _packages

REQUEST = services.Request(relation_id=1, endpoint="smtp", app={}, units={})


@pytest.fixture
def project(tmp_path):
    (tmp_path / "charmcraft.yaml").touch()
    (tmp_path / "rockcraft.yaml").touch()
    (tmp_path / ".paas").mkdir()
    return tmp_path


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def context(project, log):
    folder = project / ".paas" / "services" / "smtp"
    return services.Context(folder=folder, model="local", application="my-web", log=log.append)


@pytest.fixture
def start(context):
    started: list[services.Running] = []

    def start() -> services.Running:
        started.append(services.find("smtp").start(context))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def server(start):
    return start()


@pytest.fixture
def invoke(project):
    def run(*words):
        words = ["mails", *words, "--project", str(project)]
        return testing.CliRunner().invoke(commands.group, words)

    return run


def connect(server, user=None, password=None) -> smtplib.SMTP:
    """Log in as an application does that follows its variables."""
    offer = server.offer(REQUEST)
    client = smtplib.SMTP(offer.app["host"], int(offer.app["port"]), timeout=10)
    client.login(user or offer.app["user"], password or offer.secrets["password_id"]["password"])
    return client


def mail(subject="Your card", text="Thank you, Ada.") -> email.message.EmailMessage:
    message = email.message.EmailMessage()
    message["From"] = "My web <my-web@example.com>"
    message["To"] = "ada@example.com"
    message["Subject"] = subject
    message.set_content(text)
    return message


def kept(project):
    return mails.recorded(project / ".paas")


def test_it_publishes_what_the_interface_has(server):
    offer = server.offer(REQUEST)
    assert {**offer.app, "port": ""} == {
        "host": "127.0.0.1",
        "port": "",
        "auth_type": "plain",
        "transport_security": "none",
        "user": "my-web",
        "domain": "example.com",
        "smtp_sender": "my-web@example.com",
    }
    assert list(offer.secrets) == ["password_id"]
    assert list(offer.secrets["password_id"]) == ["password"]
    assert offer.secrets["password_id"]["password"] not in repr(offer)


def test_a_mail_that_is_sent_is_kept(server, project, log):
    with connect(server) as client:
        client.send_message(mail(subject="Grüße"), to_addrs=["ada@example.com", "bcc@example.com"])
    (found,) = kept(project)
    assert (found.number, found.endpoint, found.sender) == (1, "smtp", "my-web@example.com")
    assert found.recipients == ("ada@example.com", "bcc@example.com")
    assert (found.subject, found.text.strip()) == ("Grüße", "Thank you, Ada.")
    listening, *rest = log
    assert "takes mails on port" in listening
    assert rest == ["mail 1 from my-web@example.com to ada@example.com, bcc@example.com"]


def test_a_mail_in_html_with_a_file_is_kept(server, project):
    message = mail()
    message.set_content("<b>Thank you</b>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="card.pdf")
    with connect(server) as client:
        client.send_message(message)
    (found,) = kept(project)
    assert (found.text.strip(), found.attachments) == ("<b>Thank you</b>", ("card.pdf",))


def test_a_login_by_the_address_is_one_too(server):
    # The variables of Spring Boot join user and domain.
    connect(server, user="my-web@example.com").quit()


def test_who_does_not_log_in_sends_nothing(server, project):
    offer = server.offer(REQUEST)
    with (
        smtplib.SMTP(offer.app["host"], int(offer.app["port"]), timeout=10) as client,
        pytest.raises(smtplib.SMTPSenderRefused, match="Authentication required"),
    ):
        client.send_message(mail())
    assert kept(project) == []


def test_a_wrong_password_is_refused(server, log):
    with pytest.raises(smtplib.SMTPAuthenticationError):
        connect(server, password="wrong")
    assert "a login was refused: wrong user or password" in log


def test_mails_address_and_password_outlive_a_run(start, project):
    first = start()
    with connect(first) as client:
        client.send_message(mail("one"))
    offer = first.offer(REQUEST)
    first.stop()
    second = start()
    assert second.offer(REQUEST) == offer
    with connect(second) as client:
        client.send_message(mail("two"))
    assert [(one.number, one.subject) for one in kept(project)] == [(1, "one"), (2, "two")]


def test_it_stops_within_a_second_while_somebody_is_connected(server):
    client = connect(server)
    before = time.monotonic()
    server.stop()
    assert (time.monotonic() - before < 1, server.alive()) == (True, False)
    client.close()


def test_mails_are_listed(server, invoke):
    with connect(server) as client:
        client.send_message(mail())
        client.send_message(mail("A second\tone"))
    heading, first, second = invoke().stdout.strip().splitlines()
    assert heading.split() == ["Mail", "Received", "From", "To", "Subject"]
    assert first.startswith("1 ")
    assert first.endswith("my-web@example.com  ada@example.com  Your card")
    assert second.endswith("A second one")


def test_one_mail_is_shown(server, invoke):
    with connect(server) as client:
        client.send_message(mail())
    assert invoke("1").stdout == (
        "From: my-web@example.com\nTo: ada@example.com\nSubject: Your card\n\nThank you, Ada.\n\n"
    )
    (record,) = json.loads(invoke("1", "--json").stdout)
    assert (record["number"], record["recipients"]) == (1, ["ada@example.com"])


def test_a_mail_that_is_not_there_is_refused(invoke):
    done = invoke("7")
    assert (done.exit_code, done.stderr) == (1, "Error: there is no mail 7\n")


def test_before_the_first_mail_the_list_says_so(invoke):
    done = invoke()
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "No mail has been sent yet.\n")


def test_a_mail_cannot_command_the_terminal():
    assert printable.line("a\x1b[2Jb\r\n c\ud800") == "a�[2Jb c�"
    assert printable.text("a\n\tb") == "a\n\tb"


@pytest.mark.parametrize(
    ("url", "app"),
    [
        ("smtp://mail.example", {"port": "25", "auth_type": "none", "transport_security": "none"}),
        (
            "smtps://me:s%40cret@mail.example?domain=shop.example",
            {
                "port": "465",
                "auth_type": "plain",
                "transport_security": "tls",
                "user": "me",
                "domain": "shop.example",
            },
        ),
        (
            "smtp+starttls://me:s%40cret@mail.example:2525",
            {"port": "2525", "auth_type": "plain", "transport_security": "starttls", "user": "me"},
        ),
    ],
)
def test_a_server_elsewhere(url, app):
    context = services.Context(folder=None, model="local", application="my-web", url=url)
    offer = services.find("smtp", url=url).start(context).offer(REQUEST)
    assert offer.app == {"host": "mail.example", **app}
    assert dict(offer.secrets) == (
        {"password_id": {"password": "s@cret"}} if "user" in app else {}
    )


def test_a_package_that_is_installed_is_not_fetched(context):
    assert _packages.interpreter("pydantic", "pydantic>=2", context) == sys.executable


def test_what_is_missing_and_cannot_be_fetched_is_named_with_the_ways_out(
    context, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(errors.LocalError) as refusal:
        _packages.interpreter("aiosmtpd_of_nobody", "aiosmtpd-of-nobody>=1", context)
    assert "aiosmtpd-of-nobody is needed and cannot be fetched" in str(refusal.value)
    assert "`pip install 'aiosmtpd-of-nobody>=1'`" in str(refusal.value)
    assert "--url" in str(refusal.value)
