"""qcoll: structured quantum collision models on quantum circuits.

A system meets a stream of fresh, composite ancillas in their thermal state. qcoll gives the exact reduced dynamics,
compiles each collision into a circuit with thermal ancillas prepared by purification, runs it with and without noise,
and says how far each run is from the exact dynamics and why.

>>> import qcoll
>>> model = qcoll.example_2(beta=1.0, kappa=0.3, alpha=0.2, dt=0.1)
>>> exact = qcoll.evolve(model, n=200)
>>> exact.coherence.shape
(201,)

Units: hbar = k_B = 1. The system's qubits are the least significant ones, then come the ancilla's.
"""

import importlib as _importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .compile import (
        Channel,
        CollisionCircuit,
        CompileOptions,
        Exact,
        Level,
        PurifiedChannel,
        Sampled,
        Trotter,
        compile_collisions,
        register_level,
    )
    from .errors import AccuracyWarning, DeviceWarning, InputError, MissingExtraError, ModelWarning
    from .exact import collision_channel, dynamical_maps, non_markovianity, spectral_gap, steady_state
    from .gaussian import GaussianCycle, GaussianModel, GaussianState
    from .large import evolve
    from .model import (
        Ancilla,
        Boson,
        CollisionModel,
        Cycle,
        Fermion,
        FreeEvolution,
        Memory,
        Modes,
        Qubit,
        cascaded_collision,
        example_1,
        example_2,
        load_model,
        save_model,
        structured_ancilla,
        truncation_of,
    )
    from .run import (
        CircuitChannel,
        Comparison,
        MappingOptions,
        NoiseFigures,
        PureOptions,
        circuit_channel,
        compare,
        simulate,
    )
    from .study import Study
    from .trajectory import LargeTrajectory, Trajectory

#: Where each public name lives: loaded when it is first used, so that importing qcoll costs next to nothing.
_HOMES = {
    "compile": (
        "Channel",
        "CollisionCircuit",
        "CompileOptions",
        "Exact",
        "Level",
        "PurifiedChannel",
        "Sampled",
        "Trotter",
        "compile_collisions",
        "register_level",
    ),
    "errors": ("AccuracyWarning", "DeviceWarning", "InputError", "MissingExtraError", "ModelWarning"),
    "exact": ("collision_channel", "dynamical_maps", "non_markovianity", "spectral_gap", "steady_state"),
    "gaussian": ("GaussianCycle", "GaussianModel", "GaussianState"),
    "large": ("evolve",),
    "model": (
        "Ancilla",
        "Boson",
        "CollisionModel",
        "Cycle",
        "Fermion",
        "FreeEvolution",
        "Memory",
        "Modes",
        "Qubit",
        "cascaded_collision",
        "example_1",
        "example_2",
        "load_model",
        "save_model",
        "structured_ancilla",
        "truncation_of",
    ),
    "run": (
        "CircuitChannel",
        "Comparison",
        "MappingOptions",
        "NoiseFigures",
        "PureOptions",
        "circuit_channel",
        "compare",
        "simulate",
    ),
    "study": ("Study",),
    "trajectory": ("LargeTrajectory", "Trajectory"),
}
#: Packages that are part of the public face as a whole: ``qcoll.hardware.submit`` needs no import of its own.
_PACKAGES = ("exact", "hardware", "models", "study")

__version__ = "0.1.0"

__all__ = [
    "AccuracyWarning",
    "Ancilla",
    "Boson",
    "Channel",
    "CircuitChannel",
    "CollisionCircuit",
    "CollisionModel",
    "Comparison",
    "CompileOptions",
    "Cycle",
    "DeviceWarning",
    "Exact",
    "Fermion",
    "FreeEvolution",
    "GaussianCycle",
    "GaussianModel",
    "GaussianState",
    "InputError",
    "LargeTrajectory",
    "Level",
    "MappingOptions",
    "Memory",
    "MissingExtraError",
    "ModelWarning",
    "Modes",
    "NoiseFigures",
    "PureOptions",
    "PurifiedChannel",
    "Qubit",
    "Sampled",
    "Study",
    "Trajectory",
    "Trotter",
    "cascaded_collision",
    "circuit_channel",
    "collision_channel",
    "compare",
    "compile_collisions",
    "dynamical_maps",
    "evolve",
    "example_1",
    "example_2",
    "load_model",
    "non_markovianity",
    "register_level",
    "save_model",
    "simulate",
    "spectral_gap",
    "steady_state",
    "structured_ancilla",
    "truncation_of",
]


def __getattr__(name: str) -> object:
    """Load a public name, or a public package, when it is first asked for (PEP 562)."""
    if name in _PACKAGES:
        return _importlib.import_module(f".{name}", __name__)
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(_importlib.import_module(f".{home}", __name__), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_PACKAGES})
