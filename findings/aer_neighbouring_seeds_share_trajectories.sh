#!/usr/bin/env bash
# Two Aer runs with the seeds 1 and 2 share all but one of their trajectories, shifted by one shot.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, Python 3.11.
# Behaviour: where every shot is a trajectory (a reset or a measurement in the middle, or noise on the state vector),
#   shot k of a run with seed s uses the generator seeded with s + k. Runs with seeds 0, 1, 2, ..., the usual way to
#   repeat an experiment, are then the same shots over again: their scatter is far too small, averages over seeds do not
#   converge, and error bars from them are wrong. state vector, matrix product state and stabilizer methods alike; not
#   density_matrix, nor circuits whose shots are drawn from one final state. Inside one job circuit k takes seed +
#   2113 k, so that from shot 2113 on every circuit of a job repeats the outcomes of the next one, without any choice of
#   seeds by the user.
# Output seen: 999 of 999 outcomes equal after a shift by one, 998 of 998 by two for seeds 1 and 3; all equal after a
#   shift by 2113 within a job; standard deviation of the mean of 1000 shots over 50 seeds .0012 for neighbours, .015
#   for distant seeds (.0158 expected).
# Instead: jobs of one circuit (or fewer than 2113 shots), with numpy.random.SeedSequence(seed).generate_state(n) for
#   the seeds of n runs.
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
from qiskit_aer import AerSimulator

print({name: version(name) for name in ("qiskit", "qiskit-aer")})
circuit = QuantumCircuit(1, 1)
circuit.h(0)
circuit.reset(0)
circuit.h(0)
circuit.measure(0, 0)
circuit.reset(0)


def shots(seed, method):
    run = AerSimulator(method=method, seed_simulator=seed).run(circuit, shots=1000, memory=True)
    return np.array([int(bit) for bit in run.result().get_memory()])


for method in ("statevector", "matrix_product_state", "stabilizer"):
    one, two, three = (shots(seed, method) for seed in (1, 2, 3))
    equal = [int(np.sum(one[1:] == two[:-1])), int(np.sum(one[2:] == three[:-2])), int(np.sum(one == two))]
    print(method, "equal outcomes: shifted by one", equal[0], "by two", equal[1], "not shifted", equal[2])
    assert equal[:2] == [999, 998] and equal[2] < 600, "independent now"
one, two = shots(1, "density_matrix"), shots(2, "density_matrix")
assert np.sum(one[1:] == two[:-1]) < 600
job = AerSimulator(method="statevector", seed_simulator=1).run([circuit, circuit], shots=4000, memory=True).result()
first, second = (np.array(job.get_memory(k)) for k in range(2))
own = [one.seed_simulator for one in job.results]
print("two circuits of one job: seeds", own, "equal from shot 2113 on", np.mean(first[2113:] == second[:-2113]))
assert own == [1, 2114] and np.array_equal(first[2113:], second[:-2113]), "circuits of a job are independent now"
near = np.std([shots(seed, "statevector").mean() for seed in range(50)])
far = np.std([shots(seed, "statevector").mean() for seed in range(0, 500_000, 10_000)])
print("standard deviation of the mean over 50 seeds: neighbours", near, "distant", far)
assert near < 0.008 and 0.010 < far < 0.022
PY
