"""Runs with neighbouring seeds are independent: Aer alone would give them the same shots, moved by one."""

import numpy as np
import pytest
from qiskit import QuantumCircuit

from qcoll.run.seeds import aer_seed


def shots(seed: int) -> np.ndarray:
    from qiskit_aer import AerSimulator

    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.reset(0)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.reset(0)
    simulator = AerSimulator(method="statevector", seed_simulator=seed, max_parallel_threads=1)
    return np.array([int(bit) for bit in simulator.run(circuit, shots=400, memory=True).result().get_memory()])


def equal_when_moved(first: np.ndarray, second: np.ndarray) -> float:
    return max(np.mean(first[k:] == second[: len(second) - k]) for k in range(4))


@pytest.mark.parametrize("seed", [0, 7])
def test_neighbouring_seeds_share_no_shots(seed):
    assert equal_when_moved(shots(seed), shots(seed + 1)) == 1.0  # what is guarded against
    assert equal_when_moved(shots(aer_seed(seed)), shots(aer_seed(seed + 1))) < 0.65


def test_seeds_are_reproducible_and_far_apart():
    seeds = np.sort([aer_seed(seed) for seed in range(200)])
    assert seeds[0] >= 0
    assert seeds[-1] < 2**31
    assert np.diff(seeds).min() > 10_000  # more than any run's shots beside the next seed
    assert aer_seed(5) == aer_seed(5) != aer_seed(6)
    assert aer_seed(None) != aer_seed(None)
