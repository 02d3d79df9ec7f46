"""The page ``docs/paper.md``: both tables, written by the checks behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .registry import CLAIMS, EQUATIONS
from .rows import EXACT, Checked, Claim, Equation, Measured, Verdict

_NATURE = {
    "misprint": "misprint",
    "assumption": "holds for real couplings only",
    "levels": "depends on the order of the levels",
    "notation": "notation",
    "": "",
}

_INTRODUCTION = """\
# The paper, checked

S. Cusumano and G. De Chiara, *Structured quantum collision models: generating coherence with thermal resources*.

This page is written by the code that checks it: `python -m qcoll.paper --write docs/paper.md` writes it,
`python -m qcoll.paper --check docs/paper.md` fails when a number or a verdict changes.

- **Equations**: every numbered equation of Sections II to IV and Appendices A to C, each computed a second way (joint
  matrices, Taylor coefficients of the exact channel, or the general master equation) at seeded random parameters with
  complex couplings. What is accepted agrees to 1e-12.
- **Claims**: statements of fact in text and captions, each with its number.

Units: hbar = k_B = 1. The figures' parameters are omega_S = 1, omega_1 = 0.5, omega_2 = 1.5, dt = 0.1; kappa = 0.3,
beta = 1 and alpha = 0.1 unless said otherwise. "Exact" is the full collision (Eq. 16), "second order" the master
equation (Eq. 21). The values of beta and kappa in the legends are not in the captions; those here are our choice.

## One decision

With omega_1 < omega_2, Appendix A names the product states so that E_3 - E_2 = omega_1 - omega_2 = -1, and the ancillas
would drive the system to a population inversion. Eqs. 36, 37, A3, A4 and A6 and the captions need the opposite,
E_3 - E_2 = +1 = omega_S. `qcoll.example_2` is the latter; `levels="as_printed"` is the former. The formulas of the
appendices were written partly in one order, partly in the other: A8, A10 to A16, B3 and B4 in the printed one.
"""

_PARTING = """\
## Where exact and second order part

![Steady coherence, damping of the coherence, and errors of the map](figures/second_order.png)

The second-order map needs more than a short collision:

- (a) kappa dt << 1. At dt = 0.1 its steady coherence follows the exact one to a per cent up to kappa of about 2;
  beyond, the exact stroboscopic dynamics has resonances where kappa dt comes near multiples of pi, which the map does
  not know.
- (b) dt^2 omega_S^4 / 4 << g^(-,+) + g^(+,-). One collision of the map stretches the coherence by dt^4 omega_S^4 / 8,
  so that its oscillations die out too slowly, and where the damping is weak (cold ancillas, small alpha) they grow
  without bound: its steady state is then a fixed point that no coherent initial state reaches.
- (c) It is not completely positive, though by little at the figures' parameters, where one collision is wrong by about
  2e-4 in diamond norm.
"""


def document() -> str:
    """The whole page, from a fresh run of every check.

    Raises:
        AssertionError: if an accepted formula misses its independent computation, or a claim its verdict.
    """
    equations = [(row, row.check()) for row in EQUATIONS]
    claims = [(row, row.check()) for row in CLAIMS]
    for equation, checked in equations:
        if not checked.residual <= EXACT:
            raise AssertionError(f"Eq. {equation.number} deviates by {checked.residual:.1e}, more than {EXACT:.0e}")
    for claim, measured in claims:
        if measured.verdict != claim.expected:
            raise AssertionError(f"claim {claim.name!r}: {measured.verdict}, expected {claim.expected}")
    parts = [
        _INTRODUCTION,
        _summary(equations, claims),
        _corrections([pair for pair in equations if pair[0].verdict == "corrected"]),
        _claims(claims),
        _PARTING,
        _all_equations(equations),
    ]
    return "\n".join(parts)


def _summary(equations: Sequence[tuple[Equation, Checked]], claims: Sequence[tuple[Claim, Measured]]) -> str:
    verdicts = [row.verdict for row, _ in equations]
    found = [measured.verdict for _, measured in claims]
    counts = ", ".join(f"{verdicts.count(v)} {v}" for v in ("confirmed", "corrected", "definition"))
    natures = [row.nature for row, _ in equations if row.verdict == "corrected"]
    why = ", ".join(f"{natures.count(n)} {_NATURE[n]}" for n in ("misprint", "assumption", "levels", "notation"))
    order: tuple[Verdict, ...] = (
        "holds exactly",
        "holds with a qualification",
        "holds to second order only",
        "does not hold",
    )
    held = ", ".join(f"{found.count(v)} {v}" for v in order)
    return f"## In short\n\n{len(equations)} equations: {counts} ({why}).\n\n{len(claims)} claims: {held}.\n"


def _corrections(rows: Iterable[tuple[Equation, Checked]]) -> str:
    header = [
        "Eq.",
        "what it is",
        "why",
        "as printed",
        "correct",
        "deviation, random",
        "at the figures' parameters",
        "note",
    ]
    body = [
        [
            row.number,
            row.subject,
            _NATURE[row.nature],
            row.printed,
            row.correct,
            "" if checked.printed is None else f"{checked.printed:.0e}",
            checked.effect,
            row.note,
        ]
        for row, checked in rows
    ]
    text = (
        "## Equations that do not hold as printed\n\n'Deviation, random' is the largest of the printed form over the "
        "random draws, complex couplings included; the next column is its effect where the figures were drawn.\n\n"
    )
    return text + _table(header, body)


def _claims(rows: Iterable[tuple[Claim, Measured]]) -> str:
    header = ["where", "claim", "verdict", "numbers"]
    body = [[row.where, row.statement, f"**{m.verdict}**", m.numbers] for row, m in rows]
    return "## Claims\n\n" + _table(header, body)


def _all_equations(rows: Iterable[tuple[Equation, Checked]]) -> str:
    header = ["Eq.", "what it is", "verdict", "note"]
    body = [
        [row.number, row.subject, row.verdict, row.note if row.verdict != "corrected" else "see above"]
        for row, _ in rows
    ]
    return "## Every equation\n\n" + _table(header, body)


def _table(header: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(_escaped(cell) for cell in row) + " |" for row in body]
    return "\n".join(lines) + "\n"


def _escaped(cell: str) -> str:
    bold = cell.startswith("**")
    text = cell.replace("|", "\\|").replace("<", "&lt;")
    return text if bold else text.replace("*", "\\*")
