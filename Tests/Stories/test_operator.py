"""What an operator sees when something is not as it should be: sentences with a way out, names that
can be recognised, and no silence."""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from client import Client
from hub import REPOSITORY, binary, chathub, eventually
from processes import command_of


def ends(hub, code: int = 1) -> str:
    """The hub ends by itself; its log."""
    hub.launch()
    assert hub.process.wait(timeout=20) == code, hub.log_end()
    return hub.log()


def test_a_refused_origin_is_logged_once_with_the_way_to_allow_it(hubs):
    hub = hubs("plain")
    for _ in range(5):
        client = Client(hub.url, origin="https://shop.example")
        assert client.ask("hello", role="customer", site="plain")["code"] == "origin_refused"
        client.close()
    lines = [line for line in hub.log().splitlines() if "https://shop.example" in line]
    assert len(lines) == 1 and "origins" in lines[0] and "site=plain" in lines[0], lines


def test_workers_have_names(hubs):
    hub = hubs("plain", workers=2)
    names = sorted(Path(f"/proc/{pid}/comm").read_text().strip() for pid in hub.workers())
    assert names == ["chathub-w0", "chathub-w1"]
    assert all("/proc/self/exe" not in command_of(pid) for pid in hub.workers())


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_figures_are_not_for_those_a_proxy_passes_on(shared_hub, header):
    assert shared_hub.get("/metrics").status == 200
    assert shared_hub.get("/metrics", headers={header: "for=203.0.113.7"}).status == 403


def test_figures_are_for_them_too_where_a_setting_says_so(hubs):
    hub = hubs("plain", environment={"CHATHUB_METRICS_FORWARDED": "allow"})
    assert hub.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status == 200


def test_a_variable_nobody_knows_is_told(hubs):
    hub = hubs("plain", environment={"CHATHUB_LOGLEVEL": "debug", "CHATHUB_KEY_OTHER": "00" * 32,
                                     "CHATHUB_PONY": "yes"})
    log = hub.log()
    assert "CHATHUB_LOGLEVEL is no setting" in log and "CHATHUB_LOG_LEVEL" in log
    assert "CHATHUB_PONY is no setting" in log and "CHATHUB_KEY_OTHER" not in log


@pytest.mark.parametrize("arguments, code, words", [
    (["--web", "/nowhere"], 1, ["/nowhere", "--web"]),
    (["--listen", "nowhere"], 64, ["--listen", "HOST:PORT"]),
    (["--redis", "me:secret@host"], 64, ["--redis", "redis://"]),
    (["--workers", "0"], 64, ["--workers", "1...64"]),
    (["--listen", "203.0.113.1:0"], 1, ["203.0.113.1", "address of this machine"]),
], ids=lambda value: " ".join(value) if isinstance(value, list) else str(value))
def test_a_wrong_option_is_named_as_it_was_written(hubs, arguments, code, words):
    log = ends(hubs("plain", start=False, arguments=arguments), code)
    assert all(word in log for word in words), log
    assert "CHATHUB_" not in log and "secret" not in log, log


def test_a_taken_port_says_what_to_do(hubs):
    first = hubs("plain")
    log = ends(hubs("plain", start=False, port=first.port))
    assert "listens on" in log and "--listen" in log and "portInUse" not in log, log


def test_a_data_folder_that_cannot_be_made_says_why(hubs, tmp_path):
    file = tmp_path / "file"
    file.write_text("not a folder")
    log = ends(hubs("plain", start=False, data=file / "data"))
    assert "Not a directory" in log and "NSCocoa" not in log, log


def test_a_redis_that_does_not_answer_is_told_of_soon(hubs):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        port = deaf.getsockname()[1]
        hub = hubs("plain", start=False, redis=f"redis://127.0.0.1:{port}").launch()
        eventually("it says that it waits", lambda: "waiting for it" in hub.log(), within=6)
        assert str(port) in hub.log()
        hub.interrupt()
        hub.wait()


def test_ctrl_c_says_stopped(hubs):
    hub = hubs("plain")
    hub.interrupt(signal.SIGINT)
    assert hub.wait() == 0
    assert re.search(r"stopping(?s:.*)stopped", hub.log()), hub.log_end()


# -- check ---------------------------------------------------------------------------------------

SITE = """site: shop
groups:
  care: { agents: [anna] }
agents: { anna: { capacity: 60 } }
strategy:
  - { name: all, plan: [PLAN] }
offer_timeout: 20h
"""
GOOD = "{ to: group, group: care }"


def report(tmp_path, text: str) -> str:
    path = tmp_path / "site.yaml"
    path.write_text(text)
    result = chathub("check", str(path))
    assert result.returncode == 2, result.stdout + result.stderr
    return result.stdout + result.stderr


def test_a_number_out_of_range_is_told_its_range(tmp_path):
    text = report(tmp_path, SITE.replace("PLAN", GOOD))
    assert "expected 1...50, found `60`" in text
    assert "expected 1s...10m, found `20h`" in text and "whole number" not in text


@pytest.mark.parametrize("step", ["{ to: gruop, group: care }", "{ to: group, group: crae }",
                                  "{ group: care }"])
def test_one_bad_step_is_one_error_and_no_more(tmp_path, step):
    text = report(tmp_path, SITE.replace("60", "6").replace("20h", "20s").replace("PLAN", step))
    assert "1 error" in text and "warning" not in text, text


