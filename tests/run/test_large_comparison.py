"""Comparisons where there are no density matrices."""

import numpy as np
import pytest

import qcoll
from qcoll.run.large_comparison import LargeComparison

CHAIN = qcoll.models.boundary_driven_chain(sites=8, betas=(1.0, 1.0), dt=0.2)
LABEL = "01010101"


def test_ways_of_one_model_against_each_other():
    exact = qcoll.evolve(CHAIN, 2, LABEL)
    gaussian = qcoll.evolve(CHAIN, 2, LABEL, method="gaussian")
    found = qcoll.compare(gaussian, exact)
    assert isinstance(found, LargeComparison)
    assert found.polarization.shape == (3, 8)
    assert found.largest.max() < 1e-10
    for name in ("energy", "heat", "work"):
        assert np.abs(getattr(found, name)).max() < 1e-9
    assert "exact, Gaussian against exact, matrix-free" in str(found)
    assert "error said       exact, matrix-free: " in str(found)


def test_convergence_in_the_bond_dimension_is_shown():
    gaussian = qcoll.evolve(CHAIN, 2, LABEL, method="gaussian")
    with pytest.warns(qcoll.AccuracyWarning):
        small = qcoll.evolve(CHAIN, 2, LABEL, method="tensor_network", bond_dimension=3, tolerance=0.01)
    large = qcoll.evolve(CHAIN, 2, LABEL, method="tensor_network", tolerance=0.01)
    errors = [qcoll.compare(chain, gaussian).largest[-1] for chain in (small, large)]
    assert errors[1] < 0.1 * errors[0]
    assert errors[1] < large.error_bound[-1]


def test_small_systems_are_compared_by_their_states():
    small = qcoll.models.boundary_driven_chain(sites=3)
    found = qcoll.compare(qcoll.evolve(small, 2, method="gaussian"), qcoll.evolve(small, 2))
    assert isinstance(found, qcoll.Comparison)
    assert found.trace_distance.max() < 1e-12
