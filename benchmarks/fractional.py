"""Collisions with and without fractional gates, all qubits connected: ``python benchmarks/fractional.py``.

Two-qubit gates of one collision, preparation included, and the largest entry by which the channel of the circuit in RZZ
gates differs from that of the circuit in CZ.
"""

from __future__ import annotations

import numpy as np
from qiskit.circuit import Parameter, Reset
from qiskit.circuit.library import CZGate, RXGate, RZGate, RZZGate, SXGate, XGate
from qiskit.transpiler import Target

import qcoll
from qcoll.device import circuit_cost, map_collisions
from qcoll.run.channel import extract_channel

STRONG = {"kappa": 1.0, "alpha": 1.0, "beta": 2.0, "dt": 0.5}


def connected(*, fractional: bool) -> Target:
    """Six qubits, all connected by CZ, and by RZZ beside it."""
    angle, pairs = Parameter("angle"), {(a, b): None for a in range(6) for b in range(6) if a != b}
    target = Target(num_qubits=6)
    for gate in (RZGate(angle), SXGate(), XGate(), RXGate(angle), Reset()):
        target.add_instruction(gate, {(qubit,): None for qubit in range(6)})
    target.add_instruction(CZGate(), dict(pairs))
    if fractional:
        target.add_instruction(RZZGate(angle), dict(pairs))
    return target


def main() -> None:
    """Print a Markdown table."""
    print("| model | parameters | level | CZ | with RZZ | ratio | difference |")
    print("|---|---|---|---:|---:|---:|---:|")
    for example in (qcoll.example_1, qcoll.example_2):
        for name, parameters in (("figure 3", {}), ("strong", STRONG)):
            for synthesis in ("trotter", "exact"):
                model = example(**parameters)
                compiled = qcoll.compile_collisions(model, 4, "0", synthesis=synthesis)
                mapped = [map_collisions(compiled, connected(fractional=own), seeds=[0]) for own in (False, True)]
                counts = [circuit_cost(each).two_qubit_gates / 4 for each in mapped]
                channels = [extract_channel(each).superop.data for each in mapped]
                off = np.abs(channels[0] - channels[1]).max()
                cells = (model.name, name, synthesis, *(f"{count:g}" for count in counts))
                print(f"| {' | '.join(cells)} | {counts[1] / counts[0]:.2f} | {off:.0e} |", flush=True)


if __name__ == "__main__":
    main()
