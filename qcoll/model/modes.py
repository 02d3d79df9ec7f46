r"""Named subsystems of one register: two-level systems, bosons cut off at a number of levels, and fermions.

===========  =======================================  ==========================================================
subsystem    qubits                                   lowering operator
===========  =======================================  ==========================================================
``Qubit``    1                                        :math:`\sigma^- = (X - iY)/2`; the upper state is |0>
``Boson``    the fewest that hold its levels          :math:`\sum_n \sqrt n\,|n-1\rangle\langle n|` up to its
                                                      highest level, zero on what is left of the qubits' states
``Fermion``  1                                        :math:`\prod_{k<j} Z_k\,(X_j + iY_j)/2` over the fermions
                                                      before it (Jordan and Wigner); occupied is \|1>
===========  =======================================  ==========================================================

Operators of different subsystems commute, but for those of fermions, which anticommute (Eqs. 6 and 7 of Cusumano and De
Chiara). Modes come in the order of naming, the first on the least significant qubits.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import Pauli, SparsePauliOp

from ..errors import InputError
from ..limits import natural_number
from .operators import embedded, from_matrix, ladder

Encoding = Literal["binary", "gray"]

#: Of what couples physical levels to others, relative to the operator.
COUPLING_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Qubit:
    r"""A two-level system: :math:`\sigma^-` lowers, :math:`\sigma^+\sigma^- = |0\rangle\langle 0|` counts."""

    @property
    def num_levels(self) -> int:
        """Its two levels."""
        return 2

    @property
    def states(self) -> tuple[int, ...]:
        """The computational state of each level, from the lowest up."""
        return (1, 0)


@dataclass(frozen=True)
class Fermion:
    """A fermionic mode: empty is |0>, occupied |1>."""

    @property
    def num_levels(self) -> int:
        """Empty and occupied."""
        return 2

    @property
    def states(self) -> tuple[int, ...]:
        """The computational state of each level, from the lowest up."""
        return (0, 1)


@dataclass(frozen=True)
class Boson:
    """A harmonic oscillator cut off above its ``levels`` lowest levels.

    Args:
        levels: how many levels are kept, at least 2; they need not be a power of two.
        encoding: ``"binary"``: level n is the computational state n; ``"gray"``: its Gray code, so that neighbours
            differ in one qubit.

    Raises:
        InputError: for fewer than two levels or an unknown encoding.

    >>> Boson(levels=3).states, Boson(levels=4, encoding="gray").states
    ((0, 1, 2), (0, 1, 3, 2))
    """

    levels: int = 8
    encoding: Encoding = "binary"

    def __post_init__(self) -> None:
        if natural_number(self.levels, "levels, of a boson,") < 2:
            raise InputError(f"levels is {self.levels}, but a boson needs at least two")
        if self.encoding not in get_args(Encoding):
            raise InputError(f'encoding is {self.encoding!r}, but must be "binary" or "gray"')

    @property
    def num_levels(self) -> int:
        """The levels that are kept."""
        return int(self.levels)

    @property
    def states(self) -> tuple[int, ...]:
        """The computational state of each level, from the lowest up."""
        return tuple(n ^ (n >> 1) if self.encoding == "gray" else n for n in range(self.levels))


Subsystem = Qubit | Boson | Fermion


class Modes:
    """Named subsystems on one register, in the order of naming, and their operators.

    Args:
        subsystems: a :class:`Qubit`, :class:`Boson` or :class:`Fermion` for each name.

    Raises:
        InputError: if there is none, or something else is given.

    >>> import qcoll
    >>> modes = qcoll.Modes(a=qcoll.Boson(levels=3), b=qcoll.Qubit())
    >>> modes
    Modes(a=Boson(levels=3, encoding='binary'), b=Qubit()) on 3 qubits
    >>> modes.number("b")
    SparsePauliOp(['III', 'ZII'],
                  coeffs=[0.5+0.j, 0.5+0.j])
    """

    def __init__(self, **subsystems: Subsystem) -> None:
        if not subsystems:
            raise InputError("modes need at least one subsystem: write for example Modes(a=Boson(levels=8), b=Qubit())")
        for name, kind in subsystems.items():
            if not isinstance(kind, Qubit | Boson | Fermion):
                raise InputError(
                    f"mode {name!r} is a {type(kind).__name__}, but a Qubit(), Boson(...) or Fermion() was expected"
                )
        self._kinds = dict(subsystems)
        self._qubits: dict[str, tuple[int, ...]] = {}
        position = 0
        for name, kind in self._kinds.items():
            size = (kind.num_levels - 1).bit_length()
            self._qubits[name] = tuple(range(position, position + size))
            position += size
        self._num_qubits = position

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the order of the register."""
        return tuple(self._kinds)

    @property
    def num_qubits(self) -> int:
        """Qubits of the register."""
        return self._num_qubits

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def __getitem__(self, name: str) -> Subsystem:
        """The subsystem of that name."""
        if name not in self._kinds:
            raise InputError(f"there is no mode {name!r}: the modes are {', '.join(map(repr, self._kinds))}")
        return self._kinds[name]

    def qubits(self, name: str) -> tuple[int, ...]:
        """The qubits of a mode, its least significant first."""
        self[name]
        return self._qubits[name]

    def lowering(self, name: str) -> SparsePauliOp:
        r"""The lowering operator of a mode: :math:`\sigma^-`, b, or c with its Jordan-Wigner string."""
        kind = self[name]
        if isinstance(kind, Qubit):
            return ladder(self.num_qubits, lowering=self._qubits[name])
        if isinstance(kind, Fermion):
            plain = ladder(self.num_qubits, raising=self._qubits[name])  # |0><1|
            return SparsePauliOp([pauli.dot(self._string(name)) for pauli in plain.paulis], plain.coeffs)
        matrix = np.zeros((2 ** len(self._qubits[name]),) * 2, dtype=complex)
        for n in range(1, kind.num_levels):
            matrix[kind.states[n - 1], kind.states[n]] = np.sqrt(n)
        return self._on(name, matrix)

    def raising(self, name: str) -> SparsePauliOp:
        """The raising operator of a mode, the adjoint of :meth:`lowering`."""
        return self.lowering(name).adjoint()

    def number(self, name: str) -> SparsePauliOp:
        """The number of excitations in a mode; zero on states of the qubits beyond its levels."""
        kind = self[name]
        return self._on(name, np.diag(_by_state(kind, range(kind.num_levels))))

    def exchange(self, first: str, second: str, coupling: complex = 1.0) -> SparsePauliOp:
        r"""The exchange of an excitation, :math:`g\,C_1^\dagger C_2 + \mathrm{h.c.}`.

        Raises:
            InputError: for unknown modes, or a fermion and something else: odd in the fermions.

        >>> import qcoll
        >>> joint = qcoll.Modes(s=qcoll.Qubit()).joined(qcoll.Modes(a=qcoll.Qubit()))
        >>> joint.exchange("s", "a", 0.2)
        SparsePauliOp(['XX', 'YY'],
                      coeffs=[0.1+0.j, 0.1+0.j])
        """
        if isinstance(self[first], Fermion) != isinstance(self[second], Fermion):
            fermion = first if isinstance(self[first], Fermion) else second
            raise InputError(
                f"the coupling of {first!r} and {second!r} is odd in the fermion {fermion!r}: a Hamiltonian takes "
                "fermion operators in pairs, such as number operators"
            )
        term = complex(coupling) * (self.raising(first) @ self.lowering(second))
        return (term + term.adjoint()).simplify(atol=0, rtol=0)

    @property
    def identity(self) -> SparsePauliOp:
        """The identity of the register."""
        return SparsePauliOp("I" * self.num_qubits)

    def projector(self, name: str) -> SparsePauliOp:
        """The projector onto the levels of a mode: the identity where they fill its qubits."""
        kind = self[name]
        return self._on(name, np.diag(_by_state(kind, [1] * kind.num_levels)))

    @property
    def physical(self) -> SparsePauliOp:
        """The projector onto the levels of all modes together."""
        product = functools.reduce(lambda left, right: left @ right, map(self.projector, self.cut_off), self.identity)
        return product.simplify(atol=0, rtol=0)

    @property
    def complete(self) -> bool:
        """Whether every state of the qubits is a level of the modes."""
        return not self.cut_off

    @property
    def cut_off(self) -> tuple[str, ...]:
        """The modes whose qubits have more states than they have levels."""
        return tuple(name for name, kind in self._kinds.items() if kind.num_levels < 2 ** len(self._qubits[name]))

    @property
    def fermions(self) -> tuple[str, ...]:
        """The fermionic modes."""
        return tuple(name for name, kind in self._kinds.items() if isinstance(kind, Fermion))

    @property
    def bosons(self) -> tuple[str, ...]:
        """The bosonic modes."""
        return tuple(name for name, kind in self._kinds.items() if isinstance(kind, Boson))

    def physical_mask(self, qubits: tuple[int, ...] | None = None) -> NDArray[np.bool_]:
        """Which computational states are levels of all modes, (2**k,), for all qubits or those of whole modes."""
        chosen = tuple(range(self.num_qubits)) if qubits is None else qubits
        index, mask = np.arange(2 ** len(chosen)), np.ones(2 ** len(chosen), dtype=bool)
        for name in self.cut_off:
            own = self._qubits[name]
            if set(own) <= set(chosen):
                local = sum((index >> chosen.index(qubit) & 1) << place for place, qubit in enumerate(own))
                mask &= np.isin(local, self._kinds[name].states)
        return mask

    def basis_state(self, **excitations: int) -> NDArray[np.complex128]:
        """The state (2**num_qubits,) with so many excitations in each named mode, and the others in their lowest level.

        Raises:
            InputError: for an unknown mode, or more excitations than it has levels for.

        >>> import qcoll
        >>> qcoll.Modes(a=qcoll.Boson(levels=3), b=qcoll.Fermion()).basis_state(a=2).nonzero()[0].tolist()
        [2]
        """
        for name, count in excitations.items():
            if natural_number(count, f"the excitations of mode {name!r}") >= self[name].num_levels:
                raise InputError(f"mode {name!r} has no {count} excitations: it has {self[name].num_levels} levels")
        index = sum(
            kind.states[excitations.get(name, 0)] << self._qubits[name][0] for name, kind in self._kinds.items()
        )
        vector = np.zeros(2**self.num_qubits, dtype=complex)
        vector[index] = 1.0
        return vector

    def joined(self, other: Modes) -> Modes:
        """These modes and then others on one register: a system's and its ancilla's, for their interaction.

        Raises:
            InputError: if a name occurs in both.
        """
        if both := sorted(set(self._kinds) & set(other._kinds)):
            raise InputError(f"modes {', '.join(map(repr, both))} are in both registers: give each a name of its own")
        return Modes(**self._kinds, **other._kinds)

    def check(self, operator: SparsePauliOp, name: str) -> None:
        """Refuse an operator that no Hamiltonian of these modes is.

        Raises:
            InputError: if it has another size, an odd number of fermion operators, or couples levels of a mode to
                states beyond them.
        """
        if operator.num_qubits != self.num_qubits:
            raise InputError(f"{name} acts on {operator.num_qubits} qubits, but its modes have {self.num_qubits}")
        fermionic = [qubit for mode in self.fermions for qubit in self._qubits[mode]]
        odd = operator.paulis.x[:, fermionic].sum(axis=1) % 2 == 1
        if np.any(odd & (np.abs(operator.coeffs) > 0)):
            acting = [mode for mode in self.fermions if operator.paulis.x[int(odd.argmax()), self._qubits[mode][0]]]
            raise InputError(
                f"{name} has a term that is odd in the fermions, in {', '.join(map(repr, acting))}: a Hamiltonian "
                "takes fermion operators in pairs"
            )
        for mode in self.cut_off:
            commutator = _commutator(operator, self.projector(mode))
            if np.abs(commutator.coeffs).max() > COUPLING_TOLERANCE * np.abs(operator.coeffs).max():
                raise InputError(
                    f"{name} couples the {self[mode].num_levels} levels of mode {mode!r} to states beyond them: build "
                    "it from the operators of the modes"
                )

    def to_mapping(self) -> dict[str, dict[str, str | int]]:
        """Plain values for a file; :func:`modes_from_mapping` reads them."""
        found: dict[str, dict[str, str | int]] = {}
        for name, kind in self._kinds.items():
            found[name] = {"kind": type(kind).__name__.lower()}
            if isinstance(kind, Boson):
                found[name] |= {"levels": int(kind.levels), "encoding": kind.encoding}
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Modes):
            return NotImplemented
        return list(self._kinds.items()) == list(other._kinds.items())

    def __hash__(self) -> int:
        return hash(tuple(self._kinds.items()))

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}={kind!r}" for name, kind in self._kinds.items())
        return f"Modes({listed}) on {self.num_qubits} qubit{'' if self.num_qubits == 1 else 's'}"

    def _string(self, name: str) -> Pauli:
        """The Jordan-Wigner string: Z on the fermions before one."""
        before = {self._qubits[mode][0] for mode in self.fermions if self._qubits[mode] < self._qubits[name]}
        return Pauli("".join("Z" if qubit in before else "I" for qubit in reversed(range(self.num_qubits))))

    def _on(self, name: str, matrix: NDArray[np.complex128]) -> SparsePauliOp:
        return embedded(from_matrix(matrix), self._qubits[name], self.num_qubits)


