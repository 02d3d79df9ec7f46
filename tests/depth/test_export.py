"""The exported circuits: read by three readers, compared with the exact channel, and never longer than they were."""

import hashlib
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm2, qasm3
from qiskit.quantum_info import SuperOp

import qcoll
from qcoll.depth import export
from qcoll.depth.case import levels, load_model
from qcoll.depth.export import (
    ABSTRACT,
    EXPORTED_MODELS,
    Exported,
    canonical,
    circuits_of,
    collisions_of,
    metrics,
    write_circuit,
)
from qcoll.depth.verify import sequence_channel
from qcoll.device.catalog import DEFAULT_DEVICE as DEVICE

FOLDER = Path(__file__).parents[2] / "circuits"
MANIFEST = json.loads((FOLDER / "manifest.json").read_text())
FILES = MANIFEST["files"]
SHORT = [entry for entry in FILES if entry["collisions"] <= 10]
#: The dense reader takes its time with two system qubits: one collision each, the longer ones are Qiskit's to read.
READ = [entry for entry in SHORT if entry["model"] != "chain-2-2" or entry["collisions"] == 1]
#: The largest distance that rounding alone may make.
ROUNDING = 1e-9


def named(entries):
    return pytest.mark.parametrize("entry", entries, ids=lambda entry: entry["file"])


def text_of(entry):
    return (FOLDER / entry["file"]).read_text()


def exact(entry):
    return np.linalg.matrix_power(qcoll.collision_channel(load_model(entry["model"])).data, entry["collisions"])


def branches(entry):
    """The manifest's entries of the circuits that a sampled collision may be."""
    chosen = [
        other
        for other in FILES
        if "branch" in other and all(other[key] == entry[key] for key in ("model", "level", "target"))
    ]
    return sorted((other for other in chosen if other["format"] == "qasm3"), key=lambda other: other["branch"])


def expected(entry, reader):
    """What the circuit's channel must be, and how far from that the manifest says it is."""
    if "draws" not in entry:
        return exact(entry), entry["distance"]
    maps = [reader(text_of(b)).channel(b["system"], b["system_at_end"]) for b in branches(entry)]
    total = np.eye(4)
    for branch in entry["draws"]:
        total = maps[branch] @ total
    return total, 0.0


def test_everything_is_there():
    found = {(entry["model"], entry["level"], entry["collisions"], entry["target"]) for entry in FILES}
    assert found == {
        (model, level, n, target)
        for model, level in itertools.product(EXPORTED_MODELS, levels())
        for n, target in itertools.product(collisions_of(model), (ABSTRACT, DEVICE))
        if level != "sampled" or load_model(model).num_system_qubits == 1
    }
    on_disk = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.qasm")}
    assert on_disk == {entry["file"] for entry in FILES}
    assert sum(entry["bytes"] for entry in FILES) < 2_000_000


@named(FILES)
def test_files_are_those_of_the_manifest(entry, reader):
    content = (FOLDER / entry["file"]).read_bytes()
    assert len(content) == entry["bytes"]
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    found = reader(content.decode())
    assert found.size == entry["metrics"]["qubits"]
    assert found.two_qubit_gates == entry["metrics"]["two_qubit_gates"]
    assert found.count("reset") == entry["metrics"]["resets"]
    assert found.count("barrier") == entry["collisions"]


@named([entry for entry in READ if "branch" not in entry])
def test_an_independent_reader_finds_the_exact_channel(entry, reader):
    channel = reader(text_of(entry)).channel(entry["system"], entry["system_at_end"])
    meant, distance = expected(entry, reader)
    assert np.abs(channel - meant).max() < 2 * distance + ROUNDING
    if entry["level"] == "trotter":
        strong = entry["model"].startswith("chain")  # in collisions five times as long
        assert distance < (2e-3 if strong else 2e-6) * entry["collisions"]
    elif "draws" not in entry:
        assert distance < 1e-10


@pytest.mark.parametrize("model", ["example1", "example2", "chain-1-3"])
@pytest.mark.parametrize("target", [ABSTRACT, DEVICE])
def test_drawn_circuits_have_the_exact_channel_as_their_mean(model, target, reader):
    chosen = branches({"model": model, "level": "sampled", "target": target})
    assert sum(entry["probability"] for entry in chosen) == pytest.approx(1, abs=1e-12)
    mean = sum(b["probability"] * reader(text_of(b)).channel(b["system"], b["system_at_end"]) for b in chosen)
    assert np.abs(mean - exact(chosen[0])).max() < ROUNDING


@named([entry for entry in SHORT if "branch" not in entry])
def test_qiskit_reads_the_same_channel(entry, reader):
    text = text_of(entry)
    circuit = qasm2.loads(text) if entry["format"] == "qasm2" else qasm3.loads(text)
    assert metrics(circuit) == entry["metrics"]
    channel = sequence_channel(circuit, entry["system"], entry["system_at_end"]).data
    meant, distance = expected(entry, reader)
    assert np.abs(channel - meant).max() < 2 * distance + ROUNDING


