#!/usr/bin/env bash
# Local mode of the executor-based sampler rounds every parameter to 1.6e-5 radians: weak rotations are set to zero.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, qiskit-ibm-runtime 0.51.0, Python 3.11.
# Behaviour: parameter values are rounded to angle_decimals = 5 places of a quarter turn before the simulation, without
#   a word. 10000 rotations by 7.8e-6, as a product formula with small steps has them, add up to .078 and are seen as
#   exactly none; those by 7.9e-6 are seen as .157. The same circuit with its numbers bound is exact. The option belongs
#   to the simulator and is not among those of a real device.
# Output seen: sine of the total angle .000 by default, .073 with angle_decimals = 12 and with bound numbers
#   (exact: .078, less readout errors).
# Instead: sampler.options.simulator.angle_decimals = 12.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check \
    qiskit==2.6.2 qiskit-aer==0.18.2 qiskit-ibm-runtime==0.51.0 samplomatic==0.21.0 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
import math
from importlib.metadata import version

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

print({name: version(name) for name in ("qiskit", "qiskit-aer", "qiskit-ibm-runtime")})
number, angle = 10000, Parameter("angle")
circuit = QuantumCircuit(1, 1)
circuit.sx(0)
for _ in range(number):
    circuit.rz(angle, 0)
    circuit.barrier(0)
circuit.rz(math.pi / 2, 0)
circuit.sx(0)
circuit.measure(0, 0)


def sine(value, decimals=None, bound=False):
    sampler = Sampler(FakeManilaV2())
    sampler.options.simulator.seed_simulator = 1
    if decimals is not None:
        sampler.options.simulator.angle_decimals = decimals
    pub = (circuit.assign_parameters({angle: value}),) if bound else (circuit, [value])
    return 1 - 2 * sampler.run([pub], shots=40000).result()[0].data.c.get_counts()["1"] / 40000


value = 7.8e-6
none = sine(0.0, decimals=12)  # readout errors alone
found = {
    "default": sine(value) - none,
    "angle_decimals = 12": sine(value, decimals=12) - none,
    "bound": sine(value, bound=True) - none,
}
print("sine of", number, "rotations by", value, "beside none:", {k: round(v, 4) for k, v in found.items()})
print("exact:", math.sin(number * value))
assert abs(found["default"]) < 0.02, "small angles are kept now"
assert abs(found["angle_decimals = 12"]) > 0.05 and abs(found["bound"]) > 0.05
PY
