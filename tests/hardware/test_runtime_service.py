"""The path to IBM: everything but the HTTP client is the runtime's own (see conftest)."""

import json

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.accounts import AccountNotFoundError, InvalidAccountError
from qiskit_ibm_runtime.fake_provider import FakeBoston, FakeMiami

import qcoll
from qcoll.hardware import DeviceOptions, design_experiment, fetch, open_device, run, submit, trajectory
from qcoll.hardware import experiment as design_module
from qcoll.hardware.records.record import read_record
from qcoll.hardware.service.messages import without_secrets
from qcoll.hardware.service.runtime import connect, shorter_resets
from qcoll.hardware.times import repetition_delay


@pytest.fixture
def experiment(service, compiled):
    return design_experiment(
        compiled, open_device("ibm_lagos", service=service), at=[2], shots=500, quantities=["state"]
    )


def passthrough(server):
    return server.inputs()["quantum_program"]["passthrough_data"]["post_processor"]["options"]


def test_a_job_goes_out_in_job_mode_and_its_counts_come_back(server, service, experiment, tmp_path):
    record = submit(experiment, tmp_path)
    assert record.state == "submitted"
    assert server.sessions == []  # neither session nor batch
    call = server.submitted[0]
    assert call["program_id"] == "executor"
    assert call["session_id"] is None
    assert record.jobs[0].tag in call["job_tags"]
    assert server.inputs()["quantum_program"]["shots"] == 500
    assert len(server.inputs()["quantum_program"]["items"]) == len(experiment.measurement)
    done = fetch(read_record(record.folder), service)
    assert done.state == "done"
    assert done.jobs[0].quantum_seconds == 3
    assert trajectory(done).counts.shots == 500
    assert done.data["device"]["instance"].startswith("crn:")
    assert done.data["device"]["calibration"].startswith("2024-05-27")


def test_options_that_are_off_stay_off(server, experiment, tmp_path):
    submit(experiment, tmp_path)
    sent = passthrough(server)
    assert sent["dynamical_decoupling"]["enable"] is False
    assert not sent["twirling"]["enable_gates"]
    assert not sent["twirling"]["enable_measure"]
    assert server.submitted[0]["max_execution_time"] is None
    assert {item["item_type"] for item in server.inputs()["quantum_program"]["items"]} == {"circuit"}


@pytest.mark.parametrize(
    ("options", "path", "expected"),
    [
        ({"dynamical_decoupling": "XY4"}, ("dynamical_decoupling", "sequence_type"), "XY4"),
        ({"dynamical_decoupling": "XpXm"}, ("dynamical_decoupling", "enable"), True),
        ({"gate_twirling": True}, ("twirling", "enable_gates"), True),
        ({"readout": "trex"}, ("twirling", "enable_measure"), True),
    ],
)
def test_options_arrive(server, service, compiled, tmp_path, options, path, expected):
    device = open_device("ibm_lagos", service=service)
    chosen = DeviceOptions(max_execution_time=77, **options)
    submit(
        design_experiment(compiled, device, at=[2], shots=128, quantities=["state"], options=chosen, seeds=[0]),
        tmp_path,
    )
    sent = passthrough(server)
    for name in path:
        sent = sent[name]
    assert sent == expected
    assert server.submitted[0]["max_execution_time"] == 77
    twirled = "gate_twirling" in options or "readout" in options
    kinds = {item["item_type"] for item in server.inputs()["quantum_program"]["items"]}
    assert kinds == ({"samplex"} if twirled else {"circuit"})


def test_several_jobs_go_out_as_a_batch(server, service, experiment, tmp_path, monkeypatch):
    monkeypatch.setattr(design_module, "LARGEST_JOB", 2500)
    record = submit(experiment, tmp_path)
    assert server.sessions == ["batch", "closed"]
    assert [job.circuits for job in record.jobs] == [(0, 5), (5, 6)]
    assert {call["session_id"] for call in server.submitted} == {"session1"}
    done = fetch(record, service)
    assert len(done.counts().counts) == 6


def test_readout_mitigation_keeps_the_raw_values(server, service, compiled, tmp_path):
    device = open_device("ibm_lagos", service=service)
    options = DeviceOptions(readout="trex")
    experiment = design_experiment(compiled, device, at=[1], shots=2000, quantities=["state"], options=options)
    measured = trajectory(fetch(submit(experiment, tmp_path), service))
    raw = measured.unmitigated
    assert raw is not None
    lengths = [np.sqrt(2 * np.einsum("ij,ji", s, s).real - 1) for s in (measured.states[0], raw.states[0])]
    assert lengths[0] > lengths[1] + 0.005  # readout errors shrink the Bloch vector of |+>
    assert np.trace(measured.pauli_covariance[0]) > np.trace(raw.pauli_covariance[0])


