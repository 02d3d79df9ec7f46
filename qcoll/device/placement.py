r"""Which qubits of a device a collision runs on, by all that the device reports: gate errors and relaxation.

A transpiler places a circuit by the errors of its gates. In a collision the system also waits, mostly for resets, and
what it loses then depends on the qubit: in a time t, in the mean over states,

.. math:: 1 - F = \frac12 - \frac{e^{-t/T_1}}6 - \frac{e^{-t/T_2}}3 \approx \frac t{6T_1} + \frac t{3T_2}.

So the transpiled circuit is scored with its waiting times, and moved as a whole to the best place of the same shape.
Where a sequence ends with a measurement, the readout errors count too, once in all its collisions.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import rustworkx
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from ..circuits.steps import IDLE, steps
from .target import reset_properties

#: Places of the same shape that are looked at; small devices and small circuits have fewer.
LARGEST_SEARCH = 20_000

#: Steps of that search, which long circuits would take for hours without finding any.
LARGEST_EFFORT = 3_000_000

#: Errors that differ by less, relatively, are equal.
TIE = 1e-12

#: A reported error of one (a broken pair) counts like this.
LARGEST_ERROR = 0.999


class LayoutScore:
    """What circuits do on which qubits, in the mean: gates, and seconds of waiting.

    Args:
        circuits: weights and circuits in the target's gates, on its qubits.
        target: with the durations by which waiting is counted; ``None`` counts gates alone.
        waiting: qubits that are alive from the beginning of the circuits to their end.
        readings: how often qubits are measured, beside what the circuits do.
    """

    def __init__(
        self,
        circuits: Iterable[tuple[float, QuantumCircuit]],
        target: Target | None,
        waiting: Sequence[int],
        readings: Mapping[int, float] | None = None,
    ) -> None:
        self._target = target
        self._gates: defaultdict[tuple[str, tuple[int, ...]], float] = defaultdict(float)
        self._idle: defaultdict[int, float] = defaultdict(float)
        for weight, circuit in circuits:
            for operation, qubits, _ in steps(circuit, without=IDLE):
                self._gates[operation.name, qubits] += weight
            if target is not None:
                for qubit, seconds in _idle_times(circuit, target, waiting).items():
                    self._idle[qubit] += weight * seconds
        for qubit, weight in (readings or {}).items():
            if target is not None and "measure" in target.operation_names:
                self._gates["measure", (qubit,)] += weight
        self.two_qubit_gates = sum(weight for (_, qubits), weight in self._gates.items() if len(qubits) == 2)

    def error(self) -> float:
        """Minus the logarithm of the success where the circuits are, zero without a target."""
        if self._target is None:
            return 0.0
        qubits = sorted(self._qubits())
        return float(self._errors(np.array([qubits]), {qubit: index for index, qubit in enumerate(qubits)})[0])

    def best_place(self) -> tuple[dict[int, int], float]:
        """Where every qubit should go, the place of the same shape with the smallest error, and that error."""
        qubits = sorted(self._qubits())
        stay = {qubit: qubit for qubit in qubits}
        if self._target is None:
            return stay, 0.0
        index = {qubit: position for position, qubit in enumerate(qubits)}
        shape = rustworkx.PyGraph(multigraph=False)
        shape.add_nodes_from(qubits)
        for _, pair in self._gates:
            if len(pair) == 2:
                shape.add_edge(index[pair[0]], index[pair[1]], None)
        coupling = self._target.build_coupling_map()
        if coupling is None or not rustworkx.is_connected(shape):
            return stay, self.error()
        device = coupling.graph.to_undirected(multigraph=False)
        found = rustworkx.vf2_mapping(device, shape, subgraph=True, induced=False, call_limit=LARGEST_EFFORT)
        places = [qubits]
        for mapping in itertools.islice(found, LARGEST_SEARCH):
            place = [0] * len(qubits)
            for physical, position in mapping.items():
                place[position] = physical
            places.append(place)
        errors = self._errors(np.array(places), index)
        # Of equal ones the first, which is where the circuits are; the last digits of a sum do not choose.
        best = int(np.flatnonzero(errors <= (1 + TIE) * errors.min())[0])
        return dict(zip(qubits, places[best], strict=True)), float(errors[best])

    def _qubits(self) -> set[int]:
        return {qubit for _, qubits in self._gates for qubit in qubits} | set(self._idle)

    def _errors(self, places: NDArray[np.intp], index: dict[int, int]) -> NDArray[np.float64]:
        """The errors of several places (m, qubits); infinite where a gate does not exist."""
        assert self._target is not None
        total = np.zeros(len(places))
        for name in sorted({name for name, _ in self._gates}):
            table = _error_table(self._target, name)
            for (own, qubits), weight in self._gates.items():
                if own == name:
                    total += weight * table[tuple(places[:, index[qubit]] for qubit in qubits)]
        rates = _relaxation(self._target)
        for qubit, seconds in self._idle.items():
            total += seconds * rates[places[:, index[qubit]]]
        return total


def _error_table(target: Target, name: str) -> NDArray[np.float64]:
    """Minus the logarithm of a gate's success on every qubit (q,) or pair (q, q)."""
    known = target[name]
    if known is None or None in known:
        return np.zeros((target.num_qubits,) * target.operation_from_name(name).num_qubits)
    table = np.full((target.num_qubits,) * len(next(iter(known))), np.inf)
    for qubits, properties in known.items():
        error = 0.0 if properties is None or properties.error is None else properties.error
        table[qubits] = -math.log1p(-min(error, LARGEST_ERROR))
    return table


def _relaxation(target: Target) -> NDArray[np.float64]:
    """Infidelity per second of waiting, for every qubit; zero where nothing is reported."""
    rates = np.zeros(target.num_qubits)
    for qubit, properties in enumerate(target.qubit_properties or ()):
        for name, share in (("t1", 1 / 6), ("t2", 1 / 3)):
            time = getattr(properties, name, None)
            if time:
                rates[qubit] += share / time
    return rates


def _idle_times(circuit: QuantumCircuit, target: Target, waiting: Sequence[int]) -> dict[int, float]:
    """Seconds that qubits are alive and idle in an as-late-as-possible schedule.

    A qubit is alive from its first gate, or the end of its last reset before that, to its last one; those that wait,
    all the time.
    """
    length = dict.fromkeys(range(circuit.num_qubits), 0.0)  # from the end of the circuit, backwards
    busy: dict[int, float] = {}
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    for operation, qubits, _ in reversed(list(steps(circuit))):
        name = operation.name
        end = max(length[qubit] for qubit in qubits)
        start = end + (0.0 if name in IDLE else _duration(target, name, qubits))
        length.update(dict.fromkeys(qubits, start))
        if name in IDLE or name == "reset":
            continue
        for qubit in qubits:
            busy[qubit] = busy.get(qubit, 0.0) + start - end
            first[qubit] = start
            last.setdefault(qubit, end)
    whole = max(length.values(), default=0.0)
    idle = {qubit: first[qubit] - last[qubit] - busy[qubit] for qubit in busy if qubit not in waiting}
    return idle | {qubit: whole - busy.get(qubit, 0.0) for qubit in waiting}


def _duration(target: Target, name: str, qubits: tuple[int, ...]) -> float:
    """Seconds that an operation takes, zero where the target does not say."""
    properties = reset_properties(target, qubits[0]) if name == "reset" else (target[name] or {}).get(qubits)
    return 0.0 if properties is None or properties.duration is None else float(properties.duration)
