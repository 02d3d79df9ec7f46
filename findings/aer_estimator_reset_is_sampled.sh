#!/usr/bin/env bash
# Aer's EstimatorV2 with precision 0 samples a circuit with a reset, and reports a standard error of 0.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, Python 3.11.
# Behaviour: the default precision 0 stands for exact expectation values, and they are exact for unitary circuits. With
#   a reset the automatic method runs 1024 trajectories of the state vector and returns their mean, with stds = 0 and
#   target_precision 0. For a Bell pair of which one half is reset the result scatters around 0 by .03 (1/sqrt(1024)), a
#   different value for every seed. method="density_matrix" gives 0.
# Output seen: spread over 20 seeds .03 (automatic), 0 (density_matrix); stds 0 in both.
# Instead: EstimatorV2(options={"backend_options": {"method": "density_matrix"}}).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 qiskit-aer==0.18.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.primitives import EstimatorV2

print({name: version(name) for name in ("qiskit", "qiskit-aer")})
circuit = QuantumCircuit(2)
circuit.h(0)
circuit.cx(0, 1)
circuit.reset(0)


def values(method):
    found = []
    for seed in range(0, 200_000, 10_000):  # neighbouring seeds share nearly all of their trajectories
        options = {"backend_options": {"method": method, "seed_simulator": seed}}
        result = EstimatorV2(options=options).run([(circuit, SparsePauliOp("ZI"))]).result()[0]
        assert result.data.stds == 0 and result.metadata["target_precision"] == 0
        found.append(float(result.data.evs))
    return np.array(found)


sampled, exact = values("automatic"), values("density_matrix")
print("automatic", sampled[:5], "spread", sampled.std(), "density_matrix spread", exact.std())
assert 1e-3 < sampled.std() < 0.1, "the automatic method is exact now"
assert np.allclose(exact, 0)
PY
