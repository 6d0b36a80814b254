"""The changes people make, each as an :class:`~echelon_desktop.model.dataset.Edit`."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, cast

from echelon_desktop.errors import EditError
from echelon_desktop.model import entities as e
from echelon_desktop.model.dataset import Dataset, Edit, RowChange, Schedule


def set_fields(dataset: Dataset, table: str, key: e.Key, **values: Any) -> Edit:
    """
    Give fields of one record new values.

    Raises
    ------
    EditError
        If there is no such record or field, or the change would alter the key.
    """
    rows = dataset.table(table)
    if key not in rows:
        raise EditError(f"There is no {rows.spec.singular} {key!r}.")
    before = rows[key]
    unknown = set(values) - {f.name for f in fields(before)}
    if unknown:
        raise EditError(f"A {rows.spec.singular} has no {', '.join(sorted(unknown))}.")
    after = cast(e.Record, replace(before, **values))
    if rows.spec.key_of(after) != key:
        raise EditError(f"The key of {rows.spec.singular} {key!r} is not changed this way.")
    names = ", ".join(name.replace("_", " ") for name in values)
    name = key if isinstance(key, str) else key[-1]
    return Edit(f"Change {names} of {rows.spec.singular} {name}", (RowChange(table, key, after),))


def adopt_schedule(dataset: Dataset, scenario: e.Scenario, schedule: Schedule, title: str) -> Edit:
    """
    Make a scenario hold a schedule; rows that are the same already are left alone.

    The scenario is made when there is none of its id. What the user fixed (locks, forbidden places, pinned
    seats) stays as the schedule has it, which is as it was where the solver made it.
    """
    changes: list[RowChange] = []
    if dataset.scenarios.get(scenario.id) != scenario:
        changes.append(RowChange("scenarios", scenario.id, scenario))
    before = dataset.schedule(scenario.id)
    new_rows: dict[tuple[str, e.Key], e.Record] = {}
    for section, placement in schedule.placements.items():
        new_rows["placements", (scenario.id, section)] = replace(placement, scenario=scenario.id)
    for student, seating in schedule.seatings.items():
        new_rows["seatings", (scenario.id, student)] = replace(seating, scenario=scenario.id)
    for (table, key), record in new_rows.items():
        if dataset.table(table).get(key) != record:
            changes.append(RowChange(table, key, record))
    changes += [
        RowChange(table, key, None)
        for table, key in _keys_of(scenario.id, before)
        if (table, key) not in new_rows
    ]
    return Edit(title, tuple(changes))


def change_schedule(scenario: str, rows: Schedule, title: str) -> Edit:
    """Put these rows into a scenario's schedule; all others stay."""
    placements = [
        RowChange("placements", (scenario, section), replace(placement, scenario=scenario))
        for section, placement in rows.placements.items()
    ]
    seatings = [
        RowChange("seatings", (scenario, student), replace(seating, scenario=scenario))
        for student, seating in rows.seatings.items()
    ]
    return Edit(title, (*placements, *seatings))


def new_scenario_id(dataset: Dataset) -> str:
    """An id that no scenario has."""
    numbers = [int(str(key)) for key in dataset.scenarios if str(key).isdecimal()]
    return str(max(numbers, default=0) + 1)


def delete_scenario(dataset: Dataset, scenario: str) -> Edit:
    """Delete a scenario with its placements and seatings; EditError when there is none."""
    if scenario not in dataset.scenarios:
        raise EditError(f"There is no scenario {scenario!r}.")
    rows = [RowChange(table, key, None) for table, key in _keys_of(scenario, dataset.schedule(scenario))]
    name = dataset.scenarios[scenario].name
    return Edit(f"Delete scenario {name}", (RowChange("scenarios", scenario, None), *rows))


def _keys_of(scenario: str, schedule: Schedule) -> list[tuple[str, tuple[str, str]]]:
    """Table and key of every row of a scenario's schedule."""
    placements = [("placements", (scenario, section)) for section in schedule.placements]
    return placements + [("seatings", (scenario, student)) for student in schedule.seatings]


def move_seats(dataset: Dataset, scenario: str, student: str, sections: Mapping[str, str]) -> Edit:
    """
    Seat a student elsewhere.

    Parameters
    ----------
    sections
        Requested course → the section in which he shall sit for it; his other seats stay.

    Raises
    ------
    EditError
        If there is no such section.
    """
    for section in sections.values():
        if section not in dataset.school.sections:
            raise EditError(f"There is no section {section!r}.")
    key = (scenario, student)
    before = dataset.seatings.get(key) or e.Seating(scenario, student)
    seats = {seat.course: seat for seat in before.seats}
    seats |= {course: e.Seat(course, section) for course, section in sections.items()}
    after = replace(before, seats=tuple(seats.values()))
    record = dataset.school.students.get(student)
    name = (record.name if record is not None else "") or student
    where = ", ".join(section_title(dataset, section) for section in sections.values())
    return Edit(f"Seat {name} in {where}", (RowChange("seatings", key, after),))


def section_title(dataset: Dataset, section: str) -> str:
    """A section as people call it: its course's title, or else the course's id, and its own id."""
    course_id = dataset.school.sections[section].course
    course = dataset.school.courses.get(course_id)
    return f"{(course.title if course else '') or course_id} {section}"


def lock_sections(dataset: Dataset, scenario: str, sections: tuple[str, ...], locked: bool) -> Edit:
    """Lock or unlock placements; sections without a place are left alone."""
    changes = []
    for section in sections:
        placement = dataset.placements.get((scenario, section))
        if placement is not None and placement.periods and placement.locked != locked:
            changes.append(RowChange("placements", (scenario, section), replace(placement, locked=locked)))
    names = sections[0] if len(sections) == 1 else f"{len(changes)} sections"
    return Edit(f"{'Lock' if locked else 'Unlock'} {names}", tuple(changes))
