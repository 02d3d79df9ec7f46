"""Devices of any provider: a backend in the form of AQT's offline simulator, and AQT's own where it is installed."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Measure, Parameter
from qiskit.circuit.library import RGate, RXXGate, RZGate
from qiskit.providers import BackendV2, Options
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import Operator, Statevector
from qiskit.transpiler import Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error
from typer.testing import CliRunner

import qcoll
from qcoll.cli.commands import app
from qcoll.device.fakes import fake_backend
from qcoll.hardware import DeviceOptions, design_experiment, dry_run, fetch, hardware_result, submit
from qcoll.hardware.service import providers, runtime
from qcoll.hardware.service.ionq import native_circuit, native_gates, open_ionq
from qcoll.hardware.service.providers import OPENERS, device_of, limits_of, opener

MODEL = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)


class Ions(BackendV2):
    """Ten connected ions: rotations and RXX everywhere, no reset, no durations, noise in the simulator alone."""

    MAX_SHOTS = 2000

    def __init__(self):
        super().__init__(name="ions")
        model = NoiseModel(basis_gates=["r", "rz", "rxx"])
        model.add_all_qubit_quantum_error(depolarizing_error(0.003, 1), ["r"])
        model.add_all_qubit_quantum_error(depolarizing_error(0.01, 2), ["rxx"])
        self.simulator = AerSimulator(method="statevector", noise_model=model)
        self._target = Target(num_qubits=10)
        angles = Parameter("a"), Parameter("b")
        for gate in (RZGate(angles[0]), RGate(*angles), RXXGate(angles[0]), Measure()):
            self._target.add_instruction(gate)
        self.batches, self.seeds = [], []

    @property
    def target(self):
        return self._target

    @property
    def max_circuits(self):
        return 2

    @classmethod
    def _default_options(cls):
        return Options()

    def run(self, circuits, **options):
        self.batches.append(len(circuits))
        self.seeds.append(options.get("seed_simulator"))
        return self.simulator.run(circuits, **options)


def compiled(n=2):
    return qcoll.compile_collisions(MODEL, n, "+", synthesis="channel", ancillas="fresh")


def test_the_simulators_noise_is_its_errors():
    target = device_of(Ions()).backend.target
    assert target["rxx"][3, 7].error == pytest.approx(0.01 * 3 / 4)  # depolarizing: 1 - F = p (d - 1) / d
    assert target["r"][3,].error == pytest.approx(0.003 / 2)
    assert limits_of(Ions()) == (2000, 2)


def test_a_submitted_experiment_is_within_error_bars_of_the_simulators_noise(tmp_path):
    backend = Ions()
    device = device_of(backend, simulated=True)
    experiment = design_experiment(compiled(), device, [2], 2000, ["state"], seeds=[0], seed=3)
    assert {name for circuit in experiment.circuits for name in circuit.count_ops()} <= {
        *("r", "rz", "rxx", "measure", "barrier")
    }
    assert len(experiment.jobs) == 3  # six circuits, two in each
    examined = dry_run(experiment)
    assert "no durations reported" in str(examined)
    assert "QPU time     not estimated" in str(examined)
    predicted = examined.predicted
    record = submit(experiment, root=tmp_path)
    assert backend.batches == [2, 2, 2]
    assert None not in backend.seeds
    measured = hardware_result(record).measured
    off = np.abs(measured.coherence - predicted.coherence)
    assert (off < 4 * measured.coherence_error() + 1e-9).all()
    assert abs(measured.coherence[-1] - qcoll.evolve(MODEL, 2, "+").coherence[-1]) > 0.02  # the noise is there


def test_what_such_a_device_refuses():
    with pytest.raises(qcoll.InputError, match="takes at most 2000 shots of a circuit, but 2001 are asked for"):
        design_experiment(compiled(), Ions(), [2], 2001, ["state"], seeds=[0])
    options = DeviceOptions(readout="trex")
    with pytest.raises(qcoll.InputError, match="options of IBM's runtime; leave them out"):
        design_experiment(compiled(), Ions(), [2], 100, ["state"], seeds=[0], options=options)
    again = qcoll.compile_collisions(MODEL, 2, "+", synthesis="channel")
    with pytest.raises(qcoll.InputError, match="the target has no reset"):
        design_experiment(again, Ions(), [2], 100, ["state"], seeds=[0])


def test_aqt_by_name(tmp_path):
    """With AQT's package its simulator, killed and resumed by name; without it what to install."""
    try:
        import qiskit_aqt_provider  # noqa: F401
    except ImportError:
        with pytest.raises(qcoll.MissingExtraError, match="pip install qiskit-aqt-provider"):
            design_experiment(compiled(), "aqt_offline_noisy", [2], 100, ["state"])
        return
    experiment = design_experiment(compiled(), "aqt_offline_noisy", [2], 2000, ["state"], seeds=[0])
    record = submit(experiment, root=tmp_path)
    assert fetch(record.folder).state == "done"
    measured, predicted = hardware_result(record).measured, dry_run(experiment).predicted
    assert (np.abs(measured.coherence - predicted.coherence) < 4 * measured.coherence_error() + 1e-9).all()


