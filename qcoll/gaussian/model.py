r"""Collision models of quadratic modes, exactly and without a cutoff.

System modes a and ancilla modes b, all bosons or all fermions:

.. math::

    H_{SA} = \sum_{jk} g_{jk}\,a_j^\dagger b_k + p_{jk}\,a_j^\dagger b_k^\dagger + \mathrm{h.c.}

with quadratic :math:`H_S` and :math:`H_A`. A thermal ancilla is Gaussian and stays so; the system's state is known by
its first and second moments, if it is Gaussian in the beginning.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from ..limits import real_number
from ..model.collision import CollisionModel
from ..model.cycle import Cycle
from ..model.modes import Encoding
from ..trajectory.iterate import Record
from .channel import Stroke, cycle_map
from .quadratic import Form, Statistics, check_statistics, coupling_of, quadratic_of
from .register import collision_model
from .state import GaussianState, state_of, thermal_state
from .steady import slowest_loss, steady_moments
from .trajectory import GaussianTrajectory, evolve_moments


class _Rounds:
    """What one collision and a round of several have in common."""

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The collisions of a round."""
        raise NotImplementedError

    @property
    def conserving(self) -> bool:
        """Whether the number of particles is conserved in all strokes."""
        return all(stroke.conserving for stroke in self.strokes)

    @property
    def num_modes(self) -> int:
        """Modes of the system."""
        return self.strokes[0].system.num_modes

    def evolve(self, n: int, initial: GaussianState | None = None, *, record: Record = 1) -> GaussianTrajectory:
        """The moments and the ledger of ``n`` collisions, or rounds.

        Args:
            n: how many, positive.
            initial: ``None`` is the thermal state of H_S at inverse temperature 1.
            record: keep every ``record``-th, or the chosen ones; the ledger is then summed in between.

        Raises:
            InputError: for a bad n, record or initial state, or a system of bosons without a thermal state.
        """
        return evolve_moments(self.strokes, n, initial, record)

    def steady_state(self) -> GaussianState:
        """The state that a collision, or round, leaves unchanged, from the discrete Lyapunov equation.

        Raises:
            InputError: if it is not unique, or there is none.
        """
        form = self._form
        moments = steady_moments(cycle_map(self.strokes, form, ledger=False), self.strokes[0].name)
        return state_of(moments, np.zeros(len(moments)), form)

    def spectral_gap(self) -> float:
        """One minus the largest modulus by which a collision, or round, multiplies a first moment."""
        return slowest_loss(cycle_map(self.strokes, self._form, ledger=False))

    @property
    def _form(self) -> Form:
        return Form(self.strokes[0].statistics, not self.conserving)


