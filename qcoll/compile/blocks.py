r"""The Hamiltonian of a collision split into blocks whose evolution has a short exact circuit.

Which splitting matters more than its order. The free evolution of system and ancilla is one layer, exact wherever its
connected parts are (one or two qubits, or up to four free-fermionic ones); longer chains are brickwork, pairs of
neighbours in two layers, whose depth does not grow with their length. The interaction makes the others: a
free-fermionic interaction as a whole, an exchange between any number of qubits as one block, all terms of two qubits
together, three qubits without structure as a whole, and whatever is left in groups of commuting Pauli strings. Blocks
in one layer commute.

Where a mode has fewer levels than its qubits have states, single Pauli strings would lead out of the levels. All terms
that act on the same such modes and qubits then stay together as one block.
"""

from __future__ import annotations

import cmath
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import rustworkx
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate, XXPlusYYGate
from qiskit.quantum_info import SparsePauliOp
from qiskit.synthesis import LieTrotter

from ..model.collision import CollisionModel
from ..model.modes import Modes
from ..synthesis.continuation import exponential
from ..synthesis.gaussian import QuadraticHamiltonian, evolution_circuit, quadratic_form
from ..synthesis.joint import unitary_circuit
from ..synthesis.two_qubit import append_one_qubit, two_qubit_circuit
from .thermal import connected_parts

Kind = Literal["one_qubit", "exchange", "two_qubit", "free_fermions", "three_qubit", "commuting", "levels"]

#: A free-fermionic interaction of more qubits is cheaper split into its pairs.
LARGEST_GAUSSIAN_INTERACTION = 4
#: So is a chain of more: as a whole it would take more gates with every qubit squared, and a depth that grows.
LARGEST_GAUSSIAN_CHAIN = 4


