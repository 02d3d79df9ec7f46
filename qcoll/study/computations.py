"""What is computed at one point: an exact steady state, an exact trajectory, or a circuit's run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..exact import evolve, spectral_gap, steady_state
from ..exact.dynamics import DensityMethod
from ..exact.joint import Method
from ..limits import natural_number, natural_numbers, positive_integer
from ..model.collision import CollisionModel
from ..model.cycle import Model
from ..trajectory.iterate import recorded_collisions
from .quantities import OFFERED, of_trajectory, quantity

#: Marks an option that has to be given.
REQUIRED = "required"
#: Only the state after the last collision is kept, and the ledger summed over all of them.
LAST = "last"

#: Options in which circuits may differ and still be one run.
REPEATED = ("seed", "shots")

#: Options of every computation with their defaults.
OPTIONS: dict[str, dict[str, Any]] = {
    "steady_state": {"method": "exact"},
    "trajectory": {"n": REQUIRED, "initial": None, "method": "exact", "record": 1},
    "circuit": {
        "n": REQUIRED,
        "initial": None,
        "synthesis": "trotter",
        "trotter_order": 2,
        "trotter_steps": 1,
        "ancillas": "reset",
        "preparation": "purified",
        "keep": None,
        "correction": "coherent",
        "sets": 2,
        "feedforward": 0.0,
        "noise": None,
        "shots": None,
        "seed": None,
        "run": "automatic",
        "schedule": True,
        "optimization_level": 3,
        "transpiler_seeds": tuple(range(10)),
        "record": 1,
    },
}
Values = dict[str, NDArray[Any]]


def checked_compute(given: Any) -> tuple[str, dict[str, Any]]:
    """Kind and options of a computation, given as a name or as ``{"kind": "trajectory", "n": 50}``.

    Raises:
        InputError: for an unknown kind or option.
    """
    options = {"kind": given} if isinstance(given, str) else given
    if not isinstance(options, Mapping) or "kind" not in options:
        raise InputError(f"compute is {given!r}, but must be a kind, or a table such as {{kind = 'circuit', n = 50}}")
    kind = options["kind"]
    if kind not in OPTIONS:
        raise InputError(f"the computation is {kind!r}, but must be one of {', '.join(map(repr, OPTIONS))}")
    rest = {name: value for name, value in options.items() if name != "kind"}
    for name in rest:
        if name not in OPTIONS[kind]:
            known = ", ".join(OPTIONS[kind])
            raise InputError(f"{kind} has no option {name!r}; it has {known}")
    return kind, rest


def check_options(kind: str, options: Mapping[str, Any]) -> None:
    """Refuse values that no point can be computed with.

    Raises:
        InputError: for a missing or wrong number of collisions, record, shots, seed, method, or noise.
    """
    for name, value in options.items():
        if value is REQUIRED:
            raise InputError(f"{kind} needs {name!r}: give it, or make it an axis")
    if "n" in options:
        positive_integer(options["n"], "n, the number of collisions,")
    if "record" in options and options["record"] != LAST:
        if isinstance(options["record"], str):
            raise InputError(f"record is {options['record']!r}, but must be a stride, a list of collisions, or 'last'")
        recorded_collisions(options["n"], options["record"])
    if options.get("shots") is not None:
        positive_integer(options["shots"], "shots")
        if options["record"] not in (1, LAST):
            raise InputError("with shots every collision is measured: record must be 1 or 'last'")
    if options.get("seed") is not None:
        natural_number(options["seed"], "seed")
    if kind == "circuit":
        _check_circuit(options)
        return
    known = get_args(DensityMethod if kind == "trajectory" else Method)
    if options["method"] not in known:
        raise InputError(f"method is {options['method']!r}, but must be one of {', '.join(map(repr, known))}")


def _check_circuit(options: Mapping[str, Any]) -> None:
    """Refuse choices that there are not, and devices that nobody knows."""
    from ..compile.levels import LEVELS, Level
    from ..compile.levels.level import WORDS
    from ..compile.product_formula import ORDERS
    from ..compile.sequence import Ancillas
    from ..device.noise import resolve_noise

    choices = {"synthesis": tuple(LEVELS), "ancillas": get_args(Ancillas), **WORDS}
    for name, known in choices.items():
        fits = options[name] in known or (name == "keep" and options[name] is None)
        if not fits and not (name == "synthesis" and isinstance(options[name], Level)):
            raise InputError(f"{name} is {options[name]!r}, but must be one of {', '.join(map(repr, known))}")
    if options["trotter_order"] not in ORDERS:
        said = ", ".join(map(str, ORDERS))
        raise InputError(f"trotter_order is {options['trotter_order']!r}, but must be one of {said}")
    positive_integer(options["trotter_steps"], "trotter_steps")
    natural_numbers(options["transpiler_seeds"], "transpiler_seeds")
    if options["noise"] not in (None, "none"):
        resolve_noise(options["noise"], 2)


def keeps_last(options: Mapping[str, Any]) -> bool:
    """Whether only the end of a run is kept, so that results have no dimension of collisions."""
    return "record" not in options or options["record"] == LAST


def exact_values(kind: str, model: Model, options: Mapping[str, Any], quantities: tuple[str, ...]) -> Values:
    """The values of a steady state or an exact trajectory.

    Args:
        kind: of the computation.
        model: of the point.
        options: all of the computation's, with defaults.
        quantities: what to keep.
    """
    if kind == "steady_state":
        return _steady_values(model, options, quantities)
    run = evolve(model, options["n"], options["initial"], options["method"], record=recorded(options))
    return _merged(of_trajectory(run, name, last=keeps_last(options)) for name in quantities)


def recorded(options: Mapping[str, Any]) -> Any:
    """Which collisions a run records."""
    if options["record"] != LAST:
        return options["record"]
    return 1 if options.get("shots") is not None else [options["n"]]


def _merged(parts: Any) -> Values:
    found: Values = {}
    for part in parts:
        found |= part
    return found


def _steady_values(model: Model, options: Mapping[str, Any], quantities: tuple[str, ...]) -> Values:
    """The steady state, and the ledger of one more collision.

    Raises:
        InputError: for the ledger of ancillas that meet each other, which depends on more than the system's state.
    """
    asked = [name for name in quantities if name != "spectral_gap" and quantity(name).of == "ledger"]
    if asked and isinstance(model, CollisionModel) and model.memory is not None:
        raise InputError(
            f"{model.name!r} has a memory, so that its steady state alone does not say what {asked[0]} is: compute a "
            "long trajectory and keep its last step"
        )
    step = evolve(model, 1, steady_state(model, options["method"]), options["method"])
    found: Values = {}
    for name in quantities:
        if name == "spectral_gap":
            found[name] = np.array(spectral_gap(model, options["method"]))
        elif quantity(name).of == "ledger":
            found[name] = getattr(step, name)[0]
        else:
            found |= {key: values[0] for key, values in of_trajectory(step, name, last=False).items()}
    return found


__all__ = [
    "LAST",
    "OFFERED",
    "OPTIONS",
    "REPEATED",
    "Values",
    "check_options",
    "checked_compute",
    "exact_values",
    "keeps_last",
    "recorded",
]
