"""The two examples with random structured parameters, and what a circuit does to a system."""

import numpy as np
from qiskit.quantum_info import Operator

import qcoll


def structured_models(count, seed, example):
    """Random frequencies, couplings, complex alpha, temperature and durations from 0.05 to 2."""
    rng = np.random.default_rng(seed)
    models = []
    for k in range(count):
        parameters = {
            "omega_s": rng.uniform(0.3, 2.5),
            "omega_1": rng.uniform(0.2, 2.5),
            "omega_2": rng.uniform(0.2, 2.5),
            "kappa": rng.uniform(-1.5, 1.5),
            "alpha": rng.uniform(0.05, 1) * np.exp(1j * rng.uniform(0, 2 * np.pi)),
            "beta": float(rng.choice([0.3, 1.0, 3.0])),
            "dt": rng.uniform(0.05, 2),
        }
        if example == 1:
            models.append(qcoll.example_1(**parameters))
        else:
            models.append(qcoll.example_2(levels=("resonant", "as_printed")[k % 2], **parameters))
    return models


def paper_models():
    """The marks' range: alpha 0.1 to 0.2, dt 0.1 to 1, both examples and both level orders."""
    return [
        model
        for alpha in (0.1, 0.2)
        for dt in (0.1, 0.5, 1.0)
        for model in (
            qcoll.example_1(alpha=alpha, dt=dt),
            qcoll.example_2(alpha=alpha, dt=dt),
            qcoll.example_2(alpha=alpha, dt=dt, levels="as_printed"),
        )
    ]


def channel_of(circuit, num_system_qubits=1):
    """The superoperator on the system of a circuit whose other qubits start in |0> and are discarded."""
    d = 2**num_system_qubits
    kraus = Operator(circuit).data.reshape(-1, d, 2**circuit.num_qubits)[:, :, :d]
    return sum(np.kron(k.conj(), k) for k in kraus)


def two_qubit_gates(circuit):
    """How many two-qubit gates a circuit has; none may be larger."""
    sizes = [instruction.operation.num_qubits for instruction in circuit.data]
    assert max(sizes, default=0) <= 2
    return sum(size == 2 for size in sizes)


def up_to_phase(actual, expected):
    """Largest entry of the difference of two unitaries, their global phases matched."""
    overlap = np.vdot(actual, expected)
    return np.abs(actual * overlap / abs(overlap) - expected).max()
