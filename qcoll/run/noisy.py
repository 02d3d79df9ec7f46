"""A circuit mapped for a kind of noise, and the noise model of its qubits: what every run begins with."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from ..circuits.segments import ReadPoint
from ..compile.sequence import CollisionCircuit
from ..device.decoupling import decoupled
from ..device.mapped import MappedCollisions
from ..device.mapping import map_collisions
from ..device.noise import resolve_noise, unused_errors
from ..device.options import MappingKeywords, MappingOptions
from ..errors import DeviceWarning, InputError
from ..keywords import with_changes
from ..trajectory.pauli import Complex
from .aer import require_state


def checked_circuit(circuit: Any) -> CollisionCircuit:
    """Refuse what is no compiled circuit."""
    if not isinstance(circuit, CollisionCircuit):
        raise InputError(
            f"circuit must be a qcoll.CollisionCircuit, but a {type(circuit).__name__} was given: "
            "make one with qcoll.compile_collisions"
        )
    return circuit


def prepare_run(
    circuit: CollisionCircuit,
    noise: Any,
    options: MappingOptions | None = None,
    *,
    averages: bool = False,
    **changes: Unpack[MappingKeywords],
) -> tuple[MappedCollisions, Any, str]:
    """Map a circuit for a kind of noise and build the noise model of its qubits.

    Args:
        circuit: from :func:`~qcoll.compile_collisions`.
        noise: as for :func:`qcoll.simulate`.
        options: how it is mapped.
        averages: whether the run is averaged over :func:`~qcoll.device.slow_noise.noise_models`; otherwise detunings
            are refused.
        changes: single ones of them, as keywords.

    Returns:
        The mapped circuit, Aer's noise model (``None`` for an ideal run), and the kind of trajectory.

    Raises:
        InputError: for noise that the circuit or this kind of run cannot have.
    """
    kind = "circuit" if checked_circuit(circuit).keeps == "joint state" else "circuit of the system alone"
    if noise is None:
        return map_collisions(circuit, seeds=(0,), schedule=False), None, kind
    source = resolve_noise(noise, circuit.num_qubits)
    if circuit.ancillas == "fresh":  # all of them are there at once, which mapping would take long to find out
        require_state(circuit.num_qubits, pure=False)
    how = with_changes(options, MappingOptions, changes, prepare_run, "options")
    mapped = map_collisions(
        circuit,
        source.target,
        basis_gates=source.basis_gates,
        layout=range(circuit.num_qubits) if source.fixed_layout else None,
        options=replace(how, seeds=how.seeds[:1]) if source.fixed_layout else how,
    )
    if source.detuning is not None:
        if source.detuning.hertz and not averages:
            raise InputError(
                "constant detunings make no channel of one collision and no single run: give detuned_noise to "
                "qcoll.simulate (density matrices), to the error budget or to a dry run"
            )
        if source.detuning.decoupling is not None:
            mapped = decoupled(mapped, source.detuning.decoupling)
    noise_model = source.build(mapped.target, mapped.qubits)
    if source.detuning is None or not source.detuning.hertz:
        _check_noise(source.name, noise_model, mapped)
    if source.target is not None and source.target.qubit_properties is None and mapped.scheduled:
        warnings.warn(
            f"{source.name} reports no relaxation times, so that waiting costs nothing in its noise",
            DeviceWarning,
            stacklevel=4,
        )
    return mapped, noise_model, f"{kind} with noise of {source.name}"


def mean_of_runs(runs: Sequence[Mapping[ReadPoint, Complex]]) -> dict[ReadPoint, Complex]:
    """The mean of what runs saved."""
    return {point: np.asarray(sum(run[point] for run in runs) / len(runs)) for point in runs[0]}


def _check_noise(name: str, noise_model: Any, mapped: MappedCollisions) -> None:
    """Refuse a noisy run without noise, and warn of errors that have nothing to act on.

    Raises:
        InputError: if no error of the noise model acts in the circuit.
    """
    if name == "plain figures":  # zeros are what was asked for
        return
    if noise_model.is_ideal() or not (noise_model.noise_instructions or "delay" in mapped.operations):
        raise InputError(f"{name} reports no errors at all: leave noise out for an ideal run, or give plain figures")
    acts, idle = unused_errors(noise_model, mapped.operations_on_qubits)
    waiting = (
        "waiting needs durations, which come with a device or with plain figures such as t1=1e-4,t2=1e-4"
        if idle
        else "put the errors on those gates"
    )
    if not acts:
        raise InputError(
            f"the noise model has errors on {', '.join(sorted(noise_model.noise_instructions))}, but the compiled "
            f"circuit has only {', '.join(sorted(mapped.operations))}: Aer would ignore all its noise; {waiting}"
        )
    if idle and name == "noise model":  # a device's noise of waiting acts in delays
        warnings.warn(
            f"the noise model's errors on {' and '.join(idle)} have no effect, because the circuit has none: {waiting}",
            DeviceWarning,
            stacklevel=5,
        )
