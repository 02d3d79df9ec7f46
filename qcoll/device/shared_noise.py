"""A noise model whose copies share its errors; to be imported where Aer is needed anyway.

For every circuit that waits Aer copies the noise model, and for every job it writes the whole model out as JSON. Both
take longer than the simulation of a few qubits, and are the same every time.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from qiskit_aer.noise import NoiseModel
from qiskit_aer.noise.noise_model import AerJSONEncoder


class SharedNoiseModel(NoiseModel):  # type: ignore[misc]  # Aer has no types
    """The noise model of which it is made; errors that it already has are never copied, and written out once.

    >>> import copy
    >>> from qiskit_aer.noise import NoiseModel, depolarizing_error
    >>> model = NoiseModel()
    >>> model.add_all_qubit_quantum_error(depolarizing_error(0.1, 1), "sx")
    >>> shared = SharedNoiseModel.of(model)
    >>> shared == copy.deepcopy(shared) == model, shared.to_dict(True) == model.to_dict(True)
    (True, True)
    """

    #: What errors of the first model are written out as, by their identity; shared by all copies.
    written: dict[int, tuple[Any, dict[str, Any] | None]]

    @classmethod
    def of(cls, model: NoiseModel) -> SharedNoiseModel:
        """The same model, to be run many times. The model given must not change any more."""
        own = cls()
        own.__dict__.update(vars(model))
        own.written = {id(error): (error, None) for error, _ in own._placed()}
        return own

    def __deepcopy__(self, memo: dict[int, Any]) -> SharedNoiseModel:
        other = type(self)()
        other.__dict__.update({name: copy.copy(value) for name, value in vars(self).items()})
        other._local_quantum_errors = {name: dict(table) for name, table in self._local_quantum_errors.items()}
        other.written = self.written
        return other

    def to_dict(self, serializable: bool = False) -> dict[str, Any]:
        """The errors and where they act, as Aer's engine takes them if serializable."""
        if not serializable:
            return dict(super().to_dict())
        return {"errors": [self._plain(error) | place for error, place in self._placed()]}

    def _placed(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Every error with its operation and qubits, in Aer's order."""
        for name, error in self._default_quantum_errors.items():
            yield error, {"operations": [name]}
        for name, table in self._local_quantum_errors.items():
            for qubits, error in table.items():
                yield error, {"operations": [name], "gate_qubits": [list(qubits)]}
        if self._default_readout_error is not None:
            yield self._default_readout_error, {}
        for qubits, error in self._local_readout_errors.items():
            yield error, {"gate_qubits": [list(qubits)]}

    def _plain(self, error: Any) -> dict[str, Any]:
        """An error as plain numbers and lists."""
        known = self.written.get(id(error))
        if known is not None and known[1] is not None:
            return known[1]
        plain: dict[str, Any] = json.loads(json.dumps(error.to_dict(), cls=AerJSONEncoder))
        if known is not None:
            self.written[id(error)] = error, plain
        return plain
