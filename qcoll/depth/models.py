"""The collision models and cycles of the benchmark. Another one is one registered function here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..model import Ancilla, CollisionModel, Cycle, Model, example_1, example_2
from ..model.operators import exchange, zeeman
from ..model.random import random_model
from .registry import Registry

MODELS: Registry[Callable[[], Model]] = Registry("model")

#: Collisions so strong that a device of today can show them.
STRONG: dict[str, Any] = {"kappa": 1.0, "alpha": 1.0, "beta": 2.0, "dt": 0.5}


@MODELS.register("example1")
def _example_1() -> CollisionModel:
    """Example 1 with the parameters of the paper's figures: alpha dt = 0.01."""
    return example_1()


@MODELS.register("example2")
def _example_2() -> CollisionModel:
    """Example 2, resonant, with the parameters of the paper's figures: alpha dt = 0.01."""
    return example_2()


@MODELS.register("example2-as-printed")
def _example_2_as_printed() -> CollisionModel:
    """Example 2 with the upper and lower level of the pair as the paper prints them."""
    return example_2(levels="as_printed")


@MODELS.register("example1-strong")
def _example_1_strong() -> CollisionModel:
    """Example 1 with alpha dt = 0.5."""
    return example_1(**STRONG)


@MODELS.register("example2-strong")
def _example_2_strong() -> CollisionModel:
    """Example 2, resonant, with alpha dt = 0.5."""
    return example_2(**STRONG)


@MODELS.register("random")
def _random() -> CollisionModel:
    """Three qubits without any structure: every Pauli string in every Hamiltonian (seed 7)."""
    return random_model(7)


@MODELS.register("chain3")
def _chain_3() -> CollisionModel:
    """A qubit that exchanges with the first site of an XX chain of three."""
    chain = zeeman(3, [0.8, 1.0, 1.2]) + exchange(3, 0.4, raising=[0], lowering=[1])
    chain += exchange(3, 0.4, raising=[1], lowering=[2])
    return CollisionModel(
        system=zeeman(1, [1.0]),
        ancilla=Ancilla(hamiltonian=chain.simplify(atol=0), beta=1.0),
        interaction=exchange(4, 0.5, raising=[0], lowering=[1]),
        dt=0.3,
        name="chain of three",
    )


def exchange_chain(num_system: int, num_ancilla: int) -> CollisionModel:
    """An exchange chain, cut where the system meets the ancilla: hopping 0.4, coupling 0.3, dt = 0.5, beta = 1.

    >>> from qcoll.depth.models import exchange_chain
    >>> exchange_chain(2, 3)
    CollisionModel 'exchange chain 2 + 3': 2 system qubits, 3 ancilla qubits, beta = 1, dt = 0.5
    """

    def operator(size: int) -> SparsePauliOp:
        total = zeeman(size, 1 + 0.1 * np.arange(size))
        for first in range(size - 1):
            total += exchange(size, 0.4, raising=[first], lowering=[first + 1])
        return total.simplify(atol=0)

    size = num_system + num_ancilla
    return CollisionModel(
        system=operator(num_system),
        ancilla=Ancilla(hamiltonian=operator(num_ancilla), beta=1.0),
        interaction=exchange(size, 0.3, raising=[num_system - 1], lowering=[num_system]),
        dt=0.5,
        name=f"exchange chain {num_system} + {num_ancilla}",
    )


@MODELS.register("chain-1-3")
def _chain_1_3() -> CollisionModel:
    """One system qubit and an exchange chain of three ancillas."""
    return exchange_chain(1, 3)


@MODELS.register("chain-2-2")
def _chain_2_2() -> CollisionModel:
    """An exchange chain of four, of which two are the system."""
    return exchange_chain(2, 2)


@MODELS.register("engine")
def _engine() -> Cycle:
    """A cycle of two strokes: a qubit meets a hot thermal pair and a cold qubit, at another frequency with each."""
    hot, cold = 2.0, 1.0
    pair = zeeman(2, [hot, hot]) + exchange(2, 0.3, raising=[0], lowering=[1])
    return Cycle(
        [
            CollisionModel(
                system=zeeman(1, [hot]),
                ancilla=Ancilla(hamiltonian=pair.simplify(atol=0), beta=0.5),
                interaction=exchange(3, 0.6, raising=[0], lowering=[1]),
                dt=1.0,
                name="hot pair",
            ),
            CollisionModel(
                system=zeeman(1, [cold]),
                ancilla=Ancilla(hamiltonian=zeeman(1, [cold]), beta=2.0),
                interaction=exchange(2, 0.6, raising=[0], lowering=[1]),
                dt=1.0,
                name="cold qubit",
            ),
        ],
        name="engine",
    )
