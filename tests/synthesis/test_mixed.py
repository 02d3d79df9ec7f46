"""Short circuits with a mixed ancilla: what is solved for, how it is found, and what cannot be had."""

import dataclasses
import itertools

import numpy as np
import pytest
from qiskit.quantum_info import Operator, random_density_matrix, random_unitary
from synthesis_models import structured_models, two_qubit_gates

import qcoll
from qcoll.model.random import random_model
from qcoll.synthesis import mixed, population
from qcoll.synthesis.channel import SIGMA
from qcoll.synthesis.dense import (
    canonical_kraus,
    collision_kraus,
    collision_unitary,
    kraus_operators,
    thermal_spectrum,
)
from qcoll.synthesis.fit import descend
from qcoll.synthesis.skeleton import Skeleton

SKELETON = Skeleton(3, ((0, 2), (0, 1), (0, 1), (0, 2)))


def system_after(unitary, populations, state):
    """The system's state after a unitary with a diagonal ancilla, by partial trace."""
    joint = unitary @ np.kron(np.diag(populations), state) @ unitary.conj().T
    return np.einsum("aiaj->ij", joint.reshape(4, 2, 4, 2))


def largest_error(circuit, model):
    """Largest entry of the difference from the exact reduced channel."""
    found = collision_kraus(Operator(circuit).data, thermal_spectrum(model.ancilla)[0], np.eye(4))
    superoperator = sum(np.kron(k.conj(), k) for k in found)
    return np.abs(superoperator - qcoll.collision_channel(model).data).max()


def bloch_map(kraus):
    """T with E(sigma_j) = sum_a T_aj sigma_a."""
    return np.einsum("aik,ekl,jlm,eim->aj", SIGMA, kraus, SIGMA, kraus.conj()).real / 2


def kraus_of(bloch):
    """Kraus operators of the channel with a map of Bloch vectors."""
    choi = np.einsum("aj,aik,jlm->imkl", bloch, SIGMA, SIGMA).reshape(4, 4) / 2
    values, vectors = np.linalg.eigh(choi)
    return (np.sqrt(np.maximum(values, 0)) * vectors).T.reshape(4, 2, 2)


def some_channel(seed):
    rng = np.random.default_rng(seed)
    populations = rng.dirichlet(np.ones(4))
    unitary = random_unitary(8, seed=seed).data.reshape(4, 2, 4, 2)
    kraus = np.einsum("xiaj,a->xaij", unitary, np.sqrt(populations)).reshape(-1, 2, 2)
    return canonical_kraus(kraus), populations, rng


class TestResidual:
    @pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
    def test_jacobian_is_the_derivative(self, power):
        kraus, populations, rng = some_channel(3)
        residual = mixed._residual(SKELETON, kraus, populations, power)
        angles = rng.uniform(-3, 3, (2, SKELETON.num_parameters))
        _, jacobian = residual(angles)
        step = 1e-6
        for k in range(SKELETON.num_parameters):
            shift = step * np.eye(SKELETON.num_parameters)[k]
            difference = (residual(angles + shift)[0] - residual(angles - shift)[0]) / (2 * step)
            assert np.abs(jacobian[..., k] - difference).max() < 1e-7

    def test_without_weights_it_is_the_distance_of_choi_matrices(self):
        _, populations, rng = some_channel(4)
        angles = rng.uniform(-3, 3, (2, SKELETON.num_parameters))
        here, there = (collision_kraus(u, populations, np.eye(4)) for u in SKELETON.unitary(angles))
        residual = mixed._residual(SKELETON, there, populations, 0.0)
        choi = [np.einsum("eij,ekl->ijkl", k, k.conj()).reshape(4, 4) for k in (here, there)]
        assert np.linalg.norm(residual(angles[:1])[0]) == pytest.approx(np.linalg.norm(choi[0] - choi[1]), rel=1e-12)
        assert np.linalg.norm(residual(angles[1:])[0]) < 1e-14

    def test_weights_make_small_jumps_count(self):
        """A relative change of the rarest jump is seen as itself, however rare the jump is."""
        model = qcoll.example_1(alpha=0.01, dt=0.1)
        kraus = kraus_operators(model)
        rare = np.linalg.norm(kraus[2]) ** 2
        assert rare < 1e-6
        more = kraus.copy()
        more[2] = np.sqrt(1.5) * kraus[2]
        scale = mixed.whitening(kraus, 1.0)[0]
        rows = more.reshape(-1, 4) @ scale
        assert np.linalg.norm(rows.conj().T @ rows - np.eye(4)) > 0.4


