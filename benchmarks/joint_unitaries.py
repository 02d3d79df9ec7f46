"""The joint unitary of a collision of three qubits, against public compilers: ``python benchmarks/joint_unitaries.py``.

The paper's two examples, and random Hamiltonians without structure. Two-qubit gates, wall-clock seconds and the largest
entry of the difference from the joint unitary, its phase matched. pytket and BQSKit are used if installed. BQSKit takes
minutes: ``--bqskit LEVEL`` runs one of its optimization levels on the first model of each kind.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import Operator

import qcoll
from qcoll.model.random import random_model
from qcoll.synthesis.dense import collision_unitary
from qcoll.synthesis.fit import largest_difference
from qcoll.synthesis.joint import joint_unitary_circuit

DURATIONS, SEEDS = (0.1, 0.5, 1.0), range(5)
MODELS = {
    "example 1": [qcoll.example_1(dt=dt) for dt in (0.5, *DURATIONS)],
    "example 2": [qcoll.example_2(dt=dt) for dt in (0.5, *DURATIONS)],
} | {f"random, dt = {dt}": [random_model(seed, dt=dt) for seed in SEEDS] for dt in DURATIONS}
Result = tuple[int, np.ndarray]


def ours(model: qcoll.CollisionModel) -> Result:
    circuit = joint_unitary_circuit(model)
    return circuit.num_nonlocal_gates(), Operator(circuit).data


def qiskit(model: qcoll.CollisionModel) -> Result:
    unitary = collision_unitary(model)
    circuit = QuantumCircuit(3)
    circuit.append(UnitaryGate(unitary), circuit.qubits)
    circuit = transpile(circuit, basis_gates=["u", "cx"], optimization_level=3, seed_transpiler=1)
    return circuit.num_nonlocal_gates(), Operator(circuit).data


def pytket(model: qcoll.CollisionModel) -> Result:
    from pytket import Circuit
    from pytket.circuit import Unitary3qBox
    from pytket.passes import DecomposeBoxes, FullPeepholeOptimise, ThreeQubitSquash

    circuit = Circuit(3)
    circuit.add_unitary3qbox(Unitary3qBox(collision_unitary(model)), 0, 1, 2)
    for step in (DecomposeBoxes(), FullPeepholeOptimise(), ThreeQubitSquash(), FullPeepholeOptimise()):
        step.apply(circuit)
    # pytket's first qubit is the most significant, in the box as in the matrix
    return circuit.n_2qb_gates(), circuit.get_unitary()


def bqskit(level: int) -> Callable[[qcoll.CollisionModel], Result]:
    from bqskit import MachineModel, compile

    def run(model: qcoll.CollisionModel) -> Result:
        circuit = compile(collision_unitary(model), MachineModel(3), optimization_level=level, seed=1)
        count = sum(number for gate, number in circuit.gate_counts.items() if gate.num_qudits == 2)
        return count, circuit.get_unitary().numpy

    return run


def main() -> None:
    """Print a Markdown table."""
    compilers = {"qcoll": ours, f"Qiskit {version('qiskit')}": qiskit}
    if importlib.util.find_spec("pytket"):
        compilers[f"pytket {version('pytket')}"] = pytket
    if "--bqskit" in sys.argv and importlib.util.find_spec("bqskit"):
        level = int(sys.argv[sys.argv.index("--bqskit") + 1])
        compilers[f"BQSKit {version('bqskit')}, level {level}"] = bqskit(level)
    print("| compiler | collisions | two-qubit gates | seconds, median and largest | error |\n|---|---|---|---|---|")
    for name, compiler in compilers.items():
        slow = name.startswith("BQSKit")
        if not slow:
            compiler(random_model(99))  # imports are warm
        for kind, models in MODELS.items():
            counts, times, errors = [], [], []
            for model in models[:1] if slow else models:
                start = time.perf_counter()
                count, made = compiler(model)
                times.append(time.perf_counter() - start)
                counts.append(count)
                errors.append(largest_difference(made, collision_unitary(model)))
            seconds = f"{np.median(times):.2f}, {max(times):.2f}"
            print(f"| {name} | {kind} | {sorted(counts)} | {seconds} | {max(errors):.0e} |", flush=True)


if __name__ == "__main__":
    main()
