r"""Circuits of RZZ gates with free angles, for devices whose two-qubit gates may be fractions of a CZ.

A free gate :math:`e^{-i\theta ZZ/2}` has one angle more than a CZ, so that m of them have :math:`5m + 9` angles that
matter and a generic unitary of three qubits takes eleven instead of fourteen. Structured collisions take fewer: which
placements of gates hold them was found by a search of all placements, from eight random starts each. Of the paper's
examples the joint unitary, up to a local unitary commuting with H_A, takes nine instead of ten (example 1) and six
instead of eight (example 2), the product formula of order 2 up to such a unitary seven instead of eight and six
instead of nine; for one gate fewer no placement of RZZ came closer than 6e-4, 0.3, 0.17 and 0.3 (Frobenius norm). The
purified thermal pair takes four of either kind: with three no placement on four qubits comes closer than 0.06.

Angles of the gates are between 0 and pi / 2, as devices have them: others are turned by one-qubit gates.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from qiskit import QuantumCircuit

from ..circuits.steps import steps
from .continuation import Powers
from .dense import Complex, Real
from .fit import NEWTON_STEPS, Ansatz, fit_unitary, refined, search, unitary_residual
from .skeleton import ANGLE_CUTOFF, Preceded, append_u

#: Largest entry of the difference between circuit and unitary.
CERTIFICATE = 1e-12
_STARTS, _ITERATIONS, _PROBES, _SEED, _CLOSE = 20, 150, 60, 2026, 1e-9
_LINE = ((0, 1), (1, 2)) * 6
_Placements = tuple[tuple[int, int], ...]
#: Placements that hold structured collisions, by the number of gates; the qubits may be exchanged.
STRUCTURED: tuple[_Placements, ...] = (
    ((1, 2), (0, 1), (1, 2), (0, 2), (0, 1), (1, 2)),
    ((1, 2), (0, 2), (0, 1), (1, 2), (0, 2), (1, 2)),
    ((0, 1), (0, 2), (0, 1), (0, 2), (1, 2), (0, 2), (1, 2)),
    ((0, 1), (0, 2), (1, 2), (0, 1), (0, 2), (0, 1), (1, 2), (0, 2), (1, 2)),
)
#: Placements that hold anything.
GENERIC: tuple[_Placements, ...] = (
    _LINE[:11],
    ((0, 1), (1, 2), (0, 2)) * 3 + ((0, 1), (1, 2)),
    _LINE,
)


@dataclass(frozen=True)
class RotationSkeleton:
    """RZZ gates with free angles at given places, with free one-qubit gates between.

    Every qubit starts with R_z R_y R_z, and after every RZZ both of its qubits have R_y R_z.

    Args:
        num_qubits: size of the register.
        placements: pairs of qubits, in the order in which their gates act.
    """

    num_qubits: int
    placements: tuple[tuple[int, int], ...]

    @property
    def num_parameters(self) -> int:
        """Number of rotation angles."""
        return 3 * self.num_qubits + 5 * len(self.placements)

    @cached_property
    def rotations(self) -> list[tuple[str, tuple[int, ...]]]:
        """All rotations in their order: about "z", "y" or "zz" of which qubits."""
        found: list[tuple[str, tuple[int, ...]]] = []
        for qubit in range(self.num_qubits):
            found += [("z", (qubit,)), ("y", (qubit,)), ("z", (qubit,))]
        for pair in self.placements:
            found.append(("zz", pair))
            found += [(kind, (qubit,)) for qubit in pair for kind in ("y", "z")]
        return found

    def unitary(self, parameters: Real) -> Complex:
        """The circuit's matrix; a stack of them for a stack of parameters (..., P)."""
        return np.asarray(self._prefixes(parameters)[..., -1, :, :])

    def heisenberg(self, parameters: Real) -> tuple[Complex, Complex]:
        """The matrix and its derivatives, as :meth:`.skeleton.Skeleton.heisenberg`."""
        prefixes = self._prefixes(parameters)
        moved = np.empty_like(prefixes)
        for k, (signs, flip) in enumerate(self._generators):
            after = prefixes[..., k, :, :]
            turned = signs[:, None] * after if flip is None else (-1j * signs)[:, None] * after[..., flip, :]
            moved[..., k, :, :] = after.conj().swapaxes(-1, -2) @ turned
        return prefixes[..., -1, :, :], moved

    def circuit(self, parameters: Real) -> QuantumCircuit:
        """The circuit of U and RZZ gates with angles between 0 and pi / 2."""
        circuit = QuantumCircuit(self.num_qubits)
        angles = iter(float(angle) for angle in parameters)
        for qubit in range(self.num_qubits):
            lam, theta, phi = (next(angles) for _ in range(3))
            append_u(circuit, theta, phi, lam, qubit)
        for pair in self.placements:
            _append_rzz(circuit, next(angles), *pair)
            for qubit in pair:
                append_u(circuit, next(angles), next(angles), 0.0, qubit)
        return circuit

    @cached_property
    def _generators(self) -> list[tuple[Real, np.ndarray | None]]:
        """Of each rotation the signs of its Pauli string, and for Y where it takes each row from."""
        index = np.arange(2**self.num_qubits)
        found: list[tuple[Real, np.ndarray | None]] = []
        for kind, qubits in self.rotations:
            signs = np.prod([1.0 - 2.0 * ((index >> qubit) & 1) for qubit in qubits], axis=0)
            found.append((signs, index ^ (1 << qubits[0]) if kind == "y" else None))
        return found

    def _prefixes(self, parameters: Real) -> Complex:
        """The circuit up to and including each rotation, (..., P, d, d)."""
        angles = np.asarray(parameters)
        size = 2**self.num_qubits
        matrix = np.broadcast_to(np.eye(size, dtype=complex), (*angles.shape[:-1], size, size))
        prefixes = np.empty((*angles.shape, size, size), dtype=complex)
        for k, (signs, flip) in enumerate(self._generators):
            half = angles[..., k, None, None] / 2
            if flip is None:
                matrix = np.exp(-1j * half * signs[:, None]) * matrix
            else:
                matrix = np.cos(half) * matrix - np.sin(half) * signs[:, None] * matrix[..., flip, :]
            prefixes[..., k, :, :] = matrix
        return prefixes