class TestPopulation:
    def test_renewed_solutions_are_solutions_elsewhere(self):
        kraus, populations, rng = some_channel(5)
        residual = mixed._residual(SKELETON, kraus, populations, 0.5)
        starts = rng.uniform(-np.pi, np.pi, (48, SKELETON.num_parameters))
        angles, norms = descend(residual, starts, tolerance=1e-10, iterations=100, damping=1.0)
        solved = angles[norms < 1e-8][:2]
        assert len(solved)
        renewed = population._renewed(residual, solved, 12, rng)
        assert len(renewed) > len(solved)
        assert np.linalg.norm(residual(renewed)[0], axis=-1).max() < 1e-6
        assert np.abs(renewed[len(solved) :] - solved[0]).max(axis=-1).min() > 0.01

    def test_paths_end_at_the_model(self):
        model = qcoll.example_2(alpha=0.05, beta=1.5, dt=0.4)
        kraus, populations = kraus_operators(model), thermal_spectrum(model.ancilla)[0]
        angles = np.random.default_rng(1).uniform(-3, 3, (3, SKELETON.num_parameters))
        direct = mixed._residual(SKELETON, kraus, populations, 0.5)(angles)[0]
        for path in (mixed._from_stronger(model, 1.0, 0.3), mixed._from_displaced(kraus, populations, 0.7)):
            end = path(SKELETON, 1.0)(angles)[0]
            assert np.linalg.norm(end, axis=-1) == pytest.approx(np.linalg.norm(direct, axis=-1), rel=1e-6)

    @pytest.mark.parametrize("share", [1.0, 0.4, -1.0])
    def test_a_share_of_the_displacement(self, share):
        kraus, _, _ = some_channel(6)
        expected, found = bloch_map(kraus), bloch_map(mixed._displaced(kraus, share))
        expected[1:, 0] *= share
        assert np.abs(found - expected).max() < 1e-12


@pytest.mark.parametrize("example", [1, 2])
def test_random_structured_models_take_four(example):
    """Some nineteen of twenty random models do; with these seeds, all of ten."""
    for model in structured_models(10, seed=80 + example, example=example):
        circuit = mixed.mixed_circuit(model)
        assert two_qubit_gates(circuit) == 4


def test_the_circuit_gives_the_state_of_the_system():
    model = random_model(5, num_system_qubits=1, num_ancilla_qubits=2)
    circuit = mixed.mixed_circuit(model)
    state = random_density_matrix(2, seed=2).data
    after = system_after(Operator(circuit).data, thermal_spectrum(model.ancilla)[0], state)
    exact = qcoll.collision_channel(model).data @ state.reshape(-1, order="F")
    assert np.abs(after.reshape(-1, order="F") - exact).max() < 1e-11


def test_some_channels_need_five():
    """Random starts with four CX, on any pairs, all stay away from this channel; with five many reach it."""
    model = qcoll.example_1(omega_s=1.594, omega_1=0.608, omega_2=1.183, kappa=-0.021, alpha=0.655, beta=0.3, dt=0.871)
    kraus, populations = kraus_operators(model), thermal_spectrum(model.ancilla)[0]
    rng = np.random.default_rng(9)

    def distances(placements):
        skeleton = Skeleton(3, placements)
        residual = mixed._residual(skeleton, kraus, populations, 0.5)
        starts = rng.uniform(-np.pi, np.pi, (32, skeleton.num_parameters))
        return descend(residual, starts, tolerance=1e-8, iterations=120, damping=1.0)[1]

    pairs = [(0, 1), (0, 2), (1, 2)]
    four = [
        word
        for word in itertools.product(pairs, repeat=4)
        if sum(pair != (1, 2) for pair in word) > 2 and word[-1] != (1, 2)
    ]
    closest = [distances(word).min() for word in four]
    assert min(closest) > 4e-3
    assert np.sum(np.array(closest) < min(closest) * 1.001) > 3  # not one of them alone
    assert np.sum(distances(((0, 1), (0, 2), (0, 1), (0, 2), (0, 1))) < 1e-7) > 3
    assert two_qubit_gates(mixed.mixed_circuit(model)) == 5


