#!/usr/bin/env bash
# RuntimeEncoder, the runtime's own JSON encoder, cannot write a result of the runtime's own sampler in local mode.
#
# Versions: qiskit 2.6.2, qiskit-aer 0.18.2, qiskit-ibm-runtime 0.51.0, Python 3.11.
# Behaviour: json.dumps(result, cls=RuntimeEncoder) works for results of the deprecated SamplerV2 and is what tutorials
#   save results with. A result of qiskit_ibm_runtime.executor_sampler.Sampler on a fake backend raises TypeError: its
#   metadata is of a class that the encoder does not know. The counts inside can be written.
# Output seen: TypeError "Object of type Metadata is not JSON serializable"; the data alone: written and read back.
# Instead: write result[k].data, or plain arrays.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check \
    qiskit==2.6.2 qiskit-aer==0.18.2 qiskit-ibm-runtime==0.51.0 samplomatic==0.21.0 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
import json
import warnings
from importlib.metadata import version

from qiskit import QuantumCircuit
from qiskit_ibm_runtime import RuntimeDecoder, RuntimeEncoder, SamplerV2
from qiskit_ibm_runtime.executor_sampler import Sampler
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

print({name: version(name) for name in ("qiskit", "qiskit-aer", "qiskit-ibm-runtime")})
warnings.simplefilter("ignore")
backend = FakeManilaV2()
circuit = QuantumCircuit(1, 1)
circuit.x(0)
circuit.measure(0, 0)
older = SamplerV2(backend).run([circuit], shots=100).result()
print("SamplerV2:", len(json.dumps(older, cls=RuntimeEncoder)), "characters")
result = Sampler(backend).run([circuit], shots=100).result()
try:
    json.dumps(result, cls=RuntimeEncoder)
except TypeError as error:
    print("executor_sampler.Sampler: TypeError:", error)
    assert "not JSON serializable" in str(error)
else:
    raise SystemExit("written now")
data = json.loads(json.dumps(result[0].data, cls=RuntimeEncoder), cls=RuntimeDecoder)
print("data alone:", data.c.get_counts())
assert data.c.get_counts() == result[0].data.c.get_counts()
PY
