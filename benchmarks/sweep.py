"""The sweep of Fig. 5 (200 kappa x 5 beta, a steady state each): batched, in a loop, and through QuTiP.

Run with ``python benchmarks/sweep.py``; it prints times, ratios and how far the answers are apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import qutip

import qcoll
from qcoll.exact import ModelStack, collision_channel, steady_states

KAPPA = np.linspace(0.02, 4.0, 200)
BETA = (0.2, 0.5, 1.0, 2.0, 5.0)
REPEATS = 5
RAISING, LOWERING, SIGMA_Z = qutip.Qobj([[0, 1], [0, 0]]), qutip.Qobj([[0, 0], [1, 0]]), qutip.sigmaz()
ONE = qutip.qeye(2)


def qutip_generator(kappa: float, beta: float, alpha: float = 0.2, dt: float = 0.1) -> qutip.Qobj:
    """The channel minus the identity as a theorist writes it in QuTiP: thermal state, unitary, Kraus operators."""
    pair = 0.25 * qutip.tensor(SIGMA_Z, ONE) + 0.75 * qutip.tensor(ONE, SIGMA_Z)
    pair += kappa * (qutip.tensor(RAISING, LOWERING) + qutip.tensor(LOWERING, RAISING))
    thermal = (-beta * pair).expm().unit()
    coupling = alpha * qutip.tensor(RAISING, RAISING, LOWERING)
    total = qutip.tensor(0.5 * SIGMA_Z, ONE, ONE) + qutip.tensor(ONE, pair) + coupling + coupling.dag()
    unitary = (-1j * dt * total).expm()
    values, vectors = thermal.eigenstates()
    kraus = [
        np.sqrt(value) * (qutip.tensor(ONE, outgoing).dag() * unitary * qutip.tensor(ONE, vector))
        for value, vector in zip(values, vectors, strict=True)
        for outgoing in vectors
    ]
    channel = sum(qutip.sprepost(operator, operator.dag()) for operator in kraus)
    return channel - qutip.qeye(channel.dims[0])


def best(run: Callable[[], np.ndarray], repeats: int) -> tuple[float, np.ndarray]:
    """Shortest time of several runs, and the answer."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        answer = run()
        times.append(time.perf_counter() - start)
    return min(times), answer


def main() -> None:
    """Measure all three ways side by side."""
    points = [(kappa, beta) for kappa in KAPPA for beta in BETA]
    models = [qcoll.example_2(kappa=kappa, beta=beta, alpha=0.2) for kappa, beta in points]
    stack = ModelStack.of(models)

    def eigen_loop() -> np.ndarray:
        states = []
        for model in models:
            values, vectors = np.linalg.eig(collision_channel(model).data)
            vector = vectors[:, np.argmin(np.abs(values - 1))].reshape(2, 2, order="F")
            states.append(vector / np.trace(vector))
        return np.array(states)

    batched, states = best(lambda: steady_states(stack).states, REPEATS)
    from_objects, _ = best(lambda: steady_states(models).states, 2)
    looped, one_by_one = best(eigen_loop, 1)
    start = time.perf_counter()
    generators = [qutip_generator(*point) for point in points]
    building = time.perf_counter() - start
    solving, reference = best(lambda: np.array([qutip.steadystate(g).full() for g in generators]), 1)
    print(f"{len(points)} steady states")
    print(f"batched                     {batched:8.3f} s")
    print(f"batched, from model objects {from_objects:8.3f} s   {from_objects / batched:6.1f} x")
    print(f"a loop of eigen-solves      {looped:8.3f} s   {looped / batched:6.1f} x")
    print(f"QuTiP, channels given       {solving:8.3f} s   {solving / batched:6.1f} x   (steadystate calls only)")
    print(f"QuTiP, all of it            {building + solving:8.3f} s   {(building + solving) / batched:6.1f} x")
    print(f"largest difference from QuTiP {np.abs(states - reference).max():.1e}, ", end="")
    print(f"from the eigen-solves {np.abs(states - one_by_one).max():.1e}")


if __name__ == "__main__":
    main()
