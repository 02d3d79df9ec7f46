"""Speed, side by side with the obvious alternative in one run: ``python benchmarks/speed.py``.

Every row times qcoll and the alternative in turn, three times each, and prints the ratio of the medians. Absolute times
depend on the machine and are not printed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.providers import BackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from scipy.linalg import expm

import qcoll
from qcoll.device import MappedCollisions
from qcoll.device.fakes import fake_backend
from qcoll.device.noise import resolve_noise
from qcoll.exact import gibbs_state
from qcoll.run.aer import _with_saves, states_at_ticks
from qcoll.run.noisy import prepare_run

ROUNDS = 3
MODEL = qcoll.example_2(alpha=0.2)


def ratio(slow: Callable[[], object], fast: Callable[[], object], slow_part: float = 1.0) -> float:
    """Median time of ``slow``, which does only ``slow_part`` of the work, over the median time of ``fast``."""
    times: dict[str, list[float]] = {"slow": [], "fast": []}
    fast()  # imports and caches are warm for both
    for _ in range(ROUNDS):
        for name, call in (("slow", slow), ("fast", fast)):
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return statistics.median(times["slow"]) / slow_part / statistics.median(times["fast"])


def numpy_loop(n: int) -> np.ndarray:
    """What a theorist would write: U (rho x eta) U+ and a partial trace, n times."""
    unitary = expm(-1j * MODEL.dt * MODEL.hamiltonian.to_matrix())
    thermal, rho = gibbs_state(MODEL.ancilla), qcoll.evolve(MODEL, n=1).states[0]
    states = [rho]
    for _ in range(n):
        joint = unitary @ np.kron(thermal, rho) @ unitary.conj().T
        rho = np.einsum("aiaj->ij", joint.reshape(4, 2, 4, 2))
        states.append(rho)
    return np.array(states)


def circuit_for_each_n(n: int) -> list[np.ndarray]:
    """A circuit built, transpiled and run for every number of collisions."""
    simulator = AerSimulator(method="density_matrix")
    states = []
    for count in range(1, n + 1):
        circuit: QuantumCircuit = qcoll.compile_collisions(MODEL, n=count).circuit.copy()
        circuit.save_density_matrix([0])
        result = simulator.run(transpile(circuit, simulator, optimization_level=1)).result()
        states.append(np.asarray(result.data(0)["density_matrix"]))
    return states


def full_noise_model(mapped: MappedCollisions, backend: BackendV2) -> None:
    """The noise model of the whole device, and a run with it."""
    whole = QuantumCircuit(backend.num_qubits)
    whole.compose(mapped.sequence(), mapped.qubits, inplace=True)
    simulator = AerSimulator(method="density_matrix", noise_model=NoiseModel.from_backend(backend))
    simulator.run(_with_saves(whole, ()), shots=1).result()


def restricted_noise_model(mapped: MappedCollisions, backend: BackendV2) -> None:
    """The noise model of the qubits in use, and the same run."""
    source = resolve_noise(backend, len(mapped.qubits))  # a new one remembers no noise model
    states_at_ticks([mapped.sequence()], source.build(mapped.target, mapped.qubits))


def main() -> None:
    """Measure every row and print it."""
    hundred = qcoll.compile_collisions(MODEL, n=100)
    twenty = qcoll.compile_collisions(MODEL, n=20, initial="0")
    backend = fake_backend("FakeKingston")
    mapped, _, _ = prepare_run(twenty, backend, seeds=[0])
    long = qcoll.compile_collisions(MODEL, n=100_000)
    rows = [
        (
            "exact trajectory of 100,000 collisions, against a NumPy loop",
            50,
            ratio(lambda: numpy_loop(5000), lambda: qcoll.evolve(MODEL, n=100_000), slow_part=0.05),
        ),
        (
            "one run for all n, against a circuit for each n (100 collisions)",
            20,
            ratio(lambda: circuit_for_each_n(100), lambda: qcoll.simulate(hundred)),
        ),
        (
            "100,000 noisy collisions by their channel, against the rate of the direct run",
            100,
            ratio(
                lambda: qcoll.simulate(hundred, "typical", method="direct"),
                lambda: qcoll.simulate(long, "typical", method="iterated"),
                slow_part=1e-3,
            ),
        ),
        (
            "noise model of the qubits in use, against the whole device's (FakeKingston, build and 20 collisions)",
            10,
            ratio(lambda: full_noise_model(mapped, backend), lambda: restricted_noise_model(mapped, backend)),
        ),
    ]
    for name, goal, value in rows:
        print(f"{value:9.0f} times faster (goal {goal}): {name}")


if __name__ == "__main__":
    main()
