"""The order of the levels as a law: ``python benchmarks/order_of_levels.py [MODELS] [SEED]``.

No level takes more two-qubit gates than one that keeps more, and the exact levels no more than a product formula that
has converged to 1e-10. Random models of every shape up to 2 + 3 and 3 + 2, with structure and without: exchange, Ising,
XXZ and diagonal chains, a few Pauli strings, all of them, strong and weak, short and long. Prints the counts, and ends
with an error if the law is broken or a circuit is not the collision.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.compile.collision import split_collision
from qcoll.compile.converged import converged_formulas
from qcoll.compile.levels import collision_pieces
from qcoll.compile.thermal import cx_count
from qcoll.model.random import random_model

SHAPES = [(1, 1), (1, 2), (2, 1), (1, 3), (2, 2), (3, 1), (1, 4), (2, 3), (3, 2)]
LEVELS = ("exact", "purified_channel", "channel")
LARGEST_ERROR = 1e-9
Bonds = Callable[[np.random.Generator], dict[str, float]]
FAMILIES: dict[str, Bonds] = {
    "exchange": lambda rng: dict.fromkeys(("XX", "YY"), rng.normal()),
    "ising": lambda rng: {"XX": rng.normal()},
    "xxz": lambda rng: dict.fromkeys(("XX", "YY"), rng.normal()) | {"ZZ": rng.normal()},
    "xyz": lambda rng: {"XX": rng.normal(), "YY": rng.normal(), "ZZ": rng.normal()},
    "diagonal": lambda rng: {"ZZ": rng.normal()},
}


def chain(shape: tuple[int, int], bonds: Bonds, rng: np.random.Generator) -> qcoll.CollisionModel:
    """A chain with random fields and bonds, cut where the system meets the ancilla."""
    num_system, num_ancilla = shape

    def operator(size: int) -> SparsePauliOp:
        terms = [("Z", [k], rng.normal()) for k in range(size)]
        for k in range(size - 1):
            terms += [(letters, [k, k + 1], value) for letters, value in bonds(rng).items()]
        return SparsePauliOp.from_sparse_list(terms, size)

    contact = [(letters, [num_system - 1, num_system], value) for letters, value in bonds(rng).items()]
    return qcoll.CollisionModel(
        system=operator(num_system),
        ancilla=qcoll.Ancilla(hamiltonian=operator(num_ancilla), beta=float(rng.choice([0.0, 0.3, 1.0, 5.0, np.inf]))),
        interaction=SparsePauliOp.from_sparse_list(contact, sum(shape)),
        dt=float(10 ** rng.uniform(-3, 0.3)),
    )


def few_strings(shape: tuple[int, int], rng: np.random.Generator) -> qcoll.CollisionModel:
    """A model of a few random Pauli strings in each Hamiltonian."""
    num_system, num_ancilla = shape

    def operator(size: int) -> SparsePauliOp:
        labels = {"".join(rng.choice(list("IXYZ"), size)) for _ in range(3)}
        return SparsePauliOp(sorted(labels), rng.normal(size=len(labels)))

    contact = ["".join(rng.choice(list("XYZ"), 1)) + "I" * (num_ancilla - 1) + "I" * (num_system - 1) + "X"]
    return qcoll.CollisionModel(
        system=operator(num_system),
        ancilla=qcoll.Ancilla(hamiltonian=operator(num_ancilla), beta=float(rng.choice([0.3, 1.0, 5.0]))),
        interaction=SparsePauliOp(contact, [rng.normal()]),
        dt=float(10 ** rng.uniform(-3, 0.3)),
    )


def drawn(number: int, seed: int) -> tuple[str, qcoll.CollisionModel]:
    """A random model and its family."""
    rng = np.random.default_rng([seed, number])
    shape = SHAPES[number % len(SHAPES)]
    family = str(rng.choice([*FAMILIES, "few strings", "all strings"]))
    name = f"{shape[0]} + {shape[1]} {family}"
    if family == "few strings":
        return name, few_strings(shape, rng)
    if family == "all strings":
        size = {"num_system_qubits": shape[0], "num_ancilla_qubits": shape[1]}
        return name, random_model(int(rng.integers(2**31)), **size, dt=float(10 ** rng.uniform(-2, 0.3)))
    return name, chain(shape, FAMILIES[family], rng)


def broken(model: qcoll.CollisionModel) -> tuple[list[float], str]:
    """Gates by level, and what is wrong with them, if anything is."""
    counts, wrong = [], ""
    channel = qcoll.collision_channel(model).data
    for level in LEVELS:
        pieces = collision_pieces(model, synthesis=level)
        counts.append(sum(branch.probability * cx_count(pieces.body(branch)) for branch in pieces.branches))
        if (off := np.abs(pieces.channel().data - channel).max()) > LARGEST_ERROR:
            wrong += f" {level} is off by {off:.1e}"
    if counts != sorted(counts, reverse=True):
        wrong += " a level that keeps less takes more"
    preparation = cx_count(collision_pieces(model).only.preparation.circuit)
    for order, steps in converged_formulas(model, counts[0] + 1):
        formula = preparation + cx_count(split_collision(model, trotter_order=order, trotter_steps=steps)[1])
        if formula < counts[0]:
            wrong += f" order {order} in {steps} steps takes {formula}"
    return counts, wrong


def main() -> None:
    """Print a table."""
    count, seed = (int(given) for given in (sys.argv[1:] + ["90", "0"][len(sys.argv) - 1 :])[:2])
    faults = 0
    print("| model | exact | purified_channel | channel | seconds | |\n|---|---|---|---|---|---|")
    for number in range(count):
        name, model = drawn(number, seed)
        start = time.perf_counter()
        counts, wrong = broken(model)
        faults += bool(wrong)
        numbers = " | ".join(f"{value:g}" for value in counts)
        print(f"| {name} | {numbers} | {time.perf_counter() - start:.1f} |{wrong} |", flush=True)
    print(f"{count} models, {faults} break the law")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
