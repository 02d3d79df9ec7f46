"""Moments of quadratic modes against the same models on qubits, closed forms and dense linear equations."""

import dataclasses
import itertools

import numpy as np
import pytest
from qiskit.quantum_info import DensityMatrix
from scipy.linalg import expm, solve_discrete_lyapunov

import qcoll
from qcoll import GaussianCycle, GaussianModel, GaussianState
from qcoll.gaussian.channel import cycle_map
from qcoll.gaussian.quadratic import Form
from qcoll.gaussian.steady import steady_moments


def random_hermitian(rng, size):
    matrix = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    return (matrix + matrix.conj().T) / 2


def random_fermions(seed, system, ancilla, *, pairing):
    rng = np.random.default_rng(seed)

    def hamiltonian(size):
        hopping = random_hermitian(rng, size)
        antisymmetric = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
        return (hopping, antisymmetric - antisymmetric.T) if pairing else hopping

    exchange, pairs = (rng.normal(size=(system, ancilla)) + 1j * rng.normal(size=(system, ancilla)) for _ in range(2))
    return GaussianModel(
        statistics="fermions",
        system=hamiltonian(system),
        ancilla=hamiltonian(ancilla),
        interaction=(exchange, 0.7 * pairs) if pairing else exchange,
        beta=float(rng.uniform(-1, 2)),
        dt=0.3,
    )


def moments_of_qubits(states, modes):
    """<c_k+ c_j> and <c_j c_k> of states on a register."""
    lower = [modes.lowering(name).to_matrix() for name in modes]
    normal = [[np.einsum("nij,ji->n", states, b.conj().T @ a) for b in lower] for a in lower]
    anomalous = [[np.einsum("nij,ji->n", states, a @ b) for b in lower] for a in lower]
    return np.moveaxis(np.array(normal), 2, 0), np.moveaxis(np.array(anomalous), 2, 0)


