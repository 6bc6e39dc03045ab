"""Connection URLs: what is put in comes out again, and nonsense is refused."""

from __future__ import annotations

import contextlib
import urllib.parse

import hypothesis
import hypothesis.strategies as st
import pytest

from paas_app_charmer import errors, urls

RESERVED = "p@s/s:w#o?r&d%20 +ü"

words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)
hosts = st.lists(
    st.builds(
        lambda name, port: name if port is None else f"{name}:{port}",
        st.from_regex(r"[a-z][a-z0-9.-]{0,10}", fullmatch=True),
        st.none() | st.integers(1, 65535),
    ),
    min_size=1,
    max_size=4,
)


@hypothesis.given(username=words, password=words, places=hosts, path=words)
def test_b15_credentials_come_out_of_a_built_url_as_they_went_in(username, password, places, path):
    url = urls.build(
        "postgresql", hosts=",".join(places), username=username, password=password, path=path
    )
    assert (url.username, url.password) == (username, password)
    assert urllib.parse.unquote(url.properties()["name"]) == path.removeprefix("/")


@hypothesis.given(username=words, password=words, places=hosts)
def test_b15_a_built_url_is_one_that_standard_parsers_understand(username, password, places):
    url = urls.build("mongodb", hosts=",".join(places), username=username, password=password)
    standard = urllib.parse.urlsplit(url.text)
    assert standard.netloc == url.netloc
    assert urllib.parse.unquote(standard.username or "") == username
    assert urllib.parse.unquote(standard.password or "") == password


@hypothesis.given(
    username=words,
    password=words,
    places=hosts,
    path=st.sampled_from(["", "/", "/db", "/a/b"]),
    query=st.sampled_from(["", "?a=b", "?mail=a@b.example", "?a=/&b=?"]),
    fragment=st.sampled_from(["", "#top", "#a@b"]),
)
def test_a_well_formed_url_is_read_as_the_standard_says(
    username, password, places, path, query, fragment
):
    credentials = ":".join(urllib.parse.quote(part, safe="") for part in (username, password))
    text = f"redis://{credentials}@{','.join(places)}{path}{query}{fragment}"
    standard = urllib.parse.urlparse(text)
    url = urls.parse(text)
    assert (url.scheme, url.netloc, url.path, url.query, url.fragment) == (
        *(standard.scheme, standard.netloc, standard.path),
        *(standard.query, standard.fragment),
    )


@hypothesis.given(places=hosts)
def test_b15a_every_host_of_a_url_is_kept_in_its_order(places):
    url = urls.build("mongodb", hosts=",".join(places))
    assert [name if port is None else f"{name}:{port}" for name, port in url.hosts] == places


def test_b15_password_with_reserved_characters_is_percent_encoded_and_decoded():
    url = urls.build("postgresql", hosts="h:5432", username="u", password=RESERVED, path="db")
    assert url.text == "postgresql://u:p%40s%2Fs%3Aw%23o%3Fr%26d%2520%20%2B%C3%BC@h:5432/db"
    assert url.properties()["password"] == RESERVED


@pytest.mark.parametrize(
    "password", ["p@ss", "p/ss", "p#ss", "p?ss", "p:ss", "/@#?:", "p@@ss", "12/34"]
)
def test_b15_a_password_that_its_provider_did_not_encode_is_understood(password):
    url = urls.parse(f"mysql://user:{password}@db-0:3306/name")
    assert (url.username, url.password) == ("user", password)
    assert (url.hosts, url.path) == ((("db-0", 3306),), "/name")


def test_an_at_sign_behind_the_host_belongs_to_where_it_stands():
    url = urls.parse("mongodb://u:p@h:27017/db?mail=a@b.example")
    assert url.hosts == (("h", 27017),)
    assert url.query == "mail=a@b.example"


def test_an_at_sign_in_a_query_does_not_make_credentials():
    assert urls.parse("redis://h:6379/0?mail=a@b.example").hosts == (("h", 6379),)


def test_b15a_the_first_host_of_several_gives_hostname_and_port():
    properties = urls.parse("mongodb://u:p@h1:27017,h2:27018/db?replicaSet=rs0").properties()
    assert (properties["hostname"], properties["port"]) == ("h1", "27017")


def test_of_a_list_of_whole_urls_the_first_counts():
    url = urls.parse("postgresql://u:p@h1:5432/db,postgresql://u:p@h2:5432/db")
    assert url.text == "postgresql://u:p@h1:5432/db"