@named([entry for entry in SHORT if entry["format"] == "qasm2" and "branch" not in entry])
def test_pytket_reads_as_many_gates(entry):
    pytket_qasm = pytest.importorskip("pytket.qasm")
    circuit = pytket_qasm.circuit_from_qasm_str(text_of(entry))
    assert circuit.n_2qb_gates() == entry["metrics"]["two_qubit_gates"]
    assert circuit.n_qubits == entry["metrics"]["qubits"]


@named([entry for entry in FILES if entry["collisions"] == 50 and "draws" not in entry])
def test_long_circuits_repeat_the_collisions_of_shorter_ones(entry, reader):
    """The channel of 10 collisions is checked; 50 are the same first one and the same period."""
    short = next(other for other in FILES if other["file"] == entry["file"].replace("-50-", "-10-"))
    (first, *later), rest = reader(text_of(short)).collisions()
    assert all(piece == later[0] for piece in later)
    assert reader(text_of(entry)).collisions() == ([first] + [later[0]] * 49, rest)


@pytest.mark.parametrize("case", canonical(), ids=lambda item: f"{item.model}-{item.synthesis}-{item.target}")
def test_counts_do_not_rise(case):
    """Circuits that are compiled now need no more of anything than those in the folder.

    One layer more in a collision may be: where a circuit has angles to spare, the processor's rounding chooses among
    equals, and the transpiler leaves out one-qubit gates that happen to be trivial.
    """
    known = {entry["name"]: entry["metrics"] for entry in FILES}
    for exported in circuits_of(case, collisions=(1, 10)):
        name, now = exported.entry["name"], exported.entry["metrics"]
        assert name in known, f"{name} is not in the folder: write the circuits again"
        spare = {"depth": exported.entry["collisions"]}
        before = {metric: known[name][metric] + spare.get(metric, 0) for metric in now}
        risen = {metric: (known[name][metric], now[metric]) for metric in now if now[metric] > before[metric]}
        assert not risen, f"{name}: more than the manifest says: {risen}"


def distance_of(channel, entry):
    return qcoll.exact.diamond_distance(SuperOp(channel), SuperOp(exact(entry))).upper / 2


@named([entry for entry in READ if entry["level"] != "sampled"])
def test_the_manifest_gives_the_distance_of_every_file(entry, reader):
    channel = reader(text_of(entry)).channel(entry["system"], entry["system_at_end"])
    assert distance_of(channel, entry) == pytest.approx(entry["distance"], rel=1e-4, abs=1e-10)


def test_drawn_circuits_have_distances_of_their_own_and_of_their_mean(tmp_path, monkeypatch, reader):
    chosen = [
        each for each in canonical() if (each.model, each.synthesis, each.target) == ("example2", "sampled", DEVICE)
    ]
    monkeypatch.setattr(export, "canonical", lambda device: chosen)
    monkeypatch.setattr(circuits_of, "__defaults__", ((1, 2),))
    entries = export.export_circuits(tmp_path)["files"]
    for entry in entries:
        channel = reader((tmp_path / entry["file"]).read_text()).channel(entry["system"], entry["system_at_end"])
        assert distance_of(channel, entry) == pytest.approx(entry["distance"], rel=1e-4, abs=1e-10)
        assert ("mean_distance" in entry) == ("branch" in entry)
    drawn = [entry for entry in entries if "branch" in entry]
    assert len(drawn) > 2
    assert max(entry["mean_distance"] for entry in drawn) < 1e-10
    assert max(entry["distance"] for entry in drawn) > 1e-3


def test_the_distance_is_that_of_the_text(tmp_path):
    """A circuit that turns the system a little too far is off by that, whatever it was made from."""
    (source,) = (each for each in canonical(["example2"]) if (each.synthesis, each.target) == ("channel", ABSTRACT))
    (exported,) = circuits_of(source, collisions=[1])
    for form in ("qasm2", "qasm3"):
        (tmp_path / form).mkdir()
        assert write_circuit(tmp_path, exported, form).entry["distance"] < 1e-12
        turned = exported.circuit.copy()
        turned.rz(2e-3, exported.entry["system_at_end"][0])
        off = write_circuit(tmp_path, Exported(exported.entry, turned), form).entry["distance"]
        assert off == pytest.approx(1e-3, rel=0.1)


def test_the_models_of_the_manifest_are_the_ones_compiled():
    from qcoll.model.files import model_from_toml

    for name, text in MANIFEST["models"].items():
        assert model_from_toml(text) == load_model(name)


def test_a_channel_from_a_circuit_that_moves_and_damps_the_system():
    circuit = QuantumCircuit(2)
    circuit.ry(0.8, 1)
    circuit.cx(0, 1)
    circuit.swap(0, 1)
    circuit.reset(0)
    channel = sequence_channel(circuit, [0], [1])
    assert channel.is_cptp()
    kept = np.diag([1, np.sin(0.8), np.sin(0.8), 1])  # the overlap of the ancilla's two states: 2 cos(.4) sin(.4)
    assert np.abs(channel.data - kept).max() < 1e-9
