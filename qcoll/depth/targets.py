"""The targets of the benchmark: who is connected to whom, in which gates, how noisy. Another one is one function here.

A target is a :class:`~qcoll.device.noise.NoiseSource`, what :func:`~qcoll.device.noise.resolve_noise` makes of a
backend. The fake devices are snapshots of calibrations that come with qiskit-ibm-runtime; :func:`snapshot_hash` says
which.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable

from qiskit.transpiler import CouplingMap

from ..device.fakes import fake_backend
from ..device.fingerprint import target_hash
from ..device.noise import NoiseFigures, NoiseSource, resolve_noise
from .registry import Registry

TARGETS: Registry[Callable[[], NoiseSource]] = Registry("target")

#: Qubits of the targets that are no device.
ALL_TO_ALL_SIZE = 24
LINE_SIZE = 24


@TARGETS.register("all-to-all")
def _all_to_all() -> NoiseSource:
    """Every pair connected by CZ, with the plain noise figures of a good device."""
    return resolve_noise(NoiseFigures.typical(), ALL_TO_ALL_SIZE)


@TARGETS.register("line")
def _line() -> NoiseSource:
    """Qiskit's GenericBackendV2 on a line, in CZ; its errors and durations are random with seed 0."""
    from qiskit.providers.fake_provider import GenericBackendV2

    line = [[qubit, qubit + 1] for qubit in range(LINE_SIZE - 1)]
    backend = GenericBackendV2(LINE_SIZE, coupling_map=line, basis_gates=["cz", "rz", "sx", "x"], seed=0)
    return resolve_noise(backend, LINE_SIZE)


@TARGETS.register("FakeKingston")
def _kingston() -> NoiseSource:
    """Heavy hexagons, 156 qubits, CZ (Heron r2); its device is in IBM's open plan."""
    return resolve_noise("FakeKingston", 0)


@TARGETS.register("FakeBoston")
def _boston() -> NoiseSource:
    """Heavy hexagons, 156 qubits, CZ (Heron r3)."""
    return resolve_noise("FakeBoston", 0)


@TARGETS.register("FakeTorino")
def _torino() -> NoiseSource:
    """Heavy hexagons, 133 qubits, CZ (Heron r1); its device is retired."""
    return resolve_noise("FakeTorino", 0)


@TARGETS.register("FakeMarrakesh")
def _marrakesh() -> NoiseSource:
    """Heavy hexagons, 156 qubits, CZ (Heron r2)."""
    return resolve_noise("FakeMarrakesh", 0)


@TARGETS.register("FakeNighthawk")
def _nighthawk() -> NoiseSource:
    """Square lattice, 120 qubits, CZ (Nighthawk). Its publisher calls its error values not representative."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Properties of fake_nighthawk are not intended", UserWarning)
        backend = fake_backend("FakeNighthawk")
        return resolve_noise(backend, 0)


@functools.cache
def load_target(name: str) -> NoiseSource:
    """The target called ``name``, built once: a registered one, or any fake device ("FakeFez").

    Raises:
        InputError: if there is none.
        MissingExtraError: if it is a fake device and qiskit-ibm-runtime is not installed.

    >>> load_target("line").target.num_qubits
    24
    """
    if name not in TARGETS and name.lower().startswith("fake"):
        return resolve_noise(name, 0)
    return TARGETS.find(name)()


@functools.cache
def snapshot_hash(name: str) -> str:
    """A hash of everything that the target called ``name`` reports."""
    source = load_target(name)
    assert source.target is not None
    return target_hash(source.target)


def everyone_meets(coupling: CouplingMap) -> bool:
    """Whether every pair of qubits is connected, in at least one direction."""
    pairs = {frozenset(edge) for edge in coupling.get_edges()}
    return bool(len(pairs) == coupling.size() * (coupling.size() - 1) // 2)


def is_all_to_all(name: str) -> bool:
    """Whether every pair of the target's qubits is connected.

    >>> is_all_to_all("all-to-all"), is_all_to_all("line")
    (True, False)
    """
    target = load_target(name).target
    assert target is not None
    coupling = target.build_coupling_map()
    if coupling is None:
        return True
    return everyone_meets(coupling)
