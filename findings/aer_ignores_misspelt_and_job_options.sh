#!/usr/bin/env bash
# AerSimulator.run accepts options that it does not know, and some that it lists it never uses.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, Python 3.11.
# Behaviour: a misspelt option in run(...) is ignored without a word (the constructor raises for the same name): a run
#   with `max_bond_dimension=1` is not truncated, the real name being matrix_product_state_max_bond_dimension. The
#   documented options executor, max_job_size and max_shot_size are taken and have no effect: the executor's submit is
#   never called, and a job of four circuits stays one job.
# Output seen: p(00) .5 for the misspelt name, 1.0 or 0.0 for the right one; calls of the executor: 0.
# Instead: give options to the constructor, and split jobs yourself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 qiskit-aer==0.18.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

print({name: version(name) for name in ("qiskit", "qiskit-aer")})
bell = QuantumCircuit(2)
bell.h(0)
bell.cx(0, 1)
saved = bell.copy()
saved.save_probabilities()


def probability(**options):
    simulator = AerSimulator(method="matrix_product_state")
    return simulator.run(saved, **options).result().data()["probabilities"][0]


plain, misspelt = probability(), probability(max_bond_dimension=1)
right = probability(matrix_product_state_max_bond_dimension=1)
print("p(00): plain", plain, "misspelt option", misspelt, "right option", right)
assert abs(plain - 0.5) < 1e-9 and abs(misspelt - 0.5) < 1e-9 and abs(right - 0.5) > 0.4
try:
    AerSimulator(max_bond_dimension=1)
except Exception as error:
    print("constructor:", type(error).__name__, error)
else:
    raise SystemExit("the constructor accepts it too")


class Counting(ThreadPoolExecutor):
    calls = 0

    def submit(self, *arguments, **options):
        Counting.calls += 1
        return super().submit(*arguments, **options)


bell.measure_all()
simulator = AerSimulator(executor=Counting(1), max_job_size=1, max_shot_size=5)
job = simulator.run([bell] * 4, shots=20)
result = job.result()
print("job", type(job).__name__, "results", len(result.results), "shots", result.results[0].shots)
print("calls of the executor:", Counting.calls)
assert Counting.calls == 0 and len(result.results) == 4 and result.results[0].shots == 20
PY
