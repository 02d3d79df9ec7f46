#!/usr/bin/env bash
# SparsePauliOp.from_operator drops every term below 1e-5, and a smaller atol alone does not bring them back.
#
# Versions: qiskit 2.6.2, Python 3.11.
# Behaviour: the coefficients are compared with zero, by the larger one of atol (1e-8) and rtol (1e-5): the relative
#   tolerance acts as an absolute one. A coupling of 5e-6 between two qubits is lost, and so is a whole Hamiltonian
#   written in small units (all of it 0). atol=1e-10 changes nothing; rtol=0 is what keeps the terms. Not even a dropped
#   term of the form "small beside the largest": 9e-6 is dropped where it is the largest one.
# Output seen: 2 of 3 terms by default and with atol=1e-10 or atol=0; 3 of 3 with rtol=0; 1e-6 Z becomes 0.
# Instead: from_operator(matrix, atol=0, rtol=0), then drop what you regard as rounding yourself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version
from qiskit.quantum_info import Operator, SparsePauliOp

print("qiskit", version("qiskit"))
weak = SparsePauliOp(["ZI", "IZ", "XX"], [1, 1, 5e-6])
options = [{}, {"atol": 1e-10}, {"atol": 0}, {"rtol": 0}, {"atol": 0, "rtol": 0}]
kept = [SparsePauliOp.from_operator(Operator(weak.to_matrix()), **option) for option in options]
for option, operator in zip(options, kept):
    print(option, operator.to_list())
assert [len(operator) for operator in kept] == [2, 2, 2, 3, 3]
small = SparsePauliOp.from_operator(Operator(SparsePauliOp("Z", 9e-6).to_matrix()))
print("9e-6 Z becomes", small.to_list())
assert not small.coeffs.any()
PY