def record_cut_off_at(step, experiment, root, monkeypatch):
    """The record of a submission that was interrupted where it calls ``step``."""

    def cut_off(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"qcoll.hardware.{step}", cut_off)
        with pytest.raises(KeyboardInterrupt):
            submit(experiment, root)
    (record,) = [read_record(path.parent) for path in root.glob("*/record.json")]
    return record


def test_a_job_whose_id_was_lost_is_found_by_its_tag(server, service, experiment, tmp_path, monkeypatch):
    record = record_cut_off_at("records.record.Record.with_job", experiment, tmp_path, monkeypatch)
    assert record.state == "prepared"
    assert len(server.submitted) == 1
    assert fetch(record, service).state == "done"
    assert len(server.submitted) == 1  # not sent twice


def test_a_job_that_was_never_sent_is_sent_only_when_asked(server, service, experiment, tmp_path, monkeypatch):
    record = record_cut_off_at("service.runtime.submit_job", experiment, tmp_path, monkeypatch)
    with pytest.raises(qcoll.InputError, match="nothing was spent"):
        fetch(record, service)
    assert server.submitted == []
    assert fetch(record, service, submit_missing=True).state == "done"


def test_waiting_jobs_are_left_waiting(server, service, experiment, tmp_path):
    server.state = {"status": "Queued"}
    record = submit(experiment, tmp_path)
    assert fetch(record, service).state == "submitted"
    server.state = {"status": "Completed"}
    assert fetch(record, service).state == "done"


@pytest.mark.parametrize(
    ("state", "expected", "message"),
    [
        ({"status": "Cancelled"}, "cancelled", "was cancelled"),
        ({"status": "Failed", "reason": "the fridge is warm", "reasonCode": 1234}, "failed", "fridge is warm"),
        (
            {"status": "Cancelled", "reason": "ran too long", "reasonCode": 1305},
            "failed",
            "longer than maximum execution time",
        ),
    ],
)
def test_jobs_that_end_badly(server, service, experiment, tmp_path, state, expected, message):
    record = submit(experiment, tmp_path)
    server.state = state
    with pytest.raises(qcoll.InputError, match=message):
        fetch(record, service)
    assert read_record(record.folder).state == expected


def test_a_job_that_expired(server, service, experiment, tmp_path):
    record = submit(experiment, tmp_path)
    server.lost = True
    with pytest.raises(qcoll.InputError, match="expired"):
        fetch(record, service)
    assert read_record(record.folder).state == "failed"


def test_results_without_the_register(server, service, experiment, tmp_path):
    record = submit(experiment, tmp_path)
    server.drop_register = True
    with pytest.raises(qcoll.InputError, match="registers \\['other'\\], but not 'meas'"):
        fetch(record, service)
    assert read_record(record.folder).state == "submitted"  # nothing was lost: it can be looked at again


def test_devices_that_cannot_be_used(server, service):
    with pytest.raises(qcoll.InputError, match="did you mean ibm_lagos"):
        open_device("ibm_lagoss", service=service)
    with pytest.raises(qcoll.InputError, match="has 7 qubits"):
        open_device("ibm_lagos", service=service, num_qubits=8)
    with pytest.raises(qcoll.InputError, match="no operational device with at least 8"):
        open_device("least-busy", service=service, num_qubits=8)
    server.status_msg = "maintenance"
    with pytest.raises(qcoll.InputError, match=r"paused .*maintenance"):
        open_device("ibm_lagos", service=service)


def test_least_busy(service):
    assert open_device("least-busy", service=service, num_qubits=5).name == "ibm_lagos"


def test_a_device_without_reset_asks_for_fresh_ancillas(compiled):
    with pytest.raises(qcoll.InputError, match="fresh"):
        design_experiment(compiled, "fake_miami", at=[2], shots=10)


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (AccountNotFoundError("none"), "no IBM account is saved"),
        (InvalidAccountError("bad {token}"), "refused the saved account"),
        (ConnectionError("no route with {token}"), "cannot be reached"),
    ],
)
def test_accounts(monkeypatch, token, raised, message):
    raised.args = (str(raised.args[0]).format(token=token),)
    raised.message = raised.args[0]

    def refuse(*_, **__):
        raise raised

    monkeypatch.setenv("QISKIT_IBM_TOKEN", token)
    monkeypatch.setattr(QiskitRuntimeService, "__init__", refuse)
    with pytest.raises(qcoll.InputError, match=message) as caught:
        connect()
    assert token not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_secrets_are_masked(monkeypatch):
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "short-one")
    key = "abcDEF_0123456789-abcDEF_0123456789-abcDEF_01234"
    assert without_secrets(f"key {key} and short-one\nfailed") == "key *** and *** failed"


