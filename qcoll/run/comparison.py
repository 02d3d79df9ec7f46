r"""How far two trajectories are apart, and where the distance comes from.

.. math::

    D(\rho, \sigma) = \tfrac12\|\rho - \sigma\|_1,\qquad
    F(\rho, \sigma) = \left(\mathrm{Tr}\sqrt{\sqrt\rho\,\sigma\sqrt\rho}\right)^2 .

The sources of a circuit's error are found one by one on the way from the exact dynamics to the run: the ancilla as the
circuit prepares it with the exact joint unitary (preparation), the circuit's own collision (splitting), the transpiled
circuit without noise (mapping), with noise (noise), and the estimates from shots (shots). A circuit that keeps only the
system has no preparation of its own: there the first two are one (synthesis). Each is the trace distance to the step
before; by the triangle inequality the total is at most their sum.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import overload

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import Operator, SuperOp

from ..circuits.segments import after
from ..compile.branches import CollisionPieces
from ..compile.memory import MemoryLayout
from ..compile.sequence import CollisionCircuit
from ..device.lightcone import economical
from ..errors import InputError
from ..exact.channel import superoperator
from ..exact.joint import JointCollision
from ..exact.memory import MemoryDynamics, evolve_with_memory
from ..model.collision import CollisionModel
from ..model.cycle import Stroke
from ..trajectory.iterate import iterate
from ..trajectory.large import LargeTrajectory
from ..trajectory.pauli import Complex, Real, from_pauli_vector, to_pauli_vector, transfer_matrix
from ..trajectory.trajectory import Trajectory
from .aer import states_at_ticks
from .channel import extract_channel
from .circuit_trajectory import CircuitTrajectory
from .large_comparison import LargeComparison
from .mean import system_part
from .turns import mean_states_in_turns

#: Quantities of the ledger that are compared.
LEDGER = ("energy_change", "heat", "work", "entropy_change", "entropy_production")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Distances between two trajectories after every recorded collision; prints itself as a summary.

    Args:
        first: the trajectory that is judged.
        second: what it is judged by.
        collisions: recorded collisions that both have, (m + 1,).
        trace_distance: (m + 1,).
        fidelity: (m + 1,); negative eigenvalues of estimated states count as zero.
        coherence: difference of the coherence, first minus second, (m + 1,).
        ledger: differences of energy change, heat, work, entropy change and entropy production, each (m,).
        sources: the trace distance that each source of error adds, (m + 1,) each, where the first trajectory is a
            circuit's and the second is exact.
    """

    first: Trajectory
    second: Trajectory
    collisions: NDArray[np.int64]
    trace_distance: Real
    fidelity: Real
    coherence: Real
    ledger: Mapping[str, Real]
    sources: Mapping[str, Real] = field(default_factory=dict)

    @property
    def dominant_source(self) -> str | None:
        """The largest source of error at the last collision, or ``None`` where sources are not known."""
        return max(self.sources, key=lambda name: self.sources[name][-1]) if self.sources else None

    def __str__(self) -> str:
        last = int(self.collisions[-1])
        worst = int(np.argmax(self.trace_distance))
        lines = [
            f"{self.first.kind} against {self.second.kind}: {self.first.model.name}, {last} {self.first.steps}",
            f"  trace distance   last {self.trace_distance[-1]:.3e}   largest {self.trace_distance[worst]:.3e} "
            f"({self.first.steps[:-1]} {self.collisions[worst]})",
            f"  fidelity         last {self.fidelity[-1]:.6f}   smallest {self.fidelity.min():.6f}",
            f"  coherence        last {self.first.coherence[-1]:.5f}   instead of {self.second.coherence[-1]:.5f}",
        ]
        for name in ("heat", "work"):
            values = [getattr(trajectory, name) for trajectory in (self.first, self.second)]
            known = ~np.isnan(values[0]) & ~np.isnan(values[1])
            if known.any():
                rest = "" if known.all() else f" (over the {known.sum()} steps that were measured)"
                lines.append(
                    f"  {name:<16} sum {values[0][known].sum():+.4e}   instead of {values[1][known].sum():+.4e}{rest}"
                )
        if self.sources:
            parts = ", ".join(f"{name} {values[-1]:.1e}" for name, values in self.sources.items())
            lines.append(f"  error after {last}: {parts}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Comparison of {self.first.kind} with {self.second.kind}: trace distance {self.trace_distance[-1]:.3e}"


@overload
def compare(  # type: ignore[overload-overlap]
    a: LargeTrajectory, b: Trajectory
) -> Comparison | LargeComparison: ...


@overload
def compare(  # type: ignore[overload-overlap]
    a: Trajectory, b: LargeTrajectory
) -> Comparison | LargeComparison: ...


@overload
def compare(a: Trajectory, b: Trajectory) -> Comparison: ...


def compare(a: Trajectory, b: Trajectory) -> Comparison | LargeComparison:
    """Compare a trajectory with another of the same model, collision by collision.

    Args:
        a: the trajectory that is judged; if it is a circuit's and ``b`` is exact, its sources of error are found too.
        b: what it is judged by.

    Returns:
        A :class:`~qcoll.Comparison`; where one of them has no density matrices, a
        :class:`~qcoll.run.large_comparison.LargeComparison` of polarizations, energy, heat and work.

    Raises:
        InputError: if the models or the recorded collisions differ.

    >>> import qcoll
    >>> model = qcoll.example_2(alpha=0.2)
    >>> ideal = qcoll.simulate(qcoll.compile_collisions(model, n=30))
    >>> qcoll.compare(ideal, qcoll.evolve(model, n=30)).dominant_source
    'splitting'
    """
    for trajectory in (a, b):
        if not isinstance(trajectory, Trajectory):
            raise InputError(f"compare takes two trajectories, but a {type(trajectory).__name__} was given")
    if a.model != b.model:
        raise InputError(f"the trajectories are of different models, {a.model!r} and {b.model!r}")
    if not np.array_equal(a.collisions, b.collisions):
        raise InputError(
            f"the trajectories recorded different collisions (up to {a.n} in {len(a)} states, up to {b.n} in "
            f"{len(b)}): use the same n and record"
        )
    if any(isinstance(trajectory, LargeTrajectory) and not trajectory.has_states for trajectory in (a, b)):
        return LargeComparison.of(a, b)
    ledger = {name: _difference(getattr(a, name), getattr(b, name)) for name in LEDGER}
    circuit_against_exact = isinstance(a, CircuitTrajectory) and b.kind == "exact"
    return Comparison(
        first=a,
        second=b,
        collisions=a.collisions,
        trace_distance=trace_distance(a.states, b.states),
        fidelity=fidelity(a.states, b.states),
        coherence=a.coherence - b.coherence,
        ledger=ledger,
        sources=error_sources(a, b) if circuit_against_exact and isinstance(a, CircuitTrajectory) else {},
    )


def trace_distance(first: Complex, second: Complex) -> Real:
    """Half the trace norm of the difference of states (..., d, d)."""
    return np.asarray(0.5 * np.abs(np.linalg.eigvalsh(first - second)).sum(axis=-1))


def fidelity(first: Complex, second: Complex) -> Real:
    """Uhlmann fidelity of states (..., d, d); negative eigenvalues count as zero."""
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.clip(values, 0.0, None))[..., None, :]) @ np.conj(np.swapaxes(vectors, -1, -2))
    inner = np.linalg.eigvalsh(root @ second @ root)
    return np.asarray(np.sqrt(np.clip(inner, 0.0, None)).sum(axis=-1) ** 2)


