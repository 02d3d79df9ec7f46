#!/usr/bin/env bash
# OpenQASM 2 text of a circuit with a delay loses the unit: 100 ns, 100 us and 100 dt become the same line.
#
# Versions: qiskit 2.6.2, Python 3.11.
# Behaviour: qiskit.qasm2.dumps writes `delay(100.0) q[0];` and an opaque gate `delay` for each of them, without error
#   or warning. Read back it is a one-parameter custom gate and not a Delay: no transpiler pass, no schedule and no
#   noise model sees a waiting time any more. qasm3.dumps keeps the unit.
# Output seen: the same line `delay(100.0) q[0];` for ns, us and dt; read back "delay" of type Gate.
# Instead: OpenQASM 3 or QPY.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

from qiskit import QuantumCircuit, qasm2, qasm3
from qiskit.circuit import Delay

print("qiskit", version("qiskit"))
texts, third = {}, {}
for unit in ("ns", "us", "dt"):
    circuit = QuantumCircuit(1)
    circuit.delay(100, 0, unit)
    texts[unit], third[unit] = qasm2.dumps(circuit), qasm3.dumps(circuit)
    print(unit, repr(texts[unit].splitlines()[-1]), repr(third[unit].splitlines()[-1]))
assert len({text.replace("100.0", "100") for text in texts.values()}) == 1, "the unit is written now"
assert len(set(third.values())) == 3
back = qasm2.loads(texts["us"]).data[0].operation
print("read back:", back.name, back.params, type(back).__name__)
assert back.name == "delay" and not isinstance(back, Delay), "read back as a delay now"
PY