def test_the_parts_of_a_full_url():
    assert urls.parse("scheme://user:pass@host:80/path;param?key=value#part").properties() == {
        "connect_string": "scheme://user:pass@host:80/path;param?key=value#part",
        "scheme": "scheme",
        "netloc": "user:pass@host:80",
        "path": "/path",
        "params": "param",
        "query": "key=value",
        "fragment": "part",
        "username": "user",
        "password": "pass",
        "hostname": "host",
        "port": "80",
        "name": "path",
    }


def test_absent_parts_give_nothing_and_empty_ones_stay():
    properties = urls.parse("redis://host").properties()
    assert properties == {
        "connect_string": "redis://host",
        "scheme": "redis",
        "netloc": "host",
        "path": "",
        "params": "",
        "query": "",
        "fragment": "",
        "hostname": "host",
    }


def test_an_empty_password_is_no_absent_one():
    assert urls.parse("redis://user:@host").properties()["password"] == ""


def test_an_address_of_ip_version_6_comes_without_brackets():
    assert urls.parse("redis://[fd00::1]:6379").hosts == (("fd00::1", 6379),)


def test_the_scheme_is_told_in_lower_case():
    assert urls.parse("HTTP://host").scheme == "http"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("host:80", "the URL has no scheme"),
        ("", "the URL has no scheme"),
        ("redis://", "the URL has no host"),
        ("redis://:6379", "the URL has no host"),
        ("redis://user:pass@/0", "the URL has no host"),
        ("redis://h1,:6379", "the URL has no host"),
        ("redis://host:port", "a port is no number from 1 to 65535"),
        ("redis://host:0", "a port is no number from 1 to 65535"),
        ("redis://host:65536", "a port is no number from 1 to 65535"),
        ("redis://host:²", "a port is no number from 1 to 65535"),
        ("redis://host:" + "9" * 5000, "a port is no number from 1 to 65535"),
        ("redis://None:6379", "the host is missing"),
        ("redis://[fd00::1:6379", "the host in brackets is no IPv6 address"),
        ("redis://[host]:6379", "the host in brackets is no IPv6 address"),
    ],
)
def test_what_is_no_url_is_refused_with_the_reason(text, reason):
    with pytest.raises(errors.RelationDataError, match=reason):
        urls.parse(text)


def test_b15b_a_host_called_none_is_refused_in_a_built_url():
    with pytest.raises(errors.RelationDataError, match="the host is missing"):
        urls.build("redis", hosts="None:6379")


@hypothesis.given(st.text())
def test_any_text_is_either_understood_or_refused(text):
    with contextlib.suppress(errors.RelationDataError):
        urls.parse(f"redis://{text}").properties()


def test_a_refusal_does_not_show_credentials():
    with pytest.raises(errors.RelationDataError) as raised:
        urls.parse("redis://user:hunter2")
    assert "hunter2" not in str(raised.value)


def test_a_url_does_not_show_its_credentials():
    assert "hunter2" not in repr(urls.parse("redis://u:hunter2@h/0?password=hunter2"))


@hypothesis.given(username=words, password=words, places=hosts, path=words)
def test_b15_a_plain_url_is_the_same_for_its_first_host(username, password, places, path):
    given = urls.build(
        "postgresql", hosts=",".join(places), username=username, password=password, path=path
    )
    found = urls.parse(urls.plain(given.text, "mysql"))
    assert found.scheme == "mysql"
    assert found.hosts == given.hosts[:1]
    assert (found.username, found.password) == (username, password)
    assert found.path == given.path


@hypothesis.given(username=words, password=words, places=hosts)
def test_b15_a_plain_url_is_one_that_strict_parsers_understand(username, password, places):
    given = urls.build("mysql", hosts=",".join(places), username=username, password=password)
    strict = urllib.parse.urlsplit(urls.plain(given.text, "mysql"))
    assert (strict.hostname, strict.port) == given.hosts[0]
    assert urllib.parse.unquote(strict.password or "") == password


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("postgres://u:p/w#x@h:1/db?sslmode=require", "x://u:p%2Fw%23x@h:1/db?sslmode=require"),
        ("postgres://postgres/app", "x://postgres/app"),
        ("postgres://u@h:1,[::1]:2/db", "x://u@h:1/db"),
        ("postgres://:p%25@[::1]:2,h/db;a=1?b=2#c", "x://:p%25@[::1]:2/db;a=1?b=2#c"),
        ("postgres://h:1/a,postgres://i:2/b", "x://h:1/a"),
    ],
)
def test_a_plain_url_keeps_the_rest(given, plain):
    assert urls.plain(given, "x") == plain
