"""Model files: exact round trips, and errors that name the line."""

import os

import pytest

import qcoll
from qcoll.model.files import model_from_toml, model_to_toml
from qcoll.model.random import random_models

GOOD = """\
dt = 0.1

[system]
Z = 0.5

[ancilla]
beta = 1.0

[ancilla.hamiltonian]
IZ = 0.25
XX = 0.15

[interaction]
XXX = 0.05
"""


@pytest.mark.parametrize(
    "model",
    [qcoll.example_1(alpha=0.1 + 0.3j), qcoll.example_2(beta=float("inf")), *random_models(10, seed=3)],
    ids=lambda model: model.name,
)
def test_round_trip_is_exact(model, tmp_path):
    path = tmp_path / "model.toml"
    qcoll.save_model(model, path)
    again = qcoll.load_model(path)
    assert again.fingerprint() == model.fingerprint()
    assert again.name == model.name


def test_a_file_without_a_name_takes_its_own(tmp_path):
    path = tmp_path / "my pair.toml"
    path.write_text(GOOD)
    assert qcoll.load_model(path).name == "my pair"
    assert qcoll.load_model(path).num_qubits == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("dt = 0.1", "dt = = 0.1", "not valid TOML: .*line 1"),
        ("dt = 0.1", "dt = -1", "line 1: dt is -1.0"),
        ("dt = 0.1", 'dt = "long"', "line 1: dt must be a number"),
        ("dt = 0.1\n", "\n", "dt is missing"),
        ("Z = 0.5", "Q = 0.5", "line 4: 'Q' is not a Pauli string"),
        ("Z = 0.5", "Z = true", "line 4: Z must be a number"),
        ("Z = 0.5", "", r"line 3: \[system\] has no Pauli string"),
        ("beta = 1.0", "beta = nan", "line 7: beta is nan"),
        ("beta = 1.0", "temperature = 1.0", "line 7: unknown entry 'temperature'; expected beta, hamiltonian"),
        ("XX = 0.15", "XXX = 0.15", "line 11: 'XXX' has 3 letters, but 2 were expected"),
        ("XXX = 0.05", "XX = 0.05", "line 14: 'XX' has 2 letters, but 3 were expected"),
        ("[interaction]\nXXX = 0.05\n", "", r"the table \[interaction\] is missing"),
        ("[interaction]\nXXX = 0.05\n", "interaction = 3\n", "line 13: 'interaction' is not a Pauli string"),
        ("[system]\nZ = 0.5\n", "system = 3\n", "line 3: system must be a table of Pauli strings"),
        ("[system]", "[sistem]", "line 3: unknown entry 'sistem'"),
    ],
)
def test_malformed_files_are_refused_with_their_line(tmp_path, old, new, message):
    path = tmp_path / "bad.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(qcoll.InputError, match=message) as caught:
        qcoll.load_model(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_and_binary_files_are_refused(tmp_path):
    with pytest.raises(qcoll.InputError, match="cannot read the model file"):
        qcoll.load_model(tmp_path / "none.toml")
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(qcoll.InputError, match="not a text file"):
        qcoll.load_model(path)


def test_the_documentation_in_the_file_reads_back():
    text = model_to_toml(qcoll.example_2())
    assert text.startswith("# Pauli strings in Qiskit's order")
    assert model_from_toml(text) == qcoll.example_2()


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "model.toml"
    qcoll.save_model(qcoll.example_1(), path)
    before = path.read_text()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        qcoll.save_model(qcoll.example_2(), path)
    assert path.read_text() == before
    assert os.listdir(tmp_path) == ["model.toml"], "nothing half-written stays behind"


def test_a_full_disk_is_one_clear_error(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(qcoll.InputError, match="No space left on device"):
        qcoll.save_model(qcoll.example_2(), tmp_path / "model.toml")
    assert os.listdir(tmp_path) == []


def test_the_ground_state_is_written_as_documented(tmp_path):
    """``beta = "inf"`` as well as TOML's own ``inf``."""
    text = model_to_toml(qcoll.example_2(beta=float("inf")))
    quoted = text.replace("beta = inf", 'beta = "inf"')
    assert quoted != text
    assert model_from_toml(quoted) == qcoll.example_2(beta=float("inf"))


def test_the_line_of_a_wrong_memory_is_named_once(tmp_path):
    path = tmp_path / "bath.toml"
    qcoll.save_model(qcoll.models.remembering_bath(), path)
    lines = path.read_text().splitlines()
    place = next(k for k, line in enumerate(lines) if line == "[memory]") + 1
    assert lines[place].startswith("dt = ")
    path.write_text("\n".join([*lines[:place], "dt = 0.0", *lines[place + 1 :]]))
    with pytest.raises(qcoll.InputError, match=r"^\S+bath.toml, line \d+: the memory's dt is 0.0") as caught:
        qcoll.load_model(path)
    assert str(caught.value).count(", line") == 1
