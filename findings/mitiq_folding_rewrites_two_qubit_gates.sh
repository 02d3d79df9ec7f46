#!/usr/bin/env bash
# mitiq's folding by 3 multiplies the two-qubit gates of a Qiskit circuit by 5 or 9 if they are rzz, ryy, iswap or ecr.
#
# Versions: mitiq 1.1.0, cirq-core 1.6.1, qiskit 2.6.2, qiskit-aer 0.18.2, ply 3.11, Python 3.11.
# Behaviour: fold_global and fold_gates_at_random go through OpenQASM 2 and Cirq, and what comes back is written in cx.
#   One rzz is three cx at scale factor 1 and nine at 3; one ryy or iswap two and ten; one ecr one and five, although
#   five is meant for no gate at scale factor 3. cx, cz and swap are multiplied by 3, as asked. An extrapolation to zero
#   noise over the nominal factors 1, 3, 5 fits the wrong noise, and a native rzz is gone for good.
# Output seen: cx, cz, swap 1 3 5; rzz 3 9 15; ryy, iswap 2 10 18; ecr 1 5 9.
# Instead: fold a circuit that consists of cx or cz, and use the ratio of the counts as the scale factor.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check \
    mitiq==1.1.0 cirq-core==1.6.1 qiskit==2.6.2 qiskit-aer==0.18.2 ply==3.11
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

from mitiq.zne.scaling import fold_global
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

print({name: version(name) for name in ("mitiq", "cirq-core", "qiskit", "ply")})
expected = {
    "cx": [1, 3, 5],
    "cz": [1, 3, 5],
    "swap": [1, 3, 5],
    "rzz": [3, 9, 15],
    "ryy": [2, 10, 18],
    "iswap": [2, 10, 18],
    "ecr": [1, 5, 9],
}
found = {}
for name in expected:
    circuit = QuantumCircuit(2)
    getattr(circuit, name)(*([0.3] if name in ("rzz", "ryy") else []), 0, 1)
    folded = [fold_global(circuit, scale) for scale in (1, 3, 5)]
    assert all(Operator(one).equiv(Operator(circuit)) for one in folded)
    found[name] = [one.num_nonlocal_gates() for one in folded]
    print(name, "two-qubit gates at scale factors 1, 3, 5:", found[name], dict(folded[1].count_ops()))
assert found == expected, found
PY
