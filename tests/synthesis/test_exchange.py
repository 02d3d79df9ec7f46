"""Exchange collisions: their gauge, the stored circuits, and what is found from them at any strength."""

import numpy as np
import pytest
from qiskit.quantum_info import Operator
from scipy.linalg import expm
from synthesis_models import structured_models, two_qubit_gates, up_to_phase

import qcoll
from qcoll.compile.levels import collision_pieces
from qcoll.compile.thermal import cx_count
from qcoll.synthesis import exchange_eigenstate, exchange_references, exchange_thermal
from qcoll.synthesis.continuation import carried
from qcoll.synthesis.exchange import exchange_circuit
from qcoll.synthesis.exchange_family import Exchange, gauged_exchange, turned
from qcoll.synthesis.exchange_search import circuits_of
from qcoll.synthesis.fit import unitary_residual
from qcoll.synthesis.skeleton import Skeleton

PROBLEMS = {
    "joint": (
        exchange_references.stored(exchange_references.JOINT),
        lambda skeleton, exchange, _: unitary_residual(skeleton, expm(-1j * exchange.generator())),
    ),
    "thermal": (exchange_references.stored(exchange_references.THERMAL), exchange_thermal.problem(absorb=False)),
    "absorbed": (exchange_references.stored(exchange_references.ABSORBED), exchange_thermal.problem(absorb=True)),
    "drawn": (exchange_references.stored(exchange_references.DRAWN), exchange_eigenstate.problem),
}
LEVELS = {
    "exact": ({"synthesis": "exact"}, 14),
    "absorbed": ({"synthesis": "exact", "preparation": "absorbed"}, 12),
    "drawn": ({"synthesis": "exact", "preparation": "sampled"}, 5),
}


def weak_models(count, seed, example=qcoll.example_1):
    """Random frequencies, durations from 0.0003 to 0.1 and couplings from 0.01 to 1."""
    rng = np.random.default_rng(seed)
    return [
        example(
            omega_s=rng.uniform(0.3, 2.5),
            omega_1=rng.uniform(0.2, 2.5),
            omega_2=rng.uniform(0.2, 2.5),
            kappa=rng.uniform(-1.5, 1.5),
            alpha=10 ** rng.uniform(-2, 0) * np.exp(1j * rng.uniform(0, 2 * np.pi)),
            dt=10 ** rng.uniform(-3.5, -1),
        )
        for _ in range(count)
    ]


def assert_level(model, options, most):
    """The joint state's exact channel, and no eigenstate with more gates."""
    pieces = collision_pieces(model, **options)
    for branch in pieces.branches:
        assert cx_count(branch.preparation.circuit) + cx_count(branch.collision) <= most
    assert np.abs(pieces.channel().data - qcoll.collision_channel(model).data).max() < 1e-11


@pytest.mark.parametrize("name", PROBLEMS)
def test_stored_circuits_are_those_of_their_collisions(name):
    references, problem = PROBLEMS[name]
    assert len(references) >= 14
    for reference in references:
        assert abs(reference.exchange.frequencies.sum()) < 1e-4
        residual = problem(reference.skeleton, reference.exchange, reference.lower_first)
        assert np.linalg.norm(residual(np.array(reference.angles))[0]) < 2e-3


@pytest.mark.parametrize("name", ["thermal", "absorbed", "drawn"])
def test_those_that_fade_lead_to_weak_collisions(name):
    """Nearly all: rounding decides about the last ones, and is another one on another processor."""
    references, problem = PROBLEMS[name]
    fading = [reference for reference in references if reference.fades]
    assert len(fading) >= 20
    arrived = 0
    for reference in fading[::3]:

        def path(position, reference=reference):
            weaker = np.array([1e-2, 1e-3, 1e-3, 1e-2]) ** position
            return problem(reference.skeleton, reference.exchange.stronger(weaker), reference.lower_first)

        angles = carried(path, np.array(reference.angles))
        if angles is not None:
            assert np.linalg.norm(path(1.0)(angles)[0]) < 1e-12
            arrived += 1
    assert arrived > 0.75 * len(fading[::3])


def test_the_gauge_gives_back_the_collision():
    for model in structured_models(5, seed=90, example=1):
        gauged = gauged_exchange(model)
        assert np.abs(gauged.exchange.couplings[:2].imag).max() < 1e-14
        assert (gauged.exchange.couplings[:2].real > 0).all()

        def about_z(angles):
            single = [np.diag(np.exp(-0.5j * angle * np.array([1, -1]))) for angle in angles]
            return np.kron(np.kron(single[2], single[1]), single[0])

        collision = about_z(gauged.after) @ expm(-1j * gauged.exchange.generator()) @ about_z(gauged.before)
        assert up_to_phase(collision, expm(-1j * model.dt * model.hamiltonian.to_matrix())) < 1e-13


