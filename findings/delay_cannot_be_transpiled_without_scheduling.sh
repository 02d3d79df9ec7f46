#!/usr/bin/env bash
# Whether a circuit with a delay can be transpiled depends on the delay's length: 10 us raises, 288 dt works.
#
# Versions: qiskit 2.6.2, qiskit-ibm-runtime 0.51.0, Python 3.11.
# Behaviour: some devices start measurements on a grid of 16 dt only. For them transpile(circuit, backend) raises
#   TranspilerError "The input circuit ... is not scheduled", although no schedule was asked for, whenever a delay is
#   not a multiple of the grid: a T1 experiment fails at nearly every waiting time that is a round number. With
#   scheduling_method="alap" the same circuit passes, and the delay is rounded up to the grid. Devices with a grid of 1
#   dt (FakeBoston) take every delay.
# Output seen: FakeSherbrooke, 10 us: TranspilerError, with "alap" 45008 dt; 288 dt: works. FakeBoston, 10 us: works.
# Instead: scheduling_method="alap", or delays in dt that are multiples of target.acquire_alignment.
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
from qiskit.transpiler import TranspilerError
from qiskit_ibm_runtime.fake_provider import FakeBoston, FakeSherbrooke

print({name: version(name) for name in ("qiskit", "qiskit-ibm-runtime")})


def waited(backend, length, unit, method=None):
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.delay(length, 0, unit)
    circuit.measure(0, 0)
    try:
        circuit = transpile(
            circuit, backend, initial_layout=[0], optimization_level=1, scheduling_method=method, seed_transpiler=0
        )
    except TranspilerError as error:
        return f"TranspilerError: {error.message.split('.')[0]}"
    (delay,) = [item for item in circuit.data if item.operation.name == "delay" and item.qubits == (circuit.qubits[0],)]
    assert delay.operation.unit == "dt"
    return delay.operation.duration


coarse, fine = FakeSherbrooke(), FakeBoston()
print("grids in dt:", coarse.target.acquire_alignment, fine.target.acquire_alignment)
found = {
    "10 us": waited(coarse, 10, "us"),
    "10 us, alap": waited(coarse, 10, "us", "alap"),
    "288 dt": waited(coarse, 288, "dt"),
    "10 us on FakeBoston": waited(fine, 10, "us"),
}
print(found)
assert "is not scheduled" in str(found["10 us"]), "transpiles now"
assert found["10 us, alap"] == 45008 and found["288 dt"] == 288 and found["10 us on FakeBoston"] == 2500
PY
