"""Known circuits of exchange collisions, where :mod:`.exchange_search` starts from.

They stand in ``exchange_references.json`` beside this file, with as many digits as a first guess needs.
``benchmarks/exchange_circuits.py`` measures how far they reach, and adds to them.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .exchange_family import Exchange
from .skeleton import Skeleton


@dataclass(frozen=True)
class Reference:
    """Placements, coefficients in the gauge of :mod:`.exchange_family` (all times dt) and angles of one circuit.

    The mean of the frequencies is zero, and the coupling within the pair is ``kappa`` times the phase factor of
    ``flux``, the flux through the triangle. The angles are those of :class:`.skeleton.Skeleton`, in its order. With
    eigenvectors absorbed, ``lower_first`` says that basis state 01 stands for the lower level with one excitation.
    ``fades`` says that the angles can be carried to a collision of the same kind that is a thousand times weaker.
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
    fades: bool = False

    @cached_property
    def exchange(self) -> Exchange:
        """The collision whose circuit it is."""
        frequencies = np.array([self.omega_s, self.omega_1, self.omega_2])
        return Exchange(frequencies, np.array([self.alpha_1, self.alpha_2, self.kappa * np.exp(1j * self.flux)]))

    @cached_property
    def skeleton(self) -> Skeleton:
        """Where it has its CZ gates."""
        return Skeleton(3, tuple((int(pair[0]), int(pair[1])) for pair in self.placements.split()))


#: Joint unitaries.
JOINT = "joint"
#: Those of symmetric collisions.
SYMMETRIC = "symmetric"
#: Joint unitaries with the eigenvectors of the pair absorbed.
ABSORBED = "absorbed"
#: Joint unitaries up to phases of the pair's eigenvectors.
THERMAL = "thermal"
#: Isometries from an empty pair to the lower one of its levels that share an excitation, and the collision with that.
DRAWN = "drawn"


@functools.cache
def stored(kind: str) -> tuple[Reference, ...]:
    """The circuits of one kind."""
    return tuple(Reference(**row | {"angles": tuple(row["angles"])}) for row in _content()[kind])


@functools.cache
def _content() -> dict[str, list[dict[str, Any]]]:
    """The file, read when it is first asked for: an import should not wait for it."""
    text = importlib.resources.files(__package__).joinpath("exchange_references.json").read_text(encoding="utf-8")
    content: dict[str, list[dict[str, Any]]] = json.loads(text)
    return content
