#!/usr/bin/env bash
# Device noise leaves a qubit that waits for another qubit's reset untouched, unless the circuit is scheduled.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, qiskit-ibm-runtime 0.51.0, Python 3.11.
# Behaviour: AerSimulator.from_backend adds relaxation to a qubit that a gate acts on, and to explicit delays, but not
#   to a qubit that idles. 20 resets (5.5 us each on FakeManilaV2) of a neighbour, with barriers, take 110 us, almost as
#   long as T1; the waiting qubit in |1> keeps .97, which is readout error alone. transpile(...,
#   scheduling_method="alap") puts in the delays, and relaxation shows: .45. Circuits with many resets look far better
#   than they are.
# Output seen: ones .965 without scheduling, .454 with it; exp(-t/T1) = .432.
# Instead: scheduling_method="alap" in every transpile for a noisy simulation with resets or mid-circuit measurements.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check \
    qiskit==2.6.2 qiskit-aer==0.18.2 qiskit-ibm-runtime==0.51.0 samplomatic==0.21.0 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
import math
from importlib.metadata import version

from qiskit import QuantumCircuit, transpile
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

print({name: version(name) for name in ("qiskit", "qiskit-aer", "qiskit-ibm-runtime")})
backend = FakeManilaV2()
circuit = QuantumCircuit(2, 1)
circuit.x(0)
for _ in range(20):
    circuit.barrier()
    circuit.reset(1)
circuit.barrier()
circuit.measure(0, 0)
simulator = AerSimulator.from_backend(backend, method="density_matrix", seed_simulator=1)
ones = {}
for method in (None, "alap"):
    mapped = transpile(circuit, backend, initial_layout=[0, 1], scheduling_method=method, optimization_level=1)
    ones[method] = simulator.run(mapped, shots=20000).result().get_counts()["1"] / 20000
relaxed = math.exp(-20 * backend.target["reset"][(1,)].duration / backend.target.qubit_properties[0].t1)
print("ones", ones, "exp(-t/T1)", round(relaxed, 3))
assert ones[None] > 0.95, "idle qubits relax without scheduling now"
assert abs(ones["alap"] - relaxed) < 0.05
PY
