"""Fixtures of the browser stories: a hub, a Chromium, and people with a context each.

The hub is the one of Tests/Stories (`hub.Hub`); its binary is `$CHATHUB_BIN` or `$CHATHUB`, else the
newest build. `$CHATHUB_WEB` serves the pages from a folder instead of out of the binary.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Error, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "Stories"))

if "CHATHUB_BIN" in os.environ:
    os.environ.setdefault("CHATHUB", os.environ["CHATHUB_BIN"])

from hub import Hub, free_port, render_site  # noqa: E402
from line import Line  # noqa: E402
from people import Agent, Customer, Supervisor  # noqa: E402

PICTURES = HERE.parents[1] / ".output" / "browser"


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "site(base, **changes): the hub's one site, named demo; HUB in origins is its own")
    config.addinivalue_line("markers", "slow: left out by --fast")


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def hub(request, tmp_path):
    """A hub of the story's own with one site, `demo`: that is what the shop's pages ask for."""
    marker = request.node.get_closest_marker("site")
    base = marker.args[0] if marker and marker.args else "plain"
    changes = dict(marker.kwargs) if marker else {}
    port = free_port()
    if "origins" in changes:
        changes["origins"] = [one.replace("HUB", f"http://127.0.0.1:{port}")
                              for one in changes["origins"]]
    site = render_site(tmp_path / "site", base, "demo", **changes)
    web = os.environ.get("CHATHUB_WEB")
    arguments = ["--web", web] if web else []
    with Hub(tmp_path / "hub", [site], port=port, arguments=arguments) as running:
        yield running


@pytest.fixture
def line(hub):
    """A line to the hub that can be cut."""
    between = Line(hub.port)
    yield between
    between.close()


@pytest.fixture
def people(browser, hub, request):
    """Makes customers and agents, keeps a picture of each page at the end, and asks every page
    what went wrong on it."""

    class People:
        everybody: list = []

        def stranger(self, **more) -> Customer:
            """Somebody who has not visited a page yet."""
            one = Customer(browser, f"customer {len(self.everybody) + 1}", **more)
            self.everybody.append(one)
            return one

        def customer(self, path: str = "/", at=hub.http, **more) -> Customer:
            return self.stranger(**more).visit(path if path.startswith("http") else at + path)

        def agent(self, who: str = "anna", at=hub.http, role="agent", **more) -> Agent:
            one = Agent(browser, at, hub.token(role, who), f"{role} {who}", **more)
            self.everybody.append(one)
            return one

        def supervisor(self, path: str = "/board", who: str = "zoe", **more) -> Supervisor:
            one = Supervisor(browser, hub.http, hub.token("supervisor", who), path,
                             f"supervisor {who}", **more)
            self.everybody.append(one)
            return one

    people = People()
    people.everybody = []
    yield people
    PICTURES.mkdir(parents=True, exist_ok=True)
    complaints = []
    for one in people.everybody:
        name = f"{request.node.name}-{one.name}".replace(" ", "-")
        keep_picture(one.page, PICTURES / f"{name}.png")
        complaints += one.verdict()
        one.context.close()
    assert complaints == []


def keep_picture(page, path) -> None:
    """A picture is for people to look at: a browser that is too busy to make it breaks no story."""
    try:
        page.screenshot(path=path)
    except Error as error:
        print(f"no picture {path.name}: {error.message.splitlines()[0]}")
