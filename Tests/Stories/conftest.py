"""Fixtures of the stories.

The stories of a file share one hub with two workers (`shared_hub`), and each has a site of its own
on it, so that nobody meets another story's customers: `@pytest.mark.site("plain", grace=...)` names
the base file in `sites/` and the members it changes. `commons` is a site that several share. Stories that stop, kill or starve something start hubs
of their own (`hubs`).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from hub import Hub, Redis, render_site  # noqa: E402
from place import Site  # noqa: E402

def pytest_configure(config):
    config.addinivalue_line("markers", "site(base, **changes): the story's own site")
    config.addinivalue_line("markers", "slow: left out by --fast")
    config.addinivalue_line("markers", "fault: kills or freezes processes")


def site_name(item) -> str:
    """A name from the story's own, unique and inside the alphabet of site names."""
    plain = re.sub(r"[^a-z0-9]+", "-", item.name.lower()).strip("-")
    return f"{plain[:30].strip('-')}-{item.config.site_numbers[item.nodeid]}"


def pytest_collection_modifyitems(session, config, items):
    config.site_numbers = {item.nodeid: number for number, item in enumerate(items)}


@pytest.fixture(scope="module")
def shared_sites(request, tmp_path_factory) -> list[Path]:
    """The commons, and one rendered site file for each story of the file that wants one."""
    folder = tmp_path_factory.mktemp("sites")
    files = [render_site(folder, "plain", "commons"), render_site(folder, "plain", "other-commons")]
    for item in request.session.items:
        if item.path == request.path and "site" in getattr(item, "fixturenames", ()):
            marker = item.get_closest_marker("site")
            base = marker.args[0] if marker and marker.args else "plain"
            changes = marker.kwargs if marker else {}
            files.append(render_site(folder, base, site_name(item), **changes))
    return files


@pytest.fixture(scope="module")
def shared_hub(shared_sites, tmp_path_factory):
    hub = Hub(tmp_path_factory.mktemp("hub"), shared_sites, workers=2)
    hub.start(within=60)
    yield hub
    late = hub.metrics().total("chathub_matched_by_sweep_total")
    code = hub.stop()
    assert code == 0, f"the shared hub ended with {code}\n{hub.log_end()}"
    crashes = re.findall(r"(?i)^.*(?:fatal error|segmentation fault|crashed).*$", hub.log(), re.M)
    assert not crashes, crashes
    # The sweep is a safety net; what only it catches is a bug elsewhere.
    assert late == 0, f"{late} matches were left to the sweep"


@pytest.fixture(scope="module")
def commons(shared_hub):
    """A site for stories that do not meet: bad lines, bad tokens, bad handshakes."""
    place = Site(shared_hub, "commons")
    yield place
    place.close()


@pytest.fixture
def site(request, shared_hub):
    """The story's own site on the shared hub."""
    place = Site(shared_hub, site_name(request.node))
    yield place
    place.close()


@pytest.fixture
def hubs(tmp_path):
    """Makes hubs of the story's own and ends them: `hubs("plain", workers=2)`."""
    made: list[Hub] = []
    places: list[Site] = []

    def make(*sites, start: bool = True, folder: Path | None = None, **options) -> Hub:
        folder = folder or tmp_path / f"hub{len(made)}"
        hub = Hub(folder, sites or ("plain",), **options)
        made.append(hub)
        return hub.start() if start else hub

    def at(hub: Hub, name: str = "plain") -> Site:
        place = Site(hub, name)
        places.append(place)
        return place

    make.at = at
    make.folder = lambda: tmp_path / f"sites{len(made)}"
    yield make
    try:
        for place in places:
            place.close()
    finally:
        for hub in made:
            hub.kill_everything()


@pytest.fixture
def redis(tmp_path):
    with Redis(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def bystander(site):
    """A pair whose talk must go on whatever another connection does."""
    customer, agent, session = site.pair()
    yield customer, agent, session
    sent = customer.say(session, "still here")
    agent.expect("message", session=session, seq=sent["seq"], text="still here")
    assert not customer.is_closed and not agent.is_closed