def test_a_tab_is_named(tmp_path):
    text = report(tmp_path, "site: shop\ngroups:\n\tcare: { agents: [anna] }\n")
    assert "site.yaml:3:1" in text and "tab" in text, text


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_an_empty_file_is_an_error(tmp_path, text):
    assert "empty" in report(tmp_path, text)


# -- token ---------------------------------------------------------------------------------------

def token(*arguments):
    return chathub("token", "--role", "agent", *arguments)


def test_a_token_for_nobody_is_refused_where_that_can_be_known(shared_hub, site, tmp_path):
    data = ["--data", str(shared_hub.data)]
    assert token("--site", site.name, "--id", "anna", *data).returncode == 0
    wrong = token("--site", site.name, "--id", "annna", *data)
    assert wrong.returncode == 64 and "anna" in wrong.stderr and wrong.stdout == ""
    wrong = token("--site", "nowhere", "--id", "anna", *data)
    assert wrong.returncode == 64 and site.name in wrong.stderr
    path = tmp_path / "site.yaml"
    path.write_text(SITE.replace("60", "6").replace("20h", "20s").replace("PLAN", GOOD))
    file = ["--site-file", str(path), *data]
    assert token("--site", "shop", "--id", "anna", *file).returncode == 0
    assert token("--site", "shop", "--id", "bo", *file).returncode == 64
    assert token("--site", "other", "--id", "anna", *file).returncode == 64


def test_a_link_opens_the_console_as_the_agent(shared_hub, site):
    result = subprocess.run(
        [str(binary()), "token", "--role", "agent", "--site", site.name, "--id", "anna", "--link",
         "--address", shared_hub.http + "/"], capture_output=True, text=True, timeout=30,
        env={"CHATHUB_DATA": str(shared_hub.data)})
    found = re.fullmatch(r"(\S+)/console#site=([\w-]+)&token=(\S+)\n", result.stdout)
    assert found and found[1] == shared_hub.http and found[2] == site.name, result
    assert site.agent("anna", token=found[3]).id == "anna"


def test_a_supervisors_link_opens_the_board(shared_hub, site):
    result = chathub("token", "--role", "supervisor", "--site", site.name, "--id", "boss", "--link",
                     "--address", "https://chat.example", "--data", str(shared_hub.data))
    found = re.fullmatch(r"https://chat\.example/board#site=([\w-]+)&token=(\S+)\n", result.stdout)
    assert found and found[1] == site.name, result


def test_the_help_says_how_a_link_learns_where_the_hub_listens():
    text = " ".join(chathub("token", "--help").stdout.split())
    assert "/board#site=" in text and "--link --address http://127.0.0.1:9090" in text


# -- Config/run.sh -------------------------------------------------------------------------------

@pytest.mark.parametrize("arguments, words", [
    (["--sight", "x.yaml"], "unknown option --sight; there are: --port --listen --workers"),
    (["--data"], "--data needs a value"), (["serve"], "'serve' is no option; there are: --port"),
    (["--site", "mine.yaml"], "--site: there is no file CALLER/mine.yaml"),
    (["--config", "CALLER"], "--config is given 'CALLER'; allowed: a file"),
    (["--port", "abc"], "--port is given 'abc'; allowed: a port from 1 to 65535"),
    (["--port=99999999999999999999"], "allowed: a port from 1 to 65535"),
    (["--listen", "8080"], "--listen is given '8080'; allowed: HOST:PORT"),
    (["--listen", "::1:8080"], "allowed: HOST:PORT"),
    (["--workers", "0"], "--workers is given '0'; allowed: a number of processes from 1 to 64"),
    (["--redis", "10.0.0.5"], "--redis is not allowed to be this; allowed: redis://"),
    (["--web", "pages"], "--web is given 'pages'; allowed: a folder that is there"),
    (["--data", "CALLER/file"], "allowed: a folder, which is made if it is not there"),
], ids=lambda value: value if isinstance(value, str) else " ".join(value))
def test_the_start_script_refuses_before_it_builds(tmp_path, arguments, words):
    (tmp_path / "file").touch()
    arguments = [argument.replace("CALLER", str(tmp_path)) for argument in arguments]
    result = subprocess.run(["bash", str(REPOSITORY / "Config/run.sh"), *arguments], cwd=tmp_path,
                            capture_output=True, text=True, timeout=20)
    assert result.returncode == 64 and result.stdout == ""
    assert words.replace("CALLER", str(tmp_path)) in result.stderr


def test_only_a_first_build_is_said_to_take_minutes(tmp_path):
    (tmp_path / "swift").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "swift").chmod(0o755)

    def build(*arguments):
        script = 'source "$0"; build_with_progress "the hub" "$@"'
        return subprocess.run(
            ["bash", "-c", script, str(REPOSITORY / "Config/packages.sh"), *arguments], text=True,
            cwd=tmp_path, env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
            capture_output=True, timeout=20).stdout

    assert "for the first time: 4 to 7 minutes on two cores" in build("-c", "release")
    products = tmp_path / ".build/release"
    products.mkdir(parents=True)
    (products / "chathub").touch()
    assert "minutes" not in build("-c", "release")
    assert "minutes" in build("--build-tests"), "a release build is no debug build"
