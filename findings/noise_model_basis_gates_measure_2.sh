#!/usr/bin/env bash
# transpile(circuit, basis_gates=noise_model.basis_gates) raises for the noise models of today's IBM devices.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, qiskit-ibm-runtime 0.51.0, Python 3.11.
# Behaviour: NoiseModel.from_backend(FakeKingston()) lists `measure_2`, a short kind of measurement, among its basis
#   gates, and transpile refuses names in basis_gates that are no standard gates. The pattern works with the models of
#   older devices (FakeBrisbane), so code breaks when the device is changed. AerSimulator(noise_model=...) as the target
#   works, and so does the list without that name.
# Output seen: ValueError "Providing non-standard gates (measure_2) through the ``basis_gates`` argument is not
#   allowed".
# Instead: transpile(circuit, backend), or for AerSimulator.from_backend(backend).
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
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeKingston

print({name: version(name) for name in ("qiskit", "qiskit-aer", "qiskit-ibm-runtime")})
circuit = QuantumCircuit(2)
circuit.h(0)
circuit.cx(0, 1)
circuit.measure_all()
older = NoiseModel.from_backend(FakeBrisbane()).basis_gates
noise = NoiseModel.from_backend(FakeKingston())
print("FakeBrisbane", older)
print("FakeKingston", noise.basis_gates)
assert "measure_2" not in older and "measure_2" in noise.basis_gates
transpile(circuit, basis_gates=older)
try:
    transpile(circuit, basis_gates=noise.basis_gates)
except ValueError as error:
    print("ValueError:", error)
    assert "measure_2" in str(error)
else:
    raise SystemExit("accepted now")
transpile(circuit, basis_gates=[name for name in noise.basis_gates if name != "measure_2"])
transpile(circuit, AerSimulator(noise_model=noise))
PY
