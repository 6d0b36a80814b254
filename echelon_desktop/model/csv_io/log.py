"""Gathers findings while files are read."""

from dataclasses import replace

from echelon_desktop.model.codes import Code
from echelon_desktop.model.findings import Finding, Severity


class FindingLog:
    """
    Findings in the order in which they were noticed.

    Notes of one kind about one column are told once, with the number of rows: a spreadsheet that put ".0"
    behind five thousand numbers is one story. Errors and warnings are told one by one.
    """

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._told: dict[tuple[str, ...], list[int]] = {}  # what → place in the list, times seen

    def add(
        self,
        code: Code,
        message: str,
        remedy: str,
        *,
        file: str = "",
        row: int | None = None,
        column: str = "",
        value: str = "",
        table: str = "",
        key: str = "",
        once_per: tuple[str, ...] = (),
    ) -> None:
        """
        Tell of one thing noticed; the severity is the code's.

        ``once_per`` names what makes further findings of this code the same story (notes need not say).
        """
        if code.severity is Severity.NOTE and row is not None:
            once_per = once_per or (file, column)
        if once_per:
            told = self._told.setdefault((code, *once_per), [len(self._findings), 0])
            told[1] += 1
            if told[1] > 1:
                return
        finding = Finding(code.value, code.severity, message, remedy, file, row, column, value, table, key)
        self._findings.append(finding)

    def take_over(self, other: "FindingLog") -> None:
        """Add what another log gathered."""
        self._findings += other.findings()

    def findings(self) -> list[Finding]:
        """All findings; those that stand for several say for how many."""
        result = list(self._findings)
        for place, times in self._told.values():
            if times > 1:
                more = "another row" if times == 2 else f"{times - 1:,} more rows"
                result[place] = replace(result[place], message=f"{result[place].message} The same in {more}.")
        return result
