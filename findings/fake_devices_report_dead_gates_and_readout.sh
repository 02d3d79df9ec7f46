#!/usr/bin/env bash
# Snapshots of IBM devices contain failed calibrations as numbers: gate error 1 and readout error above .5.
#
# Versions: qiskit 2.6.2, qiskit-ibm-runtime 0.51.0, Python 3.11.
# Behaviour: a two-qubit gate whose calibration failed has error 1.0 in its target, which averages and noise models take
#   at its word. FakeKyoto has it on all 144 pairs, FakeManhattanV2 on 44, FakeMarrakesh on 26 of 352 directions. The
#   readout error of qubit 2 of FakeLagosV2 (7 qubits) is .46; FakeTorino, FakeKingston and FakeBrussels have a qubit
#   above .5, where a bit says less than a coin. One qubit of FakeKingston has no T1 at all. Code that takes mean
#   errors, or the first qubits, is off by orders of magnitude on some devices.
# Output seen: 27 of 68 snapshots with such gates; FakeKyoto 144 of 144; readout .464, .565, .507, .515.
# Instead: leave out gates with error 1 and qubits with readout error above .1 before averaging or placing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check \
    qiskit==2.6.2 qiskit-aer==0.18.2 qiskit-ibm-runtime==0.51.0 samplomatic==0.21.0 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
import inspect
import warnings
from importlib.metadata import version

from qiskit_ibm_runtime import fake_provider

print({name: version(name) for name in ("qiskit", "qiskit-ibm-runtime")})
dead, devices, worst, without_t1 = {}, 0, {}, {}
for name, kind in inspect.getmembers(fake_provider, inspect.isclass):
    if not name.startswith("Fake") or name == "FakeProviderForBackendV2":
        continue
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one snapshot says that it is no real device
        target = kind().target
    devices += 1
    pairs = [
        properties
        for gate in target.operation_names
        for qubits, properties in (target[gate] or {}).items()
        if qubits is not None and len(qubits) == 2
    ]
    failed = sum(properties is not None and properties.error == 1 for properties in pairs)
    if failed:
        dead[name] = (failed, len(pairs))
    readout = {q: p.error for (q,), p in target["measure"].items() if p is not None and p.error is not None}
    worst[name] = max(readout.items(), key=lambda item: item[1])
    without_t1[name] = sum(one is None or one.t1 is None for one in target.qubit_properties or [])
print(len(dead), "of", devices, "snapshots have two-qubit gates with error 1:", dead)
shown = ("FakeLagosV2", "FakeTorino", "FakeKingston", "FakeBrussels")
print("worst readout (qubit, error):", {name: worst[name] for name in shown})
print("qubits without T1:", {name: number for name, number in without_t1.items() if number})
assert dead["FakeKyoto"] == (144, 144) and dead["FakeManhattanV2"][0] == 44 and dead["FakeMarrakesh"][0] == 26
assert (len(dead), devices) == (27, 68)
assert worst["FakeLagosV2"][0] == 2 and 0.46 < worst["FakeLagosV2"][1] < 0.47
assert all(worst[name][1] > 0.5 for name in shown[1:])
assert without_t1["FakeKingston"] == 1
PY
