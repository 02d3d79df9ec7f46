"""What waiting for resets costs, and what helps: ``python benchmarks/waiting.py [DEVICES...]``.

Fifty strong collisions of example 2, as in ``levels.py``: with the device's resets; with decoupling pulses (XX) while
qubits wait; with the same and detunings of 2 kHz rms, without pulses and with; and with resets as long as the short
measurement (``measure_2``) and a flip, which a conditional flip would take if its outcome were there at once.
"""

from __future__ import annotations

import sys
from typing import Any

from qiskit.transpiler import InstructionProperties

import qcoll
from qcoll.device.fakes import PartOfBackend, fake_backend
from qcoll.device.slow_noise import detuned_noise
from qcoll.device.target import Entries, rebuilt

COLLISIONS, SEEDS, HERTZ = 50, (0, 1, 2), 2000.0
WAYS: tuple[dict[str, Any], ...] = (
    {"synthesis": "channel"},
    {"synthesis": "channel", "ancillas": "alternating", "sets": 2},
    {"synthesis": "sampled"},
    {"synthesis": "sampled", "ancillas": "alternating", "sets": 3},
)


def main() -> None:
    """Print a Markdown table of trace distances from exact."""
    model = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
    exact = qcoll.evolve(model, n=COLLISIONS)
    print("| device | level | sets | as reported | XX | detuned | detuned, XX | short resets |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for device in sys.argv[1:] or ["FakeKingston", "FakeBoston"]:
        kinds = (
            device,
            detuned_noise(device, 0.0, decoupling="XX"),
            detuned_noise(device, HERTZ, draws=8),
            detuned_noise(device, HERTZ, decoupling="XX", draws=8),
            with_measured_resets(device),
        )
        for way in WAYS:
            compiled = qcoll.compile_collisions(model, n=COLLISIONS, **way)
            method = "iterated" if "ancillas" not in way else "automatic"
            cells = []
            for noise in kinds:
                run = qcoll.simulate(compiled, noise=noise, seeds=SEEDS, method=method)
                cells.append(f"{qcoll.compare(run, exact).trace_distance[-1]:.4f}")
            print(f"| {device} | {way['synthesis']} | {way.get('sets', 1)} | {' | '.join(cells)} |", flush=True)


def with_measured_resets(name: str) -> PartOfBackend:
    """A device whose resets take as long as its short measurement and an X."""
    backend = fake_backend(name)
    target = backend.target
    measure, flip = target["measure_2"], target["x"]

    def change(operation: str, table: Entries) -> Entries:
        if operation != "reset":
            return table
        return {own: InstructionProperties(duration=measure[own].duration + flip[own].duration) for own in table}

    return PartOfBackend(rebuilt(target, change, qubit_properties=target.qubit_properties), name)


if __name__ == "__main__":
    main()
