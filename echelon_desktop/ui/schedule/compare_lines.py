"""What the tab of comparisons shows, line by line in words. Knows nothing of Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from echelon_desktop.model.entities import Placement, Rule
from echelon_desktop.model.rule_words import KIND_TITLES, rule_sentence, weight_words
from echelon_desktop.solver.comparison import (
    HARD_RULES,
    Comparison,
    FigureChange,
    SeatChange,
    Side,
    StudentChange,
    decisive,
)
from echelon_desktop.ui.schedule.timetable import Timetable

SIGNS = {Side.THERE: "◀", Side.HERE: "▶", Side.NEITHER: "="}  # the better side, as the columns stand
_COUNTS = {
    "students_with_every_request": "Students with every request",
    "unmet": "Unmet requests, all ranks",
    "alternates_granted": "Granted alternates",
    "size_spread": "Size spread",
    "sped_spread": "SPED spread",
    "load_spread": "Load spread",
}
_NOWHERE = "not placed"


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A figure of both scenarios; ``title`` names it and ``place`` its rank in the order of judging."""

    figure: FigureChange
    title: str
    place: str
    better: str

    @property
    def signed(self) -> str:
        """Which is better, with a sign that points to its column."""
        return f"{SIGNS[self.figure.better]}  {self.better}"


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section that differs: where and with whom it meets in both scenarios."""

    section: str
    title: str
    there: str
    here: str
    there_mask: int
    here_mask: int
    teachers: str
    room: str
    moved: bool


@dataclass(frozen=True, slots=True)
class StudentLine:
    """A student whose seats differ: requests met on one side alone, and seats elsewhere."""

    change: StudentChange
    name: str
    grade: str
    only_there: str
    only_here: str
    elsewhere: str


def figure_lines(
    figures: Sequence[FigureChange], rules: dict[str, Rule], timetable: Timetable, there: str, here: str
) -> list[FigureLine]:
    """Lines of figures; ``there`` and ``here`` are the names of the scenarios."""
    lines, names = [], {Side.THERE: there, Side.HERE: here}
    several = [rules[f.rule].kind for f in figures if f.rule in rules]
    for figure in figures:
        rule = rules.get(figure.rule)
        title = _COUNTS.get(figure.name) or _title(figure.name)
        if rule is not None and several.count(rule.kind) > 1 and rule.kind != "unmet-requests":
            title = f"{title}: {rule_sentence(rule, timetable.school)}"
        if figure.level is not None and not figure.ranked and rule is not None:
            title = f"– {title}" + (f", {weight_words(rule.weight)}" if rule.weight > 1 else "")
        place = "First of all" if figure.name == HARD_RULES else ""
        place = f"Level {figure.level}" if figure.level is not None and figure.ranked else place
        difference = abs(figure.here - figure.there)
        better = f"{names[figure.better]}, by {difference:,}" if difference else "No difference"
        lines.append(FigureLine(figure, title, place, better))
    return lines


def headline(figures: Sequence[FigureChange], lines: Sequence[FigureLine], there: str, here: str) -> str:
    """Which scenario is better, and by what."""
    broken = [name for name, number in ((there, figures[0].there), (here, figures[0].here)) if number]
    figure = decisive(figures)
    if figure is None:
        words = f"“{there}” and “{here}” are equally good at every level."
        return words + (" Both break hard rules." if broken else "")
    winner, loser = (here, there) if figure.better is Side.HERE else (there, here)
    least, most = sorted((figure.there, figure.here))
    if figure.name == HARD_RULES:
        if least:
            return f"Both break hard rules: “{winner}” in {least:,} and “{loser}” in {most:,} places."
        return f"“{winner}” is better: “{loser}” breaks hard rules in {most:,} {_places(most)}."
    title = next(line.title for line in lines if line.figure is figure)
    title = title if title[:2].isupper() else title[0].lower() + title[1:]
    words = f"“{winner}” is better at level {figure.level}: {title}, {least:,} against {most:,}."
    return words + (" Both break hard rules." if broken else "")


def section_lines(comparison: Comparison, timetable: Timetable) -> list[SectionLine]:
    """Lines of sections."""
    lines = []
    for change in comparison.sections:
        meeting = timetable.meetings.get(change.section)
        own = timetable.teacher_names(meeting) if meeting is not None else ""
        lines.append(
            SectionLine(
                change.section,
                meeting.title if meeting is not None else "",
                _stands(change.there, change.there_mask),
                _stands(change.here, change.here_mask),
                change.there_mask,
                change.here_mask,
                f"{_teachers(change.there, timetable)} → {_teachers(change.here, timetable)}"
                if change.other_teachers
                else own,
                f"{_room(change.there)} → {_room(change.here)}"
                if change.other_room
                else (meeting.room if meeting is not None else ""),
                change.moved,
            )
        )
    return lines


def student_lines(
    comparison: Comparison,
    timetable: Timetable,
    there: Mapping[str, Placement],
    here: Mapping[str, Placement],
) -> list[StudentLine]:
    """Lines of students; ``there`` and ``here`` are the placements, by which seats are told apart."""

    def courses(ids: Sequence[str]) -> str:
        return ", ".join(map(timetable.course_title, ids))

    def seat(change: SeatChange) -> str:
        title = timetable.course_title(change.course)
        old, new = _periods(there.get(change.there)), _periods(here.get(change.here))
        if change.there == change.here:
            return f"{title} {change.here}: {old} → {new}"
        if not change.kept:
            return f"{title}: {f'{change.there} {old}' if change.there else f'→ {change.here} {new}'}"
        return f"{title}: {change.there} {old} → {change.here} {new}"

    lines = []
    for change in comparison.students:
        student = timetable.students.get(change.student)
        told = {*change.only_there, *change.only_here}
        lines.append(
            StudentLine(
                change,
                student.name if student is not None else "",
                student.grade if student is not None else "",
                courses(change.only_there),
                courses(change.only_here),
                ", ".join(seat(each) for each in change.seats if each.course not in told),
            )
        )
    return lines


def _title(name: str) -> str:
    """Name of a figure with the titles of the kinds of rules in it."""
    words = " + ".join(KIND_TITLES.get(kind, kind) for kind in name.split(" + "))
    return words[0].upper() + words[1:]


def _places(number: int) -> str:
    return "place" if number == 1 else "places"


def _periods(placement: Placement | None) -> str:
    if placement is None or not placement.periods:
        return _NOWHERE
    return "+".join(placement.periods) + (f" ({', '.join(placement.terms)})" if placement.terms else "")


def _stands(placement: Placement | None, mask: int) -> str:
    return _periods(placement) if mask else _NOWHERE


def _teachers(placement: Placement | None, timetable: Timetable) -> str:
    names = map(timetable.teacher_name, placement.teachers) if placement is not None else ()
    return ", ".join(names) or "nobody"


def _room(placement: Placement | None) -> str:
    return (placement.room if placement is not None else "") or "no room"
