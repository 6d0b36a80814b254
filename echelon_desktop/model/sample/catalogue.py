"""
The courses of a believable high school: core courses by grade, and electives in levels.

Shares follow the published course demand of Californian high schools of 2,000 students and more: a fifth of
the courses take most requests, and the middle course has fewer than twenty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

GRADES = (9, 10, 11, 12)
GRADE_SHARES = {9: 27, 10: 26, 11: 24, 12: 23}  # percent of the students
LANGUAGES = "World Languages"
SCIENCE = "Science"


@dataclass(frozen=True, slots=True)
class Offer:
    """
    A course a school may offer.

    Parameters
    ----------
    title, department
        As in its catalogue.
    shares
        Core courses: grade → percent of that grade who take it.
    level
        Electives: 1 for beginners; the higher, the older and the fewer.
    """

    title: str
    department: str
    shares: Mapping[int, int] = field(default_factory=dict)
    level: int = 1

    @property
    def is_advanced(self) -> bool:
        """Whether it is for the honors track before others."""
        return self.title.startswith("AP ") or self.title.endswith(" Honors")

    def liking(self, grade: int) -> int:
        """How much more a student of that grade than another chooses it."""
        if self.shares:
            return self.shares.get(grade, 0)
        return 3 if abs(grade - (8 + self.level)) <= 1 else 1


def _core(department: str, *courses: tuple[str, dict[int, int]]) -> list[Offer]:
    return [Offer(title, department, shares) for title, shares in courses]


CORE = (
    *_core(
        "English",
        ("English 9", {9: 80}),
        ("English 9 Honors", {9: 15}),
        ("English 10", {10: 78}),
        ("English 10 Honors", {10: 17}),
        ("English 11", {11: 64}),
        ("AP English Language", {11: 28}),
        ("English 12", {12: 52}),
        ("Expository Reading and Writing", {12: 20}),
        ("AP English Literature", {12: 20}),
    ),
    *_core(
        "Math",
        ("Algebra 1", {9: 52, 10: 14}),
        ("Geometry", {9: 32, 10: 46, 11: 14}),
        ("Algebra 2", {9: 8, 10: 28, 11: 42, 12: 10}),
        ("Precalculus", {10: 6, 11: 24, 12: 18}),
        ("Statistics", {11: 4, 12: 20}),
        ("AP Statistics", {11: 4, 12: 10}),
        ("AP Calculus AB", {11: 4, 12: 14}),
        ("AP Calculus BC", {12: 6}),
    ),
    *_core(
        SCIENCE,
        ("Earth Science", {9: 36}),
        ("Biology", {9: 50, 10: 34}),
        ("Chemistry", {10: 42, 11: 30}),
        ("Physics", {11: 24, 12: 14}),
        ("Anatomy and Physiology", {11: 12, 12: 14}),
        ("Environmental Science", {11: 6, 12: 8}),
        ("AP Biology", {11: 8, 12: 10}),
        ("AP Chemistry", {11: 6, 12: 6}),
        ("AP Physics 1", {12: 8}),
    ),
    *_core(
        "Social Studies",
        ("World Geography", {9: 46}),
        ("World History", {10: 78}),
        ("AP European History", {10: 14}),
        ("US History", {11: 66}),
        ("AP US History", {11: 26}),
        ("Government", {12: 70}),
        ("AP Government", {12: 18}),
    ),
    *_core("PE", ("PE 9", {9: 88}), ("PE 10", {10: 74})),
)

# With semesters, seniors take one half a year each.
ECONOMICS = {"Government": "Economics", "AP Government": "AP Economics"}


_LANGUAGES = (
    "Spanish, French, Mandarin, German, American Sign Language, Japanese, Latin, Italian, Korean, Portuguese"
)
_ARTS = "Drawing, Ceramics, Photography, Painting, Graphic Design, Animation, Digital Art, Jewelry, Textiles"
_TRADES = (
    "Construction, Electronics, Web Design, Game Design, Journalism, Plumbing, Carpentry, Horticulture, "
    "Veterinary Science, Firefighting, Marketing, Hospitality, Interior Design, Drafting"
)


def _levels(department: str, subjects: str, levels: int) -> list[Offer]:
    return [
        Offer(f"{subject.strip()} {level}", department, level=level)
        for level in range(1, levels + 1)
        for subject in subjects.split(",")
    ]


def _single(department: str, titles: str, level: int = 2) -> list[Offer]:
    return [Offer(title.strip(), department, level=level) for title in titles.split(",")]


# Level by level, so that a small school has the beginners' courses.
ELECTIVES = tuple(
    sorted(
        (
            *_levels(LANGUAGES, _LANGUAGES, 4),
            *_levels("Visual Arts", _ARTS, 3),
            *_levels("Visual Arts", "Sculpture, Printmaking, Film Making, Fashion Design", 2),
            *_levels("Performing Arts", "Theater, Dance, Guitar, Piano, Stagecraft", 3),
            *_single(
                "Performing Arts",
                "Concert Choir, Chamber Choir, Concert Band, Symphonic Band, Jazz Band, Marching Band, "
                "String Orchestra, Percussion, Music Theory, AP Music Theory, Musical Production",
            ),
            *_levels(
                "Career Technical", "Culinary Arts, Auto Shop, Woodworking, Welding, Computer Science", 3
            ),
            *_levels("Career Technical", "Engineering Design, Robotics, Sports Medicine, Medical Careers", 3),
            *_levels(
                "Career Technical", "Agriculture, Floral Design, Business, Accounting, Child Development", 2
            ),
            *_levels("Career Technical", _TRADES, 2),
            *_levels("PE", "Weight Training, Yoga, Team Sports, Aquatics, Racket Sports", 2),
            *_single(
                "English", "Creative Writing, Public Speaking, Debate, Mythology, Yearbook, Film Studies"
            ),
            *_single("Social Studies", "Psychology, AP Psychology, Ethnic Studies, Sociology, Mock Trial", 3),
            *_single("Social Studies", "AP Human Geography, Philosophy, Current Affairs, Criminal Law", 3),
            *_single("Math", "Consumer Math, AP Computer Science A, AP Computer Science Principles", 3),
            *_single(SCIENCE, "Astronomy, Marine Biology, Forensic Science, Zoology, Botany, Geology", 3),
            *_single(
                "General", "Leadership, AVID 9, AVID 10, AVID 11, AVID 12, Peer Tutoring, Study Skills", 1
            ),
            *_single("General", "Student Store, Library Science, Office Practice, Community Service", 2),
        ),
        key=lambda offer: offer.level,
    )
)
