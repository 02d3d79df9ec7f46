"""A benchmark run: the cases that are not in the file yet are measured and appended one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import MissingExtraError
from .case import Case
from .compilers import COMPILERS
from .measurement import measure
from .rows import RowFile, header_for

#: Called with how many are done, how many there are, and what comes next.
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Run:
    """What a benchmark run did.

    Args:
        measured: number of new rows.
        known: number of rows that were there already.
        refused: number of new rows that say why they could not be measured.
        skipped: compilers that are not installed, with what to do.
        rows: all rows of the file, old ones included.
        asked: hashes of the rows of these cases.
        older: number of rows in the file that other versions or other code measured.
    """

    measured: int
    known: int
    refused: int
    skipped: tuple[str, ...]
    rows: list[dict[str, Any]]
    asked: frozenset[str]
    older: int


def run_benchmark(cases: Sequence[Case], path: Path, *, progress: Progress = lambda *_: None) -> Run:
    """Measure cases into a file of rows; those that it holds already are not measured again.

    Args:
        cases: from :func:`~qcoll.depth.grid`.
        path: the file.
        progress: called before every case.

    Raises:
        InputError: if the file cannot be used.
    """
    skipped: dict[str, str] = {}
    for name in dict.fromkeys(case.compiler for case in cases):
        try:
            COMPILERS.find(name).version()
        except MissingExtraError as error:
            skipped[name] = str(error)
    chosen = [case for case in cases if case.compiler not in skipped]
    file = RowFile(path)
    done = {row["hash"] for row in file.rows}
    if chosen:
        file.begin(header_for(chosen))
    asked: set[str] = set()
    measured = known = refused = 0
    for number, case in enumerate(chosen):
        progress(number, len(chosen), describe(case))
        own = case.hash()
        asked.add(own)
        if own in done:
            known += 1
            continue
        row = measure(case)
        file.append(row)
        done.add(own)
        measured += 1
        refused += "refused" in row
    progress(len(chosen), len(chosen), "done")
    return Run(measured, known, refused, tuple(skipped.values()), file.rows, frozenset(asked), file.older)


def describe(case: Case) -> str:
    """One case in a few words."""
    return f"{case.model}, {case.label}, {case.ancillas} ancillas, {case.target}, {case.compiler} {case.optimization}"
