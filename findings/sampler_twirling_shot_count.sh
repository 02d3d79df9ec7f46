#!/usr/bin/env bash
# With twirling, a sampler job runs other numbers of shots than asked for: 64 for 1, 128 for 100, 2048 for 2000.
#
# Versions: qiskit 2.6.2, qiskit-ibm-runtime 0.51.0 (local mode, fake backend), Python 3.11.
# Behaviour: qiskit_ibm_runtime.executor_sampler.Sampler draws at least 64 shots for each randomisation and 32
#   randomisations at most, rounded up, and returns all of them. Without twirling the number is the one asked for. Code
#   that divides counts by the shots it asked for is wrong by the ratio (1.28 at 100 shots), and so is a cost estimate.
# Output seen: {1: 64, 10: 64, 100: 128, 1000: 1024, 2000: 2048, 2049: 2080}; with num_randomizations = 20: 2000.
# Instead: divide by the `num_shots` of the result, or set twirling.num_randomizations to a divisor of the shots.
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
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

print({name: version(name) for name in ("qiskit", "qiskit-ibm-runtime")})
backend = FakeManilaV2()
circuit = QuantumCircuit(1, 1)
circuit.x(0)
circuit.measure(0, 0)
circuit = transpile(circuit, backend, optimization_level=1)


def shots(asked, twirling, randomizations=None):
    sampler = Sampler(backend)
    sampler.options.twirling.enable_measure = twirling
    if randomizations is not None:
        sampler.options.twirling.num_randomizations = randomizations
    return sampler.run([circuit], shots=asked).result()[0].data.c.num_shots


asked = (1, 10, 100, 1000, 2000, 2049)
plain = {number: shots(number, False) for number in asked}
twirled = {number: shots(number, True) for number in asked}
divisor = shots(2000, True, 20)
print("asked for: returned, without twirling", plain)
print("asked for: returned, with twirling", twirled)
print("2000 shots in 20 randomisations:", divisor)
assert plain == {number: number for number in asked}
assert twirled == {1: 64, 10: 64, 100: 128, 1000: 1024, 2000: 2048, 2049: 2080}
assert divisor == 2000
PY
