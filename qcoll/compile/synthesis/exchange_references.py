"""Known circuits of exchange collisions, where :mod:`.exchange` and :mod:`.exchange_thermal` start from.

Found by Levenberg-Marquardt from random angles; each is an exact circuit to the digits stored, and only a first guess
for what is built from it. The angles are those of :class:`.skeleton.Skeleton`, in its order. They stand in
``exchange_references.json`` beside this file.
"""

from __future__ import annotations

import importlib.resources
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """Placements, the generator's coefficients (frequencies and couplings times dt) and the angles of one circuit.

    The coupling within the pair is ``kappa`` times the phase factor of ``flux``, the flux through the triangle.

    With eigenvectors absorbed, ``lower_first`` says that basis state 01 stands for the lower level with one excitation.
    """

    placements: str
    omega_s: float
    omega_1: float
    omega_2: float
    kappa: float
    alpha_1: float
    alpha_2: float
    angles: tuple[float, ...]
    lower_first: bool = True
    flux: float = 0.0


def _stored(kind: str) -> tuple[Reference, ...]:
    text = importlib.resources.files(__package__).joinpath("exchange_references.json").read_text(encoding="utf-8")
    return tuple(Reference(**row | {"angles": tuple(row["angles"])}) for row in json.loads(text)[kind])


#: Joint unitaries.
REFERENCES = _stored("joint")
#: The same with the eigenvectors of the pair absorbed.
ABSORBED_REFERENCES = _stored("absorbed")
#: Joint unitaries up to phases of the pair's eigenvectors.
THERMAL_REFERENCES = _stored("thermal")
