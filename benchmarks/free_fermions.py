"""Free-fermionic collisions at random parameters: ``python benchmarks/free_fermions.py [MODELS]``.

Exchange chains with random frequencies, complex hoppings and couplings, beta from 0.01 to 30 and dt up to 5, compiled
at the levels without splitting. Prints the two-qubit gates of preparation and collision, smallest and largest, the
largest error of the channel and the processor's seconds, and ends with an error where a count is above what is
expected.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.compile.thermal import cx_count
from qcoll.model.operators import exchange, zeeman

#: a^2 CX for the ancilla and N (N - 1) for the joint unitary.
EXPECTED = {(1, 3): 21, (1, 4): 36, (2, 2): 16, (2, 3): 29, (3, 2): 24}
LEVELS = ("exact", "purified_channel", "channel")


def random_chain(num_system: int, num_ancilla: int, rng: np.random.Generator) -> qcoll.CollisionModel:
    """A chain with random parameters."""

    def operator(size: int) -> SparsePauliOp:
        total = zeeman(size, rng.uniform(-2, 2, size))
        for first in range(size - 1):
            total += exchange(size, rng.normal() + 1j * rng.normal(), raising=[first], lowering=[first + 1])
        return total

    size = num_system + num_ancilla
    coupling = rng.normal() + 1j * rng.normal()
    return qcoll.CollisionModel(
        system=operator(num_system),
        ancilla=qcoll.Ancilla(hamiltonian=operator(num_ancilla), beta=float(10 ** rng.uniform(-2, np.log10(30)))),
        interaction=exchange(size, coupling, raising=[num_system - 1], lowering=[num_system]),
        dt=float(rng.uniform(1e-3, 5)),
    )


def main() -> None:
    """Print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    above = 0
    print("| chain | level | two-qubit gates | error | seconds, median and largest |\n|---|---|---|---|---|")
    for shape, expected in EXPECTED.items():
        rng = np.random.default_rng(sum(shape))
        models = [random_chain(*shape, rng) for _ in range(count)]
        exact = [qcoll.collision_channel(model).data for model in models]
        for level in LEVELS:
            counts, errors, seconds = [], [], []
            for model, channel in zip(models, exact, strict=True):
                start = time.process_time()
                compiled = qcoll.compile_collisions(model, 1, "0" * shape[0], synthesis=level)
                seconds.append(time.process_time() - start)
                counts.append(cx_count(compiled.pieces.body(compiled.pieces.only)))
                errors.append(float(np.abs(compiled.channel().data - channel).max()))
            above += sum(number > expected for number in counts) + sum(error > 1e-10 for error in errors)
            times = f"{np.median(seconds):.3f}, {max(seconds):.3f}"
            print(
                f"| {shape[0]} + {shape[1]} | {level} | {min(counts)} to {max(counts)} | {max(errors):.0e} | {times} |"
            )
    print(f"{above} above what is expected")
    sys.exit(above > 0)


if __name__ == "__main__":
    main()