@dataclass(frozen=True, eq=False)
class Block:
    """A part of the Hamiltonian with an exact circuit.

    Args:
        qubits: the qubits of the joint register on which it acts.
        hamiltonian: the part, on those qubits alone.
        kind: how its evolution is synthesised.
        quadratic: its Majorana form, where it is free-fermionic.
    """

    qubits: tuple[int, ...]
    hamiltonian: SparsePauliOp
    kind: Kind
    quadratic: QuadraticHamiltonian | None = None

    def evolution(self, time: float) -> QuantumCircuit:
        """The exact circuit of exp(-i t H) on the block's own qubits, up to a global phase."""
        if self.kind == "exchange":
            return _exchange_evolution(self.hamiltonian.to_matrix(), time)
        if self.quadratic is not None:
            return evolution_circuit(self.quadratic, time)
        if self.kind == "two_qubit":
            return two_qubit_circuit(exponential(time * self.hamiltonian.to_matrix()))
        if self.kind in ("three_qubit", "levels"):
            return unitary_circuit(exponential(time * self.hamiltonian.to_matrix()))
        circuit = QuantumCircuit(len(self.qubits))
        if self.kind == "one_qubit":
            append_one_qubit(circuit, exponential(time * self.hamiltonian.to_matrix()), 0)
            return circuit
        gate = PauliEvolutionGate(self.hamiltonian, time=time, synthesis=LieTrotter())
        return circuit.compose(gate.definition.decompose(), circuit.qubits)

    def commutes_with(self, other: Block) -> bool:
        """Whether the evolutions of both blocks commute, sufficiently: disjoint, or all Pauli strings commuting."""
        shared = set(self.qubits) & set(other.qubits)
        if not shared:
            return True
        (x, z), (other_x, other_z) = (each._letters(sorted(shared)) for each in (self, other))
        # two strings anticommute where an odd number of their letters do
        return not np.any((x @ other_z.T + z @ other_x.T) % 2)

    def _letters(self, qubits: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where the strings have X or Y, and where Z or Y, on some qubits, each (strings, qubits)."""
        places = [self.qubits.index(qubit) for qubit in qubits]
        paulis = self.hamiltonian.paulis
        return paulis.x[:, places].astype(float), paulis.z[:, places].astype(float)


Layer = tuple[Block, ...]


def layers(model: CollisionModel) -> tuple[Layer, ...]:
    """The blocks of a model in layers: the free evolution first, then the interaction.

    >>> import qcoll
    >>> from qcoll.compile.blocks import layers
    >>> [[block.kind for block in layer] for layer in layers(qcoll.example_2())]
    [['one_qubit', 'free_fermions'], ['exchange']]
    """
    free = (model.joint_system + model.joint_ancilla).simplify(atol=0)
    return layers_of(free, model.interaction, cut_off_modes(model))


def ungrouped_blocks(model: CollisionModel) -> list[Block]:
    """The blocks of a model in no order, with long strings in one block whether they commute or not: to count gates."""
    free = (model.joint_system + model.joint_ancilla).simplify(atol=0)
    return _blocks_of(free, model.interaction, cut_off_modes(model), group=False)


def layers_of(free: SparsePauliOp, coupling: SparsePauliOp, whole: list[tuple[int, ...]]) -> tuple[Layer, ...]:
    """The same of a free Hamiltonian and an interaction; ``whole`` are the qubits of modes with levels cut off."""
    return _grouped(_blocks_of(free, coupling, whole))


def _blocks_of(
    free: SparsePauliOp, coupling: SparsePauliOp, whole: list[tuple[int, ...]], *, group: bool = True
) -> list[Block]:
    interaction = [
        block
        for qubits, part in connected_parts(coupling, whole)
        for block in _within_levels(qubits, part, whole) or _interaction_blocks(qubits, part, group=group)
    ]
    return [*_blocks_of_free(free, whole, group=group), *interaction]


def free_layers(hamiltonian: SparsePauliOp, whole: list[tuple[int, ...]]) -> tuple[Layer, ...]:
    """The blocks of a free evolution in layers; ``whole`` are the qubits of modes with fewer levels than states.

    >>> from qcoll.compile.blocks import free_layers
    >>> [[block.kind for block in layer] for layer in free_layers(SparsePauliOp(["XXI", "IZI", "IIZ"]), [])]
    [['one_qubit', 'free_fermions']]
    """
    return _grouped(_blocks_of_free(hamiltonian.simplify(atol=0), whole))


def _blocks_of_free(free: SparsePauliOp, whole: list[tuple[int, ...]], *, group: bool = True) -> list[Block]:
    return [
        block
        for qubits, part in connected_parts(free, whole)
        for block in _within_levels(qubits, part, whole) or _free_blocks(qubits, part, group=group)
    ]


def _grouped(blocks: list[Block]) -> tuple[Layer, ...]:
    """Blocks in layers of such as commute: as they come, or along their chain where that takes fewer layers."""
    return min(_in_turn(blocks), _in_turn(_along_the_chain(blocks)), key=len)


def _in_turn(blocks: list[Block]) -> tuple[Layer, ...]:
    """Each block in the first layer of which it commutes with all."""
    grouped: list[list[Block]] = []
    for block in blocks:
        for layer in grouped:
            if all(block.commutes_with(member) for member in layer):
                layer.append(block)
                break
        else:
            grouped.append([block])
    return tuple(tuple(layer) for layer in grouped)


def _along_the_chain(blocks: list[Block]) -> list[Block]:
    """The blocks by their distance from an end of what they couple: on a chain, neighbours follow each other."""
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(1 + max((qubit for block in blocks for qubit in block.qubits), default=0)))
    for block in blocks:
        graph.extend_from_edge_list(list(itertools.combinations(block.qubits, 2)))
    distance: dict[int, int] = {}
    for part in rustworkx.connected_components(graph):
        first = _steps_from(graph, min(part))
        end = max(sorted(part), key=lambda qubit: first[qubit])
        distance |= _steps_from(graph, end)
    return sorted(blocks, key=lambda block: (len(block.qubits) == 1, *sorted(distance[q] for q in block.qubits)))


def _steps_from(graph: rustworkx.PyGraph, start: int) -> dict[int, int]:
    lengths = rustworkx.dijkstra_shortest_path_lengths(graph, start, lambda _: 1.0)
    return {start: 0} | {int(node): round(length) for node, length in lengths.items()}


def cut_off_modes(model: CollisionModel) -> list[tuple[int, ...]]:
    """The qubits of each mode, of the joint register, that has fewer levels than its qubits have states."""
    return mode_qubits(model.system_modes) + mode_qubits(model.ancilla.modes, model.num_system_qubits)


def mode_qubits(modes: Modes | None, first: int = 0) -> list[tuple[int, ...]]:
    """The same of some modes, whose register begins at a qubit."""
    if modes is None:
        return []
    return [tuple(first + qubit for qubit in modes.qubits(name)) for name in modes.cut_off]


def _within_levels(qubits: tuple[int, ...], part: SparsePauliOp, whole: Sequence[tuple[int, ...]]) -> list[Block]:
    """A part as blocks that keep to the levels of its modes; none where each of its qubits is a mode of its own.

    A Hamiltonian that conserves the levels of every mode does so too in each of its terms by the modes they act on.
    """
    mode_of = {qubit: mode for mode in whole if set(mode) <= set(qubits) for qubit in mode}
    if not mode_of:
        return []
    grouped: dict[tuple[int, ...], list[int]] = {}
    for index, pauli in enumerate(part.paulis):
        places = [qubits[int(place)] for place in np.flatnonzero(pauli.x | pauli.z)]
        acting = {qubit for place in places for qubit in mode_of.get(place, (place,))}
        if acting:
            grouped.setdefault(tuple(sorted(acting)), []).append(index)
    for small in sorted(grouped, key=len):
        large = next((other for other in grouped if set(small) < set(other)), None)
        if large is not None:
            grouped[large] += grouped.pop(small)
    return [Block(acting, _on_qubits(part[indices], qubits, acting), "levels") for acting, indices in grouped.items()]


def _on_qubits(operator: SparsePauliOp, qubits: tuple[int, ...], acting: tuple[int, ...]) -> SparsePauliOp:
    """An operator of some qubits on those of them that it acts on."""
    places = [qubits.index(qubit) for qubit in acting]
    return SparsePauliOp([pauli[places] for pauli in operator.paulis], operator.coeffs)


def _free_blocks(qubits: tuple[int, ...], part: SparsePauliOp, *, group: bool) -> list[Block]:
    if _is_constant(part):
        return []
    if len(qubits) == 1:
        return [Block(qubits, part, "one_qubit")]
    if len(qubits) <= LARGEST_GAUSSIAN_CHAIN:
        quadratic = quadratic_form(part)
        if quadratic is not None:
            return [Block(qubits, part, "free_fermions", quadratic)]
    if len(qubits) == 2:
        return [Block(qubits, part, "two_qubit")]
    return _split(qubits, part, group=group)


def _interaction_blocks(qubits: tuple[int, ...], part: SparsePauliOp, *, group: bool) -> list[Block]:
    if _is_constant(part):
        return []
    if len(qubits) == 1:
        return [Block(qubits, part, "one_qubit")]
    if _is_exchange(part):
        return [Block(qubits, part, "exchange")]
    if len(qubits) == 2:
        return [Block(qubits, part, "two_qubit")]
    if len(qubits) <= LARGEST_GAUSSIAN_INTERACTION:
        quadratic = quadratic_form(part)
        if quadratic is not None:
            return [Block(qubits, part, "free_fermions", quadratic)]
    return _split(qubits, part, group=group)


def _split(qubits: tuple[int, ...], part: SparsePauliOp, *, group: bool) -> list[Block]:
    """Blocks by support: pairs with their one-qubit terms, exchanges, and commuting groups of longer strings.

    Three qubits with longer strings that are no exchange stay whole: fourteen CX are fewer than string by string.
    """
    supports: dict[tuple[int, ...], list[int]] = {}
    for index, pauli in enumerate(part.paulis):
        support = tuple(int(qubit) for qubit in np.flatnonzero(pauli.x | pauli.z))
        if support:
            supports.setdefault(support, []).append(index)
    for single in [support for support in supports if len(support) == 1]:
        pair = next((support for support in supports if len(support) == 2 and single[0] in support), None)
        if pair is not None:
            supports[pair] += supports.pop(single)
    blocks, long_strings = [], []
    for support, indices in supports.items():
        labels = [(part.paulis[index][list(support)].to_label(), part.coeffs[index].real) for index in indices]
        operator = SparsePauliOp.from_list(labels)
        if len(support) <= 2 or _is_exchange(operator):
            acting = tuple(qubits[position] for position in support)
            blocks += _interaction_blocks(acting, operator, group=group)
        else:
            long_strings += indices
    if long_strings and len(qubits) == 3:
        return [Block(qubits, part, "three_qubit")]
    if long_strings:
        groups = part[long_strings].group_commuting() if group else [part[long_strings]]
        blocks += [Block(qubits, strings, "commuting") for strings in groups]
    return blocks


def _is_constant(operator: SparsePauliOp) -> bool:
    return not np.any(operator.paulis.x | operator.paulis.z) or not np.any(operator.coeffs)


def _is_exchange(operator: SparsePauliOp) -> bool:
    """Whether it is c |a><b| + h.c. with all bits of a and b different: a product of raising and lowering operators."""
    if np.any(~operator.paulis.x) or operator.size < 2:
        return False
    return bool(np.count_nonzero(np.abs(operator.to_matrix()) > 1e-15 * np.abs(operator.coeffs).max()) == 2)


def _exchange_evolution(matrix: NDArray[np.complex128], time: float) -> QuantumCircuit:
    r"""exp(-i t (c |a><b| + h.c.)) where all bits of a and b differ.

    Two qubits: one exchange gate. More: CX from qubit 0 to the others turn the pair of states into the two states of
    qubit 0 under one pattern of the others, so that a rotation controlled by that pattern remains. It is spread over
    the Gray code, :math:`2^{k-1}` rotations and CZ; the last CZ merges with the CX that undoes the first step into one
    controlled-Y: 7 two-qubit gates for three qubits.
    """
    size = len(matrix).bit_length() - 1
    upper = int(np.argmax(np.abs(matrix).max(axis=1) * (np.arange(len(matrix)) % 2 == 0)))  # qubit 0 in |0>
    amplitude = complex(matrix[upper, len(matrix) - 1 - upper])
    theta, phase = 2 * abs(amplitude) * time, cmath.phase(amplitude)
    circuit = QuantumCircuit(size)
    if size == 2:
        _append_pair_exchange(circuit, theta, phase, same=upper == 0)
        return circuit
    if phase:
        circuit.rz(phase, 0)
    for control in range(1, size):
        circuit.cx(0, control)
    count = 2 ** (size - 1)
    for step in range(count):
        gray = step ^ (step >> 1)
        parity = (gray & (upper >> 1)).bit_count()
        circuit.rx((-1) ** parity * theta / count, 0)
        if step < count - 1:
            next_bit = ((step + 1) & -(step + 1)).bit_length()  # the bit in which the next Gray code differs
            circuit.cz(next_bit, 0)
    circuit.sdg(0)
    circuit.cy(0, size - 1)
    for control in range(1, size - 1):
        circuit.cx(0, control)
    if phase:
        circuit.rz(-phase, 0)
    return circuit


def _append_pair_exchange(circuit: QuantumCircuit, theta: float, phase: float, *, same: bool) -> None:
    """Append the exchange |01><10| or, if ``same``, |00><11| of two qubits."""
    if same:
        circuit.x(1)
    circuit.append(XXPlusYYGate(theta, phase), [0, 1])
    if same:
        circuit.x(1)
