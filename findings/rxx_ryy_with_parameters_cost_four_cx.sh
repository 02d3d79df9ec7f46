#!/usr/bin/env bash
# rxx followed by ryy costs four CX as long as the angle is a Parameter, and two as soon as it is a number.
#
# Versions: qiskit 2.6.2, Python 3.11.
# Behaviour: the exchange exp(-i a (XX + YY) / 2) needs two CX at every angle. Written as rxx(a) ryy(a) and transpiled
#   at any level with a free Parameter it costs four; the resynthesis of two-qubit blocks needs numbers (levels 2 and 3,
#   after assign_parameters). XXPlusYYGate and PauliEvolutionGate of XX + YY cost two with Parameters at every level. A
#   parametric circuit that is transpiled once and bound later runs with twice the two-qubit gates.
# Output seen: 4, 4, 4, 4 CX at levels 0 to 3 with a Parameter; 4, 4, 2, 2 with a number; 2 for the two gates.
# Instead: XXPlusYYGate(2 * a, 0).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter
from qiskit.circuit.library import PauliEvolutionGate, XXPlusYYGate
from qiskit.quantum_info import Operator, SparsePauliOp

print("qiskit", version("qiskit"))
angle = Parameter("a")
pair = QuantumCircuit(2)
pair.rxx(angle, 0, 1)
pair.ryy(angle, 0, 1)
gate = QuantumCircuit(2)
gate.append(XXPlusYYGate(2 * angle), [0, 1])
evolution = QuantumCircuit(2)
evolution.append(PauliEvolutionGate(SparsePauliOp(["XX", "YY"], [0.5, 0.5]), angle), [0, 1])
bound = [circuit.assign_parameters({angle: 0.3}) for circuit in (pair, gate, evolution)]
assert all(Operator(bound[0]).equiv(Operator(circuit)) for circuit in bound)


def cx(circuit):
    basis = ["cx", "rz", "sx", "x"]
    return [transpile(circuit, basis_gates=basis, optimization_level=k).count_ops()["cx"] for k in range(4)]


found = {
    "rxx ryy, Parameter": cx(pair),
    "rxx ryy, number": cx(bound[0]),
    "XXPlusYYGate, Parameter": cx(gate),
    "PauliEvolutionGate, Parameter": cx(evolution),
}
print("CX at levels 0 to 3:", found)
assert list(found.values()) == [[4, 4, 4, 4], [4, 4, 2, 2], [2, 2, 2, 2], [2, 2, 2, 2]]
PY
