r"""Strokes in turn on one system: collisions with several baths, changes of the Hamiltonian, free evolution.

A cycle is the map :math:`\mathcal E_K\circ\dots\circ\mathcal E_1` of its strokes. Each stroke has a system Hamiltonian
of its own; between two of them it is switched at once, which is driving work (Eq. 64 of Cusumano and De Chiara).

Units: :math:`\hbar = k_B = 1`.
"""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..limits import real_number
from .ancilla import operator_text
from .collision import CollisionModel
from .modes import Modes
from .operators import checked_hermitian


@dataclass(frozen=True, kw_only=True, eq=False)
class FreeEvolution:
    r"""A stroke in which the system is alone, :math:`\rho \mapsto e^{-i\,\delta t\,H}\rho\,e^{i\,\delta t\,H}`.

    Args:
        hamiltonian: Hermitian ``SparsePauliOp`` on the system's qubits.
        dt: duration, positive.
        name: a short name for messages and tables.

    Raises:
        InputError: if the Hamiltonian is not Hermitian or dt is not positive.

    >>> from qiskit.quantum_info import SparsePauliOp
    >>> import qcoll
    >>> qcoll.FreeEvolution(hamiltonian=SparsePauliOp("X", 0.5), dt=0.2)
    FreeEvolution 'free evolution': 1 system qubit, dt = 0.2
    """

    hamiltonian: SparsePauliOp
    dt: float
    name: str = "free evolution"

    def __post_init__(self) -> None:
        checked = checked_hermitian(self.hamiltonian, f"the Hamiltonian of {self.name!r}")
        object.__setattr__(self, "hamiltonian", checked)
        dt = real_number(self.dt, "dt")
        if not (math.isfinite(dt) and dt > 0):
            raise InputError(f"dt is {dt}, but the duration of {self.name!r} is positive and finite")
        object.__setattr__(self, "dt", dt)

    @property
    def system(self) -> SparsePauliOp:
        """The system's Hamiltonian, which is all there is."""
        return self.hamiltonian

    @property
    def num_system_qubits(self) -> int:
        """Number of the system's qubits."""
        return int(self.hamiltonian.num_qubits)

    @property
    def num_ancilla_qubits(self) -> int:
        """None: the system is alone."""
        return 0

    @property
    def num_qubits(self) -> int:
        """Number of the system's qubits."""
        return self.num_system_qubits

    def fingerprint(self) -> str:
        """SHA-256 of everything that defines the physics (not the name); the same on every machine."""
        return hashlib.sha256(f"free {operator_text(self.hamiltonian)}|{self.dt.hex()}".encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FreeEvolution):
            return NotImplemented
        return self.fingerprint() == other.fingerprint()

    __hash__ = None  # type: ignore[assignment]  # operators are mutable; use fingerprint

    def __repr__(self) -> str:
        size = self.num_system_qubits
        return f"FreeEvolution {self.name!r}: {size} system qubit{'s' * (size > 1)}, dt = {self.dt:g}"


