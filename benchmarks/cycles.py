"""100,000 exact cycles of three strokes beside a NumPy loop over their joint states, in one run.

``python benchmarks/cycles.py`` prints a Markdown table of ratios: medians of three rounds, qcoll and the loop in turn.
The loop is run for 2,000 cycles and counted fifty times, once with states alone and once with the ledger that qcoll
gives (heat of every stroke, switching and driving work). Both give the same numbers, which is checked first.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from scipy.linalg import expm

import qcoll
from qcoll.exact import gibbs_state

ROUNDS, CYCLES, LOOP = 3, 100_000, 2_000


def engine() -> qcoll.Cycle:
    """A hot stroke with a thermal pair, a pause, and a cold stroke with a qubit, each with a Hamiltonian of its own."""
    hot = qcoll.example_2(beta=0.5, alpha=0.2, omega_s=2.0)
    pause = qcoll.FreeEvolution(hamiltonian=SparsePauliOp(["Z", "X"], [0.8, 0.3]), dt=0.2)
    cold = qcoll.CollisionModel(
        system=SparsePauliOp("Z", 0.5),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=2.0),
        interaction=SparsePauliOp(["XX", "YY"], [0.3, 0.3]),
        dt=0.5,
    )
    return qcoll.Cycle([hot, pause, cold], name="three strokes")


def numpy_loop(cycle: qcoll.Cycle, n: int, *, ledger: bool) -> tuple[np.ndarray, np.ndarray]:
    """What a theorist would write: U (rho x eta) U+ and a partial trace, stroke after stroke."""
    prepared = []
    for stroke, following in zip(cycle.strokes, [*cycle.strokes[1:], cycle.strokes[0]], strict=True):
        driving = (following.system - stroke.system).to_matrix()
        if isinstance(stroke, qcoll.FreeEvolution):
            prepared.append((expm(-1j * stroke.dt * stroke.hamiltonian.to_matrix()), None, None, None, driving))
            continue
        unitary = expm(-1j * stroke.dt * stroke.hamiltonian.to_matrix())
        energies = (-1.0 * stroke.joint_ancilla).to_matrix(), (-1.0 * stroke.interaction).to_matrix()
        prepared.append((unitary, gibbs_state(stroke.ancilla), *energies, driving))
    rho = qcoll.evolve(cycle, n=1).states[0]
    states, entries = [rho], np.zeros((n, len(prepared), 3))
    for step in range(n):
        for number, (unitary, thermal, ancilla, coupling, driving) in enumerate(prepared):
            if thermal is None:
                rho = unitary @ rho @ unitary.conj().T
            else:
                a = len(thermal)
                before = np.kron(thermal, rho)
                after = unitary @ before @ unitary.conj().T
                rho = np.einsum("aiaj->ij", after.reshape(a, 2, a, 2))
                if ledger:
                    change = (after - before).T
                    entries[step, number, :2] = np.sum(ancilla * change).real, np.sum(coupling * change).real
            if ledger:
                entries[step, number, 2] = np.sum(driving * rho.T).real
        states.append(rho)
    return np.array(states), entries


def ratio(slow: Callable[[], object], fast: Callable[[], object], slow_part: float) -> float:
    """Median time of ``slow``, which does only ``slow_part`` of the work, over the median time of ``fast``."""
    times: dict[str, list[float]] = {"slow": [], "fast": []}
    fast()
    for _ in range(ROUNDS):
        for name, call in (("slow", slow), ("fast", fast)):
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    return statistics.median(times["slow"]) / slow_part / statistics.median(times["fast"])


def main() -> None:
    """Check that both ways agree, and print the table."""
    cycle = engine()
    run = qcoll.evolve(cycle, n=LOOP)
    states, entries = numpy_loop(cycle, LOOP, ledger=True)
    assert run.strokes is not None
    assert np.abs(run.states - states).max() < 1e-11
    for number, name in enumerate(("heat", "switching_work", "driving_work")):
        assert np.abs(getattr(run.strokes, name) - entries[..., number]).max() < 1e-11

    def ours() -> object:
        return qcoll.evolve(cycle, n=CYCLES)

    print("| 100,000 cycles of three strokes, exact, with the whole ledger | times faster |\n|---|---:|")
    for text, ledger in (
        ("than a NumPy loop over the states alone", False),
        ("than the same loop with a ledger", True),
    ):
        found = ratio(lambda ledger=ledger: numpy_loop(cycle, LOOP, ledger=ledger), ours, LOOP / CYCLES)  # type: ignore[misc]
        print(f"| {text} | {found:.0f} |")


if __name__ == "__main__":
    main()