def test_no_token_in_the_record(server, service, experiment, tmp_path, token, caplog):
    with caplog.at_level("DEBUG", logger="qcoll"):
        fetch(submit(experiment, tmp_path), service)
    assert token not in caplog.text
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes()


def test_shorter_resets_are_used_where_the_device_has_them():
    target = FakeBoston().target
    circuit = QuantumCircuit(target.num_qubits)
    circuit.reset(3)
    durations = {name: target[name][(3,)].duration for name in ("reset", "reset_2") if (3,) in target[name]}
    replaced = shorter_resets(circuit, target).data[0].operation.name
    assert replaced == min(durations, key=durations.get)
    assert "reset_2" in durations


def test_shorter_resets_are_refused_by_simulators(compiled):
    with pytest.raises(qcoll.InputError, match="real devices"):
        design_experiment(compiled, "fake_lagos", at=[1], shots=10, options=DeviceOptions(shorter_resets=True))


def test_twirled_counts_need_their_calibration(compiled):
    from qiskit_aer.primitives import SamplerV2

    counts = run(
        qcoll.hardware.measurement_circuits(compiled, at=[1], quantities=["state"], readout=True),
        SamplerV2(seed=1),
        100,
    )
    with pytest.raises(qcoll.InputError, match="twirled"):
        qcoll.hardware.combine(counts, readout_mitigation=True)


def test_the_record_is_plain_json(experiment, tmp_path):
    record = submit(experiment, tmp_path)
    data = json.loads((record.folder / "record.json").read_text())
    assert data["state"] == "submitted"
    assert data["jobs"][0]["id"] == "job0"
    assert data["versions"].keys() >= {"qcoll", "qiskit", "qiskit-ibm-runtime"}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("Cancelled - Ran too long", "was cancelled: IBM calls its state 'CANCELLED - RAN TOO LONG'"),
        ("Evaporated", "failed: IBM calls its state 'EVAPORATED'"),
    ],
)
def test_states_that_nobody_knows_end_the_wait(server, service, experiment, tmp_path, monkeypatch, status, message):
    record = submit(experiment, tmp_path)
    server.state = {"status": status}
    monkeypatch.setattr(server, "job_results", lambda job_id: "")
    with pytest.raises(qcoll.InputError, match=f"(?i){message}"):
        fetch(record, service, wait=True)


def test_results_that_are_there_in_such_a_state_are_fetched(server, service, experiment, tmp_path):
    record = submit(experiment, tmp_path)
    server.state = {"status": "Cancelled - Ran too long"}
    done = fetch(record, service, wait=True)
    assert done.state == "done"
    assert trajectory(done).counts.shots == 500


def test_the_repetition_delay_is_the_devices_own(compiled):
    """FakeMiami waits 4 ms between executions, others 250 us: its QPU time is some sixteen times as long."""
    assert repetition_delay(FakeMiami()) == (pytest.approx(4e-3), True)
    assert repetition_delay(FakeBoston()) == (pytest.approx(250e-6), True)
    assert repetition_delay(object()) == (250e-6, False)


def test_twirled_gates_leave_the_initial_state_as_it_is(compiled, tmp_path):
    """|0> in the X basis has no mean, whatever is twirled."""
    start = qcoll.compile_collisions(compiled.model, n=1, initial="0", synthesis="channel")
    options = DeviceOptions(gate_twirling=True)
    experiment = design_experiment(start, "fake_manila", at=[1], shots=2000, quantities=["state"], options=options)
    record = submit(experiment, tmp_path)
    assert trajectory(record).coherence[0] < 0.2


def test_more_shots_than_the_device_takes_are_refused(service, compiled):
    device = open_device("ibm_lagos", service=service)
    most = device.backend.configuration().max_shots
    with pytest.raises(
        qcoll.InputError, match=f"takes at most {most} shots of a circuit, but {most + 1} are asked for"
    ):
        design_experiment(compiled, device, at=[2], shots=most + 1, quantities=["state"], seeds=[0])
