r"""Product formulas of order 1, 2, 4 and 6.

With layers :math:`H = \sum_l H_l` and :math:`S_1(t) = e^{-iH_Lt}\cdots e^{-iH_1t}`:

* order 1 (Lie): :math:`S_1(t)`,
* order 2 (Strang): :math:`S_2(t) = S_1(-t/2)^\dagger S_1(t/2)`,
* order 4 (Suzuki 1991): :math:`S_2(pt)^2\,S_2((1-4p)t)\,S_2(pt)^2` with :math:`p = (4 - 4^{1/3})^{-1}`,
* order 6 (Kahan and Li 1997): nine :math:`S_2`, where Suzuki's recursion takes twenty-five.

A formula of order p is wrong by :math:`O(t^{p+1})` per collision.
"""

from __future__ import annotations

from ..errors import InputError
from ..limits import positive_integer

_P4 = 1 / (4 - 4 ** (1 / 3))
_KAHAN_LI = (
    0.39216144400731413928,
    0.33259913678935943860,
    -0.70624617255763935981,
    0.08221359629355080023,
    0.79854399093482996340,
)

#: Fractions of the time step in the compositions of the second-order formula.
COMPOSITIONS: dict[int, tuple[float, ...]] = {
    2: (1.0,),
    4: (_P4, _P4, 1 - 4 * _P4, _P4, _P4),
    6: (*_KAHAN_LI, *_KAHAN_LI[-2::-1]),
}
ORDERS = (1, *COMPOSITIONS)


def product_formula(num_layers: int, order: int, steps: int) -> list[tuple[int, float]]:
    """The sequence of layers, in the order of application, each with its fraction of the total time.

    Args:
        num_layers: number of layers of the Hamiltonian.
        order: 1, 2, 4 or 6.
        steps: number of repetitions, each over 1/steps of the time.

    Raises:
        InputError: for another order, or a number of steps that is not a positive integer.

    >>> product_formula(2, order=2, steps=2)
    [(0, 0.25), (1, 0.5), (0, 0.5), (1, 0.5), (0, 0.25)]
    """
    count = check_formula(order, steps)
    if order == 1:
        step = [(layer, 1.0) for layer in range(num_layers)]
    else:
        step = [item for fraction in COMPOSITIONS[order] for item in _strang(num_layers, fraction)]
    return _merged([(layer, fraction / count) for layer, fraction in step * count])


def check_formula(order: int, steps: int) -> int:
    """The number of steps, or an :class:`InputError` if there is no such formula."""
    checked_order(order)
    return positive_integer(steps, "trotter_steps")


def checked_order(order: int) -> int:
    """``order``, or an :class:`InputError` if there is no formula of that order."""
    if order not in ORDERS or isinstance(order, bool):
        raise InputError(f"trotter_order is {order!r}, but must be one of {', '.join(map(str, ORDERS))}")
    return order


def _strang(num_layers: int, fraction: float) -> list[tuple[int, float]]:
    half = [(layer, fraction / 2) for layer in range(num_layers)]
    return half + half[::-1]


def _merged(sequence: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """The same product with neighbours of one layer joined."""
    merged: list[tuple[int, float]] = []
    for layer, fraction in sequence:
        if merged and merged[-1][0] == layer:
            merged[-1] = (layer, merged[-1][1] + fraction)
        else:
            merged.append((layer, fraction))
    return merged
