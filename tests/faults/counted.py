"""A storm's counts as figures with their goals."""

from benchmarks.figures import Figures
from notifications.outbox import LEASE
from notifications.providers.wire import READ_SECONDS
from tests.faults.judge import details
from tests.faults.plan import Aftermath, Plan

GOAL = "== 0"


def count(figures: Figures, name: str, plan: Plan, aftermath: Aftermath) -> None:
    """Lost, twice and unknown have the goal 0, and so have forgeries taken and receipts forgotten."""
    found = aftermath.verdict
    told = {"seed": plan.seed, "clock_speed": plan.speed, "seconds": aftermath.storm_seconds}
    told |= {"real_seconds_of_a_lease": LEASE.total_seconds() / plan.speed}
    told |= {"real_seconds_of_a_call": READ_SECONDS / plan.speed}
    told |= {f"{part}_kills": times for part, times in sorted(aftermath.kills.items())}
    figures.add(f"{name}_lost", found.lost, "messages", GOAL, **details(found), **told)
    figures.add(f"{name}_twice", found.twice, "messages", GOAL, resends=found.resends)
    open_still = found.unknown + found.unfinished
    minutes = aftermath.calm_seconds / 60
    figures.add(f"{name}_unknown_left", open_still, "messages", GOAL, minutes_of_calm=minutes)
    figures.add(f"{name}_receipts_forgotten", found.forgotten, "messages", GOAL)
    figures.add(f"{name}_forgeries_accepted", found.forgeries_accepted, "receipts", GOAL)
    lags = aftermath.record.lags or [0.0]
    figures.add(f"{name}_receipts_late", lags[len(lags) * 99 // 100], "s", real_seconds_at_most=lags[-1])
    for what, names in found.names.items():
        if names:
            print(f"    {what}: {' '.join(names)}")
