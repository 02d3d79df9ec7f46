#!/usr/bin/env bash
# transpile at its default level removes two-qubit gates with angles of 1e-5 and below, although approximation is off.
#
# Versions: qiskit 2.6.2, Python 3.11.
# Behaviour: approximation_degree is 1.0 ("no approximation"), yet levels 2 (the default) and 3 drop rzz and rxx at
#   1e-5, and one-qubit rotations and cp at 2e-6: their infidelity is below a fixed 1e-12 or so, which is an error of
#   5e-6 in the state. It adds up: 20000 steps of rzz(1e-5) turn a qubit by .2, and after transpile by nothing. A
#   UnitaryGate of rxx(1e-5) gives an empty circuit at every level, 0 included. Levels 0 and 1 keep rzz and rxx. No
#   option keeps them: approximation_degree 1.0 is already the largest.
# Output seen: 0 gates left for rzz(1e-5) at levels 2 and 3, 3 at 0 and 1; <X> after 20000 steps 1.0, exact .980.
# Instead: level 1 for weak couplings, gates and no UnitaryGate, and compare Operator before and after.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
import math
from importlib.metadata import version

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import Operator

print("qiskit", version("qiskit"))
BASIS = ["cx", "rz", "sx", "x"]


def step(name, angle):
    circuit = QuantumCircuit(2)
    if name == "unitary":
        exact = QuantumCircuit(2)
        exact.rxx(angle, 0, 1)
        circuit.unitary(Operator(exact).data, [0, 1])
    else:
        getattr(circuit, name)(angle, *([0, 1] if name in ("rzz", "rxx", "cp") else [0]))
    return circuit


def left(name, angle):
    one = step(name, angle)
    options = {"basis_gates": BASIS, "approximation_degree": 1.0}
    return [transpile(one, optimization_level=k, **options).size() for k in range(4)]


found = {(name, angle): left(name, angle) for name in ("rzz", "rxx", "unitary") for angle in (1e-3, 1e-5)}
found |= {(name, angle): left(name, angle) for name in ("rz", "cp") for angle in (1e-3, 2e-6)}
for case, numbers in found.items():
    print(case, "gates at levels 0 to 3:", numbers)
for (name, angle), numbers in found.items():
    assert all(numbers[:2]) or (name, angle) == ("unitary", 1e-5)
    assert all(numbers[2:]) == (angle == 1e-3), f"{name}({angle}) is kept now"
assert found["unitary", 1e-5] == [0, 0, 0, 0], "weak unitaries are kept now"

plus = np.full(4, 0.5)
x = np.kron(np.eye(2), [[0, 1], [1, 0]])
means = {}
for level in (1, 2):
    matrix = Operator(transpile(step("rzz", 1e-5), basis_gates=BASIS, optimization_level=level)).data
    state = np.linalg.matrix_power(matrix, 20000) @ plus
    means[level] = float((state.conj() @ x @ state).real)
print("<X> after 20000 steps at levels 1 and 2:", means, "exact:", math.cos(0.2))
assert abs(means[1] - math.cos(0.2)) < 1e-6 and abs(means[2] - 1) < 1e-9
PY