def test_turned_angles_are_rotations_before_and_after():
    skeleton = Skeleton(3, ((0, 1), (1, 2)))
    rng = np.random.default_rng(91)
    angles, before, after = rng.uniform(-3, 3, skeleton.num_parameters), *rng.uniform(-3, 3, (2, 3))
    signs = 1 - 2 * ((np.arange(8)[:, None] >> np.arange(3)) & 1)
    expected = np.exp(-0.5j * signs @ after)[:, None] * skeleton.unitary(angles) * np.exp(-0.5j * signs @ before)
    assert np.abs(skeleton.unitary(turned(skeleton, angles, before, after)) - expected).max() < 1e-13


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(np.array([0.5, -0.2, -0.3]) * 1e-2, np.array([1e-3, 2e-3, 1e-2j])),
        Exchange(np.array([0.5, -0.2, -0.3]), np.array([0.3, 0.2, 1e-3])),
        Exchange(np.array([0.5, -0.25, -0.2501]), np.array([0.3, 0.3, 0.4])),  # an almost dark level
        Exchange(np.array([0.5, -0.25, -0.25]), np.array([0.3, 0.3, 0.4])),  # a dark one
    ],
)
def test_ways_lead_from_moderate_collisions(exchange):
    for way in exchange.ways():
        end, beginning = way(1.0), way(0.0)
        assert np.abs(end.generator() - exchange.generator()).max() < 1e-15
        sizes = [np.linalg.norm([*beginning.frequencies, abs(beginning.couplings[2])])]
        assert min(*sizes, np.abs(beginning.couplings).max()) > 0.2


def test_a_moderate_collision_is_where_its_way_begins():
    exchange = Exchange(np.array([0.5, -0.1, -0.4]), np.array([0.3, 0.4, 0.5]))
    assert exchange.ways()[0](0.0) is exchange


@pytest.mark.parametrize("name", LEVELS)
def test_weak_collisions_take_as_few_as_others(name):
    for model in weak_models(10, seed=92):
        assert_level(model, *LEVELS[name])


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize("dt", [1e-5, 10.0, 50.0])
def test_very_short_and_very_long_collisions_take_as_few(name, dt):
    assert_level(qcoll.example_1(omega_s=1.3, omega_1=0.7, kappa=-0.4, alpha=0.9, dt=dt), *LEVELS[name])


@pytest.mark.parametrize("name", LEVELS)
def test_a_pair_that_hardly_interacts(name):
    model = qcoll.example_1(omega_s=1.9, omega_1=0.7, omega_2=1.2, kappa=0.002, alpha=0.8, dt=1.5)
    assert_level(model, *LEVELS[name])


def test_joint_unitaries_of_weak_collisions():
    for model in weak_models(5, seed=93):
        circuit = exchange_circuit(model)
        assert two_qubit_gates(circuit) == 11
        unitary = expm(-1j * model.dt * model.hamiltonian.to_matrix())
        assert up_to_phase(Operator(circuit).data, unitary) < 1e-12


@pytest.mark.parametrize("index", range(4))
@pytest.mark.parametrize("state", [0, 3])
def test_an_excitation_or_a_hole_is_handed_on_in_four(state, index):
    for model in structured_models(5, seed=94, example=1):
        unitary = expm(-1j * model.dt * model.hamiltonian.to_matrix())
        circuit = exchange_eigenstate.exchange_of_eigenstate(model, unitary, np.eye(4)[state], index)
        assert two_qubit_gates(circuit) == 4
        images = Operator(circuit).data[:, 2 * index : 2 * index + 2]
        expected = unitary[:, 2 * state : 2 * state + 2]
        overlap = np.vdot(images, expected)
        assert np.abs(images * overlap / abs(overlap) - expected).max() < 1e-14


def test_no_circuit_for_what_is_no_exchange_or_has_no_number_of_excitations():
    other, model = qcoll.example_2(), qcoll.example_1()
    unitary = expm(-1j * other.dt * other.hamiltonian.to_matrix())
    assert exchange_eigenstate.exchange_of_eigenstate(other, unitary, np.eye(4)[0], 0) is None
    unitary = expm(-1j * model.dt * model.hamiltonian.to_matrix())
    assert exchange_eigenstate.exchange_of_eigenstate(model, unitary, np.full(4, 0.5), 0) is None


def test_the_search_ends_where_nothing_is_found():
    """A problem without a solution: one CX for what takes ten."""
    reference = exchange_references.Reference("01", 0.1, 0.2, -0.3, 0.4, 0.3, 0.3, (0.1,) * 13)
    wanted = Exchange(np.array([0.1, 0.2, -0.3]), np.array([0.3, 0.3, 0.4]))
    assert not list(circuits_of(wanted, [reference], PROBLEMS["joint"][1]))


@pytest.mark.parametrize("name", ["exact", "absorbed"])
def test_weak_collisions_that_conserve_parity(name):
    options, most = LEVELS[name]
    for model in weak_models(8, seed=95, example=qcoll.example_2):
        assert_level(model, options, most - 2)
