#!/usr/bin/env bash
# The executor-based Estimator at its default level refuses a circuit that measures a qubit and then resets it.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, qiskit-ibm-runtime 0.51.0, samplomatic 0.21.0, Python 3.11.
# Behaviour: resilience_level 1 and 2 twirl all measurements, those in the middle of the circuit too, and the twirl
#   cannot be carried through the reset: SamplexBuildError about "reset propagation", in words that name neither the
#   level nor the instruction. Level 0 runs the circuit; level 1 runs the same circuit with a reset and no measurement.
# Output seen: level 0 value, levels 1 and 2 SamplexBuildError; without the measurement all three run.
# Instead: resilience_level = 0, a reset without measurement, or the sampler.
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
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime.executor_estimator import Estimator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

print({name: version(name) for name in ("qiskit", "qiskit-aer", "qiskit-ibm-runtime", "samplomatic")})
backend = FakeManilaV2()
assert Estimator(backend).options.resilience_level == 1


def outcome(measured, level):
    circuit = QuantumCircuit(2, 1)
    circuit.h(0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure(0, 0)
    circuit.reset(0)
    circuit = transpile(circuit, backend, optimization_level=1, initial_layout=[0, 1])
    estimator = Estimator(backend)
    estimator.options.resilience_level = level
    observable = SparsePauliOp("ZI").apply_layout(circuit.layout)
    try:
        return abs(float(estimator.run([(circuit, observable)], precision=0.1).result()[0].data.evs)) < 0.6
    except Exception as error:
        print("level", level, type(error).__name__, str(error)[:120])
        return type(error).__name__


found = {measured: [outcome(measured, level) for level in range(3)] for measured in (False, True)}
print("levels 0 to 2, without the measurement:", found[False], "with it:", found[True])
assert found[False] == [True, True, True]
assert found[True] == [True, "SamplexBuildError", "SamplexBuildError"], "runs now"
PY
