"""Real devices against noise models of their snapshots: ``python benchmarks/hardware_truth.py [CIRCUITS]``.

Measured: success of mirror circuits of 8 qubits and 64 layers in public records (metriq-data), read in November 2026.
On which days, with which circuits and which settings of the compiler they were made is not known. So this side makes
mirror circuits of its own: layers of random Clifford gates and of CZ on 3 in 8 pairs of a chain, and all of it
backwards, scheduled, on the chain with the smallest reported errors. With this share of CZ the noise models give about
what a comparison of that month had (0.813, 0.690, 0.577, 0.484). The success by the noise model of the snapshot, as
reported and with all errors 2.2 times as large (:mod:`qcoll.device.scaling`), is the range in which the measured value
should lie. The program fails if it does so for fewer than three in four devices.
"""

from __future__ import annotations

import statistics
import sys

import numpy as np
from qiskit import ClassicalRegister, QuantumCircuit, transpile
from qiskit.quantum_info import Statevector
from qiskit_aer import AerSimulator

from qcoll.circuits.steps import MARKS, leaving_out, on_qubits
from qcoll.device.catalog import snapshot_date
from qcoll.device.fakes import fake_backend
from qcoll.device.noise import resolve_noise
from qcoll.device.placement import LayoutScore
from qcoll.device.scaling import SAFETY, worse_noise
from qcoll.device.target import restricted, scheduled

QUBITS, LAYERS = 8, 64
#: Success of mirror circuits (metriq-data, read in November 2026).
MEASURED = {"FakeBoston": 0.748, "FakeKingston": 0.519, "FakeFez": 0.451, "FakeTorino": 0.317}
SHOTS, SHARE = 4000, 3 / 4
#: Share of the pairs of a layer that have a CZ.
DENSITY = 3 / 8


def main() -> None:
    """Print a Markdown table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print("| device | snapshot | measured | predicted | errors times 2.2 | within |")
    print("|---|---|---:|---:|---:|---|")
    held = 0
    for name, measured in MEASURED.items():
        near, far = (
            statistics.mean(success(name, noise, seed) for seed in range(count))
            for noise in (name, worse_noise(name, SAFETY))
        )
        inside = far <= measured <= near
        held += inside
        device = name.replace("Fake", "ibm_").lower()
        print(
            f"| {device} | {snapshot_date(name)} | {measured} | {near:.3f} | {far:.3f} | {'yes' if inside else 'no'} |"
        )
    if held < SHARE * len(MEASURED):
        sys.exit(f"the range holds {held} of {len(MEASURED)} measured values")


def mirror_circuit(seed: int) -> tuple[QuantumCircuit, str]:
    """Random Clifford gates and CZ on a chain and all of it backwards, random flips between; its outcome."""
    rng = np.random.default_rng(seed)
    half = QuantumCircuit(QUBITS)
    for layer in range(LAYERS // 2):
        for qubit in range(QUBITS):
            for name in ((), ("h",), ("sx",), ("x",), ("s", "h"), ("h", "s"))[rng.integers(6)]:
                getattr(half, name)(qubit)
        for first in range(layer % 2, QUBITS - 1, 2):
            if rng.random() < DENSITY:
                half.cz(first, first + 1)
        half.barrier()
    whole = half.copy()
    flipped = np.flatnonzero(rng.integers(0, 2, QUBITS))
    for qubit in flipped:
        whole.x(int(qubit))
    whole.barrier()
    whole.compose(half.inverse(), inplace=True)
    state = Statevector(whole)
    (outcome,) = state.probabilities_dict(decimals=6)
    return whole, outcome


def success(name: str, noise: object, seed: int) -> float:
    """The probability of the right outcome under a noise, on the best chain of the device."""
    target = fake_backend(name).target
    circuit, outcome = mirror_circuit(seed)
    mapped = transpile(circuit, target=target, optimization_level=1, seed_transpiler=seed)
    start = mapped.layout.final_index_layout(filter_ancillas=True)
    place, _ = LayoutScore([(1.0, leaving_out(mapped, MARKS))], target, start).best_place()
    used = sorted(place.values())
    own = on_qubits(mapped, {qubit: used.index(there) for qubit, there in place.items()}, len(used))
    part = restricted(target, used)
    own = scheduled(own, part)
    register = ClassicalRegister(QUBITS)
    own.add_register(register)
    own.measure([used.index(place[qubit]) for qubit in start], register)
    model = resolve_noise(noise, 0).build(part, used)
    simulator = AerSimulator(method="density_matrix", noise_model=model, max_parallel_threads=1, seed_simulator=seed)
    counts = simulator.run(own, shots=SHOTS).result().get_counts()
    return counts.get(outcome, 0) / SHOTS


if __name__ == "__main__":
    main()
