"""A real RabbitMQ broker."""

from __future__ import annotations

import contextlib
import shutil
import socket
import urllib.parse

import pytest

from paas_app_charmer.local import errors, services
from paas_app_charmer.local.services import _rabbitmq, rabbitmq

MODULES = "errors, sandbox, services"
PREAMBLE = """
import logging, socket, pika
logging.getLogger("pika").setLevel(logging.CRITICAL)
log = []

def start(name="service"):
    context = services.Context(folder=folder / name, model="local", application="my-web",
                               log=log.append)
    return services.find("rabbitmq").start(context)

def ask(running, app={"username": "my-web", "vhost": "/"}):
    return running.offer(services.Request(relation_id=1, endpoint="mq", app=app, units={}))

def connect(offer, user="my-web", password=None):
    login = pika.PlainCredentials(user, offer.app["password"] if password is None else password)
    return pika.BlockingConnection(
        pika.ConnectionParameters(offer.app["hostname"], credentials=login))

def send(offer, text):
    with connect(offer) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.queue_declare("cards", durable=True)
        channel.basic_publish("", "cards", text, pika.BasicProperties(delivery_mode=2))

def receive(offer):
    with connect(offer) as connection:
        return connection.channel().basic_get("cards", auto_ack=True)[2]

def left_over():
    deadline = time.monotonic() + 5  # for whoever was killed to be counted
    while time.monotonic() < deadline:
        names = {path.read_text().strip() for path in pathlib.Path("/proc").glob("[0-9]*/comm")}
        left = sorted(names & {"epmd", "beam.smp", "erl_child_setup", "inet_gethost"})
        if not left:
            break
        time.sleep(0.05)
    return left

def main():
    body()
    return 0

"""


@pytest.fixture
def inside_prints(inside):
    """Run the body of a `main()` that has those functions, and return the lines it printed."""

    def run(body: str) -> list[str]:
        lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
        done = inside.run(f"{PREAMBLE}def body():\n{lines}\n", modules=MODULES)
        assert done.stderr == ""
        return done.stdout.splitlines()

    return run


@pytest.mark.timeout(240)
def test_the_application_is_let_in_and_nobody_else_and_nothing_is_left_running(inside_prints):
    printed = inside_prints("""
running = start()
offer = ask(running)
print(sorted(offer.app), offer.units == {"rabbitmq-k8s/0": {}}, offer.secrets)
print(ask(running) == offer, ask(running, {}) == services.Offer())
send(offer, b"hello")
print(receive(offer))
for user, password in (("my-web", "wrong"), ("guest", "guest")):
    try:
        connect(offer, user, password)
    except pika.exceptions.ProbableAuthenticationError:
        print("refused")
print(ask(running, {"username": "other", "vhost": "/"}) == services.Offer(), log[-1])
print(offer.app["password"] in "".join(log))
connection = connect(offer)
before = time.monotonic()
running.stop()
print(time.monotonic() - before < 3.5, running.alive(), left_over())
""")
    assert printed == [
        "['hostname', 'password'] True {}",
        "True True",
        "b'hello'",
        "refused",
        "refused",
        "True mq: the user other and the virtual host / are not to be had here",
        "False",
        "True False []",
    ]


@pytest.mark.timeout(240)
def test_messages_address_and_password_outlive_a_run(inside_prints):
    first = inside_prints("""
running = start()
send(ask(running), b"from the first run")
print(ask(running).app)
running.stop()
""")
    second = inside_prints("""
running = start()
print(ask(running).app)
print(receive(ask(running)))
running.stop()
""")
    assert second == [*first, "b'from the first run'"]


def test_the_address_is_one_where_the_port_is_free(tmp_path):
    path = tmp_path / "address"
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            address = _rabbitmq._free_address(path)
            assert path.read_text() == f"{address}\n"
            listening = stack.enter_context(socket.socket())
            listening.bind((address, _rabbitmq.PORT))
            listening.listen()
    assert _rabbitmq._free_address(path) == address


@pytest.mark.timeout(240)
def test_a_killed_run_leaves_no_process_and_loses_no_confirmed_message(
    inside, inside_prints, namespace_of
):
    command = inside.start(
        PREAMBLE
        + """
def body():
    send(ask(start()), b"kept")
    print("ready", flush=True)
    time.sleep(1000)
""",
        modules=MODULES,
    )
    assert command.stdout.readline() == "ready\n"
    namespace = namespace_of(command)
    assert {"beam.smp", "epmd"} <= set(namespace.processes())
    command.kill()
    command.wait(10)
    assert namespace.is_empty_soon()
    assert inside_prints("running = start(); print(receive(ask(running))); running.stop()") == [
        "b'kept'"
    ]


@pytest.mark.timeout(240)
def test_an_ordinary_user_can_run_it(inside_as):
    body = """
def body():
    running = start()
    send(ask(running), b"hello")
    print(receive(ask(running)))
    running.stop()
"""
    # Before the change of user, who may not be allowed to read where they are.
    late = "encodings.idna, pika, paas_app_charmer.local.services.rabbitmq"
    done = inside_as.run(PREAMBLE + body, modules=f"{MODULES}\nimport {late}")
    assert (done.stdout, done.stderr) == ("b'hello'\n", "")


def test_without_the_server_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)
    context = services.Context(folder=tmp_path, model="local", application="my-web")
    with pytest.raises(errors.LocalError, match=r"apt install rabbitmq-server.*--url amqp://"):
        rabbitmq.start(context)


def elsewhere(url):
    request = services.Request(relation_id=1, endpoint="mq", app={}, units={})
    return rabbitmq.elsewhere(urllib.parse.urlsplit(url), request)


def test_a_broker_elsewhere_is_published_as_its_charm_would():
    for path in ("", "/", "/%2F"):
        offer = elsewhere(f"amqp://my-web:s%40cret@mq.example{path}")
        assert offer.app == {"hostname": "mq.example", "password": "s@cret"}


@pytest.mark.parametrize(
    "url",
    [
        "amqps://me:secret@mq.example",
        "amqp://me:secret@mq.example:5673",
        "amqp://me:secret@mq.example/shop",
        "amqp://mq.example",
    ],
)
def test_what_the_interface_cannot_say_is_refused_without_being_repeated(url):
    with pytest.raises(errors.LocalError, match="amqp://USER:PASSWORD@HOST") as refusal:
        elsewhere(url)
    assert "secret" not in str(refusal.value)
