"""Noise models of devices are made once, and their errors are shared by the copies that Aer makes."""

import copy
import pickle

import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, depolarizing_error

from qcoll.device.device_noise import device_noise
from qcoll.device.fakes import PartOfBackend, fake_backend
from qcoll.device.scaling import scaled_target
from qcoll.device.shared_noise import SharedNoiseModel
from qcoll.device.target import restricted


def part(*qubits):
    return restricted(fake_backend("FakeManila").target, qubits)


def circuit(wait):
    """A circuit; for one that waits Aer adds errors to its copy of the model."""
    found = QuantumCircuit(2)
    found.sx(0)
    found.cx(0, 1)
    if wait:
        found.delay(200_000, 0, unit="dt")
    found.measure_all()
    return found


def counts(simulator, wait):
    return simulator.run(circuit(wait), shots=2000, seed_simulator=3).result().get_counts()


def test_a_model_is_made_once_for_what_is_reported():
    known = device_noise(part(0, 1), "manila")
    assert device_noise(part(0, 1), "manila") is known
    assert known == NoiseModel.from_backend(PartOfBackend(part(0, 1), "manila"))
    assert device_noise(scaled_target(part(0, 1), 2.0), "manila") != known
    assert device_noise(part(1, 2), "manila") != known


def test_counts_are_those_of_aers_own_model():
    backend = PartOfBackend(part(0, 1), "manila")
    own = AerSimulator.from_backend(backend)
    shared = AerSimulator.from_backend(backend, noise_model=device_noise(part(0, 1), "manila"))
    for each in (shared, copy.deepcopy(shared)):
        assert [counts(each, wait) for wait in (True, False)] == [counts(own, wait) for wait in (True, False)]
    assert counts(shared, True) != counts(shared, False)


@pytest.fixture
def shared():
    model = NoiseModel()
    model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), "x")
    model.add_quantum_error(depolarizing_error(0.2, 2), "cx", [0, 1])
    model.add_all_qubit_readout_error(ReadoutError([[0.9, 0.1], [0.2, 0.8]]))
    model.add_readout_error(ReadoutError([[0.7, 0.3], [0.2, 0.8]]), [1])
    return SharedNoiseModel.of(model), model


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), "wait"),
        lambda model: model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), "x", warnings=False),
        lambda model: model.add_quantum_error(depolarizing_error(0.1, 2), "cx", [1, 0]),
        lambda model: model.add_quantum_error(depolarizing_error(0.1, 2), "cx", [0, 1], warnings=False),
        lambda model: model.add_readout_error(ReadoutError([[0.5, 0.5], [0.5, 0.5]]), [0], warnings=False),
    ],
)
def test_what_is_added_to_a_copy_stays_there(shared, change):
    model, plain = shared
    assert model.to_dict(True) == plain.to_dict(True)
    changed, known = copy.deepcopy(model), copy.deepcopy(plain)
    change(changed)
    assert changed.to_dict(True) != plain.to_dict(True)
    change(known)
    assert changed == known
    assert model == plain
    assert model.to_dict(True) == plain.to_dict(True)
    assert pickle.loads(pickle.dumps(changed)) == known
