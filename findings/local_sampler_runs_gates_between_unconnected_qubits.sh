#!/usr/bin/env bash
# Local mode of the executor-based sampler runs two-qubit gates between unconnected qubits, and without their noise.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, qiskit-ibm-runtime 0.51.0, Python 3.11.
# Behaviour: FakeManilaV2 is a line of five qubits. A circuit with 80 CX between its ends is refused by SamplerV2 in
#   local mode with a clear IBMInputValueError; qiskit_ibm_runtime.executor_sampler.Sampler, its recommended successor,
#   runs it. There is no error rate for that pair, so that the result looks better than any of the device's own pairs: a
#   test in local mode neither finds the mistake nor shows the noise.
# Output seen: fraction of the right outcome .95 between the ends, .53 between neighbours; IBMInputValueError.
# Instead: check every circuit against backend.target yourself (all instructions supported) before the sampler.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check \
    qiskit==2.6.2 qiskit-aer==0.18.2 qiskit-ibm-runtime==0.51.0 samplomatic==0.21.0 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
import warnings
from importlib.metadata import version

from qiskit import QuantumCircuit
from qiskit_ibm_runtime import SamplerV2
from qiskit_ibm_runtime.exceptions import IBMInputValueError
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

print({name: version(name) for name in ("qiskit", "qiskit-aer", "qiskit-ibm-runtime")})
backend = FakeManilaV2()


def circuit(other):
    built = QuantumCircuit(5, 2)
    built.x(0)
    for _ in range(80):
        built.cx(0, other)
        built.barrier()
    built.measure([0, other], [0, 1])
    return built


assert (0, 4) not in backend.coupling_map.get_edges() and (0, 1) in backend.coupling_map.get_edges()
right = {}
for other in (4, 1):
    sampler = Sampler(backend)
    sampler.options.simulator.seed_simulator = 1
    right[other] = sampler.run([circuit(other)], shots=4000).result()[0].data.c.get_counts()["01"] / 4000
print("fraction of the right outcome: qubits 0 and 4 (unconnected)", right[4], "qubits 0 and 1", right[1])
assert right[4] > 0.85 and right[4] > right[1] + 0.2, "refused or noisy now"
warnings.simplefilter("ignore")
try:
    SamplerV2(backend).run([circuit(4)], shots=10)
except IBMInputValueError as error:
    print("SamplerV2: IBMInputValueError:", str(error)[:90])
else:
    raise SystemExit("SamplerV2 accepts it too")
PY
