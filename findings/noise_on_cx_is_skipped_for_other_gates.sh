#!/usr/bin/env bash
# Noise that is attached to cx is skipped for every other two-qubit gate that the simulator runs as it is.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, Python 3.11.
# Behaviour: a NoiseModel with a depolarising error on all cx does nothing to a circuit of cz, ecr or rzz that is run
#   without transpile, and one of swap even after transpile(circuit, simulator): there the swap vanishes into the
#   layout. The state stays pure; neither run nor simulator warns. Transpiled for the simulator, rzz is noisy twice (two
#   cx).
# Output seen: purity .4375 for cx; 1.0 for cz, ecr, rzz, swap untranspiled; .4375, .4375, .297 and 1.0 transpiled.
# Instead: transpile for the noise model's gates and check that all two-qubit gates left are in
#   noise_model.noise_instructions.
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
noise.add_all_qubit_quantum_error(depolarizing_error(0.5, 2), ["cx"])
simulator = AerSimulator(method="density_matrix", noise_model=noise)
purity = {}
for name, arguments in {"cx": (), "cz": (), "ecr": (), "rzz": (1.0,), "swap": ()}.items():
    circuit = QuantumCircuit(2)
    circuit.h([0, 1])
    getattr(circuit, name)(*arguments, 0, 1)
    circuit.save_density_matrix()
    both = (circuit, transpile(circuit, simulator))
    purity[name] = [
        round(float(simulator.run(one).result().data()["density_matrix"].purity().real), 4) for one in both
    ]
print("purity without and with transpile:", purity)
assert purity == {
    "cx": [0.4375, 0.4375], "cz": [1, 0.4375], "ecr": [1, 0.4375], "rzz": [1, 0.2969], "swap": [1, 1]
}
PY