def fractional_circuit(
    unitary: Complex, *, after: Complex | None = None, levels: int = 1, below: int | None = None
) -> QuantumCircuit | None:
    """A unitary of three qubits (8, 8), up to a global phase, in U and RZZ gates, or None if no start ends at it.

    Args:
        unitary: U.
        after: a unitary F; the circuit is for what comes after F: the circuit times F is U F.
        levels: how many groups of neighbouring columns of U F have phases that do not matter.
        below: take only a circuit of fewer two-qubit gates.

    >>> from qiskit.quantum_info import random_unitary
    >>> from qcoll.synthesis.fractional import fractional_circuit
    >>> fractional_circuit(random_unitary(8, seed=1).data).num_nonlocal_gates()
    11
    """
    first = np.eye(len(unitary), dtype=complex) if after is None else after
    path, rng = Powers.to(unitary, first), np.random.default_rng(_SEED)
    for placements, iterations in _attempts():
        if below is not None and len(placements) >= below:
            continue
        skeleton = RotationSkeleton(3, placements)
        ansatz: Ansatz = skeleton if after is None else Preceded(skeleton, after)  # type: ignore[arg-type]
        starts = rng.uniform(-np.pi, np.pi, (_STARTS, skeleton.num_parameters))
        residual = unitary_residual(ansatz, path(0.0), levels)
        angles, norm = search(residual, starts, tolerance=_CLOSE, iterations=iterations)
        if norm < _CLOSE and (found := _carried(ansatz, path, angles, levels)) is not None:
            return skeleton.circuit(found)
    return None


def _attempts() -> list[tuple[_Placements, int]]:
    """Placements in the order in which they are tried, and how long each."""
    found: dict[_Placements, int] = {}
    for placements in STRUCTURED:
        for order in itertools.permutations(range(3)):
            moved = tuple((min(order[a], order[b]), max(order[a], order[b])) for a, b in placements)
            found[moved] = _PROBES
    return [*found.items(), *((placements, _ITERATIONS) for placements in GENERIC)]


def _carried(ansatz: Ansatz, path: Powers, angles: Real, levels: int) -> Real | None:
    """The angles at the end of the path, if they are those of the unitary."""
    end = path.carry(lambda target, start: fit_unitary(ansatz, target, start, NEWTON_STEPS, levels), angles)
    if end is None:
        return None
    solved, error = refined(unitary_residual(ansatz, path(1.0), levels), end[0])
    return solved if error < CERTIFICATE else None


def _append_rzz(circuit: QuantumCircuit, angle: float, first: int, second: int) -> None:
    """Append exp(-i angle ZZ / 2) up to a phase, with an angle between 0 and pi / 2."""
    own = float(np.remainder(angle, 2 * np.pi))  # a turn of 2 pi is a phase
    if own > np.pi:
        own -= 2 * np.pi
    if own > np.pi / 2 or own <= -np.pi / 2:  # exp(-i pi ZZ / 2) is Z on both, up to a phase
        circuit.z([first, second])
        own += np.pi if own < 0 else -np.pi
    if abs(own) < ANGLE_CUTOFF:
        return
    if own < 0:
        circuit.x(first)
    circuit.rzz(abs(own), first, second)
    if own < 0:
        circuit.x(first)


def largest_angle(circuit: QuantumCircuit) -> float:
    """The largest angle of its RZZ gates, in absolute size."""
    angles: Sequence[float] = [
        abs(float(step.operation.params[0])) for step in steps(circuit) if step.operation.name == "rzz"
    ]
    return max(angles, default=0.0)
