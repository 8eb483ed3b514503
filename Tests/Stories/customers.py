"""What the stories of customers share: commands, and what is known of somebody."""

import json

from hub import chathub

ATTRIBUTE = {"source": "attribute", "attribute": "vip", "default_level": 5}
COMBINED = {"source": "combined", "attribute": "vip", "default_level": 5,
            "parameter": {"name": "level", "trust": "unsigned", "max": 9}}


def run(site, *arguments):
    hub = site.hub
    where = ["--redis", hub.redis_url] if hub.redis_url else ["--data", str(hub.data)]
    return chathub("customers", *arguments, "--site", site.name, *where)


def done(result):
    assert result.returncode == 0, (result.returncode, result.stdout, result.stderr)
    return result.stdout


def load(site, folder, text, name="customers.csv", *more):
    path = folder / name
    path.write_text(text, "utf-8")
    return json.loads(done(run(site, "import", str(path), "--json", *more)))


def known(site, who):
    return json.loads(done(run(site, "get", who, "--json")))


def is_known(site, who):
    return run(site, "get", who).returncode == 0


def level_of(site, **hello):
    start = hello.pop("start", {})
    customer = site.customer(**hello)
    session = customer.start(**start)
    agent = site.agent("anna").online()
    level = agent.offered(session)["level"]
    agent.accept(session)
    agent.request("session.close", session=session)
    # Gone, so that the next one is offered the session again.
    agent.close()
    return level
