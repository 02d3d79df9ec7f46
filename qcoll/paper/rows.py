"""What a row of the two tables is: an equation or a claim, its verdict, and the check that gives its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

#: What counts as equal: closed forms and machinery agree to this over all seeded draws.
EXACT = 1e-12


@dataclass(frozen=True)
class Checked:
    """The numbers of an equation's check.

    Args:
        residual: largest deviation of the accepted form from an independent computation, over seeded draws.
        printed: the same for the form in print, where it differs and can be evaluated.
        effect: what the difference does at the parameters of the paper's figures.
    """

    residual: float
    printed: float | None = None
    effect: str = ""


@dataclass(frozen=True, kw_only=True)
class Equation:
    """One numbered equation of the paper.

    Args:
        number: as in print; equations without a number are called after their neighbour.
        subject: what it says, in a few words.
        verdict: "confirmed" as printed, "corrected", or "definition".
        nature: of a correction: "misprint" (a wrong symbol), "assumption" (holds only under one that is not stated),
            "levels" (depends on which level is called the upper one) or "notation" (no number changes).
        printed: the part of it that fails, as printed.
        correct: the same part corrected.
        note: what else a reader should know.
        check: computes the numbers.
    """

    number: str
    subject: str
    verdict: Literal["confirmed", "corrected", "definition"]
    check: Callable[[], Checked]
    nature: Literal["", "misprint", "assumption", "levels", "notation"] = ""
    printed: str = ""
    correct: str = ""
    note: str = ""


Verdict = Literal["holds exactly", "holds to second order only", "holds with a qualification", "does not hold"]


@dataclass(frozen=True)
class Measured:
    """What the check of a claim found.

    Args:
        verdict: follows from the numbers, not from an opinion kept beside them.
        numbers: the numbers, in words.
    """

    verdict: Verdict
    numbers: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement of fact of the paper.

    Args:
        name: a short identifier.
        where: section or figure.
        statement: the claim, in a few own words or a short quotation.
        expected: the verdict that the check must find.
        check: computes verdict and numbers.
    """

    name: str
    where: str
    statement: str
    expected: Verdict
    check: Callable[[], Measured]
