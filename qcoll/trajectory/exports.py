"""Trajectories for other libraries: xarray, pandas and QuTiP, each imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import MissingExtraError
from .pauli import to_pauli_vector

if TYPE_CHECKING:
    import pandas
    import qutip
    import xarray

ENERGY, NATS = "energy (hbar = k_B = 1)", "nat"
#: Names, long names and units of what belongs to states and to the steps between them.
STATE_VARIABLES = (
    ("coherence", "l1 norm of coherence", "1"),
    ("energy", "internal energy of the system", ENERGY),
    ("entropy", "von Neumann entropy of the system", NATS),
)
LEDGER_VARIABLES = (
    ("energy_change", "change of the internal energy", ENERGY),
    ("heat", "heat absorbed by the system", ENERGY),
    ("work", "work done on system and ancilla", ENERGY),
    ("switching_work", "work of switching the interaction", ENERGY),
    ("first_law_residual", "what the first law leaves open", ENERGY),
    ("entropy_change", "change of the system's entropy", NATS),
    ("entropy_production", "entropy production", NATS),
)


def columns(trajectory: Any) -> dict[str, NDArray[np.float64]]:
    """One row per recorded collision: states as Pauli means, coherence, energies, the ledger of the last step.

    Of a cycle also the driving work and the heat of each stroke, and with a memory the work on the ancillas.

    The ledger's first row, before any collision, is zero.
    """
    size = trajectory.states.shape[1].bit_length() - 1
    vectors = to_pauli_vector(trajectory.states)
    table: dict[str, NDArray[np.float64]] = {"collision": trajectory.collisions.astype(float)}
    for index in range(1, 4**size):
        letters = "".join("IXYZ"[index >> 2 * position & 3] for position in reversed(range(size)))
        table[f"<{letters}>"] = vectors[:, index]
    table |= {"coherence": trajectory.coherence, "energy": trajectory.energy, "entropy": trajectory.entropy}
    for name, _, _ in LEDGER_VARIABLES:
        table[name] = np.concatenate([[0.0], getattr(trajectory, name)])
    if trajectory.strokes is not None:
        table["driving_work"] = np.concatenate([[0.0], trajectory.driving_work])
        for number, heat in enumerate(trajectory.heat_of_strokes.T):
            table[f"heat_{number}"] = np.concatenate([[0.0], heat])
    if trajectory.memory_work is not None:
        table["memory_work"] = _from_zero(trajectory.memory_work)
    return table | _errors(trajectory)


def to_xarray(trajectory: Any) -> xarray.Dataset:
    """States and ledger as an ``xarray.Dataset`` over the collisions; see :meth:`qcoll.Trajectory.to_xarray`."""
    library = _needed("xarray")
    found: dict[str, Any] = {
        "state": (
            ("collision", "row", "column"),
            trajectory.states,
            {"long_name": "density matrix of the system", "units": "1"},
        )
    }
    for name, text, units in STATE_VARIABLES:
        found[name] = (("collision",), getattr(trajectory, name), {"long_name": text, "units": units})
    for name, text, units in LEDGER_VARIABLES:
        found[name] = (("collision",), _from_zero(getattr(trajectory, name)), {"long_name": text, "units": units})
    if trajectory.strokes is not None:
        heat = np.concatenate([np.zeros((1, trajectory.heat_of_strokes.shape[1])), trajectory.heat_of_strokes])
        text = "heat absorbed from the ancilla of each stroke"
        found["heat_of_strokes"] = (("collision", "stroke"), heat, {"long_name": text, "units": ENERGY})
        text = "work of changing the system's Hamiltonian"
        found["driving_work"] = (
            ("collision",),
            _from_zero(trajectory.driving_work),
            {"long_name": text, "units": ENERGY},
        )
    if trajectory.memory_work is not None:
        attributes = {"long_name": "energy that ancillas gain when they meet each other", "units": ENERGY}
        found["memory_work"] = (("collision",), _from_zero(trajectory.memory_work), attributes)
    for name, errors in _errors(trajectory).items():
        text = f"standard error of the {name.removesuffix('_error')}"
        found[name] = (
            ("collision",),
            errors,
            {"long_name": text, "units": "1" if name.startswith("coherence") else ENERGY},
        )
    number = (("collision",), trajectory.collisions, {"long_name": f"number of {trajectory.steps}", "units": "1"})
    attributes = {
        "kind": trajectory.kind,
        "model": trajectory.model.name,
        "fingerprint_of_the_model": trajectory.model.fingerprint(),
        "units_of_nature": "hbar = k_B = 1; heat is positive when the system absorbs it, work when it is done on it",
    }
    data: xarray.Dataset = library.Dataset(found, coords={"collision": number}, attrs=attributes)
    return data


def to_dataframe(trajectory: Any) -> pandas.DataFrame:
    """The table of :func:`columns` for pandas; see :meth:`qcoll.Trajectory.to_dataframe`."""
    library = _needed("pandas")
    table = columns(trajectory)
    table["collision"] = table["collision"].astype(int)
    frame: pandas.DataFrame = library.DataFrame(table).set_index("collision")
    return frame


def to_qutip(trajectory: Any) -> list[qutip.Qobj]:
    """The states as QuTiP objects; see :meth:`qcoll.Trajectory.to_qutip`."""
    try:
        import qutip
    except ImportError as error:
        raise MissingExtraError(f"{error.name} is not installed: pip install qutip") from error
    size = trajectory.states.shape[1].bit_length() - 1
    return [qutip.Qobj(state, dims=[[2] * size] * 2) for state in trajectory.states]


def _from_zero(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of steps beside the states that they lead to; before any step it is zero."""
    return np.concatenate([[0.0], values])


def _errors(trajectory: Any) -> dict[str, NDArray[np.float64]]:
    """Standard errors, where the numbers were estimated from shots."""
    if trajectory.pauli_covariance is None:
        return {}
    found = {
        "coherence_error": trajectory.coherence_error(),
        "energy_error": trajectory.standard_error(trajectory.model.system),
    }
    for name in ("heat_error", "work_error"):
        if getattr(trajectory, name) is not None:
            found[name] = _from_zero(getattr(trajectory, name))
    return found


def _needed(name: str) -> Any:
    """A package of the extra ``study``."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtraError(f'{error.name} is not installed: pip install "qcoll[study]"') from error
