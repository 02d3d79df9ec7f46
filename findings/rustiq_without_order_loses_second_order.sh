#!/usr/bin/env bash
# Rustiq without preserve_order turns a second-order product formula into a first-order one, without telling.
#
# Versions: qiskit 2.6.2, Python 3.11.
# Behaviour: HLSConfig(PauliEvolution=[("rustiq", {"preserve_order": False})]) on a PauliEvolutionGate with
#   SuzukiTrotter(order=2) merges the two halves of every term in whatever order is cheapest. Halving the step divides
#   the error of one step by 4 and not by 8: the symmetry that makes the formula second order is gone, and at a step of
#   .05 the error is 50 times the one asked for. Fewer CX (6 for 14) look like good compilation.
# Output seen: error ratios 8.0, 8.0 with order kept; 4.0, 4.0 without. Errors at .05: 3.1e-05 and 1.6e-03.
# Instead: preserve_order=True.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import Operator, SparsePauliOp
from qiskit.synthesis import SuzukiTrotter
from qiskit.transpiler import PassManager
from qiskit.transpiler.passes import HighLevelSynthesis, HLSConfig
from scipy.linalg import expm

print("qiskit", version("qiskit"))
labels, values = ["XXI", "IXX", "YYI", "IYY", "ZII", "IZI", "IIZ"], [0.7, 0.4, 0.7, 0.4, 0.5, 0.3, 0.2]
hamiltonian = SparsePauliOp(labels, values)


def errors(preserve_order):
    config = HLSConfig(PauliEvolution=[("rustiq", {"preserve_order": preserve_order})])
    found = []
    for step in (0.2, 0.1, 0.05):
        circuit = QuantumCircuit(3)
        circuit.append(PauliEvolutionGate(hamiltonian, step, synthesis=SuzukiTrotter(order=2)), range(3))
        compiled = Operator(PassManager([HighLevelSynthesis(config)]).run(circuit)).data
        found.append(np.linalg.norm(compiled - expm(-1j * step * hamiltonian.to_matrix()), 2))
    return np.array(found)


kept, free = errors(True), errors(False)
for name, found in (("order kept", kept), ("order free", free)):
    print(name, "errors", found, "ratios on halving the step", found[:-1] / found[1:])
assert np.all(kept[:-1] / kept[1:] > 7.5)
assert np.all(free[:-1] / free[1:] < 4.5), "second order now"
PY
