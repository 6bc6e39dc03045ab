"""``paas-config.yaml``: all that an author may write, and what is said about the rest."""

from __future__ import annotations

import pytest

from paas_app_charmer import errors, paas_config


@pytest.fixture
def written(tmp_path):
    def write(text: str | bytes) -> paas_config.PaasConfig:
        content = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "paas-config.yaml").write_bytes(content)
        return paas_config.load(tmp_path)

    return write


def jobs(*names: str, target: str = "*:1") -> str:
    entries = "".join(
        f"\n  - job_name: {name}\n    static_configs:\n    - targets: ['{target}']"
        for name in names
    )
    return f"prometheus:\n  scrape_configs:{entries}"


def test_b25b_the_file_is_looked_for_in_the_charm_directory(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "paas-config.yaml").write_text("port: 1", encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    (tmp_path / "paas-config.yaml").write_text("port: 2", encoding="utf-8")
    assert paas_config.load(tmp_path).port == 2


def test_a_missing_file_leaves_every_default(tmp_path):
    assert paas_config.load(tmp_path) == paas_config.PaasConfig()


@pytest.mark.parametrize("text", ["", " \n\t\n".replace("\t", " "), "# nothing\n", "{}"])
def test_an_empty_file_leaves_every_default(written, text):
    assert written(text) == paas_config.PaasConfig()


def test_a_key_that_is_left_out_is_left_to_the_framework(written):
    config = written("port: 8888")
    assert (config.port, config.metrics_port, config.metrics_path) == (8888, 0, "")


@pytest.mark.parametrize("key", ["metrics-port", "metrics_port"])
def test_keys_may_be_written_with_hyphen_or_underscore(written, key):
    assert written(f"{key}: 9200").metrics_port == 9200


def test_null_stands_for_no_logging_format_and_no_jobs(written):
    config = written("framework_logging_format: null\nprometheus: null")
    assert (config.framework_logging_format, config.jobs) == ("none", [])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{}", False),
        ("environment: {}", False),
        ("environment: {names: contract}", False),
        ("environment: {names: ecosystem}", True),
    ],
)
def test_the_names_of_the_ecosystem_are_there_on_request(written, text, wanted):
    assert written(text).environment.by_ecosystem is wanted


def test_null_stands_for_no_scrape_configs(written):
    assert written("prometheus: {scrape_configs: null}").jobs == []


def test_the_jobs_of_the_author_are_read(written):
    (job,) = written(jobs("a")).jobs
    assert (job.job_name, job.metrics_path) == ("a", "/metrics")
    assert job.static_configs[0].targets == ["*:1"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("port: null", "invalid options: port (should be a valid integer)"),
        ("port: '80'", "invalid options: port (should be a valid integer)"),
        ("port: true", "invalid options: port (should be a valid integer)"),
        ("port: 0", "invalid options: port (should be greater than or equal to 1)"),
        ("metrics-port: 65536", "invalid options: metrics-port (should be less than or equal"),
        ("metrics-path: metrics", "invalid options: metrics-path (should match"),
        ("metrics-path: ''", "invalid options: metrics-path (should match"),
        ("metrics-path: /", "invalid options: metrics-path (should match"),
        ("metrics-path: /a b", "invalid options: metrics-path (should match"),
        ("metrics-path: 5", "invalid options: metrics-path (should be a valid string)"),
        ("framework_logging_format: xml", "invalid options: framework"),
        ("environment: {names: both}", "invalid options: environment.names (should be 'contract'"),
        ("environment: {name: ecosystem}", "invalid options: environment.name (extra inputs"),
        ("environment: ecosystem", "invalid options: environment (should be a valid dictionary"),
        ("unknown: 1", "invalid options: unknown (extra inputs are not permitted)"),
        ("1: 2", "invalid options: 1 (keys should be strings)"),
        ("prometheus: {unknown: 1}", "invalid options: prometheus.unknown (extra"),
        ("prometheus: {scrape_configs: [{}]}", "missing options: prometheus.scrape-configs.0."),
    ],
)
def test_b25a_an_unusable_key_is_told_with_name_and_reason(written, text, told):
    with pytest.raises(errors.OptionError) as raised:
        written(text)
    assert str(raised.value).startswith(f"Invalid paas-config.yaml: {told}")


def test_b25a_a_list_at_the_top_is_told(written):
    with pytest.raises(errors.OptionError) as raised:
        written("- port")
    assert str(raised.value) == "Invalid paas-config.yaml: the top level should be a mapping"


def test_bad_yaml_is_told_in_one_line(written):
    with pytest.raises(errors.OptionError) as raised:
        written("port: [\n  8000\n")
    assert str(raised.value).startswith("Invalid YAML in paas-config.yaml: ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [b"\xff\xfe\xfa", b"port: \x00"])
def test_a_file_that_is_no_text_is_told(written, content):
    with pytest.raises(errors.OptionError, match=r"paas-config\.yaml: "):
        written(content)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "paas-config.yaml").mkdir()
    with pytest.raises(errors.OptionError, match=r"^Failed to read paas-config\.yaml: "):
        paas_config.load(tmp_path)


def test_two_jobs_of_one_name_are_told(written):
    with pytest.raises(errors.OptionError) as raised:
        written(jobs("b", "a", "b", "a", "c"))
    told = str(raised.value).lower()
    assert "duplicate job_name values found in prometheus.scrape_configs: a, b." in told


@pytest.mark.parametrize("target", ["@scheduler:8081", "*:1", "host:x", "mail@scheduler"])
def test_targets_of_every_form_are_read(written, target):
    assert written(jobs("a", target=target)).jobs[0].static_configs[0].targets == [target]


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("@scheduler", "must include port (@scheduler:PORT)"),
        ("@scheduler-1:80", "must include port (@scheduler:PORT)"),
        ("@scheduler:", "port must be numeric"),
        ("@scheduler:web", "port must be numeric"),
        ("@scheduler:²", "port must be numeric"),
    ],
)
def test_a_scheduler_target_needs_its_port(written, target, told):
    with pytest.raises(errors.OptionError) as raised:
        written(jobs("a", target=target))
    assert f"@scheduler format '{target}': {told}" in str(raised.value)