def modes_from_mapping(found: Mapping[str, Mapping[str, object]]) -> Modes:
    """The modes that :meth:`Modes.to_mapping` wrote.

    Raises:
        InputError: for an unknown kind or entry.
    """
    kinds: dict[str, Subsystem] = {}
    for name, entry in found.items():
        given: dict[str, Any] = dict(entry) if isinstance(entry, Mapping) else {"kind": entry}
        kind = given.pop("kind", None)
        allowed = {"levels", "encoding"} if kind == "boson" else set()
        if kind not in ("qubit", "boson", "fermion") or not set(given) <= allowed:
            raise InputError(
                f'mode {name!r} is {entry!r}, but must be "qubit", "fermion", or a table such as '
                '{ kind = "boson", levels = 8, encoding = "binary" }'
            )
        kinds[name] = Boson(**given) if kind == "boson" else Qubit() if kind == "qubit" else Fermion()
    return Modes(**kinds)


def _by_state(kind: Subsystem, values: object) -> NDArray[np.complex128]:
    """Values of the levels, by computational state, zero beyond them."""
    placed = np.zeros(2 ** (kind.num_levels - 1).bit_length(), dtype=complex)
    placed[list(kind.states)] = values
    return placed


def _commutator(left: SparsePauliOp, right: SparsePauliOp) -> SparsePauliOp:
    return (left @ right - right @ left).simplify(atol=0, rtol=0)
