"""The command line by itself: help, mistakes, and checks of files."""

import re
import subprocess

import pytest

from broken import BROKEN
from hub import REPOSITORY, binary, chathub, render_site


def test_help_teaches():
    result = chathub("--help")
    assert result.returncode == 0
    for word in ("serve", "token", "check"):
        assert word in result.stdout
    for command in ("serve", "token", "check"):
        result = chathub(command, "--help")
        assert result.returncode == 0 and len(result.stdout) > 200


def load_client(*arguments):
    return subprocess.run([str(binary("chathub-load")), *arguments], capture_output=True, text=True,
                          timeout=30)


COMMANDS = ["", "serve", "check", "apply", "rollback", "versions", "explain", "token", "journal",
            "customers", "customers import", "customers assign-agent", "customers get",
            "customers set"]
SCENARIOS = ["", "relay", "idle", "storm", "queue", "day", "broadcast", "slow-readers", "site"]


@pytest.mark.parametrize("program, command", [
    *((chathub, command) for command in COMMANDS),
    *((load_client, command) for command in SCENARIOS)],
    ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_every_help_explains_every_option_and_shows_an_example(program, command):
    text = program(*command.split(), "--help").stdout
    overview, _, options = text.partition("\nUSAGE: ")
    # `  --name <value>          what it is`, or the name alone and the words in the line below.
    lines = options.splitlines()
    for line, below in zip(lines, [*lines[1:], ""]):
        if re.match(r"  [-<]", line) and not re.match(r"\S", line[26:]):
            assert re.match(r" {26}\S", below), f"nothing is said of{line}"
    shown = overview.splitlines()
    assert any(line.startswith("  ") for line in shown), "no example"
    for line, below in zip(shown, [*shown[1:], ""]):
        if line.startswith("  "):
            assert below == "" or below.startswith("  "), f"a broken example:{line}"
    assert "Exit codes: 0" in overview or command == "customers" or program is load_client


@pytest.mark.parametrize("arguments", [["no-such-command"], ["serve", "--no-such-option"],
                                       ["serve", "--workers", "many"]], ids=" ".join)
def test_wrong_arguments_end_with_usage(arguments):
    result = chathub(*arguments)
    assert result.returncode == 64 and "Usage" in result.stderr


@pytest.mark.parametrize("arguments, word, usage", [
    (["chekc"], "there is no command 'chekc'; there are: serve, check,", "chathub <subcommand>"),
    (["chekc"], "did you mean check?", "chathub <subcommand>"),
    (["customers", "gte"], "there are: import, assign-agent, get, set", "chathub customers"),
    (["token", "--site", "x", "--role", "boss", "--id", "a"],
     "--role is given `boss`; allowed: customer, agent", "chathub token"),
    (["token", "--site", "x", "--role", "agent", "--id", "a", "--for", "3"],
     "--for is given `3`; allowed: a number and a unit", "chathub token"),
    (["explain", "--site-file", str(REPOSITORY / "Config/sites/demo.yaml"), "--at", "noon"],
     "2026-11-22T10:00", "chathub explain"),
    (["serve", "--listen", "8080"],
     "--listen is not allowed to be `8080`; allowed: HOST:PORT", "chathub serve"),
    (["versions", "--site", "x", "--redis", "10.0.0.5:secret"],
     "--redis is not allowed to be this; allowed: redis://", "chathub versions"),
    (["customers", "set", "u-1", "vip", "--site", "x"],
     "an attribute is given `vip`; allowed: name=value", "chathub customers set"),
])
def test_a_mistake_is_told_with_the_usage_of_the_command_that_was_meant(arguments, word, usage):
    result = chathub(*arguments)
    assert result.returncode == 64 and result.stdout == ""
    assert word in result.stderr and f"Usage: {usage}" in result.stderr
    assert "settings" not in result.stderr and "secret" not in result.stderr


def test_a_wrong_variable_is_not_blamed_on_the_settings_file():
    result = chathub("serve", "--config", str(REPOSITORY / "Config/chathub.yaml"),
                     environment={"CHATHUB_WORKERS": "many"})
    assert result.returncode == 1
    assert "environment: 1 error" in result.stderr and "chathub.yaml" not in result.stderr


def test_a_wrong_site_file_is_told_before_anything_is_started(tmp_path):
    (tmp_path / "wrong.yaml").write_text("site: shop\nstrategy: []\n")
    result = chathub("serve", "--site", str(tmp_path / "wrong.yaml"), "--data", str(tmp_path / "d"))
    assert result.returncode == 1 and "wrong.yaml:2" in result.stderr
    assert "stopping" not in result.stdout + result.stderr and not (tmp_path / "d").exists()


@pytest.mark.parametrize("command", ["check", "apply", "serve"])
def test_a_file_that_cannot_be_read_is_told_with_its_reason(tmp_path, command):
    arguments = ["--config"] if command == "serve" else []
    for path, reason in ((tmp_path / "none.yaml", "there is no such file"),
                         (tmp_path, "this is a folder")):
        result = chathub(command, *arguments, str(path))
        assert result.returncode in (1, 2)
        assert f"{path}: error: {reason}" in result.stdout + result.stderr
        assert "\n\n" not in result.stderr


def test_check_passes_the_shipped_files():
    for path in ("Config/sites/demo.yaml", "Config/chathub.yaml"):
        result = chathub("check", str(REPOSITORY / path))
        assert result.returncode == 0, result.stdout + result.stderr


def test_check_passes_the_sites_of_the_stories(shared_sites):
    for path in shared_sites[:10]:
        result = chathub("check", str(path))
        assert result.returncode == 0, result.stdout + result.stderr


def test_check_reports_all_problems_with_file_and_line(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN)
    result = chathub("check", str(path))
    assert result.returncode == 2
    report = result.stdout + result.stderr
    for line in (1, 2, 4, 5, 7, 12):
        assert re.search(rf"broken\.yaml:{line}\b", report), f"nothing about line {line}:\n{report}"
    assert "attribute" in report and "parameter" in report and "combined" in report


def test_check_refuses_a_chat_that_ends_before_its_customer_is_reminded(tmp_path):
    path = render_site(tmp_path, "plain", idle={"remind_after": "5m", "close_after": "2m"})
    result = chathub("check", str(path))
    assert result.returncode == 2, result.stdout + result.stderr
    assert "idle.close_after" in result.stdout + result.stderr


@pytest.mark.parametrize("content", ["site: [", "- a\n- b\n", "\x00\x01", "site: &a [*a]\n",
                                     "a: " + "[" * 2000])
def test_check_survives_any_file(tmp_path, content):
    path = tmp_path / "odd.yaml"
    path.write_text(content)
    result = chathub("check", str(path))
    assert result.returncode == 2, (result.returncode, result.stdout, result.stderr)


def test_check_of_a_missing_file_says_so(tmp_path):
    result = chathub("check", str(tmp_path / "missing.yaml"))
    assert result.returncode in (1, 2) and "missing.yaml" in result.stdout + result.stderr
