"""A run on AWS as a school file remembers it, beside the runs that were solved here."""

from collections.abc import Mapping
from typing import Any

from cloud_runner.client.runs import Run
from echelon_desktop.model.store import Run as Record


def record_of(
    run: Run, settings: Mapping[str, Any], figures: Mapping[str, int], scenario: str = ""
) -> Record:
    """
    What the history of a school says of a run.

    Parameters
    ----------
    run
        As it is known now; only once it has ended does the record have an end.
    settings
        What the run itself does not know: "scope", "name" and "from", the scenario it was sent from.
    figures
        Of the schedule that was taken over; empty as long as there is none.
    scenario
        Id of what was made of it.
    """
    order = run.order
    best = next((child for child in run.children if child.index == run.best_child), None)
    return Record(
        id=run.id,
        scenario=scenario,
        started=run.created,
        ended=run.ended if run.state.ended else "",
        status=run.status,
        seed=best.seed if best is not None else None,
        settings={
            **settings,
            "where": run.remote.name,
            "seeds": list(order.seeds),
            "time_limit_s": order.time_limit_s,
            "workers": order.vcpu,
        },
        figures={
            **figures,
            "certain": run.certain,
            "levels": [{"name": f.name, "value": f.value, "bound": f.bound} for f in run.levels],
            "ended": run.stop_reason,
            **({"seconds": round(best.seconds, 1)} if best is not None else {}),
            "method": f"AWS, {order.children} × {order.vcpu} vCPU",
        },
    )
