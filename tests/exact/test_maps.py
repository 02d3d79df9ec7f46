"""Dynamical maps, divisibility and non-Markovianity against states, closed forms and a search over pairs."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import Choi, DensityMatrix, SparsePauliOp, random_density_matrix, random_statevector

import qcoll
from qcoll.models import remembering_bath


def test_maps_take_the_initial_state_to_every_later_one():
    for model in (
        remembering_bath(swap=0.8, beta=1.0),
        qcoll.example_2(),
        qcoll.Cycle([qcoll.example_1(), qcoll.example_2()]),
    ):
        maps = qcoll.dynamical_maps(model, 12, record=4)
        state = random_density_matrix(2, seed=3)
        run = qcoll.evolve(model, 12, state, record=4)
        for index in range(len(maps)):
            assert np.abs(DensityMatrix(state).evolve(maps[index]).data - run.states[index]).max() < 1e-12
    assert np.array_equal(maps.collisions, [0, 4, 8, 12])


def test_without_memory_everything_is_divisible_and_nothing_comes_back():
    for model in (qcoll.example_2(alpha=0.5), remembering_bath(swap=0.0)):
        maps = qcoll.dynamical_maps(model, 25)
        assert maps.is_divisible
        assert maps.non_markovianity().value == 0
        steps = maps.intermediate
        assert np.abs(steps - steps[0]).max() < 1e-9


def test_a_full_swap_brings_everything_back():
    """One ancilla again and again: the excited population is cos^2, and the coherence cos."""
    g, n = 0.3, 40
    model = remembering_bath(swap=1.0, coupling=g)
    run = qcoll.evolve(model, n, "0")
    steps = np.arange(n + 1)
    np.testing.assert_allclose(run.states[:, 0, 0].real, np.cos(g * steps) ** 2, rtol=0, atol=1e-12)
    maps = qcoll.dynamical_maps(model, n)
    across = np.abs(np.cos(g * steps))
    np.testing.assert_allclose(maps.distances("+", "-"), across, rtol=0, atol=1e-12)
    rises = np.diff(across)
    expected = rises[rises > 0].sum()
    measure = maps.non_markovianity(("+", "-"))
    assert measure.value == pytest.approx(expected, abs=1e-12)
    assert maps.non_markovianity().value >= expected - 1e-9
    assert not maps.is_divisible
    assert measure.revivals.sum() == pytest.approx(measure.value)


def test_the_best_pair_beats_random_ones():
    model = remembering_bath(swap=0.93, coupling=0.4, beta=1.0, omega=0.7)
    model = dataclasses.replace(model, system=SparsePauliOp(["Z", "X"], [0.35, 0.2]))
    maps = qcoll.dynamical_maps(model, 40)
    best = maps.non_markovianity()
    assert best.value > 0.01
    for seed in range(40):
        first = random_statevector(2, seed=seed)
        second = np.array([-first.data[1].conj(), first.data[0].conj()])
        assert maps.non_markovianity((first, second)).value <= best.value + 1e-9
    again = qcoll.non_markovianity(model, 40, (best.pair[0], best.pair[1]))
    assert again.value == pytest.approx(best.value, abs=1e-12)


def test_divisibility_is_that_of_the_choi_matrices():
    maps = qcoll.dynamical_maps(remembering_bath(swap=0.93, coupling=0.4, beta=1.0), 12)
    for index in range(12):
        step = maps[index + 1].data @ np.linalg.inv(maps[index].data)
        smallest = np.linalg.eigvalsh(Choi(qcoll.exact.maps.SuperOp(step)).data / 2)[0]
        assert maps.smallest_choi_eigenvalues[index] == pytest.approx(smallest, abs=1e-9)
    assert maps.divisible[0]
    assert not maps.divisible.all()


def test_a_map_without_an_inverse_leaves_the_next_one_open():
    model = remembering_bath(swap=1.0, coupling=np.pi / 2)
    maps = qcoll.dynamical_maps(model, 2)
    assert np.isnan(maps.smallest_choi_eigenvalues[1])
    assert list(maps.known) == [True, False]
    assert list(maps.divisible) == [True, False]
    assert maps.is_divisible, "nothing else is known"


def test_what_has_died_away_is_not_taken_for_a_violation():
    strong = qcoll.dynamical_maps(qcoll.models.homogenisation(state="+", coupling=1.2), 60)
    assert strong.is_divisible
    assert strong.known.all()
    weak_memory = qcoll.dynamical_maps(remembering_bath(swap=0.01, coupling=1.2, beta=1.0), 60)
    assert not weak_memory.known.all()
    early = qcoll.dynamical_maps(remembering_bath(swap=0.9, coupling=0.4, beta=1.0), 200)
    assert not early.is_divisible


def test_larger_systems_have_a_lower_bound():
    pair = qcoll.CollisionModel(
        system=SparsePauliOp(["ZI", "IZ", "XX"], [0.5, 0.5, 0.2]),
        ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=2.0),
        interaction=SparsePauliOp(["XIX", "YIY"], [0.4, 0.4]),
        dt=1.0,
        memory=qcoll.Memory(interaction=SparsePauliOp(["XX", "YY", "ZZ"], [0.7, 0.7, 0.7]), dt=1.0),
    )
    maps = qcoll.dynamical_maps(pair, 6)
    found = maps.non_markovianity()
    assert found.value > maps.non_markovianity(("00", "11")).value
    assert abs(np.trace(found.pair[0] @ found.pair[1])) < 1e-12


def test_bad_pairs_are_refused():
    maps = qcoll.dynamical_maps(qcoll.example_2(), 2)
    with pytest.raises(qcoll.InputError, match="a pair is two states"):
        maps.non_markovianity(("0", "1", "+"))
    with pytest.raises(qcoll.InputError, match="state 1 of the pair"):
        maps.non_markovianity(("0", "01"))
