#!/usr/bin/env bash
# thermal_dm(N, n, method="analytic") has a trace below 1, and no method gives the mean n that was asked for.
#
# Versions: qutip 5.3.1, Python 3.11.
# Behaviour: for a cutoff N that is not far above n, "analytic" returns the first N terms of the geometric distribution
#   without normalising them: trace .889 for N = 2, n = .5, where one reads a thermal qubit. The default ("operator")
#   normalises, to populations .75 and .25, so that its mean excitation is .25 and not .5. Both are silent; a collision
#   with the first one loses a ninth of the state's trace each time.
# Output seen: analytic diag(.667, .222), trace .889; operator diag(.75, .25), mean .25.
# Instead: for a two-level ancilla (-beta * H).expm().unit().
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
analytic = qutip.thermal_dm(2, 0.5, method="analytic")
operator = qutip.thermal_dm(2, 0.5)
print("analytic", analytic.full().diagonal().real, "trace", analytic.tr())
print("operator", operator.full().diagonal().real, "mean", qutip.expect(qutip.num(2), operator))
assert np.isclose(analytic.tr(), 8 / 9), "analytic is normalised now"
assert np.allclose(operator.full().diagonal(), [0.75, 0.25])
PY
