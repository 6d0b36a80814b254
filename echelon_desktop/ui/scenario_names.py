"""Scenarios as the window lists them: by name, and by more where names do not tell them apart."""

from collections import Counter
from collections.abc import Iterable

from echelon_desktop.model.entities import Scenario
from echelon_desktop.ui.moments import moment


def scenario_names(scenarios: Iterable[Scenario]) -> dict[str, str]:
    """
    Id → name of each scenario, in their order.

    Those of one name have their number, which is seen in the narrowest column, and when they were made:
    "Draft no. 2 (22 Nov 2026, 18:40)".
    """
    found = list(scenarios)
    alike = Counter(scenario.name for scenario in found)
    numbers: Counter[str] = Counter()
    names = {}
    for scenario in found:
        numbers[scenario.name] += 1
        name = scenario.name
        if alike[name] > 1:
            when = f" ({moment(scenario.created)})" if scenario.created else ""
            name = f"{name} no. {numbers[name]}{when}"
        names[scenario.id] = name
    return names
