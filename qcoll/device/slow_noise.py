"""Noise that is constant during a circuit: a device whose qubits are detuned, with pulses against that or without."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from ..errors import InputError
from ..limits import natural_number, positive_integer, real_number
from .decoupling import checked_sequence
from .detuning import DRAWS, Detuning
from .mapped import MappedCollisions
from .noise import NoiseSource, resolve_noise


def detuned_noise(
    noise: Any, hertz: float, *, decoupling: str | None = None, draws: int = DRAWS, seed: int = 0
) -> NoiseSource:
    """The noise of a device whose qubits have wrong frequencies, constant in each shot, and pulses against that.

    States are averaged over draws of all detunings.

    Args:
        noise: a fake device's name, a calibration file, a backend, or :func:`~qcoll.device.scaling.worse_noise` of one.
        hertz: root mean square of the detunings, 0 for none; :func:`~qcoll.device.detuning.rms_detuning` finds it from
            a measured :math:`T_2^*`.
        decoupling: "XX", "XpXm" or "XY4" while qubits wait; ``None`` is none. The pulses have the errors of gates.
        draws: how many detunings are averaged over; a run takes as many times longer.
        seed: of the draws.

    Returns:
        What :func:`qcoll.simulate` takes as ``noise``.

    Raises:
        InputError: for a bad number or sequence.

    >>> import qcoll
    >>> from qcoll.device.slow_noise import detuned_noise
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.8, dt=0.5), 3, "+", synthesis="channel")
    >>> exact = qcoll.evolve(compiled.model, 3, "+")
    >>> off, echoed = (detuned_noise("FakeLagos", 2e4, decoupling=each, draws=8) for each in (None, "XX"))
    >>> runs = [qcoll.simulate(compiled, noise=noise, seeds=[0]) for noise in (off, echoed)]
    >>> without, with_pulses = (qcoll.compare(run, exact).trace_distance[-1] for run in runs)
    >>> bool(with_pulses < without)
    True
    """
    value = real_number(hertz, "the rms detuning, in Hz,")
    if not 0 <= value < math.inf:
        raise InputError(f"the rms detuning is {hertz!r}, but must be a number of Hz, 0 or more")
    if decoupling is not None:
        checked_sequence(decoupling)
    source = resolve_noise(noise, 0)
    if source.target is None or source.target.dt is None or source.fixed_layout:
        raise InputError(
            f"detunings and pulses act while a device's qubits wait, but {source.name} is no device with durations: "
            "give a fake device's name, a calibration file or a backend"
        )
    own = Detuning(
        hertz=value,
        decoupling=decoupling,
        draws=positive_integer(draws, "draws"),
        seed=natural_number(seed, "seed"),
    )
    words = f"{source.name}, detuned by {value:g} Hz" + (f", decoupled by {decoupling}" if decoupling else "")
    return replace(source, name=words, detuning=own)


def noise_models(noise: Any, mapped: MappedCollisions, noise_model: Any) -> list[Any]:
    """The noise models over which a run is averaged: one, or one for each sample of detunings."""
    detuning = noise.detuning if isinstance(noise, NoiseSource) else None
    if detuning is None or mapped.target is None:
        return [noise_model]
    return list(detuning.models(noise_model, len(mapped.qubits), mapped.target.dt))
