r"""What a run of collisions gives: the system's states and the ledger of energy, heat, work and entropy.

Signs as in the paper: heat is positive when the system absorbs it, work when it is done on the system.

.. math::

    \Delta U &= \mathrm{Tr}[H_S(\rho' - \rho)]                                        &&\text{(60)}\\
    Q &= -\mathrm{Tr}[H_A(\eta^{out} - \eta^{in})]                                    &&\text{(62)}\\
    W_{sw} &= \mathrm{Tr}[H_{SA}(R - R')]                                             &&\text{(65)}\\
    \Delta U &= Q + W                                                                 &&\text{(67)}\\
    \Delta S &= S(\rho') - S(\rho)                                                    &&\text{(69)}\\
    \Sigma &= \Delta S - \beta Q                                                      &&\text{(72)}

with :math:`R, R'` the joint states before and after the collision. The work :math:`W` is the switching work
:math:`W_{sw}` for the exact dynamics; in a circuit the gates also do work where they split the Hamiltonian, so that
:math:`W = \mathrm{Tr}[(H_S + H_A)(R' - R)]`, which is the same number when nothing is split. Where the ancilla's state
was given and is not thermal, there is no beta, and the entropy production is that of Eq. 70 (:mod:`.entropy`). Of a
cycle every entry is a sum over its strokes (:mod:`.strokes`), and n counts cycles.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..model.collision import CollisionModel
from ..model.cycle import Cycle, Model, Stroke
from ..model.operators import OperatorLike, dense, pauli_operator
from . import exports, machine
from .entropy import thermal_flow
from .pauli import Complex, Real, from_pauli_vector, functional, l1_coherence, to_pauli_vector
from .strokes import StrokeLedger

if TYPE_CHECKING:
    import pandas
    import qutip
    import xarray


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Trajectory:
    """States of the system after chosen collisions, and what happened between them.

    Where only some collisions were recorded, the ledger's entries are sums over the collisions since the last
    recorded one.

    Args:
        model: the collision model, or a cycle.
        kind: where the numbers come from: "exact", "second order", "circuit", ...
        collisions: number of collisions behind each state, starting with 0, shape (m + 1,).
        states: density matrices, shape (m + 1, d, d), in Qiskit's order.
        heat: absorbed by the system from the ancillas, shape (m,).
        work: done on the system and the ancilla, shape (m,).
        switching_work: the part of the work done by switching the interaction on and off, shape (m,).
        entropy_flow: entropy that flows into the system from ancillas that are not thermal, shape (m,), minus infinity
            where an ancilla leaves the support of its fresh state (:mod:`.entropy`); ``None`` for thermal ones, where
            it is beta times the heat.
        pauli_covariance: covariance of the estimated Pauli vectors, shape (m + 1, d**2, d**2), where the states were
            estimated from shots.
        heat_error: standard error of the heat, where it was estimated from shots, shape (m,).
        work_error: standard error of the work, likewise.
        strokes: of a cycle, the ledger of each stroke.
        error_bound: where the way is approximate with a known error, a bound of it for every state, in trace norm,
            shape (m + 1,).
        memory_work: with a memory, the work done on the ancillas by switching their interaction, shape (m,). It is none
            of the system's.
    """

    model: Model
    kind: str
    collisions: NDArray[np.int64]
    states: Complex
    heat: Real
    work: Real
    switching_work: Real
    entropy_flow: Real | None = None
    pauli_covariance: Real | None = None
    heat_error: Real | None = None
    work_error: Real | None = None
    strokes: StrokeLedger | None = None
    error_bound: Real | None = None
    memory_work: Real | None = None

    @classmethod
    def of_cycle(
        cls, cycle: Cycle, kind: str, collisions: NDArray[np.int64], states: Complex, strokes: StrokeLedger, **more: Any
    ) -> Self:
        """The trajectory of a cycle from its states and the ledger of its strokes."""
        return cls(
            model=cycle,
            kind=kind,
            collisions=collisions,
            states=states,
            heat=strokes.heat.sum(axis=1),
            work=(strokes.work + strokes.driving_work).sum(axis=1),
            switching_work=strokes.switching_work.sum(axis=1),
            entropy_flow=strokes.entropy_flow.sum(axis=1),
            strokes=strokes,
            **more,
        )

    def __len__(self) -> int:
        return len(self.collisions)

    @property
    def n(self) -> int:
        """The last collision."""
        return int(self.collisions[-1])

    @property
    def steps(self) -> str:
        """What n counts, in words."""
        return "cycles" if isinstance(self.model, Cycle) else "collisions"

    @property
    def coherence(self) -> Real:
        r"""l1 norm of coherence :math:`\sum_{i\ne j}|\rho_{ij}|` (Eq. 57), shape (m + 1,)."""
        return l1_coherence(self.states)

    def expectation(self, operator: OperatorLike) -> Real:
        """Expectation value of a Hermitian operator of the system, shape (m + 1,).

        Args:
            operator: a ``SparsePauliOp``, a d x d array, or whatever else is taken where an operator is: a Pauli
                string, a list of (Pauli string, coefficient), an ``Operator``, a QuTiP object.

        Raises:
            InputError: if it has the wrong size or is not Hermitian.
        """
        if isinstance(operator, SparsePauliOp) and operator.num_qubits == self.model.num_system_qubits > 5:
            return _sparse_expectation(self.states, operator)
        matrix = self._matrix(operator)
        return np.asarray(np.einsum("nij,ji->n", self.states, matrix).real)

    def standard_error(self, operator: OperatorLike) -> Real:
        """Standard error of :meth:`expectation`, shape (m + 1,); zeros where no shots were taken.

        Raises:
            InputError: if the operator has the wrong size or is not Hermitian.
        """
        row = functional(self._matrix(operator))
        if self.pauli_covariance is None:
            return np.zeros(len(self))
        return np.asarray(np.sqrt(np.einsum("p,npq,q->n", row, self.pauli_covariance, row)))

    def coherence_error(self, samples: int = 500, seed: int = 0) -> Real:
        """Standard error of the coherence, shape (m + 1,), from Gaussian draws of the Pauli means; zeros without shots.

        Args:
            samples: number of draws behind each error.
            seed: of the draws.
        """
        if self.pauli_covariance is None:
            return np.zeros(len(self))
        rng = np.random.default_rng(seed)
        errors = []
        for state, covariance in zip(self.states, self.pauli_covariance, strict=True):
            drawn = rng.multivariate_normal(to_pauli_vector(state), covariance, size=samples, method="eigh")
            errors.append(l1_coherence(from_pauli_vector(drawn)).std(ddof=1))
        return np.array(errors)

    def smallest_eigenvalues(self) -> tuple[Real, Real]:
        r"""The smallest eigenvalue :math:`\lambda` of each state and its standard error, shapes (m + 1,).

        States estimated from shots may have slightly negative eigenvalues. One below zero by many standard errors is
        no state that shots could have given: a systematic error. To first order the error is that of
        :math:`\langle v|\rho|v\rangle` with the eigenvector :math:`v`.
        """
        values, vectors = np.linalg.eigh(self.states)
        if self.pauli_covariance is None:
            return values[:, 0], np.zeros(len(self))
        rows = functional(np.einsum("ni,nj->nij", vectors[:, :, 0], vectors[:, :, 0].conj()))
        variance = np.einsum("np,npq,nq->n", rows, self.pauli_covariance, rows)
        return values[:, 0], np.sqrt(np.clip(variance, 0.0, None))

    @functools.cached_property
    def energy(self) -> Real:
        """Internal energy Tr[H_S rho] (Eq. 59), shape (m + 1,)."""
        return self.expectation(self.model.system)

    @property
    def energy_change(self) -> Real:
        """Change of the internal energy (Eq. 60), shape (m,)."""
        return np.diff(self.energy)

    @functools.cached_property
    def entropy(self) -> Real:
        """Von Neumann entropy in nats (Eq. 68), shape (m + 1,); negative eigenvalues count as zero."""
        return von_neumann_entropy(self.states)

    @property
    def entropy_change(self) -> Real:
        """Change of the von Neumann entropy (Eq. 69), shape (m,)."""
        return np.diff(self.entropy)

    @property
    def entropy_production(self) -> Real:
        """Entropy production, shape (m,).

        From thermal ancillas Eq. 72; infinite at beta = inf unless no heat flows. From ancillas in another state,
        which have no beta, mutual information plus relative entropy to the fresh ancilla (Eqs. 70 and 71). Of a cycle,
        against each bath's own temperature. With a memory, whose ancillas are not fresh when they meet the system,
        single entries may be negative; their sums from the beginning are not.

        Raises:
            InputError: if the ancillas are not thermal and their entropy flow was not recorded.
        """
        if self.entropy_flow is not None:
            return self.entropy_change - self.entropy_flow
        if isinstance(self.model, Cycle) or self.model.memory is not None or self.model.ancilla.beta is None:
            raise InputError("the ancillas are not thermal, and their entropy flow was not recorded")
        return self.entropy_change - thermal_flow(self.model.ancilla, self.heat)

    @property
    def remark(self) -> str:
        """What the entropy production is where the ancillas are not thermal; else nothing."""
        strokes = self.model.strokes if isinstance(self.model, Cycle) else (self.model,)
        given = [str(number) for number, stroke in enumerate(strokes) if stroke_is_given(stroke)]
        if not given:
            return ""
        whose = f" of stroke {' and '.join(given)}" if isinstance(self.model, Cycle) else ""
        return (
            f"the ancillas{whose} are not thermal: entropy production is mutual information plus relative entropy to "
            "fresh ones"
        )

    @property
    def first_law_residual(self) -> Real:
        """What the first law leaves open, energy_change - heat - work, shape (m,): rounding, or noise, or shots."""
        return self.energy_change - self.heat - self.work

    @property
    def heat_of_strokes(self) -> Real:
        """Heat absorbed from the ancilla of each stroke, so from each bath, shape (m, strokes)."""
        return self.heat[:, None] if self.strokes is None else self.strokes.heat

    @property
    def driving_work(self) -> Real:
        """The part of the work that changes of the system's Hamiltonian do (Eq. 64), shape (m,)."""
        return np.zeros(len(self) - 1) if self.strokes is None else self.strokes.driving_work.sum(axis=1)

    @property
    def first_law_residual_of_strokes(self) -> Real:
        """What the first law leaves open in each stroke, with the stroke's own Hamiltonian, shape (m, strokes)."""
        if self.strokes is None:
            return self.first_law_residual[:, None]
        return self.strokes.energy_change - self.strokes.heat - self.strokes.work

    @property
    def machine(self) -> NDArray[np.str_]:
        """What a cycle between two temperatures is, shape (m,): :mod:`qcoll.trajectory.machine` says where which.

        One of "engine", "refrigerator", "accelerator", "heater" and "none".

        Raises:
            InputError: if there are not two temperatures.
        """
        return machine.machines(self)

    @property
    def efficiency(self) -> Real:
        r"""Work output by heat taken in, :math:`-W/Q_h`, shape (m,); nan where no work is given.

        Raises:
            InputError: if it has no meaning: without two temperatures, or where no recorded cycle gives work.
        """
        return machine.efficiency(self)

    @property
    def carnot_efficiency(self) -> float:
        r"""The largest efficiency there can be in a closed cycle, :math:`1 - \beta_h/\beta_c`.

        Raises:
            InputError: if there are not two temperatures.
        """
        return machine.carnot_efficiency(self.model)

    @property
    def coefficient_of_performance(self) -> Real:
        r"""Heat taken from the cold bath by work put in, :math:`Q_c/W`, shape (m,); nan where it is not cooled.

        Raises:
            InputError: if it has no meaning: without two temperatures, or where no recorded cycle cools.
        """
        return machine.coefficient_of_performance(self)

    @property
    def carnot_coefficient_of_performance(self) -> float:
        r"""The largest coefficient of performance there can be in a closed cycle, :math:`\beta_h/(\beta_c - \beta_h)`.

        Raises:
            InputError: if there are not two temperatures.
        """
        return machine.carnot_coefficient_of_performance(self.model)

    def to_xarray(self) -> xarray.Dataset:
        """States and ledger as an ``xarray.Dataset`` over the collisions, with units and long names.

        The ledger's entries stand beside the state that the step led to; before any collision they are zero. The state
        is complex: :func:`qcoll.study.split_complex` makes it two variables for NetCDF.

        Raises:
            MissingExtraError: if xarray, of the extra ``qcoll[study]``, is not installed.

        >>> import qcoll
        >>> qcoll.evolve(qcoll.example_2(alpha=0.2), n=10).to_xarray().state.shape
        (11, 2, 2)
        """
        return exports.to_xarray(self)

    def to_dataframe(self) -> pandas.DataFrame:
        """The CSV table as a ``pandas.DataFrame``: Pauli means, coherence, energies, ledger; one row per collision.

        Raises:
            MissingExtraError: if pandas, of the extra ``qcoll[study]``, is not installed.

        >>> import qcoll
        >>> qcoll.evolve(qcoll.example_2(alpha=0.2), n=10).to_dataframe().shape
        (11, 13)
        """
        return exports.to_dataframe(self)

    def to_qutip(self) -> list[qutip.Qobj]:
        """The states as QuTiP objects, a tensor factor for each qubit; Qiskit's qubit 0 is the last one.

        Raises:
            MissingExtraError: if QuTiP is not installed.
        """
        return exports.to_qutip(self)

    def __repr__(self) -> str:
        return (
            f"Trajectory ({self.kind}) of {self.model.name!r}: {self.n} {self.steps}, {len(self)} states of dimension "
            f"{self.states.shape[1]}; at the end coherence {self.coherence[-1]:.6f}, energy {self.energy[-1]:.6f}, "
            f"heat {self.heat[-1]:.3e}, work {self.work[-1]:.3e}{'; ' if self.remark else ''}{self.remark}"
        )

    def _matrix(self, operator: OperatorLike) -> Complex:
        if hasattr(operator, "to_matrix"):
            operator = operator.to_matrix()
        elif not isinstance(operator, np.ndarray):
            operator = dense(pauli_operator(operator))
        matrix = np.asarray(operator, dtype=complex)
        dimension = self.states.shape[1]
        if matrix.shape != (dimension, dimension):
            raise InputError(
                f"the operator has shape {matrix.shape}, but the system's states have shape ({dimension}, {dimension})"
            )
        if not np.allclose(matrix, matrix.conj().T, rtol=0, atol=1e-10 * float(np.abs(matrix).max())):
            raise InputError("the operator is not Hermitian: its expectation value would not be real")
        return matrix


