"""The bath that remembers against amplitudes of one excitation, written out, and where its memory ends."""

import numpy as np
import pytest

import qcoll
from qcoll.models import remembering_bath


@pytest.mark.parametrize("swap", [0.0, 0.3, 0.8, 1.0])
def test_one_excitation_against_its_amplitudes(swap):
    """At zero temperature an excitation is on the system, on the ancilla that it met last, or gone."""
    g, n = 0.4, 25
    run = qcoll.evolve(remembering_bath(swap=swap, coupling=g), n, "0")
    own, other, populations = 1.0 + 0j, 0.0 + 0j, [1.0]
    for _ in range(n):
        own *= np.sqrt(1 - swap) - 1j * np.sqrt(swap)  # two ancillas in their ground state are swapped too
        other *= -1j * np.sqrt(swap)  # what is left behind, sqrt(1 - swap), goes with the old ancilla
        own, other = np.cos(g) * own - 1j * np.sin(g) * other, np.cos(g) * other - 1j * np.sin(g) * own
        populations.append(abs(own) ** 2)
    np.testing.assert_allclose(run.states[:, 0, 0].real, populations, rtol=0, atol=1e-12)
    np.testing.assert_allclose(run.heat, np.diff(populations), rtol=0, atol=1e-12)
    maps = qcoll.dynamical_maps(remembering_bath(swap=swap, coupling=g), n)
    np.testing.assert_allclose(maps.distances("0", "1"), populations, rtol=0, atol=1e-12)


def test_a_thermal_bath_with_memory_still_thermalises():
    model = remembering_bath(swap=0.9, beta=0.7)
    np.testing.assert_allclose(qcoll.steady_state(model).data[0, 0].real, 1 / (1 + np.exp(0.7)), rtol=0, atol=1e-12)
    assert qcoll.spectral_gap(model) < qcoll.spectral_gap(remembering_bath(swap=0.0, beta=0.7))


def test_bad_parameters_are_refused():
    for change, message in [
        ({"swap": 1.2}, "a probability"),
        ({"swap": "a"}, "swap"),
        ({"coupling": np.inf}, "coupling"),
    ]:
        with pytest.raises(qcoll.InputError, match=message):
            remembering_bath(**change)