class TestFourSuffice:
    """Whether (Lambda, t/z) is completely positive, and whether that decides."""

    @pytest.mark.parametrize("example", [1, 2])
    def test_it_tells_which_random_models_take_four(self, example):
        for model in structured_models(40, seed=300 + example, example=example):
            kraus, populations = kraus_operators(model), thermal_spectrum(model.ancilla)[0]
            circuit = mixed.mixed_circuit(model)
            assert (circuit is not None and two_qubit_gates(circuit) == 4) == mixed.four_suffice(kraus, populations)

    def test_phase_covariant_channels(self):
        """4 |lambda_perp|^2 <= (1 + lambda_z)^2 - t_z^2 / z^2."""
        answers = []
        for model in structured_models(60, seed=11, example=1):
            kraus, populations = kraus_operators(model), thermal_spectrum(model.ancilla)[0]
            bloch = bloch_map(kraus)
            across = abs(bloch[1, 1] + 1j * bloch[2, 1])
            first, second = 1 - 2 * (populations[1] + populations[3]), 1 - 2 * (populations[2] + populations[3])
            allowed = (1 + bloch[3, 3]) ** 2 - (bloch[3, 0] / max(first, second)) ** 2
            assert mixed.four_suffice(kraus, populations) == (4 * across**2 <= allowed)
            answers.append(4 * across**2 <= allowed)
        assert 0 < sum(answers) < 60

    def test_with_one_polarized_qubit_it_always_holds(self):
        """Whatever the unitary: here one whose channel violates it if both are polarized."""
        model = qcoll.example_1(
            omega_s=1.594, omega_1=0.608, omega_2=1.183, kappa=-0.021, alpha=0.655, beta=0.3, dt=0.871
        )
        unitary = collision_unitary(model)
        for first, second, holds in ((0.2, 0.3, False), (0.2, 0.0, True), (0.0, 0.3, True), (0.0, 0.0, True)):
            populations = np.kron([1 + second, 1 - second], [1 + first, 1 - first]) / 4
            kraus = canonical_kraus(collision_kraus(unitary, populations, np.eye(4)))
            assert mixed.four_suffice(kraus, populations) == holds

    @pytest.mark.parametrize("placements", ["2121", "2A12"])
    def test_populations_end_where_it_says(self, placements):
        """From the amplitude damping of equal displacement on to less and less dephasing, up to none at all."""
        first, second, along, fixed = 0.2, 0.3, 0.6, 0.25
        populations = np.kron([1 + second, 1 - second], [1 + first, 1 - first]) / 4
        least, most = along - 0.02, ((1 + along) ** 2 - (fixed * (1 - along)) ** 2) / 4
        allowed = ((1 + along) ** 2 - (fixed * (1 - along) / second) ** 2) / 4

        def path(position):
            across = least + position * (most - least)
            shape = np.diag([1, np.sqrt(across), np.sqrt(across), along])
            shape[3, 0] = fixed * (1 - along)
            return mixed._residual(skeleton, kraus_of(shape), populations, 0.5)

        skeleton = mixed._skeleton(placements)
        rng = np.random.default_rng(5)
        starts = rng.uniform(-np.pi, np.pi, (64, skeleton.num_parameters))
        angles, norms = descend(path(0.0), starts, tolerance=1e-9, iterations=150, damping=1.0, enough=8)
        assert np.sum(norms < 1e-8) >= 8
        position, step, angles = 0.0, 0.1, angles[norms < 1e-8]
        while step > 2e-3:
            angles = population._renewed(path(position), angles, 12, rng)
            arrived = population.solved(path(position + step), angles, 30)
            if len(arrived):
                position, angles = position + step, arrived
            else:
                step /= 2
        edge = (allowed - least) / (most - least)
        assert 0.5 < edge < 0.95
        assert abs(position - edge) < 0.01


