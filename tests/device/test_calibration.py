"""Noise from the calibration file of a day: what is in it is used, holes are repaired and said, others refused."""

from __future__ import annotations

import csv
import warnings

import numpy as np
import pytest

import qcoll
from qcoll.device.calibration import calibrated_backend
from qcoll.device.fakes import fake_backend
from qcoll.device.mapping import map_collisions
from qcoll.errors import DeviceWarning

BACKEND = fake_backend("FakeManila")
TARGET = BACKEND.target
NAMES = ["Qubit", "T1 (us)", "T2 (us)", "Readout assignment error ", "√x (sx) error ", "Pauli-X error ", "CNOT error "]


def rows():
    """The snapshot itself as a file."""
    found = []
    for qubit, properties in enumerate(TARGET.qubit_properties):
        pairs = [f"{b}:{TARGET['cx'][a, b].error!r}" for a, b in TARGET["cx"] if a == qubit]
        errors = [TARGET[name][qubit,].error for name in ("measure", "sx", "x")]
        found.append([qubit, properties.t1 * 1e6, properties.t2 * 1e6, *errors, ";".join(pairs)])
    return found


def written(path, table, names=NAMES):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([names, *table])
    return path


@pytest.fixture
def compiled():
    return qcoll.compile_collisions(qcoll.example_2(alpha=0.8, dt=0.5), 3, "+", synthesis="channel")


def test_a_file_with_the_snapshots_figures_is_the_snapshot(tmp_path, compiled):
    path = written(tmp_path / "ibm_manila_calibrations_2026-11-29.csv", rows())
    run = qcoll.simulate(compiled, noise=str(path), seeds=[0])
    same = qcoll.simulate(compiled, noise="FakeManila", seeds=[0])
    np.testing.assert_allclose(run.states, same.states, atol=1e-9)
    assert "ibm_manila_calibrations_2026-11-29.csv" in run.kind


def test_the_files_figures_count(tmp_path, compiled):
    worse = [[*row[:1], row[1] / 10, row[2] / 10, *row[3:]] for row in rows()]
    path = written(tmp_path / "ibm_manila_calibrations.csv", worse)
    exact = qcoll.evolve(compiled.model, 3, "+")
    distance = [
        qcoll.compare(qcoll.simulate(compiled, noise=noise, seeds=[0]), exact).trace_distance[-1]
        for noise in (path, "FakeManila")
    ]
    assert distance[0] > 2 * distance[1]
    source = calibrated_backend(path)
    assert source.target.qubit_properties[0].t1 == pytest.approx(TARGET.qubit_properties[0].t1 / 10)


def test_holes_are_said_and_pairs_without_an_error_are_not_used(tmp_path, compiled):
    table = rows()
    for row in table:
        row[1] = "" if row[0] == 2 else row[1]
    table[0][-1] = ""  # both directions of the pair 0, 1
    table[1][-1] = "1_2:0.008"
    path = written(tmp_path / "ibm_manila_calibrations.csv", table)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mapped = map_collisions(compiled, calibrated_backend(path).target, seeds=[0])
    used = {frozenset(mapped.qubits[q] for q in own) for name, own in mapped.operations_on_qubits if name == "cx"}
    assert frozenset([0, 1]) not in used
    said = [str(each.message) for each in caught if issubclass(each.category, DeviceWarning)]
    assert 2 in mapped.qubits
    assert any("t1 of qubit 2 is nan" in text for text in said)


def broken(change):
    table = rows()
    change(table)
    return table


CASES = [
    ("ibm_lagos_x.csv", rows(), NAMES, "is of ibm_lagos, but the device is fake_manila"),
    ("ibm_manila.csv", rows()[:-1], NAMES, "4 qubits, the last of them 3, but the device has 5"),
    (
        "ibm_manila.csv",
        broken(lambda t: t[0].__setitem__(-1, "3:0.01")),
        NAMES,
        r"not connected on the device \(\[\(0, 3",
    ),
    (
        "ibm_manila.csv",
        broken(lambda t: t[0].__setitem__(1, "long")),
        NAMES,
        "t1 is 'long', but must be a number or empty",
    ),
    ("ibm_manila.csv", broken(lambda t: t[0].__setitem__(3, "1.5")), NAMES, "must be a number up to 1, or empty"),
    ("ibm_manila.csv", broken(lambda t: t[0].__setitem__(-1, "0.01")), NAMES, "must have the form 1:0.002"),
    ("ibm_manila.csv", broken(lambda t: t[1].__setitem__(0, 0)), NAMES, "qubits are numbers from 0, each in one line"),
    ("ibm_manila.csv", rows(), ["Name", *"abcdef"], "no calibration file"),
]


@pytest.mark.parametrize(("name", "table", "names", "message"), CASES, ids=range(len(CASES)))
def test_files_that_are_refused(tmp_path, name, table, names, message):
    with pytest.raises(qcoll.InputError, match=message):
        calibrated_backend(written(tmp_path / name, table, names), "FakeManila")


def test_files_that_say_too_little(tmp_path):
    with pytest.raises(qcoll.InputError, match="does not begin with the name of a device"):
        calibrated_backend(written(tmp_path / "today.csv", rows()))
    with pytest.raises(qcoll.InputError, match="cannot be read"):
        calibrated_backend(tmp_path / "ibm_manila.csv")
    assert calibrated_backend(written(tmp_path / "today.csv", rows()), "FakeManila").target.num_qubits == 5
