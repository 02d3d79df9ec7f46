#!/usr/bin/env bash
# The exact primitives accept a reset and return one random trajectory as if it were the answer.
#
# Versions: qiskit 2.6.2, Python 3.11.
# Behaviour: a Bell pair whose first qubit is reset leaves the second one maximally mixed: <Z> = 0, half ones.
#   StatevectorEstimator returns +1 or -1, according to its seed, with standard error 0. StatevectorSampler draws all
#   shots from one collapsed state: 1000 equal bits. No warning. qiskit.quantum_info.DensityMatrix of the same circuit
#   is exact; Statevector of it is again one random trajectory.
# Output seen: <Z> = -1, -1, 1, 1 and ones 0, 1000, 0, 1000 for the seeds 0 to 3; DensityMatrix 0.
# Instead: DensityMatrix(circuit), SuperOp(circuit), or Aer's density_matrix method.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version
from qiskit import QuantumCircuit
from qiskit.primitives import StatevectorEstimator, StatevectorSampler
from qiskit.quantum_info import DensityMatrix, SparsePauliOp

print("qiskit", version("qiskit"))
circuit = QuantumCircuit(2)
circuit.h(0)
circuit.cx(0, 1)
circuit.reset(0)
observable = SparsePauliOp("ZI")
means, ones = [], []
measured = circuit.copy()
measured.measure_all()
for seed in range(8):
    result = StatevectorEstimator(seed=seed).run([(circuit, observable)]).result()[0]
    means.append(float(result.data.evs))
    assert result.data.stds == 0
    counts = StatevectorSampler(seed=seed).run([measured], shots=1000).result()[0].data.meas.get_counts()
    ones.append(sum(number for bits, number in counts.items() if bits[0] == "1"))
exact = DensityMatrix(circuit).expectation_value(observable).real
print("means of Z", means, "ones of 1000 shots", ones, "exact mean", exact)
assert abs(exact) < 1e-12
assert {abs(mean) for mean in means} == {1.0} and len(set(means)) == 2, "the estimator changed"
assert set(ones) == {0, 1000}, "the sampler changed"
PY