def error_sources(run: CircuitTrajectory, exact: Trajectory) -> dict[str, Real]:
    """The trace distance that each step from the exact dynamics to the run adds, (m + 1,) each."""
    compiled = run.mapped.compiled
    steps: dict[str, Complex] = {}
    if compiled.memory is not None:
        steps |= _with_memory(compiled, compiled.memory, exact)
    elif compiled.keeps == "joint state":
        steps["preparation"] = _iterated(_prepared(compiled), exact)
    if compiled.memory is None:
        steps["splitting" if steps else "synthesis"] = _iterated(compiled.channel(), exact)
    if run.noise_model is not None:
        steps["mapping"] = _mapped_without_noise(run, exact)
        steps["noise"] = (run.expected or run).states
    if run.expected is not None:
        steps["shots"] = run.states
    previous = exact.states
    distances = {}
    for name, states in steps.items():
        distances[name] = trace_distance(states, previous)
        previous = states
    return distances


def _with_memory(compiled: CollisionCircuit, layout: MemoryLayout, exact: Trajectory) -> dict[str, Complex]:
    """The states with ancillas as prepared, and then with the circuits of collision and memory, without mapping."""
    own = MemoryDynamics.of(layout.model)
    prepared = dataclasses.replace(own.joint, thermal=compiled.prepared_state().data)
    split = dataclasses.replace(prepared, unitary=compiled.collision_unitary())
    waiting = own.system if layout.waiting is None else np.asarray(Operator(layout.waiting).data)
    ways = {
        "preparation": dataclasses.replace(own, joint=prepared),
        "splitting": MemoryDynamics(split, np.asarray(Operator(layout.joining).data), waiting, layout.model),
    }
    return {name: evolve_with_memory(way, exact.states[0], exact.collisions)[0] for name, way in ways.items()}


def _prepared(compiled: CollisionCircuit) -> SuperOp:
    """The exact map of one collision, or cycle, with ancillas as the circuit prepares them."""
    given: list[tuple[Stroke, CollisionPieces]]
    if isinstance(compiled.model, CollisionModel):
        given = [(compiled.model, compiled.pieces)]
    else:
        assert compiled.cycle is not None
        given = list(zip(compiled.model.strokes, compiled.cycle.strokes, strict=True))
    whole = np.eye(4**compiled.model.num_system_qubits, dtype=complex)
    for stroke, pieces in given:
        joint = JointCollision.of(stroke)
        if isinstance(stroke, CollisionModel):
            joint = dataclasses.replace(joint, thermal=pieces.prepared_state().data)
        whole = superoperator(joint) @ whole
    return SuperOp(whole)


def _mapped_without_noise(run: CircuitTrajectory, exact: Trajectory) -> Complex:
    """The states at the recorded collisions that the mapped circuit makes without noise."""
    mapped = run.mapped
    if mapped.periodic:
        return _iterated(extract_channel(mapped).superop, exact)
    if mapped.turns is not None:
        states = mean_states_in_turns(mapped)
        d = 2 ** len(mapped.system)
        return np.array([system_part(states[after(number)], d) for number in exact.collisions])
    circuit = economical(mapped.implicit_sequence(), mapped.system, len(mapped.system))
    (states,) = states_at_ticks([circuit])
    return np.array([states[after(number)] for number in exact.collisions])


def _iterated(channel: SuperOp, like: Trajectory) -> Complex:
    """The states of a channel from the initial state, and at the recorded collisions, of another trajectory."""
    matrix = transfer_matrix(channel)
    vectors, _ = iterate(matrix, to_pauli_vector(like.states[0]), like.collisions, np.zeros((1, len(matrix))))
    return from_pauli_vector(vectors)


def _difference(first: Real, second: Real) -> Real:
    """The difference, zero where both are the same infinity (entropy production at zero temperature)."""
    same = first == second
    return np.subtract(first, second, where=~same, out=np.zeros_like(first))
