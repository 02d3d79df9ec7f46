#!/usr/bin/env bash
# A 40-qubit chain that fits into kilobytes is refused by the memory check of Aer's matrix product states.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, Python 3.11.
# Behaviour: the check multiplies layers of two-qubit gates and does not look at
#   matrix_product_state_max_bond_dimension: with a limit of 16, at most 40 * 2 * 16 * 16 amplitudes (0.3 MB), 8 layers
#   "require" 5 TB and 12 layers 1.3 PB. 5 layers run. max_memory_mb=-1 turns the check off and everything runs at once;
#   max_memory_mb=0 does not, although it is the usual word for "no limit".
# Output seen: "Insufficient memory ... Required memory: 5242900M" for 8 layers by default and with 0; -1 completes.
# Instead: AerSimulator(method="matrix_product_state", max_memory_mb=-1), with a bond limit.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 qiskit-aer==0.18.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

print({name: version(name) for name in ("qiskit", "qiskit-aer")})


def chain(layers):
    circuit = QuantumCircuit(40)
    for _ in range(layers):
        for first in [*range(0, 39, 2), *range(1, 39, 2)]:
            circuit.rxx(0.1, first, first + 1)
    circuit.measure_all()
    return circuit


def status(layers, **options):
    simulator = AerSimulator(
        method="matrix_product_state", matrix_product_state_max_bond_dimension=16, **options
    )
    result = simulator.run(chain(layers), shots=10).result()
    return "completed" if result.success else result.status


found = {layers: status(layers) for layers in (5, 8)}
found["8, max_memory_mb=0"] = status(8, max_memory_mb=0)
found["8, max_memory_mb=-1"] = status(8, max_memory_mb=-1)
for case, text in found.items():
    print(case, "layers:", text)
assert found[5] == "completed" == found["8, max_memory_mb=-1"]
assert "Insufficient memory" in found[8] and "5242900M" in found[8], "fits now"
assert "Insufficient memory" in found["8, max_memory_mb=0"]
PY
