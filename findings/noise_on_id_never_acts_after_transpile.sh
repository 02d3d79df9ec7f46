#!/usr/bin/env bash
# Noise attached to id, a common model of waiting, disappears at transpile levels 1 to 3 together with the gates.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, Python 3.11.
# Behaviour: `id` is among the basis gates of every NoiseModel, and errors may be put on it. transpile for a simulator
#   with that model removes all id gates from level 1 on, the default (2) included, and the run is ideal. Level 0, or no
#   transpile, keeps them.
# Output seen: purity .625 untranspiled and at level 0, 1.0 at levels 1, 2 and 3.
# Instead: put the error on `delay`, or on an opaque gate of your own name that is added to the basis.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 qiskit-aer==0.18.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

from qiskit import QuantumCircuit, transpile
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error

print({name: version(name) for name in ("qiskit", "qiskit-aer")})
noise = NoiseModel()
noise.add_all_qubit_quantum_error(depolarizing_error(0.5, 1), ["id", "delay"])
simulator = AerSimulator(method="density_matrix", noise_model=noise)


def purities(wait):
    circuit = QuantumCircuit(1)
    circuit.h(0)
    wait(circuit)
    circuit.save_density_matrix()
    circuits = [circuit, *(transpile(circuit, simulator, optimization_level=level) for level in range(4))]
    states = [simulator.run(one).result().data()["density_matrix"] for one in circuits]
    return [round(float(state.purity().real), 4) for state in states]


waits, delays = purities(lambda circuit: circuit.id(0)), purities(lambda circuit: circuit.delay(100, 0, "ns"))
print("purity untranspiled and at levels 0 to 3: id", waits, "delay", delays)
assert waits == [0.625, 0.625, 1, 1, 1]
assert delays == [0.625] * 5
PY