@pytest.mark.parametrize("pairing", [False, True], ids=["conserving", "pairing"])
@pytest.mark.parametrize(("system", "ancilla"), [(1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (2, 3), (3, 2)])
def test_fermions_are_those_on_qubits(system, ancilla, pairing):
    model = random_fermions(10 * ancilla + system, system, ancilla, pairing=pairing)
    qubits = model.to_collision_model()
    own, exact = model.evolve(6), qcoll.evolve(qubits, 6)
    normal, anomalous = moments_of_qubits(exact.states, qubits.system_modes)
    for k, state in enumerate(own.states):
        np.testing.assert_allclose(state.correlations, normal[k], rtol=0, atol=1e-12)
        np.testing.assert_allclose(state.anomalous, anomalous[k], rtol=0, atol=1e-12)
    for name in ("energy", "heat", "work", "switching_work", "entropy", "entropy_production"):
        np.testing.assert_allclose(getattr(own, name), getattr(exact, name), rtol=0, atol=1e-10)
    np.testing.assert_allclose(own.first_law_residual, 0, rtol=0, atol=1e-12)
    steady, _ = moments_of_qubits(qcoll.steady_state(qubits).data[None], qubits.system_modes)
    np.testing.assert_allclose(model.steady_state().correlations, steady[0], rtol=0, atol=1e-10)


COLD = {
    "statistics": "bosons",
    "system": [[1.1]],
    "interaction": [[0.3, 0.2j]],
    "ancilla": [[1.0, 0.2], [0.2, 1.3]],
    "beta": 3.5,
    "dt": 0.8,
}


@pytest.mark.parametrize("encoding", ["binary", "gray"])
def test_bosons_are_those_on_qubits_within_their_cutoff(encoding):
    model = GaussianModel(**COLD)
    errors = []
    for levels in (4, 7):
        qubits = model.to_collision_model(levels=levels, encoding=encoding)
        dropped = max(report.dropped for report in qcoll.truncation_of(qubits.ancilla).values())
        own, exact = (
            model.evolve(5, GaussianState.vacuum("bosons", 1)),
            qcoll.evolve(qubits, 5, np.eye(2**qubits.num_system_qubits)[0]),
        )
        normal, _ = moments_of_qubits(exact.states, qubits.system_modes)
        worst = np.abs(own.occupations[:, 0] - normal[:, 0, 0]).max()
        for name in ("heat", "work", "entropy", "entropy_production"):
            worst = max(worst, np.abs(getattr(own, name) - getattr(exact, name)).max())
        assert worst < 50 * dropped
        errors.append(worst)
    assert errors[1] < 1e-3 * errors[0]


@pytest.mark.parametrize("ancilla", [2, 3, 4, 5, 6])
def test_frozen_bosons_are_those_on_qubits(ancilla):
    """One excitation at most: two or three levels are no cutoff, at zero temperature."""
    rng = np.random.default_rng(ancilla)
    hopping = 3 * np.eye(ancilla) + 0.5 * random_hermitian(rng, ancilla)
    model = GaussianModel(
        statistics="bosons",
        system=[[2.0]],
        ancilla=hopping,
        interaction=rng.normal(size=(1, ancilla)),
        beta=np.inf,
        dt=0.4,
    )
    qubits = model.to_collision_model(levels=2)
    own = model.evolve(5, GaussianState.occupied("bosons", [0.6]))
    exact = qcoll.evolve(qubits, 5, np.diag([0.4, 0.6]))
    normal, _ = moments_of_qubits(exact.states, qubits.system_modes)
    np.testing.assert_allclose(own.occupations[:, 0], normal[:, 0, 0].real, rtol=0, atol=1e-12)
    for name in ("energy", "heat", "work"):
        np.testing.assert_allclose(getattr(own, name), getattr(exact, name), rtol=0, atol=1e-12)


def test_bosons_with_pairing_are_those_on_qubits():
    model = GaussianModel(
        statistics="bosons",
        system=([[1.0]], [[0.1j]]),
        ancilla=([[1.2, 0.1], [0.1, 1.4]], [[0.05, 0.02], [0.02, -0.05j]]),
        interaction=([[0.2, 0.1j]], [[0.05, 0.03j]]),
        beta=4.0,
        dt=0.6,
    )
    qubits = model.to_collision_model(levels=5, system_levels=8)
    start = GaussianState.vacuum("bosons", 1)
    own, exact = model.evolve(4, start), qcoll.evolve(qubits, 4, np.eye(8)[0])
    normal, anomalous = moments_of_qubits(exact.states, qubits.system_modes)
    np.testing.assert_allclose([s.correlations for s in own.states], normal, rtol=0, atol=1e-6)
    np.testing.assert_allclose([s.anomalous for s in own.states], anomalous, rtol=0, atol=1e-6)
    for name in ("energy", "heat", "work", "entropy", "entropy_production"):
        np.testing.assert_allclose(getattr(own, name), getattr(exact, name), rtol=0, atol=2e-5)


def test_coherent_states_keep_their_displacement():
    """A displaced mode that meets the vacuum stays coherent: alpha cos^n at resonance, at no entropy."""
    model = GaussianModel(
        statistics="bosons", system=[[1.0]], ancilla=[[1.0]], interaction=[[0.4]], beta=np.inf, dt=0.5
    )
    own = model.evolve(10, GaussianState.coherent([1 + 2j]))
    steps = np.arange(11)
    expected = (1 + 2j) * np.cos(0.2) ** steps * np.exp(-0.5j * steps)
    np.testing.assert_allclose([state.displacement[0] for state in own.states], expected, rtol=0, atol=1e-13)
    np.testing.assert_allclose(own.occupations[:, 0], np.abs(expected) ** 2, rtol=0, atol=1e-12)
    np.testing.assert_allclose(own.entropy, 0, rtol=0, atol=1e-12)


def chain(size, *, statistics="fermions", betas=(0.5, 2.0)):
    """A chain between two pairs, one at each end, in turn."""
    hopping = np.diag(np.full(size - 1, 1.0), 1)
    system = hopping + hopping.T + 4 * np.eye(size)
    models = []
    for beta, end in zip(betas, (0, size - 1), strict=True):
        interaction = np.zeros((size, 2))
        interaction[end] = [0.8, 0.5]
        models.append(
            GaussianModel(
                statistics=statistics,
                system=system,
                ancilla=[[3.8, 0.6], [0.6, 4.3]],
                interaction=interaction,
                beta=beta,
                dt=0.7,
            )
        )
    return GaussianCycle(models)


@pytest.mark.parametrize("statistics", ["fermions", "bosons"])
def test_a_chain_of_forty_modes_between_two_baths_against_a_dense_linear_equation(statistics):
    cycle = chain(40, statistics=statistics)
    matrix, noise = np.eye(40, dtype=complex), np.zeros((40, 40), dtype=complex)
    for model in cycle.models:  # written out here
        whole = np.block([[model.system, model.interaction], [model.interaction.T, np.array(model.ancilla)]])
        unitary = expm(-0.7j * whole)
        energies, vectors = np.linalg.eigh(model.ancilla)
        sign = 1 if statistics == "fermions" else -1
        fresh = (vectors / (np.exp(model.beta * energies) + sign)) @ vectors.T
        x, z = unitary[:40, :40], unitary[:40, 40:]
        matrix, noise = x @ matrix, x @ noise @ x.conj().T + z @ fresh @ z.conj().T
    whole = np.eye(1600) - np.kron(matrix, matrix.conj())
    dense = np.linalg.solve(whole, noise.ravel()).reshape(40, 40)
    steady = cycle.steady_state()
    np.testing.assert_allclose(steady.correlations, dense, rtol=0, atol=1e-10)
    np.testing.assert_allclose(steady.correlations, solve_discrete_lyapunov(matrix, noise), rtol=0, atol=1e-10)
    settled = cycle.evolve(2**22, GaussianState.vacuum(statistics, 40), record=2**22)
    np.testing.assert_allclose(settled.states[-1].correlations, dense, rtol=0, atol=1e-10)
    ledger = cycle.evolve(1, steady)
    assert ledger.heat_of_strokes[0, 0] > 0 > ledger.heat_of_strokes[0, 1]  # from hot to cold
    np.testing.assert_allclose(ledger.first_law_residual, 0, rtol=0, atol=1e-11)
    assert ledger.entropy_production[0] > 0


def test_a_long_chain_keeps_its_digits():
    """At one temperature and resonance every occupation is that of the baths, however slowly it gets there."""
    size = 300
    hopping = np.diag(np.full(size - 1, 0.5), 1)
    ends = []
    for end in (0, size - 1):
        interaction = np.zeros((size, 1))
        interaction[end] = 0.4
        ends.append(
            GaussianModel(
                statistics="fermions",
                system=hopping + hopping.T,
                ancilla=[[0.0]],
                interaction=interaction,
                beta=1.0,
                dt=0.3,
            )
        )
    cycle = GaussianCycle(ends)
    assert cycle.spectral_gap() < 1e-7
    state = cycle.steady_state()
    # Rounding may grow with the number of modes and depends on how many threads add up; a solver that loses digits to
    # the small gap loses seven of them.
    np.testing.assert_allclose(state.correlations, np.eye(size) / 2, rtol=0, atol=1e-10)


@pytest.mark.parametrize("offset", [0.0, 1e-9, 1e-6, 1e-3])
def test_steady_states_where_two_modes_coalesce(offset):
    """At the exceptional point of two resonant modes, one of them damped, eigenvectors become parallel."""
    coupling = 0.8642006518904073 + offset
    model = GaussianModel(
        statistics="bosons",
        system=[[1.0, 0.2], [0.2, 1.0]],
        ancilla=[[1.0]],
        interaction=[[coupling], [0.0]],
        beta=1.0,
        dt=1.0,
    )
    found = model.steady_state().correlations
    one = cycle_map(model.strokes, Form("bosons", False))
    matrix, noise = one.matrix, one.noise
    dense = np.linalg.solve(np.eye(4) - np.kron(matrix, matrix.conj()), noise.ravel()).reshape(2, 2)
    np.testing.assert_allclose(found, dense, rtol=0, atol=1e-11)


def test_pairing_and_plain_forms_have_one_steady_state():
    model = random_fermions(3, 3, 2, pairing=False)
    plain = model.steady_state()
    paired = steady_moments(cycle_map(model.strokes, Form("fermions", True)), "it")
    np.testing.assert_allclose(1j * paired, plain.covariance, rtol=0, atol=1e-11)
    bosons = GaussianModel(**COLD)
    moments = steady_moments(cycle_map(bosons.strokes, Form("bosons", True)), "it")
    np.testing.assert_allclose(moments, bosons.steady_state().covariance, rtol=0, atol=1e-12)


def test_driving_work_closes_the_first_law_of_every_round():
    """Three strokes with Hamiltonians of their own, against the same collisions one by one on qubits."""
    models = [random_fermions(seed, 2, 2, pairing=seed == 5) for seed in (4, 5, 6)]
    start = GaussianState.occupied("fermions", [1.0, 0.0])
    own = GaussianCycle(models).evolve(3, start)
    state = np.diag([0.0, 1.0, 0.0, 0.0])
    for k in range(3):
        heats, switching, driving = [], 0.0, 0.0
        for model, following in zip(models, [*models[1:], models[0]], strict=True):
            qubits = model.to_collision_model()
            step = qcoll.evolve(qubits, 1, state)
            heats.append(step.heat[0])
            switching += step.switching_work[0]
            state = step.states[-1]
            change = (following.to_collision_model().system - qubits.system).to_matrix()
            driving += np.trace(change @ state).real
        np.testing.assert_allclose(own.heat_of_strokes[k], heats, rtol=0, atol=1e-12)
        assert own.switching_work[k] == pytest.approx(switching, abs=1e-12)
        assert own.driving_work[k] == pytest.approx(driving, abs=1e-12)
    np.testing.assert_allclose(own.first_law_residual, 0, rtol=0, atol=1e-12)


def test_recorded_strides_sum_the_ledger():
    cycle = chain(5)
    every, some = cycle.evolve(12), cycle.evolve(12, record=[5, 12])
    np.testing.assert_allclose(some.moments, every.moments[[0, 5, 12]], rtol=0, atol=1e-13)
    for name in ("heat_of_strokes", "switching_work", "driving_work"):
        values = getattr(every, name)
        expected = [values[:5].sum(axis=0), values[5:].sum(axis=0)]
        np.testing.assert_allclose(getattr(some, name), expected, rtol=0, atol=1e-13)


def test_circuits_are_held_against_no_cutoff():
    model = random_fermions(21, 1, 2, pairing=True)
    qubits = model.to_collision_model()
    made = qcoll.simulate(qcoll.compile_collisions(qubits, 3, synthesis="exact"))
    own = model.evolve(3)
    np.testing.assert_allclose(made.states[:, 1, 1].real, own.occupations[:, 0], rtol=0, atol=1e-10)
    np.testing.assert_allclose(made.heat, own.heat, rtol=0, atol=1e-10)


GOOD = {
    "statistics": "bosons",
    "system": [[1.0]],
    "ancilla": [[1.0, 0.1], [0.1, 1.0]],
    "interaction": [[0.1, 0.1]],
    "beta": 1.0,
    "dt": 0.1,
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"statistics": "anyons"}, "anyons"),
        ({"ancilla": [[1.0, 2.0], [2.0, 1.0]]}, "frequency -1: bosons then have no thermal state"),
        ({"ancilla": ([[1.0, 0.1], [0.1, 1.0]], [[1.5, 0.0], [0.0, 0.0]])}, "no thermal state"),
        ({"beta": 0.0}, "no thermal state"),
        ({"beta": -1.0}, "no thermal state"),
        ({"beta": float("nan")}, "beta"),
        ({"dt": 0.0}, "dt"),
        ({"system": [1.0]}, "square"),
        ({"system": [[1.0, 2.0], [0.0, 1.0]]}, "Hermitian"),
        ({"system": ([[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [-1.0, 0.0]])}, "symmetric for bosons"),
        ({"statistics": "fermions", "system": ([[1.0]], [[1.0]])}, "antisymmetric for fermions"),
        ({"interaction": [[0.1]]}, r"\(1, 2\) was expected"),
        ({"interaction": ([[0.1, 0.1]], [[0.1]])}, "pairing of the interaction"),
        ({"system": "one"}, "no matrix"),
        ({"system": [[np.nan]]}, "finite"),
    ],
)
def test_bad_models_are_refused(change, message):
    with pytest.raises(qcoll.InputError, match=message):
        GaussianModel(**(GOOD | change))


