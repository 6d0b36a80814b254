"""A first place for every section: no teacher twice in a slot, the sections of a course spread over slots."""

import random

from echelon_desktop.solver.search.plain import PlainProblem


def place_sections(problem: PlainProblem, chance: random.Random) -> list[int] | None:
    """
    Choose a slot for every section, teacher by teacher.

    Parameters
    ----------
    problem
        The plain school.
    chance
        Orders teachers and their sections, and breaks ties.

    Returns
    -------
    list of int or None
        Slot of each section; None if some teacher's sections cannot all be placed, which is exact: each
        teacher is a bipartite matching of sections to slots, and teachers do not meet each other.
    """
    placed = [-1] * problem.n_sections
    standing = [[0] * problem.n_slots for _ in range(problem.n_courses)]
    of_teacher: dict[int, list[int]] = {}
    for section, teacher in enumerate(problem.section_teacher.tolist()):
        # A section without a teacher clashes with none: it is a group of its own.
        of_teacher.setdefault(teacher if teacher >= 0 else -1 - section, []).append(section)
    groups = list(of_teacher.values())
    chance.shuffle(groups)
    allowed = problem.section_allowed.tolist()
    course = problem.section_course.tolist()
    for group in groups:
        chance.shuffle(group)
        holder: dict[int, int] = {}
        for section in group:
            slots = [p for p in range(problem.n_slots) if allowed[section] >> p & 1]
            chance.shuffle(slots)
            slots.sort(key=lambda p: standing[course[section]][p])
            if not _place(section, slots, holder, allowed, problem.n_slots):
                return None
        for slot, section in holder.items():
            placed[section] = slot
            standing[course[section]][slot] += 1
    return placed


def _place(section: int, slots: list[int], holder: dict[int, int], allowed: list[int], n_slots: int) -> bool:
    """Give a section a slot, moving others of the teacher along an alternating path where all are taken."""
    for slot in slots:
        if slot not in holder:
            holder[slot] = section
            return True
    came: dict[int, int] = {}
    queue = [section]
    for mover in queue:
        for slot in range(n_slots):
            if not allowed[mover] >> slot & 1 or slot in came:
                continue
            came[slot] = mover
            if slot in holder:
                queue.append(holder[slot])
                continue
            while True:
                mover = came[slot]
                left = next((p for p, s in holder.items() if s == mover), -1)
                holder[slot] = mover
                if mover == section:
                    return True
                slot = left
    return False