Stroke = CollisionModel | FreeEvolution


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Cycle:
    """Strokes in turn on one system, repeated: taken wherever a model is taken, where n then counts cycles.

    The energy of the system, between cycles, is that of the first stroke's Hamiltonian: what changes it back after the
    last stroke belongs to the cycle.

    Args:
        strokes: each a :class:`CollisionModel`, with an ancilla, interaction, duration and system Hamiltonian of its
            own, or a :class:`FreeEvolution`. They are numbered from 0.
        name: a short name for plots and files.

    Raises:
        InputError: if there is no stroke, one is something else, or their systems differ in size or modes; the message
            names the stroke.

    >>> from qiskit.quantum_info import SparsePauliOp
    >>> import qcoll
    >>> hot, cold = (
    ...     qcoll.CollisionModel(
    ...         system=SparsePauliOp("Z", omega / 2),
    ...         ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", omega / 2), beta=beta),
    ...         interaction=SparsePauliOp(["XX", "YY"], [0.3, 0.3]),
    ...         dt=1.0,
    ...         name=name,
    ...     )
    ...     for name, omega, beta in (("hot", 2.0, 0.5), ("cold", 1.0, 2.0))
    ... )
    >>> engine = qcoll.Cycle([hot, cold], name="engine")
    >>> engine
    Cycle 'engine' on 1 system qubit: hot (beta = 0.5), cold (beta = 2)
    >>> limit = qcoll.evolve(engine, n=1, initial=qcoll.steady_state(engine))
    >>> round(float(limit.efficiency[0]), 6), limit.carnot_efficiency
    (0.5, 0.75)
    """

    strokes: tuple[Stroke, ...]
    name: str = "cycle"

    def __init__(self, strokes: Iterable[Stroke], *, name: str = "cycle") -> None:
        if isinstance(strokes, CollisionModel | FreeEvolution) or not isinstance(strokes, Iterable):
            raise InputError(f"strokes must be a list of strokes, but a {type(strokes).__name__} was given")
        object.__setattr__(self, "strokes", tuple(strokes))
        object.__setattr__(self, "name", name)
        self._check()

    def _check(self) -> None:
        if not self.strokes:
            raise InputError("a cycle needs at least one stroke")
        for number, stroke in enumerate(self.strokes):
            if not isinstance(stroke, CollisionModel | FreeEvolution):
                raise InputError(
                    f"stroke {number} is a {type(stroke).__name__}, but must be a qcoll.CollisionModel or a "
                    "qcoll.FreeEvolution"
                )
        first = self.strokes[0].num_system_qubits
        for number, stroke in enumerate(self.strokes):
            if stroke.num_system_qubits != first:
                raise InputError(
                    f"stroke {number}, {stroke.name!r}, has a system of {stroke.num_system_qubits} qubits, but stroke "
                    f"0, {self.strokes[0].name!r}, one of {first}: all strokes act on one system"
                )
        for number, stroke in enumerate(self.strokes):
            if isinstance(stroke, FreeEvolution):
                if self.system_modes is not None:
                    self.system_modes.check(stroke.hamiltonian, f"the Hamiltonian of stroke {number}, {stroke.name!r},")
                continue
            if stroke.memory is not None:
                raise InputError(
                    f"stroke {number}, {stroke.name!r}, has a memory, but the ancillas of a cycle meet the system alone"
                )
            if not np.array_equal(stroke.physical, self.physical):
                raise InputError(
                    f"stroke {number}, {stroke.name!r}, has a system with other levels than the strokes before it: "
                    "give all strokes the same system_modes"
                )

    @property
    def system(self) -> SparsePauliOp:
        """The system's Hamiltonian in the first stroke, which its energy between cycles is of."""
        return self.strokes[0].system

    @property
    def num_system_qubits(self) -> int:
        """Number of the system's qubits."""
        return self.strokes[0].num_system_qubits

    @property
    def num_ancilla_qubits(self) -> int:
        """Number of ancilla qubits of the largest stroke."""
        return max(stroke.num_ancilla_qubits for stroke in self.strokes)

    @property
    def num_qubits(self) -> int:
        """Number of system and ancilla qubits of the largest stroke."""
        return self.num_system_qubits + self.num_ancilla_qubits

    @property
    def dt(self) -> float:
        """Duration of a cycle."""
        return math.fsum(stroke.dt for stroke in self.strokes)

    @functools.cached_property
    def system_modes(self) -> Modes | None:
        """What the system's qubits stand for, where they are more than qubits."""
        collisions = (stroke for stroke in self.strokes if isinstance(stroke, CollisionModel))
        return next((stroke.system_modes for stroke in collisions if stroke.system_modes is not None), None)

    @functools.cached_property
    def physical(self) -> NDArray[np.bool_]:
        """Which computational states of the system are levels of its modes, (2**num_system_qubits,)."""
        modes = self.system_modes
        return np.ones(2**self.num_system_qubits, dtype=bool) if modes is None else modes.physical_mask()

    @property
    def temperature(self) -> str:
        """The ancillas' states in words, for titles."""
        return ", ".join(_state(stroke) for stroke in self.strokes)

    def fingerprint(self) -> str:
        """SHA-256 of everything that defines the physics (not the names); the same on every machine."""
        text = "cycle " + " ".join(stroke.fingerprint() for stroke in self.strokes)
        return hashlib.sha256(text.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cycle):
            return NotImplemented
        return self.fingerprint() == other.fingerprint()

    __hash__ = None  # type: ignore[assignment]  # operators are mutable; use fingerprint

    def __len__(self) -> int:
        return len(self.strokes)

    def __repr__(self) -> str:
        size = self.num_system_qubits
        parts = ", ".join(f"{stroke.name} ({_state(stroke)})" for stroke in self.strokes)
        return f"Cycle {self.name!r} on {size} system qubit{'s' * (size > 1)}: {parts}"


#: What is taken where a model is taken.
Model = CollisionModel | Cycle


def require_model(model: object) -> None:
    """Refuse what is neither a collision model nor a cycle.

    Raises:
        InputError: if it is none; the message says what to give.
    """
    if isinstance(model, CollisionModel | Cycle):
        return
    hint = ": give qcoll.Cycle([...]) of it" if isinstance(model, FreeEvolution | list | tuple) else ""
    hint = ": call it, and give what it returns" if callable(model) else hint
    raise InputError(
        f"model must be a qcoll.CollisionModel or a qcoll.Cycle, but a {type(model).__name__} was given{hint}"
    )


def _state(stroke: Stroke) -> str:
    return "alone" if isinstance(stroke, FreeEvolution) else stroke.ancilla.temperature
