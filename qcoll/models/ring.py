r"""A ring of oscillators as the ancilla of an oscillator.

Source: A. Corr, S. Cusumano and G. De Chiara, "Continuous variable structured collision models", arXiv:2503.03832.
Units of N oscillators in a ring with springs between neighbours, in their thermal state, meet the system through a beam
splitter and act like unstructured units in a squeezed thermal state. The parameters are our own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..gaussian import GaussianModel
from ..limits import positive_integer, real_number
from .parameters import finite, positive


def oscillator_ring(
    *,
    oscillators: int = 3,
    omega: float = 1.0,
    spring: float = 0.5,
    beta: float = 1.0,
    rate: float = 1.0,
    dt: float = 0.1,
) -> GaussianModel:
    r"""An oscillator that meets one oscillator of a thermal ring through a beam splitter.

    .. math::

        H_A &= \tfrac\omega2\sum_j (x_j^2 + p_j^2) + \tfrac\kappa2\sum_j (x_j - x_{j+1})^2\\
        H_{SA} &= i\sqrt{\Gamma/\delta t}\,(a^\dagger b_1 - a\,b_1^\dagger)

    The springs press the positions of the ring together, so that its oscillators are squeezed, and so is the steady
    state of the system. For :math:`\delta t\to 0` nothing of a unit matters but the state of the oscillator that is
    met: the ring acts like :func:`squeezed_thermal_unit`.

    Args:
        oscillators: N, at least 2.
        omega: frequency of all oscillators.
        spring: kappa, not negative.
        beta: inverse temperature.
        rate: Gamma, at which the system relaxes.
        dt: duration of a collision.

    Raises:
        InputError: if a parameter is not a number of its kind.

    >>> import numpy as np
    >>> import qcoll
    >>> covariance = qcoll.models.oscillator_ring(spring=0.5).steady_state().covariance
    >>> bool(covariance[0, 0] < covariance[1, 1])
    True
    """
    count = positive_integer(oscillators, "oscillators")
    if count < 2:
        raise InputError("a ring has at least 2 oscillators, but 1 was given")
    frequency, stiffness = positive(omega, "omega"), finite(spring, "spring")
    if stiffness < 0:
        raise InputError(f"spring is {stiffness}, but a spring's stiffness is not negative")
    positions = frequency * np.eye(count) + stiffness * _ring(count)
    exchange = np.zeros((1, count), dtype=complex)
    step = positive(dt, "dt")
    exchange[0, 0] = 1j * np.sqrt(positive(rate, "rate") / step)
    return GaussianModel(
        statistics="bosons",
        system=[[frequency]],
        ancilla=_quadratic(positions, frequency * np.eye(count)),
        interaction=exchange,
        beta=beta,
        dt=step,
        name="ring of oscillators",
    )


def squeezed_thermal_unit(
    *,
    oscillators: int = 3,
    omega: float = 1.0,
    spring: float = 0.5,
    beta: float = 1.0,
    rate: float = 1.0,
    dt: float = 0.1,
) -> GaussianModel:
    r"""The unstructured unit that acts like :func:`oscillator_ring`: one oscillator in a squeezed thermal state.

    The state of one oscillator of the ring has :math:`V_x` and :math:`V_p` from the normal modes
    :math:`\Omega_k = \sqrt{\omega(\omega + 4\kappa\sin^2(\pi k/N))}`,

    .. math::

        V_x = \frac1N\sum_k\frac{\omega}{2\Omega_k}\coth\frac{\beta\Omega_k}2,\qquad
        V_p = \frac1N\sum_k\frac{\Omega_k}{2\omega}\coth\frac{\beta\Omega_k}2 .

    It is the thermal state, at an effective inverse temperature, of an oscillator of frequency omega that is squeezed,
    :math:`H_A = \tfrac\omega2\left(\sqrt{V_p/V_x}\,x^2 + \sqrt{V_x/V_p}\,p^2\right)`.

    Args:
        oscillators: as for :func:`oscillator_ring`, and so are the others.
        omega: frequency.
        spring: kappa.
        beta: inverse temperature of the ring.
        rate: Gamma.
        dt: duration of a collision.

    Raises:
        InputError: if a parameter is not a number of its kind.

    >>> import qcoll
    >>> unit = qcoll.models.squeezed_thermal_unit(beta=1.0)
    >>> unit.beta > 1.0
    True
    """
    ring = oscillator_ring(oscillators=oscillators, omega=omega, spring=spring, beta=beta, rate=rate, dt=dt)
    frequency = real_number(omega, "omega")
    met = ring.ancilla_state.subset([0]).covariance
    x, p = met[0, 0], met[1, 1]
    width = np.sqrt(x * p)  # coth(beta omega / 2) / 2
    effective = np.inf if width <= 0.5 else 2 * np.arctanh(0.5 / width) / frequency
    ratio = np.sqrt(p / x)
    return GaussianModel(
        statistics="bosons",
        system=[[frequency]],
        ancilla=_quadratic(np.array([[frequency * ratio]]), np.array([[frequency / ratio]])),
        interaction=ring.interaction[:, :1],
        beta=float(effective),
        dt=ring.dt,
        name="squeezed thermal unit",
    )


def _ring(count: int) -> NDArray[np.float64]:
    """The springs of a ring, x^T K x = sum (x_j - x_{j+1})^2; two oscillators have two springs between them."""
    step = np.roll(np.eye(count), 1, axis=1)
    return 2 * np.eye(count) - step - step.T


def _quadratic(
    positions: NDArray[np.float64], momenta: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hopping and pairing of (x^T G_x x + p^T G_p p) / 2."""
    return (positions + momenta) / 2, (positions - momenta) / 2