@dataclass(frozen=True, kw_only=True, eq=False)
class GaussianModel(_Rounds):
    """One collision of quadratic modes, repeated with fresh ancillas.

    Args:
        statistics: ``"bosons"`` or ``"fermions"``.
        system: Hermitian matrix h (n, n) of H_S, or a pair of it and the pairing matrix.
        ancilla: the same of H_A, (m, m).
        interaction: the exchange g (n, m), or a pair of it and the pairing p (n, m).
        beta: inverse temperature of the ancilla; for fermions of any sign.
        dt: duration, positive.
        name: for messages.

    Raises:
        InputError: for matrices of other shapes or symmetries, or bosonic ancillas without a thermal state.

    A mode that exchanges particles with one thermal mode relaxes to its occupation:

    >>> import numpy as np
    >>> import qcoll
    >>> model = qcoll.GaussianModel(
    ...     statistics="bosons", system=[[1.0]], ancilla=[[1.0]], interaction=[[0.2]], beta=0.7, dt=0.5
    ... )
    >>> bool(np.isclose(model.steady_state().occupations[0], 1 / np.expm1(0.7)))
    True
    """

    statistics: Statistics
    system: Any
    ancilla: Any
    interaction: Any
    beta: float
    dt: float
    name: str = "quadratic modes"

    def __post_init__(self) -> None:
        check_statistics(self.statistics)
        beta, dt = real_number(self.beta, "beta"), real_number(self.dt, "dt")
        if math.isnan(beta):
            raise InputError("beta is nan, but an inverse temperature is a number")
        if not (math.isfinite(dt) and dt > 0):
            raise InputError(f"dt is {dt}, but the duration of a collision is positive and finite")
        stroke = self.stroke
        thermal_state(stroke.ancilla, self.statistics, beta, f"the ancilla of {self.name!r}")

    @functools.cached_property
    def stroke(self) -> Stroke:
        """Its matrices, checked."""
        system = quadratic_of(self.system, self.statistics, "the system's matrix")
        ancilla = quadratic_of(self.ancilla, self.statistics, "the ancilla's matrix")
        coupling = coupling_of(self.interaction, (system.num_modes, ancilla.num_modes))
        return Stroke(self.statistics, system, ancilla, coupling, float(self.beta), float(self.dt), self.name)

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The one collision."""
        return (self.stroke,)

    @property
    def ancilla_state(self) -> GaussianState:
        """The fresh ancilla."""
        return thermal_state(self.stroke.ancilla, self.statistics, self.stroke.beta, "the ancilla")

    def to_collision_model(
        self,
        levels: int = 8,
        *,
        system_levels: int | None = None,
        encoding: Encoding = "binary",
        largest_dropped: float | None = None,
    ) -> CollisionModel:
        """The same model on qubits: fermions exactly, bosons with a cutoff.

        Args:
            levels: of each boson.
            system_levels: of each boson of the system, if another number.
            encoding: of bosons.
            largest_dropped: share of the ancilla's thermal state that its cutoffs may drop, as for
                :func:`qcoll.structured_ancilla`.

        Returns:
            A model with modes s0, s1, ... of the system and a0, a1, ... of the ancilla.

        Raises:
            InputError: for a cutoff that drops too much.

        >>> import qcoll
        >>> model = qcoll.GaussianModel(
        ...     statistics="fermions", system=[[1.0]], ancilla=[[0.5, 0.3], [0.3, 1.5]], interaction=[[0.2, 0.1]],
        ...     beta=1.0, dt=0.1,
        ... )
        >>> model.to_collision_model()
        CollisionModel 'quadratic modes': 1 system qubit, 2 ancilla qubits, beta = 1, dt = 0.1
        """
        return collision_model(
            self.stroke, levels, levels if system_levels is None else system_levels, encoding, largest_dropped
        )


@dataclass(frozen=True, eq=False)
class GaussianCycle(_Rounds):
    """Several collisions in turn on one system, each with its own bath: n counts rounds.

    Args:
        models: the collisions of a round; their system Hamiltonians may differ, and changing them is driving work.

    Raises:
        InputError: if there is none, or they differ in statistics or in the system's modes.

    Heat flows through a mode between two baths:

    >>> import qcoll
    >>> mode = {"statistics": "fermions", "system": [[1.0]], "ancilla": [[1.0]], "interaction": [[0.3]], "dt": 0.5}
    >>> hot, cold = (qcoll.GaussianModel(beta=beta, **mode) for beta in (0.5, 2.0))
    >>> through = qcoll.GaussianCycle([hot, cold])
    >>> ledger = through.evolve(1, through.steady_state())
    >>> [round(float(heat), 4) for heat in ledger.heat_of_strokes[0]]
    [0.0029, -0.0029]
    """

    models: Sequence[GaussianModel]

    def __post_init__(self) -> None:
        models = tuple(self.models)
        if not models:
            raise InputError("a round needs at least one collision")
        for number, model in enumerate(models):
            if not isinstance(model, GaussianModel):
                raise InputError(f"stroke {number} is a {type(model).__name__}, but must be a qcoll.GaussianModel")
            if (model.statistics, model.num_modes) != (models[0].statistics, models[0].num_modes):
                raise InputError(
                    f"stroke {number} has {model.num_modes} {model.statistics} for a system, but stroke 0 has "
                    f"{models[0].num_modes} {models[0].statistics}"
                )
        object.__setattr__(self, "models", models)

    @functools.cached_property
    def strokes(self) -> tuple[Stroke, ...]:
        """The collisions of a round."""
        return tuple(model.stroke for model in self.models)

    def to_cycle(self, levels: int = 8, *, name: str = "cycle", **options: Any) -> Cycle:
        """The same strokes on qubits: fermions exactly, bosons with a cutoff.

        Args:
            levels: of each boson.
            name: of the cycle.
            options: ``system_levels``, ``encoding`` and ``largest_dropped`` as for
                :meth:`GaussianModel.to_collision_model`.

        Raises:
            InputError: for a cutoff that drops too much; the message names the stroke.

        >>> import qcoll
        >>> qcoll.models.two_stroke_engine().to_cycle(name="engine")
        Cycle 'engine' on 1 system qubit: hot stroke (beta = 0.5), cold stroke (beta = 2)
        """
        strokes = []
        for number, model in enumerate(self.models):
            try:
                strokes.append(model.to_collision_model(levels, **options))
            except InputError as error:
                raise InputError(f"stroke {number}, {model.name!r}: {error}") from error
        return Cycle(strokes, name=name)
