"""The costs of OpenQASM files: counted by hand, resets included, and refused where they cannot run."""

from __future__ import annotations

from pathlib import Path

import pytest
from qiskit import QuantumCircuit, qasm2
from typer.testing import CliRunner

import qcoll
from qcoll.cli.commands import app
from qcoll.depth.files import file_costs, is_rounded, read_circuit
from qcoll.depth.targets import load_target

CHANNEL = Path(__file__).parents[2] / "circuits" / "qasm3" / "example2-channel-10-abstract.qasm"
BELL = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nh q[0];\ncx q[0],q[1];\nreset q[1];\ncx q[0],q[1];\n'


def test_a_bell_pair_by_hand(tmp_path):
    file = tmp_path / "bell.qasm"
    file.write_text(BELL)
    (cost,) = file_costs([file], ["all-to-all"], seeds=2)
    assert cost.two_qubit_gates == cost.two_qubit_depth == (2, 2, 2)
    assert cost.resets == (1, 1, 1)
    target = load_target("all-to-all").target
    expected = target["reset"][0,].duration + 2 * target["cz"][0, 1].duration
    # three layers of one-qubit gates at most beside them
    assert 0 <= cost.microseconds[0] - 1e6 * expected <= 7 * 1e6 * target["sx"][0,].duration
    assert cost.rounded is None  # it has a reset


def test_the_canonical_files():
    cheap, dear = file_costs([CHANNEL], ["all-to-all", "FakeLagos"], seeds=2, optimization=1)
    assert cheap.two_qubit_gates == (30, 30, 30)
    assert dear.two_qubit_gates[0] >= 30
    assert dear.resets == (18, 18, 18)
    assert dear.microseconds[1] > 10


def test_what_the_transpiler_rounds_is_said(tmp_path):
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.rxx(1e-5, 0, 1)
    circuit.rz(0.3, 0)
    file = tmp_path / "short.qasm"
    file.write_text(qasm2.dumps(circuit))
    assert is_rounded(file_costs([file], ["all-to-all"], seeds=1)[0])
    assert not is_rounded(file_costs([file], ["all-to-all"], seeds=1, optimization=1)[0])


def test_the_command():
    shown = CliRunner().invoke(app, ["depth", str(CHANNEL), "--targets", "all-to-all", "--seeds", "1"])
    assert shown.exit_code == 0, (shown.output, shown.exception)
    assert "30" in shown.output


def test_refusals(tmp_path):
    file = tmp_path / "bell.qasm"
    file.write_text(BELL)
    with pytest.raises(qcoll.InputError, match="needs reset, which FakeMiami does not have"):
        file_costs([file], ["FakeMiami"])
    with pytest.raises(qcoll.InputError, match="unknown target 'Lagos'"):
        file_costs([file], ["Lagos"])
    with pytest.raises(qcoll.InputError, match="cannot be read as OpenQASM"):
        read_circuit(tmp_path / "none.qasm")
    file.write_text("qubits!")
    with pytest.raises(qcoll.InputError, match="cannot be read as OpenQASM"):
        read_circuit(file)
    file.write_text(BELL.replace("q[2]", "q[25]"))
    with pytest.raises(qcoll.InputError, match="has 25 qubits, but all-to-all has 24"):
        file_costs([file], ["all-to-all"])
