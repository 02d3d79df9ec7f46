"""All rows of the two tables: every numbered equation of Sections II-IV and Appendices A-C, and every claim."""

from __future__ import annotations

from . import (
    claims_coherence,
    claims_thermodynamics,
    equations_energy,
    equations_entropy,
    equations_example_1,
    equations_example_2,
    equations_general,
    equations_pair,
)
from .rows import Claim, Equation

_MODULES = (
    equations_general,
    equations_pair,
    equations_example_1,
    equations_example_2,
    equations_energy,
    equations_entropy,
)


def _place(equation: Equation) -> tuple[str, int, bool]:
    """Where an equation stands in print: the sections first, then the appendices; lines without number after."""
    number = equation.number.removeprefix("below ")
    appendix = number[0] if number[0].isalpha() else ""
    return appendix, int(number.lstrip("ABC")), number != equation.number


EQUATIONS: tuple[Equation, ...] = tuple(sorted((row for m in _MODULES for row in m.EQUATIONS), key=_place))
CLAIMS: tuple[Claim, ...] = (*claims_coherence.CLAIMS, *claims_thermodynamics.CLAIMS)
