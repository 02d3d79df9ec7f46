"""The fake devices of the IBM runtime by their names, and backends that are descriptions alone."""

from __future__ import annotations

from typing import Any

from qiskit.providers import BackendV2
from qiskit.transpiler import Target

from ..errors import InputError, MissingExtraError, near


def fake_backend(name: str) -> BackendV2:
    """The fake device of the IBM runtime with that name: "FakeKingston" or "fake_kingston".

    Raises:
        InputError: if there is none; near matches are named.
        MissingExtraError: if qiskit-ibm-runtime is not installed.
    """
    try:
        from qiskit_ibm_runtime import fake_provider
    except ImportError as error:
        raise MissingExtraError(
            f'noise of the device {name!r} needs qiskit-ibm-runtime: pip install "qcoll[ibm]", '
            "or give plain figures, e.g. two_qubit=3e-3"
        ) from error
    classes = {
        key: value
        for key, value in vars(fake_provider).items()
        if key.startswith("Fake") and isinstance(value, type) and issubclass(value, BackendV2)
    }
    wanted = name.replace("_", "").replace("-", "").lower()
    for key, value in classes.items():
        if wanted in (key.lower(), key.removesuffix("V2").lower()):
            return value()
    readable = {key.removesuffix("V2") for key in classes}
    raise InputError(f"there is no fake device {name!r}{near(name, readable)}")


def target_of(device: Target | BackendV2 | str | None) -> Target | None:
    """The target of a device that is given as such, as a backend, or by the name of a fake one.

    Raises:
        InputError: if it is none of them, or there is no fake device of that name.
        MissingExtraError: if fake devices are not installed.

    >>> from qcoll.device.fakes import target_of
    >>> target_of("FakeKingston").num_qubits
    156
    """
    if device is None or isinstance(device, Target):
        return device
    found = fake_backend(device) if isinstance(device, str) else device
    if not isinstance(found, BackendV2):
        raise InputError(
            f"target is a {type(device).__name__}, but must be a Qiskit Target, a backend (BackendV2) or the "
            'name of a fake device, such as "FakeKingston"'
        )
    return found.target


class PartOfBackend(BackendV2):  # type: ignore[misc]  # Qiskit has no types
    """A backend that is only its target, which is all that Aer's noise models read."""

    def __init__(self, target: Target, name: str) -> None:
        super().__init__(name=name)
        self._target = target

    @property
    def target(self) -> Target:
        """What the backend is."""
        return self._target

    @property
    def max_circuits(self) -> None:
        """No limit."""
        return None

    @classmethod
    def _default_options(cls) -> Any:
        from qiskit.providers import Options

        return Options()

    def run(self, run_input: Any, **options: Any) -> Any:
        """Refuse: there is no device behind it."""
        raise InputError("this backend is a description of noise and runs nothing")