def test_unknown_names():
    with pytest.raises(qcoll.InputError, match="unknown device 'aqt_pine'"):
        design_experiment(compiled(), "aqt_pine", [2], 100, ["state"])


def test_a_provider_gives_its_devices_names(monkeypatch, tmp_path):
    monkeypatch.setattr(providers, "OPENERS", dict(OPENERS))
    monkeypatch.setattr(runtime, "OPENERS", providers.OPENERS)
    opened = []

    @opener("ions")
    def open_ions(name):
        opened.append(name)
        return device_of(Ions()).named(name)

    experiment = design_experiment(compiled(1), "Ions_1", [1], 100, ["state"], seeds=[0])
    record = submit(experiment, root=tmp_path)
    assert opened == ["ions_1"]
    assert record.data["device"]["name"] == "ions_1"
    assert fetch(record.folder).state == "done"
    for taken in ("ions", "io", "fake", "ibm_", "aqt"):
        with pytest.raises(qcoll.InputError, match="are taken by"):
            opener(taken)


def test_a_providers_device_is_asked_for_before_it_runs_and_never_runs_twice(monkeypatch, tmp_path):
    """It may charge: no is no, and what was interrupted runs again only if somebody says so."""
    monkeypatch.setattr(providers, "OPENERS", dict(OPENERS))
    monkeypatch.setattr(runtime, "OPENERS", providers.OPENERS)
    backend = Ions()
    opener("ions")(lambda name: device_of(backend).named(name))
    words = ["submit", "example2", "--backend", "ions_1", "-n", "1", "--shots", "100", "--initial", "+", "--quantity"]
    words += ["state", "--synthesis", "channel", "--no-predict", "--dir", str(tmp_path)]
    refused = CliRunner().invoke(app, words, input="n\n")
    assert "Send" in refused.output
    assert "simulated on this machine" not in refused.output
    assert (refused.exit_code, backend.batches, list(tmp_path.iterdir())) == (1, [], [])

    experiment = design_experiment(compiled(1), "ions_1", [1], 100, ["state"], seeds=[0])
    whole = Ions.run
    monkeypatch.setattr(Ions, "run", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        submit(experiment, root=tmp_path)
    monkeypatch.setattr(Ions, "run", whole)
    (folder,) = tmp_path.iterdir()
    with pytest.raises(qcoll.InputError, match=r"may be charged again, with submit_missing=True"):
        fetch(folder)
    assert backend.batches == []
    assert fetch(folder, submit_missing=True).state == "done"
    assert set(backend.seeds) == {None}, "a real device knows none"
    assert fetch(folder).state == "done"


def test_simulators_are_known():
    assert device_of(GenericBackendV2(2, seed=0)).simulated
    assert device_of(fake_backend("FakeManilaV2")).simulated
    assert open_ionq("ionq_forte_offline").simulated
    assert not device_of(Ions()).simulated


#: Matrices of IonQ's documentation (docs.ionq.com, native gates), angles in turns.
def gpi(phi):
    return np.array([[0, np.exp(-2j * np.pi * phi)], [np.exp(2j * np.pi * phi), 0]])


def gpi2(phi):
    off = -1j * np.exp(2j * np.pi * phi)
    return np.array([[1, -off.conj()], [off, 1]]) / np.sqrt(2)


def zz(theta):
    return np.diag(np.exp(-1j * np.pi * theta * np.array([1, -1, -1, 1])))


def ms(first, second, theta):
    """On the first qubit (x) the second, as IonQ orders them."""
    turned = np.kron(gpi(first), gpi(second))
    return np.cos(np.pi * theta) * np.eye(4) - 1j * np.sin(np.pi * theta) * turned


@pytest.mark.parametrize("name", ["ionq_forte_offline", "ionq_aria_offline"])
def test_native_gates_of_ionq_do_the_same(name):
    """By the matrices of the documentation, up to rotations about Z before the measurements."""
    target = open_ionq(name).backend.target
    two = "rzz" if "rzz" in target.operation_names else "rxx"
    rng, circuit = np.random.default_rng(7), QuantumCircuit(3)
    for angle in rng.uniform(-2 * np.pi, 2 * np.pi, 14):
        first, second = rng.permutation(3)[:2]
        circuit.rz(float(rng.uniform(-4, 4)), int(first))
        circuit.sx(int(first))
        getattr(circuit, two)(float(angle), int(first), int(second))
        circuit.x(int(second))
    state = np.zeros(8, dtype=complex)
    state[0] = 1
    vector = Statevector(state)
    matrices = {"gpi": gpi, "gpi2": gpi2, "zz": zz, "ms": ms}
    for gate, qubits, angles in native_gates(circuit):
        assert gate not in ("zz", "ms") or 0 < angles[-1] <= 0.25
        vector = vector.evolve(Operator(matrices[gate](*angles)), qargs=qubits[::-1])
    expected = Statevector(state).evolve(circuit)
    np.testing.assert_allclose(vector.probabilities(), expected.probabilities(), atol=1e-12)


@pytest.mark.parametrize("name", ["ionq_forte_offline", "ionq_aria_offline"])
def test_ionq_from_published_figures(name, tmp_path):
    experiment = design_experiment(compiled(), name, [2], 1000, ["state"], seeds=[0], seed=5)
    assert experiment.device.name == name
    record = submit(experiment, root=tmp_path)
    measured, predicted = hardware_result(record).measured, dry_run(experiment).predicted
    off = np.abs(measured.coherence - predicted.coherence)
    assert (off < 4 * measured.coherence_error() + 1e-9).all()
    longest = max(experiment.circuits, key=len)
    assert {gate for gate, *_ in native_gates(longest)} == {"gpi2", "zz" if "forte" in name else "ms"} | {
        gate for gate, *_ in native_gates(longest) if gate == "gpi"
    }


def test_what_ionq_refuses():
    with pytest.raises(qcoll.InputError, match="takes at most 10000 shots of a circuit, but 10001 are asked for"):
        design_experiment(compiled(), "ionq_aria_offline", [2], 10_001, ["state"], seeds=[0])
    with pytest.raises(qcoll.InputError, match="ionq_aria_offline has 25 qubits, but the circuits need 41"):
        design_experiment(compiled(20), "ionq_aria_offline", [2], 100, ["state"], seeds=[0])
    with pytest.raises(qcoll.InputError, match="unknown device 'ionq_tempo'"):
        design_experiment(compiled(), "ionq_tempo", [2], 100, ["state"], seeds=[0])
    circuit = QuantumCircuit(1)
    circuit.reset(0)
    with pytest.raises(qcoll.InputError, match="have no reset"):
        native_gates(circuit)


def test_ionqs_package_is_named_where_it_is_missing():
    try:
        import qiskit_ionq  # noqa: F401
    except ImportError:
        with pytest.raises(qcoll.MissingExtraError, match="pip install qiskit-ionq"):
            native_circuit(QuantumCircuit(1))
        return
    circuit = QuantumCircuit(2, 1)
    circuit.rz(0.3, 0)
    circuit.sx(0)
    circuit.measure(0, 0)
    assert dict(native_circuit(circuit).count_ops()) == {"gpi2": 1, "measure": 1}
