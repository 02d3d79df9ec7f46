"""How circuits are mapped to a device: everything that is chosen besides the device, as one object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from ..errors import InputError
from ..limits import natural_number, natural_numbers

DEFAULT_SEEDS = tuple(range(10))


class MappingKeywords(TypedDict, total=False):
    """The fields of :class:`MappingOptions` as keywords of the functions that map circuits."""

    optimization_level: int
    seeds: Sequence[int]
    schedule: bool


@dataclass(frozen=True, kw_only=True)
class MappingOptions:
    """How circuits are mapped: by ``map_collisions``, ``simulate`` with noise, and for experiments on a device.

    Args:
        optimization_level: of the transpiler, 0 to 3.
        seeds: transpiler seeds to try. Each result is moved to the place of its shape with the smallest reported error
            of gates and waiting (:mod:`~qcoll.device.placement`), unless a layout is given; the best, then the one
            with the fewest two-qubit gates, is kept.
        schedule: insert the delays of an as-late-as-possible schedule where the target has durations, so that qubits
            decohere while others are busy.

    Raises:
        InputError: for another level, or seeds that are none.

    >>> import qcoll
    >>> quick = qcoll.MappingOptions(optimization_level=1, seeds=[0])
    >>> compiled = qcoll.compile_collisions(qcoll.example_1(), n=2)
    >>> qcoll.simulate(compiled, "FakeTorino", mapping=quick).mapped.seed
    0
    """

    optimization_level: int = 3
    seeds: Sequence[int] = DEFAULT_SEEDS
    schedule: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "optimization_level", transpiler_level(self.optimization_level))
        object.__setattr__(self, "seeds", natural_numbers(self.seeds, "seeds"))


def transpiler_level(optimization_level: object) -> int:
    """The transpiler's optimization level as an int.

    Raises:
        InputError: if it is none of 0 to 3.
    """
    level = natural_number(optimization_level, "optimization_level")
    if level > 3:
        raise InputError(f"optimization_level is {level}, but must be one of 0, 1, 2, 3")
    return level
