"""What a run's numbers stand for, with the school as it was when the run was sent. It never leaves."""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cloud_runner.client.shuffle import Permutation
from echelon_desktop.errors import RemoteError
from echelon_desktop.model.codec import record_from_json, record_to_json
from echelon_desktop.model.dataset import Schedule, School
from echelon_desktop.model.entities import Record, Rule
from echelon_desktop.model.slots import Choice
from echelon_desktop.model.tables import SCHOOL_TABLES
from echelon_desktop.solver.problem import Keys

VERSION = 1


@dataclass(frozen=True, slots=True)
class KeyTable:
    """
    The way back from a run's numbers to the school.

    Parameters
    ----------
    input_sha256
        Of the problem that these are the keys of.
    permutation, keys
        From the shuffled problem's numbers to the compiler's, and from those to the school's ids.
    school, rules, baseline
        As they were sent: what comes back is judged by them.
    """

    input_sha256: str
    permutation: Permutation
    keys: Keys
    school: School
    rules: tuple[Rule, ...]
    baseline: Schedule

    def to_bytes(self) -> bytes:
        """The table as compressed JSON, for a file only its owner may read."""
        value = {
            "v": VERSION,
            "input_sha256": self.input_sha256,
            "permutation": base64.b64encode(self.permutation.to_bytes()).decode(),
            "keys": {
                "sections": self.keys.sections,
                "students": self.keys.students,
                "courses": self.keys.courses,
                "choices": [[c.periods, c.terms, c.mask] for c in self.keys.choices],
                "requests": self.keys.requests,
            },
            **_facts(self.school, self.rules, self.baseline),
        }
        return gzip.compress(json.dumps(value, separators=(",", ":")).encode(), 6, mtime=0)

    @classmethod
    def from_bytes(cls, data: bytes) -> "KeyTable":
        """
        The table that :meth:`to_bytes` gave.

        Raises
        ------
        RemoteError
            If it is damaged, or of another version of the application.
        """
        try:
            value = json.loads(gzip.decompress(data))
            if value["v"] != VERSION:
                raise RemoteError("The run's key table was written by another version of the application.")
            keys = value["keys"]
            tables = {name: _records(name, value["school"][name]) for name in value["school"]}
            placements, seatings = _records("placements", value["placements"]), value["seatings"]
            return cls(
                value["input_sha256"],
                Permutation.from_bytes(base64.b64decode(value["permutation"])),
                Keys(
                    tuple(keys["sections"]),
                    tuple(keys["students"]),
                    tuple(keys["courses"]),
                    tuple(Choice(tuple(p), tuple(t), mask) for p, t, mask in keys["choices"]),
                    tuple((student, course) for student, course in keys["requests"]),
                ),
                School(**tables),
                tuple(_records("rules", value["rules"])),
                Schedule(
                    {p.section: p for p in placements},
                    {s.student: s for s in _records("seatings", seatings)},
                ),
            )
        except RemoteError:
            raise
        except Exception as error:  # it may be any file, and damaged in any way
            raise RemoteError("The run's key table is damaged, so its numbers cannot be read.") from error


def school_digest(school: School, rules: tuple[Rule, ...], baseline: Schedule) -> str:
    """What tells whether a school was edited since: SHA-256 of all that a solve depends on."""
    facts = _facts(school, rules, Schedule({}, {}))
    # Of a schedule only what it forbids matters: where unlocked sections stand now does not.
    facts["kept"] = [
        [
            (p.section, p.periods, p.terms, p.teachers, p.room, p.locked, p.forbidden)
            for p in baseline.placements.values()
            if p.locked or p.forbidden
        ],
        [(s.student, s.pinned) for s in baseline.seatings.values() if s.pinned],
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _facts(school: School, rules: Iterable[Rule], baseline: Schedule) -> dict[str, Any]:
    return {
        "school": {
            spec.name: [record_to_json(record) for record in getattr(school, spec.name).values()]
            for spec in SCHOOL_TABLES
        },
        "rules": [record_to_json(rule) for rule in rules],
        "placements": [record_to_json(p) for p in baseline.placements.values()],
        "seatings": [record_to_json(s) for s in baseline.seatings.values()],
    }


def _records(table: str, values: list[Any]) -> list[Any]:
    found: list[Record] = [record_from_json(table, value) for value in values]
    return found
