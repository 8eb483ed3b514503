"""What the stories of hours, full queues and left messages share."""

from datetime import datetime, timedelta, timezone

from client import new_key

#: Open on one day a week, which is neither today nor tomorrow, from nine to five.
OPENING_DAY = datetime.now(timezone.utc).date() + timedelta(days=3)
DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
CLOSED = {"days": {"weekdays": [DAY_NAMES[OPENING_DAY.weekday()]], "hours": ["09:00-17:00"]}}
NEVER = {"days": {"weekdays": ["mon"], "hours": ["09:00-17:00"],
                  "holidays": ["2020-01-01..2099-12-31"]}}


def opening_day() -> int:
    """The next opening of CLOSED, milliseconds since 1970."""
    nine = datetime(OPENING_DAY.year, OPENING_DAY.month, OPENING_DAY.day, 9, tzinfo=timezone.utc)
    return int(nine.timestamp() * 1000)


def turned_away(customer, **fields) -> dict:
    answer = customer.ask("session.start", **fields)
    assert answer["type"] == "error", answer
    return answer


def leave(customer, text="call me", **fields) -> str:
    fields.setdefault("key", new_key())
    return customer.request("message.leave", text=text, **fields)["message"]


def watch(agent, group="care") -> dict:
    agent.request("queue.subscribe", groups=[group])
    return agent.expect("queue.update", group=group)


def expect_left(agent, count, group="care") -> dict:
    """The next update of the group with so many left messages."""
    return agent.find(
        lambda frame: frame.get("type") == "queue.update" and frame["group"] == group
        and frame.get("left", {}).get("count") == count, f"{count} left messages")["left"]