def stroke_is_given(stroke: Stroke) -> bool:
    """Whether a stroke's ancilla is in a state that was given."""
    return isinstance(stroke, CollisionModel) and stroke.ancilla.state is not None


def _sparse_expectation(states: Complex, operator: SparsePauliOp) -> Real:
    """Expectation values of a Hermitian sum of Pauli strings without its dense matrix."""
    coefficients = operator.simplify(atol=0).coeffs
    if np.abs(coefficients.imag).max() > 1e-10 * np.abs(coefficients).max():
        raise InputError("the operator is not Hermitian: its expectation value would not be real")
    entries = operator.to_matrix(sparse=True).tocoo()
    return np.array([np.sum(entries.data * state[entries.col, entries.row]).real for state in states])


def von_neumann_entropy(states: Complex) -> Real:
    r""":math:`-\mathrm{Tr}[\rho\ln\rho]` of density matrices (..., d, d); negative eigenvalues count as zero."""
    if states.shape[-1] == 2:  # closed form: a batch of eigenproblems is twenty times slower
        bloch = to_pauli_vector(states)
        length = np.linalg.norm(bloch[..., 1:], axis=-1)
        eigenvalues = np.stack([(bloch[..., 0] + length) / 2, (bloch[..., 0] - length) / 2], axis=-1)
    else:
        eigenvalues = np.linalg.eigvalsh(states)
    positive = np.clip(eigenvalues, 0.0, None)
    return np.asarray(-np.sum(positive * np.log(positive, where=positive > 0, out=np.zeros_like(positive)), axis=-1))
