"""Noise models of devices are made once, and shared by the copies that Aer makes of simulators."""

import copy

import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

from qcoll.device.device_noise import device_noise
from qcoll.device.fakes import PartOfBackend, fake_backend
from qcoll.device.scaling import scaled_target
from qcoll.device.target import restricted


@pytest.fixture(scope="module")
def part():
    return restricted(fake_backend("FakeManila").target, [0, 1])


def waiting():
    """A circuit that waits, for which Aer adds errors to its copy of the model."""
    circuit = QuantumCircuit(2)
    circuit.sx(0)
    circuit.cx(0, 1)
    circuit.delay(200_000, 0, unit="dt")
    circuit.measure_all()
    return circuit


def test_a_model_is_made_once_for_what_is_reported(part):
    known = device_noise(part, "manila")
    assert device_noise(restricted(fake_backend("FakeManila").target, [0, 1]), "manila") is known
    assert known == NoiseModel.from_backend(PartOfBackend(part, "manila"))
    assert device_noise(scaled_target(part, 2.0), "manila") != known
    assert device_noise(restricted(fake_backend("FakeManila").target, [1, 2]), "manila") != known


def test_a_shared_model_gives_the_counts_of_aers_own(part):
    backend = PartOfBackend(part, "manila")
    shared = device_noise(part, "manila", shared=True)
    own, other = AerSimulator.from_backend(backend), AerSimulator.from_backend(backend, noise_model=shared)
    counts = [each.run(waiting(), shots=2000, seed_simulator=3).result().get_counts() for each in (own, other)]
    assert counts[0] == counts[1]
    again = copy.deepcopy(other).run(waiting(), shots=2000, seed_simulator=3).result().get_counts()
    assert again == counts[0]
    still = QuantumCircuit(2)  # without the wait: its error is really there
    still.compose(waiting().remove_final_measurements(inplace=False), inplace=True)
    still.data = [item for item in still.data if item.operation.name != "delay"]
    still.measure_all()
    assert other.run(still, shots=2000, seed_simulator=3).result().get_counts() != counts[0]


def test_what_is_added_to_a_copy_stays_there(part):
    shared = device_noise(part, "manila", shared=True)
    before = shared.to_dict()
    changed = copy.deepcopy(shared)
    changed.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), "wait")
    assert len(changed.to_dict()["errors"]) == len(before["errors"]) + 1
    assert shared.to_dict() == before
    with pytest.raises(TypeError):
        changed.add_quantum_error(depolarizing_error(0.1, 1), "y", [0])