@pytest.mark.parametrize(("example", "number"), [(1, 34), (2, 144)])
def test_a_gate_within_the_ancilla_reaches_what_others_do_not(example, number):
    """The ancilla's populations are then correlated when it meets the system."""
    model = structured_models(number + 1, seed=7000 + example, example=example)[number]
    circuit = mixed.mixed_circuit(model)
    assert two_qubit_gates(circuit) == 5
    assert {1, 2} in [{circuit.find_bit(q).index for q in i.qubits} for i in circuit.data]
    assert largest_error(circuit, model) < 1e-11


@pytest.mark.parametrize(
    "model",
    [
        qcoll.example_1(
            omega_s=0.85117,
            omega_1=1.11883,
            omega_2=1.52912,
            kappa=0.05327,
            alpha=0.36474 + 0.19391j,
            beta=3,
            dt=0.0806,
        ),
        qcoll.example_2(
            omega_s=1.80961,
            omega_1=2.43955,
            omega_2=2.38905,
            kappa=-1.46639,
            alpha=-0.1227 + 0.15367j,
            beta=3,
            dt=0.19151,
        ),
    ],
)
def test_weights_that_vanish_on_the_way_are_passed(model):
    """The weight of the rarest jump falls by orders on the path; relative to it, the path breaks off."""
    circuit = mixed.mixed_circuit(model)
    assert two_qubit_gates(circuit) == 4
    assert largest_error(circuit, model) < 1e-11


def test_most_cold_ancillas_are_reached():
    """Hardly more than one or two of their levels are occupied. The others take the exact collision."""
    circuits = [
        mixed.mixed_circuit(dataclasses.replace(model, ancilla=dataclasses.replace(model.ancilla, beta=6.0)))
        for model in structured_models(10, seed=91, example=2)
    ]
    assert sum(circuit is not None and two_qubit_gates(circuit) <= 5 for circuit in circuits) >= 6


def test_cold_ancillas_take_four():
    """A population that went on from where it happened to be was lost in folds: none of these took four."""
    cold = [
        (2.333, 2.247, 1.372, -1.364, -0.688 - 0.442j, 5.547, 0.133),
        (1.419, 1.957, 1.557, 1.085, 0.109 + 0.02j, 6.479, 1.274),
        (1.662, 1.433, 1.491, 1.214, 0.134 - 0.251j, 5.32, 0.938),
        (1.102, 1.923, 0.905, -0.976, -0.135 - 0.021j, 7.133, 1.669),
        (0.662, 0.701, 0.629, 0.889, 0.184 + 0.164j, 6.819, 1.696),
        (0.882, 1.519, 1.58, 1.309, 0.073 - 0.039j, 5.729, 1.479),
    ]
    names = ("omega_s", "omega_1", "omega_2", "kappa", "alpha", "beta", "dt")
    circuits = [mixed.mixed_circuit(qcoll.example_2(**dict(zip(names, model, strict=True)))) for model in cold]
    # Where a search arrives may depend on rounding.
    assert sum(circuit is not None and circuit.num_nonlocal_gates() == 4 for circuit in circuits) >= 5


@pytest.mark.parametrize("beta", [1e-6, 1e-2])
@pytest.mark.parametrize("example", [qcoll.example_1, qcoll.example_2])
def test_hot_ancillas_take_four(example, beta):
    """Their displacements are as small as their polarization, and count as much as at lower temperatures."""
    for alpha, dt in ((0.2, 1.0), (0.5, 1.7)):
        model = example(alpha=alpha, dt=dt, beta=beta)
        circuit = mixed.mixed_circuit(model)
        assert two_qubit_gates(circuit) == 4
        assert largest_error(circuit, model) < 1e-11
