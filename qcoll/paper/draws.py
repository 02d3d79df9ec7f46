"""The parameters that checks run at: the figures' own, and seeded random ones with complex couplings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..exact import MasterEquation, decompose, gibbs_state, master_equation
from ..model import CollisionModel, example_1, example_2
from ..model.operators import ladder
from ..model.random import random_model
from ..trajectory.pauli import Complex
from .example_1 import LOWERING, RAISING, ClosedForms1
from .example_2 import ClosedForms2

SEED = 2024
DRAWS = 12

#: Parameters in the captions of Figs. 3 and 6; Figs. 4, 5 and 7 have alpha = 0.2.
FIGURES: dict[str, float] = {
    "omega_s": 1.0,
    "omega_1": 0.5,
    "omega_2": 1.5,
    "kappa": 0.3,
    "beta": 1.0,
    "dt": 0.1,
}
ALPHA_FIGURE_3, ALPHA_FIGURE_5 = 0.1, 0.2

Levels = Literal["resonant", "as_printed"]
LEVELS: tuple[Levels, Levels] = ("resonant", "as_printed")


@dataclass(frozen=True, eq=False)
class Draw:
    """One set of parameters as a model, its closed forms, and a random state of the system."""

    model: CollisionModel
    forms: Any
    rho: Complex


def random_parameters(count: int = DRAWS, seed: int = SEED) -> Iterator[tuple[dict[str, float], np.random.Generator]]:
    """Frequencies, exchange of either sign, temperature and duration, far from the paper's special values."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield (
            {
                "omega_s": rng.uniform(0.3, 2.0),
                "omega_1": rng.uniform(0.2, 2.0),
                "omega_2": rng.uniform(0.2, 2.0),
                "kappa": rng.uniform(0.1, 1.5) * rng.choice([-1.0, 1.0]),
                "beta": rng.uniform(0.1, 3.0),
                "dt": rng.uniform(0.2, 0.6),
            },
            rng,
        )


def random_coupling(rng: np.random.Generator) -> complex:
    """A complex coupling strength with any phase."""
    return complex(rng.uniform(0.2, 0.6) * np.exp(2j * np.pi * rng.uniform()))


def random_state(size: int, rng: np.random.Generator) -> Complex:
    """A full-rank state with coherence between all levels."""
    vectors = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    matrix = vectors @ vectors.conj().T
    return np.asarray(matrix / np.trace(matrix).real)


def draws_1() -> Iterator[Draw]:
    """Example 1 at random parameters, with different complex couplings to the two halves."""
    for parameters, rng in random_parameters():
        couplings: dict[str, Any] = {"alpha_1": random_coupling(rng), "alpha_2": random_coupling(rng)}
        yield Draw(
            example_1(**parameters, **couplings),
            ClosedForms1(**parameters, **couplings),
            random_state(2, rng),
        )


def draws_2(levels: Levels | None = None) -> Iterator[Draw]:
    """Example 2 at random parameters with complex coupling, in one level order or in both."""
    for parameters, rng in random_parameters():
        alpha, rho = random_coupling(rng), random_state(2, rng)
        for order in LEVELS if levels is None else (levels,):
            yield Draw(
                example_2(**parameters, alpha=alpha, levels=order),
                ClosedForms2(**parameters, alpha=alpha, levels=order),
                rho,
            )


def figure_draw(levels: Levels = "resonant", **changes: Any) -> Draw:
    """Example 2 at the parameters of Fig. 3, with the system in its thermal state at beta_S = 1."""
    parameters: dict[str, Any] = {**FIGURES, "alpha": ALPHA_FIGURE_3, **changes}
    up = 1 / (1 + np.exp(parameters["omega_s"]))
    rho = np.diag([up, 1 - up]).astype(complex)
    return Draw(example_2(**parameters, levels=levels), ClosedForms2(**parameters, levels=levels), rho)


def figure_draw_1(**changes: Any) -> Draw:
    """Example 1 at the same parameters, both couplings equal."""
    parameters: dict[str, Any] = {**FIGURES, "alpha_1": ALPHA_FIGURE_3, "alpha_2": ALPHA_FIGURE_3, **changes}
    up = 1 / (1 + np.exp(parameters["omega_s"]))
    return Draw(example_1(**parameters), ClosedForms1(**parameters), np.diag([up, 1 - up]).astype(complex))


def general_equations() -> Iterator[tuple[MasterEquation, Complex]]:
    """Master equations of models without structure, with products that are not Hermitian, and a system state.

    Every second ancilla is thermal; the others are in a random state, which turns under H_A.
    """
    rng = np.random.default_rng(SEED)
    for seed in range(6):
        sizes = {"num_system_qubits": 1 + seed // 3, "num_ancilla_qubits": 1 + seed % 2}
        model = random_model(seed, **sizes, beta=0.7, dt=0.2)
        state = gibbs_state(model.ancilla) if seed % 2 else random_state(2**model.num_ancilla_qubits, rng)
        parts = decompose(model, "pauli")  # the same on every machine, unlike singular vectors
        mixing = random_state(len(parts), rng) + 0.3j * rng.normal(size=(len(parts), len(parts)))
        system = np.einsum("kl,lij->kij", mixing, parts.system)
        ancilla = np.einsum("lk,lab->kab", np.linalg.inv(mixing), parts.ancilla)
        products = list(zip(system, ancilla, strict=True))
        yield master_equation(model, state=state, products=products), random_state(2**model.num_system_qubits, rng)


def paper_equation(draw: Draw) -> MasterEquation:
    """The master equation of example 2 from the products of Eq. 52: (sigma_S^+, alpha sigma_E^-) and its conjugate."""
    alpha = complex(draw.forms.alpha)
    raised, lowered = ([1], [0]) if draw.forms.levels == "resonant" else ([0], [1])
    up = ladder(2, raising=raised, lowering=lowered).to_matrix()
    return master_equation(draw.model, products=[(RAISING, alpha * up.conj().T), (LOWERING, alpha.conjugate() * up)])


def taylor(function: Callable[[complex], Complex], order: int, *, radius: float = 0.5, points: int = 32) -> Complex:
    """One Taylor coefficient at 0 of a matrix function that is entire, by Cauchy's integral on a circle."""
    angles = 2 * np.pi * np.arange(points) / points
    values = np.array([function(complex(radius * np.exp(1j * angle))) for angle in angles])
    return np.asarray(np.einsum("n,n...->...", np.exp(-1j * order * angles), values) / (points * radius**order))


def largest(values: Iterator[float]) -> float:
    """The largest deviation of several; a check over nothing is an error, not a success."""
    found = [float(value) for value in values]
    if not found:
        raise AssertionError("a check ran over no draws")
    return max(found)
