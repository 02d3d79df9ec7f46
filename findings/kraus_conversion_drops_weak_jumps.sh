#!/usr/bin/env bash
# Converting a weak channel to Kraus form drops its jumps: repeated, the channel never relaxes.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, Python 3.11.
# Behaviour: Kraus(SuperOp), Stinespring(SuperOp) and Aer's QuantumError(SuperOp) leave out Kraus operators whose weight
#   is below an absolute 1e-8 or so. Amplitude damping of probability 1e-9, one short collision with a cold ancilla,
#   comes out with its no-jump operator alone, which feeds nothing into |0>, without a warning. At probability 1e-6
#   the round trip is exact.
# Output seen: probability 1e-6: 2 operators, |0><0| fed by 1.0e-6; probability 1e-9: 1 operator, fed by 0.
# Instead: keep SuperOp (or Choi), compose many short steps there, and convert only what is stronger than 1e-8.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qiskit==2.6.2 qiskit-aer==0.18.2 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
from qiskit.quantum_info import DensityMatrix, Kraus, Stinespring, SuperOp
from qiskit_aer.noise import QuantumError

print({name: version(name) for name in ("qiskit", "qiskit-aer")})


def damping(probability):
    keep, jump = np.diag([1, np.sqrt(1 - probability)]), np.array([[0, np.sqrt(probability)], [0, 0]])
    return SuperOp(Kraus([keep, jump]))


excited = DensityMatrix.from_label("1")
fed = {}
for probability in (1e-6, 1e-9):
    channel = damping(probability)
    forms = {"SuperOp": channel, "Kraus": Kraus(channel), "Stinespring": Stinespring(channel)}
    forms["QuantumError"] = SuperOp(QuantumError(channel))
    fed[probability] = {name: excited.evolve(form).data[0, 0].real for name, form in forms.items()}
    print(probability, "population fed into |0>:", fed[probability])
for value in fed[1e-6].values():
    assert np.isclose(value, 1e-6, rtol=1e-6, atol=0)
assert np.isclose(fed[1e-9].pop("SuperOp"), 1e-9, rtol=1e-6, atol=0)
print("operators left at 1e-9:", len(Kraus(damping(1e-9)).data))
assert all(abs(value) < 1e-13 for value in fed[1e-9].values()), "weak jumps are kept now"
PY
