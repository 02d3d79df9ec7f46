r"""Frequencies that are wrong by a constant: what T2 does not show, and what decoupling helps against.

A device reports T2 as an echo measures it. Slow noise (charges, two-level systems, neighbours that are excited or not)
shifts a qubit's frequency by some :math:`\delta` that is the same for a whole circuit and another in the next. If it is
normal with width :math:`\sigma`, coherences decay by :math:`e^{-\sigma^2t^2/2}` over many shots without an echo, and a
Ramsey experiment finds

.. math:: \frac{T_2^*}{T_2} + \frac{\sigma^2 (T_2^*)^2}2 = 1,\qquad \sigma = \frac{\sqrt{2\,(1 - T_2^*/T_2)}}{T_2^*}.

Snapshots of devices do not report :math:`T_2^*`: give a measured one. Detunings act while a qubit waits; gates are
taken as calibrated.
"""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import Delay, Instruction
from qiskit.circuit.library import RZGate
from scipy.stats import norm

from ..errors import InputError
from ..limits import real_number

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

#: Draws of all detunings over which states are averaged.
DRAWS = 16
#: The same where many runs are averaged: in the error budget and in predictions of measured circuits.
FEW_DRAWS = 8


@dataclass(frozen=True, kw_only=True)
class Detuning:
    """Constant detunings of all qubits, drawn anew for each shot, and the pulses against them.

    Args:
        hertz: their root mean square.
        decoupling: a sequence of :mod:`.decoupling`, or ``None``.
        draws: how many are averaged over.
        seed: of which qubits are off together.
    """

    hertz: float
    decoupling: str | None = None
    draws: int = DRAWS
    seed: int = 0

    def drawn(self, num_qubits: int) -> NDArray[np.float64]:
        """Detunings in radians per second, (draws, qubits).

        Each qubit has the same equally likely values, quantiles of a normal distribution scaled to the right width, in
        an order of its own.
        """
        values = norm.ppf((np.arange(self.draws) + 0.5) / self.draws)
        width = np.sqrt(np.mean(values**2))
        values = values / width if width else values
        rng = np.random.default_rng(self.seed)
        columns = [rng.permutation(values) for _ in range(num_qubits)]
        return 2 * math.pi * self.hertz * np.array(columns).T

    def models(self, noise_model: NoiseModel, num_qubits: int, dt: float | None) -> list[NoiseModel]:
        """The noise model with each of the drawn detunings."""
        if not self.hertz:
            return [noise_model]
        return [with_detunings(noise_model, row, dt) for row in self.drawn(num_qubits)]


def rms_detuning(t2_star: float, t2: float = math.inf) -> float:
    r"""Root mean square of the detunings in Hz, from decay times without and with an echo.

    Args:
        t2_star: seconds in which coherences fall to 1/e in a Ramsey experiment.
        t2: the same in an echo experiment, at least as long.

    Raises:
        InputError: for times that are not positive, or a T2 below T2*.

    >>> from qcoll.device.detuning import rms_detuning
    >>> round(rms_detuning(100e-6, 200e-6))
    1592
    """
    star, echo = real_number(t2_star, "t2_star"), real_number(t2, "t2")
    if not 0 < star <= echo:
        raise InputError(f"t2_star is {t2_star!r} and t2 {t2!r}, but 0 < t2_star <= t2: an echo decays no faster")
    return math.sqrt(2 * (1 - star / echo)) / star / (2 * math.pi)


def with_detunings(noise_model: NoiseModel, detunings: NDArray[np.float64], dt: float | None) -> NoiseModel:
    """A noise model in which every delay also turns its qubit about Z.

    Args:
        noise_model: Aer's.
        detunings: of its qubits, in radians per second.
        dt: seconds of a time step.
    """
    from qiskit_aer.noise import LocalNoisePass

    def turned(delay: Instruction, qubits: Any) -> RZGate:
        seconds = delay.duration * (dt or 0.0 if delay.unit == "dt" else 1.0)
        return RZGate(float(detunings[qubits[0]]) * seconds)

    detuned = copy.copy(noise_model)
    detuned._custom_noise_passes = [LocalNoisePass(turned, op_types=Delay), *noise_model._custom_noise_passes]
    return detuned
