"""Whether a schedule of a school could be used at all, asked before time or money goes into one."""

from echelon_desktop.errors import InputError
from echelon_desktop.model.dataset import School
from echelon_desktop.model.wording import few_of

MOST_NAMED = 5


def require_known_names(school: School) -> None:
    """
    Refuse a school whose sections name teachers or rooms that it lacks: ``verify`` refuses all its schedules.

    Raises
    ------
    InputError
        If there is such a section.
    """
    missing = []
    for section in school.sections.values():
        missing += [f"{section.id} names teacher {t}" for t in section.teachers if t not in school.teachers]
        if section.room and section.room not in school.rooms:
            missing.append(f"{section.id} names room {section.room}")
    if missing:
        raise InputError(
            f"The school cannot be solved while sections name what it lacks: {few_of(missing, MOST_NAMED)}. "
            "Correct the id in Data, or add the missing row; Checks leads there."
        )
