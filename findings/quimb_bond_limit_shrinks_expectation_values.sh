#!/usr/bin/env bash
# With a bond limit, quimb's CircuitMPS returns expectation values times the norm that truncation has left.
#
# Versions: quimb 1.16.0, Python 3.11.
# Behaviour: CircuitMPS(N, max_bond=...) does not normalise the state after it cuts singular values, and
#   local_expectation divides by nothing unless normalized=True is given: the mean of the identity is .56 for six
#   qubits, four layers and a bond dimension of 2. All means shrink towards 0 by the same factor, which looks like
#   decoherence.
# Output seen: mean of the identity .563, equal to fidelity_estimate(); 1.0 with normalized=True or without a limit.
# Instead: local_expectation(..., normalized=True), and watch fidelity_estimate().
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check quimb==1.16.0 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import quimb
import quimb.tensor as qtn

print("quimb", version("quimb"))


def evolved(**options):
    circuit = qtn.CircuitMPS(6, **options)
    for _ in range(4):
        for k in range(5):
            circuit.apply_gate("RXX", 1.0, k, k + 1)
            circuit.apply_gate("RZ", 0.7, k)
            circuit.apply_gate("RX", 0.3, k)
    return circuit


def mean(circuit, **options):
    return float(circuit.local_expectation(quimb.pauli("I"), 2, **options).real)


cut, whole = evolved(max_bond=2), evolved()
found = mean(cut), mean(cut, normalized=True), mean(whole)
print("mean of the identity: bond limit 2", found[0], "normalized=True", found[1], "no limit", found[2])
print("fidelity estimate", cut.fidelity_estimate())
assert found[0] < 0.6 and abs(found[0] - cut.fidelity_estimate()) < 1e-6, "normalised now"
assert abs(found[1] - 1) < 1e-6 and abs(found[2] - 1) < 1e-6
PY
