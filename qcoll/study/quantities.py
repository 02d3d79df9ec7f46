"""What a study may keep at each point: names, meaning, units, and how each is read off a trajectory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..trajectory.trajectory import Trajectory

ENERGY = "energy (hbar = k_B = 1)"
NATS = "nat"
#: What a quantity may be: of the state, of the step between recorded collisions, of the whole circuit.
STATE, LEDGER, WHOLE = "state", "ledger", "whole"
MEAN = re.compile("mean_([IXYZ]+)")


@dataclass(frozen=True)
class Quantity:
    """A quantity that can be kept.

    Args:
        text: what it is.
        units: of its values; "1" for pure numbers.
        of: what it belongs to: the state after a collision, the step before it, or the whole run.
        dims: names of the dimensions that it has of its own.
    """

    text: str
    units: str
    of: str
    dims: tuple[str, ...] = ()


CATALOGUE: dict[str, Quantity] = {
    "state": Quantity("density matrix of the system", "1", STATE, ("row", "column")),
    "coherence": Quantity("l1 norm of coherence", "1", STATE),
    "energy": Quantity("internal energy of the system", ENERGY, STATE),
    "entropy": Quantity("von Neumann entropy of the system", NATS, STATE),
    "energy_change": Quantity("change of the internal energy", ENERGY, LEDGER),
    "heat": Quantity("heat absorbed by the system", ENERGY, LEDGER),
    "work": Quantity("work done on system and ancilla", ENERGY, LEDGER),
    "switching_work": Quantity("work of switching the interaction", ENERGY, LEDGER),
    "driving_work": Quantity("work of changing the system's Hamiltonian", ENERGY, LEDGER),
    "entropy_change": Quantity("change of the system's entropy", NATS, LEDGER),
    "entropy_production": Quantity("entropy production", NATS, LEDGER),
    "spectral_gap": Quantity("spectral gap of the collision's channel", "1", WHOLE),
    "trace_distance": Quantity("trace distance from the exact dynamics", "1", STATE),
    "fidelity": Quantity("fidelity with the exact dynamics", "1", STATE),
    "two_qubit_gates": Quantity("two-qubit gates", "1", WHOLE),
    "two_qubit_depth": Quantity("depth of two-qubit gates", "1", WHOLE),
    "depth": Quantity("depth of the circuit", "1", WHOLE),
    "qubits": Quantity("qubits of the circuit", "1", WHOLE),
    "duration": Quantity("duration of the circuit", "s", WHOLE),
}
_OF_TRAJECTORY = tuple(name for name, quantity in CATALOGUE.items() if quantity.of != WHOLE)[:-2]
#: What has a standard error where it is estimated from shots; means of Pauli strings have one too.
ESTIMATED = ("coherence", "energy", "heat", "work")
#: What a circuit costs, which needs no run.
COSTS = ("two_qubit_gates", "two_qubit_depth", "depth", "qubits", "duration")

#: The quantities that each computation gives; ``mean_Z``, ``mean_XX`` and so on come with all of them.
OFFERED: dict[str, tuple[str, ...]] = {
    "steady_state": (
        "state",
        "coherence",
        "energy",
        "entropy",
        "heat",
        "work",
        "driving_work",
        "entropy_production",
        "spectral_gap",
    ),
    "trajectory": _OF_TRAJECTORY,
    "circuit": (*_OF_TRAJECTORY, "trace_distance", "fidelity", *COSTS),
}
#: What is kept where nothing is chosen.
USUAL: dict[str, tuple[str, ...]] = {
    "steady_state": ("coherence", "energy", "heat", "work"),
    "trajectory": ("coherence", "energy", "heat", "work"),
    "circuit": ("coherence", "energy", "heat", "work", "trace_distance"),
}


def quantity(name: str) -> Quantity:
    """Look a quantity up; standard errors and means of Pauli strings among them."""
    if name.endswith("_error"):
        own = quantity(name.removesuffix("_error"))
        return Quantity(f"standard error of: {own.text}", own.units, own.of, own.dims)
    if found := MEAN.fullmatch(name):
        return Quantity(f"mean of {found.group(1)}", "1", STATE)
    return CATALOGUE[name]


def checked_quantities(given: Any, kind: str) -> tuple[str, ...]:
    """The quantities to keep.

    Raises:
        InputError: for one that the computation does not give, or one named twice.
    """
    if given is None:
        return USUAL[kind]
    if isinstance(given, str):
        given = [given]
    names = tuple(given)
    if not names:
        raise InputError("quantities is empty, but a study keeps at least one")
    for name in names:
        if not isinstance(name, str) or (name not in OFFERED[kind] and not MEAN.fullmatch(name)):
            raise InputError(
                f"{kind} does not give the quantity {name!r}; it gives {', '.join(OFFERED[kind])}, and means of Pauli "
                "strings such as mean_Z"
            )
    if len(set(names)) < len(names):
        raise InputError(f"quantities names {next(n for n in names if names.count(n) > 1)!r} twice")
    return names


def check_means(names: Sequence[str], num_qubits: int) -> None:
    """Refuse means of Pauli strings that are no operators of the system.

    Raises:
        InputError: for a string of another length.
    """
    for name in names:
        found = MEAN.fullmatch(name)
        if found and len(found.group(1)) != num_qubits:
            raise InputError(f"{name} has {len(found.group(1))} letters, but the system has {num_qubits} qubit(s)")


def of_trajectory(trajectory: Trajectory, name: str, *, last: bool) -> dict[str, NDArray[Any]]:
    """A quantity of a trajectory, with its standard error where it was estimated from shots.

    Args:
        trajectory: exact, or of a circuit.
        name: a quantity of states or of the ledger.
        last: keep only the value after the last collision, and sums of the ledger over all.

    Returns:
        Values by name. Where all recorded collisions are kept, the first axis counts them; entries of the ledger belong
        to the step that ended there, and the first is zero, as in the CSV table.
    """
    if name == "state":
        states = trajectory.states
        return {name: states[-1] if last else states}
    if quantity(name).of == STATE:
        return _of_states(trajectory, name, last=last)
    values = getattr(trajectory, name)
    found = {name: values.sum() if last else np.concatenate([[0.0], values])}
    errors = getattr(trajectory, f"{name}_error", None)
    if errors is not None:  # every step is measured on its own, so that squares add
        found[f"{name}_error"] = np.sqrt((errors**2).sum()) if last else np.concatenate([[0.0], errors])
    return found


def _of_states(trajectory: Trajectory, name: str, *, last: bool) -> dict[str, NDArray[Any]]:
    pauli = MEAN.fullmatch(name)
    operator = SparsePauliOp(pauli.group(1)) if pauli else trajectory.model.system if name == "energy" else None
    found = {name: getattr(trajectory, name) if operator is None else trajectory.expectation(operator)}
    if operator is not None and trajectory.pauli_covariance is not None:
        found[f"{name}_error"] = trajectory.standard_error(operator)
    if name == "coherence" and trajectory.pauli_covariance is not None:
        found["coherence_error"] = trajectory.coherence_error()
    return {key: values[-1] if last else values for key, values in found.items()}
