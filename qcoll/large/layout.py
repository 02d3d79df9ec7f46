r"""Which sites a chain has: one for each system qubit, with the part of the ancilla that meets it.

The terms of :math:`H_S + H_A + H_{SA}` must act on one site or on two neighbours. The system's qubits are put in a row
by whom they are coupled to; the ancilla falls into parts that neither interact nor are correlated, each of which joins
the site that it is coupled to for the time of the collision.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import rustworkx as rx
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..exact.gibbs import gibbs_state
from ..model.ancilla import Ancilla
from ..model.collision import CollisionModel
from ..model.operators import dense, from_matrix
from ..trajectory.pauli import Complex, Real, to_pauli_vector

#: Ancilla qubits on one site: its gates have (4 * 4**k * 4)**2 entries.
LARGEST_PART = 3
#: Qubits of two neighbouring sites together, with their parts of the ancilla.
LARGEST_BOND = 5
#: By how much a state may miss being a product of its parts.
PRODUCT_TOLERANCE = 1e-12

#: Coefficient, qubits, and the letter on each of them.
Term = tuple[float, tuple[int, ...], str]


@dataclass(frozen=True, eq=False)
class Part:
    """A part of the ancilla.

    Args:
        qubits: its qubits in the joint register, the least significant first.
        thermal: its fresh state, Pauli vector.
        site: the site that it joins.
    """

    qubits: tuple[int, ...]
    thermal: Real
    site: int


@dataclass(frozen=True, eq=False)
class Layout:
    """A model as a chain.

    Args:
        model: the collision model.
        order: the system qubit of every site.
        parts: of the ancilla, at most one for each site.
        terms: of the whole Hamiltonian during a collision.
    """

    model: CollisionModel
    order: tuple[int, ...]
    parts: tuple[Part, ...]
    terms: tuple[Term, ...]

    @classmethod
    def of(cls, model: CollisionModel) -> Layout:
        """Put the qubits of a model in a row.

        Raises:
            InputError: if it is no chain, with what can be done instead.
        """
        if any(modes is not None and not modes.complete for modes in (model.system_modes, model.ancilla.modes)):
            raise InputError(f"{model.name!r} has modes with unused states of their qubits, but {CANNOT}")
        n = model.num_system_qubits
        if n < 2:
            raise InputError(f'{model.name!r} has one system qubit, which is no chain: use "dense"')
        system, joint = terms_of(model.system), terms_of(model.hamiltonian)
        order = in_a_row(n, [term[1] for term in system], model.name)
        site_of = {qubit: site for site, qubit in enumerate(order)}
        parts = []
        for qubits in ancilla_parts(model):
            touched = {q for _, support, _ in joint if set(support) & set(qubits) for q in support if q < n}
            if not touched:
                continue  # it never meets the system
            sites = sorted(site_of[qubit] for qubit in touched)
            if sites[-1] - sites[0] > 1 or len(qubits) > LARGEST_PART:
                what = f"meets qubits {sorted(touched)}" if sites[-1] - sites[0] > 1 else f"has {len(qubits)} qubits"
                raise InputError(f"an ancilla of {model.name!r} {what}, but {CANNOT}")
            own = tuple(qubit - n for qubit in qubits)
            parts.append(Part(qubits, to_pauli_vector(_reduced(model.ancilla, own)), sites[0]))
        merged = _one_for_each_site(parts, model.name)
        layout = cls(model, order, merged, tuple(joint))
        for _, support, _ in joint:
            sites = layout.sites_of(support)
            if sites and sites[-1] - sites[0] > 1:
                raise InputError(f"a term of {model.name!r} acts on qubits {list(support)}, but {CANNOT}")
        for site in range(len(order) - 1):
            if (size := len(layout.register((site, site + 1)))) > LARGEST_BOND:
                raise InputError(f"neighbours of {model.name!r} have {size} qubits with their ancillas, but {CANNOT}")
        return layout

    @property
    def num_sites(self) -> int:
        """How many sites there are."""
        return len(self.order)

    @functools.cached_property
    def _sites(self) -> dict[int, int]:
        found = {qubit: site for site, qubit in enumerate(self.order)}
        return found | {qubit: part.site for part in self.parts for qubit in part.qubits}

    def sites_of(self, qubits: Iterable[int]) -> list[int]:
        """The sites of some qubits, in order; those that never meet the system have none."""
        return sorted({self._sites[qubit] for qubit in qubits if qubit in self._sites})

    def register(self, sites: Sequence[int], *, with_ancilla: bool = True) -> list[int]:
        """The qubits of neighbouring sites, the least significant first: later sites are less significant."""
        found: list[int] = []
        for site in reversed(sites):
            if with_ancilla:
                found += [qubit for part in self.parts if part.site == site for qubit in part.qubits]
            found.append(self.order[site])
        return found

    def matrix(self, terms: Iterable[Term], sites: Sequence[int], *, with_ancilla: bool = True) -> Complex:
        """The sum of some terms as a matrix on the register of some sites."""
        return local_matrix(terms, self.register(sites, with_ancilla=with_ancilla))


#: What a chain must be, and which ways there are where it is none.
CANNOT = (
    'method="tensor_network" takes chains of qubits with terms on neighbours and ancillas of at most '
    f"{LARGEST_PART} qubits that each meet one or two of them, {LARGEST_BOND} qubits for two neighbours: use "
    '"matrix_free" up to 13 system qubits, or "gaussian" where the model is quadratic'
)


def terms_of(operator: SparsePauliOp) -> list[Term]:
    """The terms of a Hermitian operator."""
    found = []
    letters = np.array(list("IXZY"))[np.asarray(operator.paulis.x) + 2 * np.asarray(operator.paulis.z)]
    for row, coefficient in zip(letters, operator.coeffs, strict=True):
        support = tuple(int(qubit) for qubit in np.flatnonzero(row != "I"))
        if coefficient != 0:
            found.append((float(coefficient.real), support, "".join(row[list(support)])))
    return found


def local_matrix(terms: Iterable[Term], register: Sequence[int]) -> Complex:
    """The matrix of a sum of terms on some qubits, the first of which is the least significant."""
    place = {qubit: index for index, qubit in enumerate(register)}
    sparse = [(letters, [place[qubit] for qubit in support], value) for value, support, letters in terms]
    if not sparse:
        return np.zeros((2 ** len(register),) * 2, dtype=complex)
    return np.asarray(dense(SparsePauliOp.from_sparse_list(sparse, num_qubits=len(register))), dtype=complex)


def in_a_row(n: int, supports: Iterable[tuple[int, ...]], name: str) -> tuple[int, ...]:
    """Qubits in a row, those that are coupled next to each other, the end with the smaller number first.

    Raises:
        InputError: if there is no such row.
    """
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(n))
    for support in supports:
        if len(support) > 2:
            raise InputError(f"a term of {name!r} acts on qubits {list(support)}, but {CANNOT}")
        if len(support) == 2:
            graph.add_edge(support[0], support[1], None)
    order: list[int] = []
    for component in sorted(rx.connected_components(graph), key=min):
        ends = sorted(qubit for qubit in component if graph.degree(qubit) <= 1)
        if not ends or any(graph.degree(qubit) > 2 for qubit in component):
            crowded = max(component, key=graph.degree)
            raise InputError(
                f"qubit {crowded} of {name!r} is coupled to {sorted(graph.neighbors(crowded))}"
                f"{'' if ends else ' in a ring'}, but {CANNOT}"
            )
        walk, previous = [ends[0]], None
        while following := [q for q in graph.neighbors(walk[-1]) if q != previous]:
            previous = walk[-1]
            walk.append(following[0])
        order += walk
    return tuple(order)


def ancilla_parts(model: CollisionModel) -> list[tuple[int, ...]]:
    """The parts of the ancilla that neither interact nor are correlated, as qubits of the joint register."""
    n = model.num_system_qubits
    graph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(model.num_ancilla_qubits))

    def join(operator: SparsePauliOp, offset: int) -> None:
        for _, support, _ in terms_of(operator):
            own = [qubit - offset for qubit in support if qubit >= offset]
            for qubit in own[1:]:
                graph.add_edge(own[0], qubit, None)

    join(model.ancilla.hamiltonian, 0)
    join(model.interaction, n)
    parts = [tuple(sorted(part)) for part in rx.connected_components(graph)]
    if model.ancilla.state is not None and not _is_product(model.ancilla, parts):
        parts = [tuple(range(model.num_ancilla_qubits))]
    return [tuple(qubit + n for qubit in part) for part in sorted(parts)]


def _is_product(ancilla: Ancilla, parts: Sequence[tuple[int, ...]]) -> bool:
    """Whether a given state is a product of its parts: so is every one of its Pauli means."""
    total = SparsePauliOp(ancilla.state).simplify(atol=0)
    reduced = [_reduced(ancilla, part) for part in parts]
    order = [qubit for part in parts for qubit in part]
    whole = np.eye(1, dtype=complex)
    for state in reduced:
        whole = np.asarray(np.kron(state, whole), dtype=complex)
    again = from_matrix(whole).apply_layout(order, num_qubits=ancilla.num_qubits)
    difference = (total - again).simplify(atol=0)
    return bool(np.abs(difference.coeffs).max(initial=0.0) < PRODUCT_TOLERANCE)


def _reduced(ancilla: Ancilla, qubits: Sequence[int]) -> Complex:
    """The fresh state of some of the ancilla's qubits, which are not coupled to the others."""
    if ancilla.state is not None:
        inside = [
            (value * 2 ** (ancilla.num_qubits - len(qubits)), support, letters)
            for value, support, letters in terms_of(ancilla.state)
            if set(support) <= set(qubits)
        ]
        return local_matrix(inside, qubits)
    own = [term for term in terms_of(ancilla.hamiltonian) if set(term[1]) <= set(qubits) and term[1]]
    place = {qubit: index for index, qubit in enumerate(qubits)}
    listed = [(letters, [place[qubit] for qubit in support], value) for value, support, letters in own]
    listed = listed or [("", [], 0.0)]
    part = SparsePauliOp.from_sparse_list(listed, num_qubits=len(qubits))
    return gibbs_state(Ancilla(hamiltonian=part, beta=ancilla.beta))


def _one_for_each_site(parts: Sequence[Part], name: str) -> tuple[Part, ...]:
    """Parts that join the same site, together."""
    found: dict[int, Part] = {}
    for part in parts:
        known = found.get(part.site)
        if known is None:
            found[part.site] = part
            continue
        qubits = (*known.qubits, *part.qubits)
        if len(qubits) > LARGEST_PART:
            raise InputError(f"ancillas of {len(qubits)} qubits of {name!r} meet one qubit, but {CANNOT}")
        found[part.site] = Part(qubits, np.asarray(np.kron(part.thermal, known.thermal), dtype=float), part.site)
    return tuple(found[site] for site in sorted(found))
