#!/usr/bin/env bash
# steadystate(method="eigen") returns complex populations where there are several steady states, without a warning.
#
# Versions: qutip 5.3.1, Python 3.11.
# Behaviour: a dephasing qubit keeps its populations, so that every diagonal state is steady. The default method raises
#   "Matrix is singular". The methods that people turn to then do not: "eigen" returns a matrix of trace 1 whose
#   diagonal is complex, no density matrix at all, and "svd" returns one steady state out of many (here a pure one). For
#   two excitation-conserving qubits with dephasing, "svd" returns the state |11>, "eigen" another one.
# Output seen: eigen diag(.0628 - .3372i, .9372 + .3372i), svd diag(0, 1); direct: ValueError "Matrix is singular".
# Instead: count the zero eigenvalues of the Liouvillian first; with more than one the start decides.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -qq --disable-pip-version-check qutip==5.3.1 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import numpy as np
import qutip

print("qutip", version("qutip"))
hamiltonian, jumps = 0.5 * qutip.sigmaz(), [0.3 * qutip.sigmaz()]
try:
    qutip.steadystate(hamiltonian, jumps)
except ValueError as error:
    print("direct: ValueError:", error)
else:
    raise SystemExit("the default method returns something now")
eigen = qutip.steadystate(hamiltonian, jumps, method="eigen")
svd = qutip.steadystate(hamiltonian, jumps, method="svd")
print("eigen", eigen.full().diagonal(), "trace", eigen.tr(), "Hermitian", eigen.isherm)
print("svd", svd.full().diagonal())
liouvillian = qutip.liouvillian(hamiltonian, jumps)
print("steady states:", int(np.sum(abs(np.linalg.eigvals(liouvillian.full())) < 1e-12)))
assert liouvillian(eigen).norm() < 1e-10 and liouvillian(svd).norm() < 1e-10
assert abs(eigen.tr() - 1) < 1e-10 and not eigen.isherm, "eigen returns a Hermitian matrix now"
assert np.allclose(np.sort(svd.full().diagonal().real), [0, 1]), "svd returns another state now"

lower, one = qutip.sigmam(), qutip.qeye(2)
first, second = qutip.tensor(lower, one), qutip.tensor(one, lower)
exchange = first.dag() * second + second.dag() * first
dephasing = [first.dag() * first, second.dag() * second]
pair = {m: qutip.steadystate(exchange, dephasing, method=m).full().diagonal().real for m in ("eigen", "svd")}
print("pair of qubits:", {method: values.round(6).tolist() for method, values in pair.items()})
assert not np.allclose(pair["eigen"], pair["svd"]), "both methods agree now"
PY
