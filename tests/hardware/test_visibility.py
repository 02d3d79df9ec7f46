"""What a run cannot show is said before it is sent, and impossible results are not printed without a word."""

import dataclasses

import numpy as np
import pytest

import qcoll
from qcoll.device import map_collisions
from qcoll.hardware import combine, design_experiment, dry_run, measurement_circuits
from qcoll.hardware.report import beside_exact
from qcoll.hardware.visibility import hopeless
from qcoll.measure.prediction import predicted_counts

STRONG = {"kappa": 1.0, "alpha": 1.0, "beta": 2.0, "dt": 0.5}


def examined(model, shots, initial=None):
    circuit = qcoll.compile_collisions(model, 2, initial, synthesis="channel")
    return dry_run(design_experiment(circuit, "fake_lagos", [2], shots, ["state"], seeds=[0]))


def test_weak_collisions_cannot_be_seen_and_strong_ones_can():
    text = str(examined(qcoll.example_2(), 1000))
    assert "nothing that is measured can be seen" in text
    assert "coherence cannot be seen: the exact value is at most 0.0011, the device's own error" in text
    assert examined(qcoll.example_2(**STRONG), 4000, "+").warnings() == []


def test_the_coherence_of_a_forecast_has_its_error():
    dry = examined(qcoll.example_2(**STRONG), 4000, "+")
    error = dry.predicted.coherence_error()[1]
    assert f"{dry.predicted.coherence[1]:.3f}±{error:.3f}" in str(dry)
    # coherence is sqrt(X^2 + Y^2): its error lies between those of X and Y
    errors = np.sqrt(np.diag(dry.predicted.pauli_covariance[1])[1:3])
    assert errors.min() * 0.9 < error < errors.max() * 1.1


def test_devices_that_report_nonsense_are_pointed_at():
    from qcoll.device.fakes import fake_backend

    circuit = qcoll.compile_collisions(qcoll.example_2(), 1, "0")
    target = fake_backend("fake_jakarta").target
    mapped = map_collisions(circuit, target, seeds=(0,))
    measured = measurement_circuits(mapped, [1], ["state"]).on_device(7).circuits
    assert hopeless(target, measured) == []
    wire = measured[0].find_bit(next(i for i in measured[0].data if i.operation.name == "measure").qubits[0]).index
    properties = target["measure"][(wire,)]
    target.update_instruction_properties("measure", (wire,), type(properties)(properties.duration, 0.46))
    assert hopeless(target, measured) == [f"the device reports an error of 46 % for measure on qubit {wire}"]


def test_a_result_that_no_state_gives_is_not_printed_without_a_word():
    compiled = qcoll.compile_collisions(qcoll.example_2(), 1, "0")
    counts = predicted_counts(measurement_circuits(compiled, [1], ["state"]), 2000)
    measured = combine(counts)
    fine = beside_exact(measured, "0")
    assert "WARNING" not in str(fine)
    states = np.array(measured.states)
    states[0] += np.array([[0, 0.6], [0.6, 0]])  # |0> with a coherence that it cannot have
    wrong = beside_exact(dataclasses.replace(measured, states=states), "0")
    assert "WARNING: after 0 collisions the state has the eigenvalue -0.28" in str(wrong)


@pytest.mark.parametrize("ancillas", ["fresh", "alternating"])
def test_predictions_of_many_ancillas_are_those_of_the_whole_register(ancillas):
    """Simulated on the qubits in use at one time, as by the density matrix of all of them."""
    from qiskit_aer import AerSimulator

    from qcoll.device.fakes import fake_backend
    from qcoll.device.noise import resolve_noise

    backend = fake_backend("fake_lagos")
    model = qcoll.example_2(**STRONG)
    circuit = qcoll.compile_collisions(model, 2, "+", ancillas=ancillas, synthesis="channel")
    mapped = map_collisions(circuit, backend.target, seeds=(0,))
    measured = measurement_circuits(mapped, [2], ["state"])
    said = []
    found = predicted_counts(measured, 1000, noise=backend, progress=said.append)
    noise = resolve_noise(backend, 7).build(mapped.target, mapped.qubits)
    assert len(said) == len(measured)
    for own, each in zip(found.counts, measured.circuits, strict=True):
        whole = each.copy()
        wires = [each.find_bit(item.qubits[0]).index for item in each.data if item.operation.name == "measure"]
        whole.remove_final_measurements()
        whole.save_density_matrix(wires)
        state = AerSimulator(method="density_matrix", noise_model=noise).run(whole, shots=1).result().data(0)
        seen = np.diag(np.asarray(state["density_matrix"])).real
        flips = noise._local_readout_errors[(wires[0],)].probabilities
        expected = 1000 * np.asarray(flips).T @ seen
        assert [own.get(k, 0.0) for k in range(2)] == pytest.approx(expected, abs=1e-5)