def test_bad_rounds_states_and_cutoffs_are_refused():
    model = GaussianModel(**GOOD)
    other = random_fermions(1, 1, 1, pairing=False)
    for make, message in [
        (lambda: GaussianCycle([]), "at least one"),
        (lambda: GaussianCycle([model, 3]), "stroke 1 is a int"),
        (lambda: GaussianCycle([model, other]), "stroke 1 has 1 fermions"),
        (lambda: model.evolve(2, GaussianState.vacuum("fermions", 1)), "GaussianState of 1 bosons"),
        (lambda: model.evolve(2, "0"), "GaussianState of 1 bosons"),
        (lambda: model.evolve(0), "positive"),
        (lambda: model.to_collision_model(levels=3), r"mode 'a0' has 3 levels.*\d levels would do"),
    ]:
        with pytest.raises(qcoll.InputError, match=message):
            make()
    idle = dataclasses.replace(model, interaction=[[0.0, 0.0]])
    with pytest.raises(qcoll.InputError, match="not unique"):
        idle.steady_state()
    growing = dataclasses.replace(model, interaction=([[0.0, 0.0]], [[0.5, 0.0]]))
    with pytest.raises(qcoll.InputError, match="grow"):
        growing.steady_state()
    with pytest.raises(qcoll.InputError, match="thermal state"):
        dataclasses.replace(model, system=[[-1.0]]).evolve(1)


def test_modes_of_a_register_are_named_after_system_and_ancilla():
    qubits = random_fermions(2, 2, 2, pairing=False).to_collision_model()
    assert qubits.system_modes.names == ("s0", "s1")
    assert qubits.ancilla.modes.names == ("a0", "a1")
    assert DensityMatrix(qcoll.steady_state(qubits)).is_valid()
    assert list(itertools.chain(qubits.ancilla.modes)) == ["a0", "a1"]
