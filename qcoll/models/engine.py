r"""The two-stroke engine and refrigerator of partial swaps, with plain and with structured ancillas.

Source of the machine: M. Campisi, J. Pekola and R. Fazio, "Nonequilibrium fluctuations in quantum heat engines: theory,
example, and possible solid state experiments", New J. Phys. 17, 035012 (2015); of the structure of the ancillas:
Eqs. (3)-(5) of S. Cusumano and G. De Chiara.
"""

from __future__ import annotations

from ..errors import InputError
from ..gaussian import GaussianCycle, GaussianModel
from .parameters import finite


def two_stroke_engine(
    *,
    frequencies: tuple[float, float] = (2.0, 1.0),
    betas: tuple[float, float] = (0.5, 2.0),
    kappa: float = 0.0,
    coupling: float = 0.6,
    dt: float = 1.0,
) -> GaussianCycle:
    r"""A two-level system that meets a hot and a cold bath in turn, at a frequency of its own with each.

    In a stroke it exchanges its excitation with an ancilla of its frequency at that time. With
    :math:`f = 1/(e^{\beta\omega} + 1)` and :math:`p = \sin^2 g\,\delta t`, plain ancillas carry

    .. math:: J = \frac{p}{2 - p}\,(f_h - f_c)

    excitations from hot to cold in a round: the heats :math:`Q_h = \omega_h J` and :math:`Q_c = -\omega_c J`, and the
    work :math:`-W = (\omega_h - \omega_c) J` at Otto's efficiency :math:`1 - \omega_c/\omega_h`. It is

    * an engine where :math:`\beta_h/\beta_c < \omega_c/\omega_h < 1`,
    * a refrigerator where :math:`\omega_c/\omega_h < \beta_h/\beta_c`,
    * an accelerator, which takes work and helps heat flow, where :math:`\omega_c > \omega_h`.

    With :math:`\kappa` the ancillas are pairs of two such modes that exchange excitations, of which the system meets
    one: thermal, and yet with coherence between the two. Their populations alone would do the same at Otto's
    efficiency; the coherence costs switching work.

    Args:
        frequencies: of system and ancillas in the hot and in the cold stroke.
        betas: inverse temperatures of the hot and the cold bath.
        kappa: exchange within an ancilla; 0 for plain ones.
        coupling: g.
        dt: duration of a stroke.

    Returns:
        Two strokes of fermionic modes. ``engine.to_cycle()`` is the same engine on qubits, exactly: a
        :class:`~qcoll.Cycle`, with circuits.

    Raises:
        InputError: if a parameter is not a number of its kind.

    >>> import qcoll
    >>> engine = qcoll.models.two_stroke_engine()
    >>> ledger = engine.evolve(1, engine.steady_state())
    >>> round(float(-ledger.work[0] / ledger.heat_of_strokes[0, 0]), 6)
    0.5
    """
    strokes = []
    exchange, g = finite(kappa, "kappa"), finite(coupling, "coupling")
    for name, values in (("frequencies", frequencies), ("betas", betas)):
        if not isinstance(values, tuple | list) or len(values) != 2:
            raise InputError(f"{name} is {values!r}, but must be two numbers, for the hot and the cold stroke")
    for place, (name, beta) in enumerate(zip(("hot", "cold"), betas, strict=True)):
        omega = finite(frequencies[place], "a frequency")
        strokes.append(
            GaussianModel(
                statistics="fermions",
                system=[[omega]],
                ancilla=[[omega, exchange], [exchange, omega]] if exchange else [[omega]],
                interaction=[[g, 0.0]] if exchange else [[g]],
                beta=beta,
                dt=dt,
                name=f"{name} stroke",
            )
        )
    return GaussianCycle(strokes)
