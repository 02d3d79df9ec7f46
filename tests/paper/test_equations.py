"""Every row of the table of equations: complete, consistent with its verdict, and to 1e-12."""

import pytest

from qcoll.paper.registry import CLAIMS, EQUATIONS
from qcoll.paper.rows import EXACT

#: Corrections in which no formula can be evaluated as printed.
ONLY_NOTATION = {"10"}


def test_every_numbered_equation_has_one_row():
    expected = [str(n) for n in range(1, 74)]
    for letter, last in (("A", 18), ("B", 14), ("C", 6)):
        expected += [f"{letter}{n}" for n in range(1, last + 1)]
    numbered = [row.number for row in EQUATIONS if not row.number.startswith("below")]
    assert numbered == expected


@pytest.mark.parametrize("row", EQUATIONS, ids=lambda row: row.number)
def test_equation(row):
    checked = row.check()
    assert checked.residual <= EXACT
    if row.verdict == "corrected":
        assert row.printed
        assert row.correct
        assert row.nature
        if row.number not in ONLY_NOTATION:
            assert checked.printed > 1e-3, "the printed form must be visibly wrong somewhere"
            assert checked.effect, "and it must be said what that does to the figures"
    elif row.verdict == "confirmed":
        assert not row.printed
        assert checked.printed is None


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_claim(claim):
    measured = claim.check()
    assert measured.verdict == claim.expected, measured.numbers
    assert any(character.isdigit() for character in measured.numbers)


def test_claims_have_names_of_their_own():
    names = [claim.name for claim in CLAIMS]
    assert len(set(names)) == len(names) >= 30
