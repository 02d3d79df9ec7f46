"""Aer's noise model of a device, made once for every set of qubits and of reported figures.

Aer takes longer to make a noise model than to run a small circuit with it.
"""

from __future__ import annotations

import copy
import functools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qiskit.transpiler import Target

from .fakes import PartOfBackend
from .target import target_hash

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

#: The models that were made, by all that they are made from; the oldest leave first.
_KNOWN: dict[tuple[str, bool], NoiseModel] = {}
_LARGEST = 64


def device_noise(target: Target, name: str, *, shared: bool = False) -> NoiseModel:
    """Aer's noise model of what a target reports: gates, relaxation, waiting and readout.

    Args:
        target: a device's, or the part of it that is in use.
        name: of the device.
        shared: a model whose errors are shared by its copies, and written out for Aer's engine once. The runtime's
            local mode copies the simulator, noise model included, for every job, which takes longer than the job.

    Returns:
        The model; the same object for a target that reports the same, so not to be changed.
    """
    from qiskit_aer.noise import NoiseModel

    key = (target_hash(target), shared)
    if key not in _KNOWN:
        made = _sharing(device_noise(target, name)) if shared else NoiseModel.from_backend(PartOfBackend(target, name))
        if len(_KNOWN) >= _LARGEST:
            del _KNOWN[next(iter(_KNOWN))]
        _KNOWN[key] = made
    return _KNOWN[key]


def _sharing(model: NoiseModel) -> NoiseModel:
    """The same model, whose copies share its errors."""
    own = _sharing_kind()()
    vars(own).update(vars(model))
    own._local_quantum_errors = MappingProxyType(model._local_quantum_errors)
    own._local_readout_errors = MappingProxyType(model._local_readout_errors)
    own.written = functools.cache(model.to_dict)
    own.known = frozenset(model._default_quantum_errors)
    return own


@functools.cache
def _sharing_kind() -> type[Any]:
    from qiskit_aer.noise import NoiseModel

    class SharingNoiseModel(NoiseModel):  # type: ignore[misc]  # Aer has no types
        """A noise model whose copies share its errors.

        For a circuit that waits, Aer adds errors of all qubits to a copy of the model: those are the copy's own. All
        others are read only.
        """

        def __deepcopy__(self, memo: Any) -> Any:
            other = type(self)()
            vars(other).update(vars(self))
            for name in ("_default_quantum_errors", "_noise_instructions", "_basis_gates"):
                setattr(other, name, copy.copy(getattr(self, name)))
            return other

        def to_dict(self, serializable: bool = False) -> Any:
            """As Aer's engine takes it."""
            added = NoiseModel()
            added._default_quantum_errors = {
                name: error for name, error in self._default_quantum_errors.items() if name not in self.known
            }
            return {"errors": [*added.to_dict(serializable)["errors"], *self.written(serializable)["errors"]]}

    return SharingNoiseModel
