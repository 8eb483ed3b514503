"""Budgets of the figures: first landing and goal. Figures without one are shown all the same."""

#: figure -> (first landing, goal); smaller is better unless the figure is a rate.
BUDGETS = {
    "relay.2000.p50_ms": (None, 0.25), "relay.2000.p99_ms": (5, 0.6),
    "relay.10000.p50_ms": (None, 0.3), "relay.10000.p99_ms": (15, 1.2),
    "relay.30000.p99_ms": (100, 100),
    "relay.45000.hub_us": (30, 12), "relay.45000.redis_us": (10, 4),
    "idle.bytes": (8192, 3072), "idle.cpu_us_per_s": (5, 1),
    "idle.connects_per_s": (4_000, 10_000),
    "storm.recovery_s": (3, 0.8), "broadcast.hub_us": (10, 5),
    "store.10000.enqueue_match_us": (150, 60), "store.100000.enqueue_match_us": (225, 90),
    "store.1000000.enqueue_match_us": (300, 120),
    "store.10000.bytes": (6144, 3072), "store.100000.bytes": (6144, 3072),
    "store.1000000.bytes": (6144, 3072),
    "tick.10000.idle": (2, 0.5), "tick.10000.departure": (2, 0.5),
    "rules.1000_20": (1_000, 50),
    "customers.new_rows_per_s": (20_000, 100_000),
    "customers.known_rows_per_s": (20_000, 100_000),
}


def is_rate(figure: str) -> bool:
    """More is better."""
    return figure.endswith("_per_s") and not figure.endswith("us_per_s")


def is_cost(figure: str) -> bool:
    """Something that grows when the machine is slow; bytes and counts do not."""
    return not figure.endswith(("bytes", "frames", "_mib"))


def verdict(figure: str, value: float) -> str:
    landing, goal = BUDGETS.get(figure, (None, None))
    if goal is None:
        return ""
    better = (lambda bound: value >= bound) if is_rate(figure) else (lambda bound: value <= bound)
    if better(goal):
        return "goal"
    return "landing" if landing is None or better(landing) else "missed"
