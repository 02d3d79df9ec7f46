#!/usr/bin/env bash
# Two of the newest device snapshots have no reset, and wait sixteen times longer between shots than the others.
#
# Versions: qiskit 2.6.2, qiskit-ibm-runtime 0.51.0, Python 3.11.
# Behaviour: transpile of any circuit with a reset for FakeMiami or FakeBerlin raises TranspilerError that the "target
#   basis is not universal"; FakeNighthawk, the snapshot of the same family, and all the other devices of 100 and more
#   qubits take it. Their default_rep_delay is 4 ms instead of 250 us, so that a cost estimate from the usual figure is
#   too low by 16.
# Output seen: FakeMiami, FakeBerlin: no reset, .004 s; FakeNighthawk, FakeKingston: reset, .00025 s.
# Instead: ask "reset" in backend.target.operation_names, and read configuration().default_rep_delay.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check \
    qiskit==2.6.2 qiskit-aer==0.18.2 qiskit-ibm-runtime==0.51.0 samplomatic==0.21.0 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

from qiskit import QuantumCircuit, transpile
from qiskit.transpiler import TranspilerError
from qiskit_ibm_runtime.fake_provider import FakeBerlin, FakeKingston, FakeMiami, FakeNighthawk

print({name: version(name) for name in ("qiskit", "qiskit-ibm-runtime")})
circuit = QuantumCircuit(1, 1)
circuit.x(0)
circuit.reset(0)
circuit.measure(0, 0)
found = {}
for kind in (FakeMiami, FakeBerlin, FakeNighthawk, FakeKingston):
    backend = kind()
    try:
        transpile(circuit, backend)
        works = True
    except TranspilerError as error:
        print(kind.__name__, "TranspilerError:", str(error)[:150])
        works = False
    assert works == ("reset" in backend.target.operation_names)
    found[kind.__name__] = (works, backend.configuration().default_rep_delay)
print("reset, default_rep_delay in s:", found)
assert found == {
    "FakeMiami": (False, 0.004),
    "FakeBerlin": (False, 0.004),
    "FakeNighthawk": (True, 0.00025),
    "FakeKingston": (True, 0.00025),
}
PY
