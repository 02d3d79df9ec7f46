import numpy as np
import pytest

from qcoll.errors import InputError
from qcoll.study.axes import Grid, canonical, read_axes


def test_ranges_lists_arrays_and_zipped_values():
    axes = read_axes(
        {
            "kappa": {"from": 0.1, "to": 0.5, "count": 5},
            "beta": {"from": 0.01, "to": 100, "count": 5, "spacing": "logarithmic"},
            "dt": np.array([0.1, 0.2]),
            "pair": {"zip": {"alpha": [0.1, 0.2, 0.1], "omega_s": [1, 2, 3]}},
        }
    )
    assert axes[0].values["kappa"] == (0.1, 0.2, 0.3, 0.4, 0.5)
    assert axes[1].values["beta"] == (0.01, 0.1, 1.0, 10.0, 100.0)
    assert [axis.zipped for axis in axes] == [False, False, False, True]
    grid = Grid(axes)
    assert grid.shape == (5, 5, 2, 3)
    (point,) = grid.points([grid.size - 2])
    assert point == {"kappa": 0.5, "beta": 100.0, "dt": 0.2, "alpha": 0.2, "omega_s": 2}


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ({"kappa": 3}, "axis 'kappa' is 3, but must be a list of values or a range"),
        ({"kappa": []}, "axis 'kappa' has no values"),
        ({"kappa": [1, 2, 1.0]}, r"axis 'kappa' has the value 1.0 twice"),
        ({"kappa": {"from": 0, "to": 1}}, "axis 'kappa' is a range without 'count'"),
        ({"kappa": {"from": 0, "to": 1, "steps": 3}}, "axis 'kappa' has an unknown entry 'steps'"),
        ({"kappa": {"from": 0, "to": 1, "count": 3, "spacing": "logarithmic"}}, "a logarithmic range is above zero"),
        ({"kappa": {"from": 0, "to": 1, "count": 3, "spacing": "log"}}, "spacing of axis 'kappa' is 'log'"),
        ({"p": {"zip": {"kappa": [1, 2], "alpha": [1]}}}, "different length: kappa has 2, alpha has 1"),
        ({"p": {"zip": {"kappa": [1, 1], "alpha": [2, 2]}}}, "has one combination twice"),
        ({"p": {"zip": {"kappa": [1, 2]}}, "kappa": [1]}, "'kappa' is on two axes"),
        ({"noise": [object()]}, "axis 'noise' holds a object, which cannot be written down"),
    ],
)
def test_wrong_axes(axes, message):
    with pytest.raises(InputError, match=message):
        read_axes(axes)


def test_equal_values_have_one_text():
    assert canonical(1, "") == canonical(1.0, "") == canonical(np.float64(1), "") == canonical(1 + 0j, "")
    assert canonical({"b": [1, 2], "a": None}, "") == canonical({"a": None, "b": (1.0, 2)}, "")
    assert len({canonical(value, "") for value in (0.1, 0.1 + 1e-17j, "0.1", [0.1], True, None)}) == 6
