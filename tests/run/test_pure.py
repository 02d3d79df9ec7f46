"""Pure-state runs of circuits against density matrices, and whether their error bars say what they should."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.model.operators import exchange, zeeman
from qcoll.run.pure import pure_trajectory, require_matrix_product
from qcoll.run.simulation import prepare_run

STRONG = qcoll.example_2(kappa=1.0, alpha=1.0, beta=1.0, dt=0.5)
NOISE = {"two_qubit": 6e-2, "t1": 1e-4, "t2": 8e-5}
Z = SparsePauliOp("Z")


@pytest.mark.parametrize("noise", [None, NOISE], ids=["ideal", "noisy"])
def test_error_bars_hold_at_their_rate_over_fifty_seeds(noise):
    """Deviations from the density matrix in units of the standard error: those of a normal distribution."""
    compiled = qcoll.compile_collisions(STRONG, n=2)
    noise = noise and {"two_qubit": 6e-2}
    exact = qcoll.simulate(compiled, noise=noise)
    mapped, noise_model, kind = prepare_run(compiled, noise)
    deviations = []
    for seed in range(50):
        found = pure_trajectory(mapped, noise_model, kind, "trajectories", np.array([0, 2]), runs=50, seed=seed)
        deviations.append(
            [
                (found.expectation(Z)[1] - exact.expectation(Z)[2]) / found.standard_error(Z)[1],
                (found.heat[0] - exact.heat.sum()) / found.heat_error[0],
            ]
        )
    sizes = np.abs(deviations)
    assert np.all(np.mean(sizes < 1, axis=0) > 0.48), "0.68 is expected, 0.07 is the spread of 50 seeds"
    assert np.all(np.mean(sizes < 1, axis=0) < 0.88)
    assert np.all(np.mean(sizes < 2, axis=0) >= 0.84)
    assert np.all(np.abs(np.mean(deviations, axis=0)) < 4 / np.sqrt(50)), "and the mean is right"


def test_error_bars_hold_where_a_reset_could_have_a_rare_outcome():
    """A chain whose end that meets ancillas starts in its lower level: fifty runs, fifty seeds."""
    sites = 5
    system = zeeman(sites, [1.0] * sites)
    for k in range(sites - 1):
        system += exchange(sites, 1.0, raising=[k], lowering=[k + 1])
    chain = qcoll.CollisionModel(
        system=system,
        ancilla=qcoll.Ancilla(hamiltonian=zeeman(1, [1.0]), beta=0.7),
        interaction=exchange(sites + 1, 1.2, raising=[0], lowering=[sites]),
        dt=0.5,
    )
    compiled = qcoll.compile_collisions(chain, n=2, initial="00001")
    exact = qcoll.simulate(compiled)
    mapped, noise_model, kind = prepare_run(compiled, None)
    operators = [SparsePauliOp.from_sparse_list([("Z", [k], 1.0)], num_qubits=sites) for k in range(sites)]
    deviations = []
    for seed in range(50):
        found = pure_trajectory(mapped, noise_model, kind, "trajectories", np.array([0, 2]), runs=50, seed=seed)
        differences = [found.expectation(one)[1] - exact.expectation(one)[2] for one in operators]
        deviations.append(differences / np.array([found.standard_error(one)[1] for one in operators]))
    sizes = np.abs(deviations)
    assert np.all(np.mean(sizes < 1, axis=0) > 0.48)
    assert np.all(np.mean(sizes < 2, axis=0) >= 0.84)
    assert np.sqrt(np.mean(sizes**2, axis=0)).max() < 1.25, "2.7 where qubits are measured in their own basis"


@pytest.mark.parametrize("noise", [None, NOISE], ids=["ideal", "noisy"])
def test_matrix_products_make_the_same_runs(noise):
    """With the same draws, and a bond dimension that cuts nothing."""
    compiled = qcoll.compile_collisions(STRONG, n=3)
    runs = [
        qcoll.simulate(compiled, noise=noise, method=method, shots=20, seed=4)
        for method in ("trajectories", "matrix_product_state")
    ]
    assert np.abs(runs[0].samples - runs[1].samples).max() < 1e-7
    assert "matrix product states of bond dimension 64, 20 runs" in runs[1].kind


@pytest.mark.parametrize("noise", [None, NOISE], ids=["ideal", "noisy"])
def test_sampled_eigenstates_need_no_purifiers(noise):
    compiled = qcoll.compile_collisions(STRONG, n=2, initial="0", synthesis="exact", preparation="sampled")
    exact = qcoll.simulate(compiled, noise=noise)
    found = qcoll.simulate(compiled, noise=noise, method="trajectories", shots=80, seed=1)
    assert compiled.num_qubits == 3
    for name, error in (("heat", found.heat_error), ("work", found.work_error)):
        assert np.all(np.abs(getattr(found, name) - getattr(exact, name)) < 4 * error + 1e-4), name
    assert np.all(np.abs(found.expectation(Z) - exact.expectation(Z)) < 4 * found.standard_error(Z) + 1e-4)


def test_a_larger_system_with_chosen_observables():
    """Five system qubits and seven in all: strings of H_S, Z everywhere, and what is asked for."""
    chain = qcoll.models.boundary_driven_chain(sites=4, betas=(1.0, 1.0), dt=0.3)
    compiled = qcoll.compile_collisions(chain, n=2, initial="0101")
    current = SparsePauliOp.from_sparse_list([("XY", [1, 2], 0.5), ("YX", [1, 2], -0.5)], num_qubits=4)
    exact = qcoll.simulate(compiled)
    found = qcoll.simulate(compiled, method="trajectories", shots=200, seed=5, observables=[current])
    assert isinstance(found, qcoll.LargeTrajectory)
    for operator in (current, chain.system):
        difference = np.abs(found.expectation(operator) - exact.expectation(operator))
        assert np.all(difference < 4.5 * found.standard_error(operator) + 1e-6)
    assert np.all(np.abs(found.heat - exact.heat) < 4.5 * found.heat_error + 1e-6)
    with pytest.raises(qcoll.InputError, match=r"XIIX was not kept in the runs: simulate with observables="):
        found.expectation(SparsePauliOp("XIIX"))


def test_runs_stop_at_the_error_that_is_asked_for():
    compiled = qcoll.compile_collisions(STRONG, n=2)
    seen = []
    found = qcoll.simulate(
        compiled,
        method="trajectories",
        shots=5000,
        target_error=0.08,
        seed=2,
        progress=lambda runs, error: seen.append((runs, error)),
    )
    assert found.runs == seen[-1][0] < 5000
    assert seen[-1][1] <= 0.08
    assert all(error > 0.08 for runs, error in seen[:-1] if runs >= 100)
    assert found.kind == f"circuit, {found.runs} runs"
    assert repr(found).endswith(f"standard errors up to {seen[-1][1]:.1e}"), "which is no bound"
    again = qcoll.simulate(compiled, method="trajectories", shots=5000, target_error=0.08, seed=2)
    assert np.array_equal(again.samples, found.samples), "a seed gives the same runs"
    other = qcoll.simulate(compiled, method="trajectories", shots=100, seed=3)
    assert not np.array_equal(other.heat, found.heat)


def test_states_and_recorded_collisions():
    compiled = qcoll.compile_collisions(STRONG, n=4)
    found = qcoll.simulate(compiled, method="trajectories", shots=60, seed=1, record=[2, 4])
    whole = qcoll.simulate(compiled, method="trajectories", shots=60, seed=1)
    assert np.allclose(found.states, whole.states[[0, 2, 4]])
    assert np.allclose(found.heat, whole.heat.reshape(2, 2).sum(axis=1))
    spread = np.hypot(whole.heat_error, whole.work_error)
    assert np.all(np.abs(whole.first_law_residual) < 5 * spread + 1e-9), "a reset draws the system's state too"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "trajectories", "shots": 1}, "at least 2 runs"),
        ({"method": "trajectories", "target_error": 0}, "target_error is 0, but must be positive"),
        ({"method": "trajectories", "observables": ["ZZ"]}, "an observable acts on 2 qubits, but the system has 1"),
        ({"method": "trajectories", "bond_dimension": 4}, 'bond_dimension is for method="matrix_product_state"'),
        ({"method": "matrix_product_state", "bond_dimension": 0}, "bond_dimension must be a positive integer"),
        ({"target_error": 0.1}, 'target_error: for method="trajectories" or "matrix_product_state" only'),
        ({"method": "mps"}, "must be one of .*'trajectories', 'matrix_product_state'"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.simulate(qcoll.compile_collisions(STRONG, n=2), **options)


HOT, COLD = (dataclasses.replace(STRONG, ancilla=dataclasses.replace(STRONG.ancilla, beta=b)) for b in (0.3, 2.0))
CYCLE = qcoll.Cycle([HOT, qcoll.FreeEvolution(hamiltonian="X", dt=0.3), COLD])


@pytest.mark.parametrize(
    "compiled",
    [
        pytest.param(qcoll.compile_collisions(CYCLE, n=2), id="cycle"),
        pytest.param(qcoll.compile_collisions(CYCLE, n=2, ancillas="fresh"), id="fresh"),
        pytest.param(qcoll.compile_collisions(CYCLE, n=2, synthesis="channel"), id="cycle of channels"),
        pytest.param(
            qcoll.compile_collisions(CYCLE, n=1, synthesis="exact", preparation="sampled"), id="sampled cycle"
        ),
        pytest.param(qcoll.compile_collisions(STRONG, n=2, synthesis="channel"), id="channel"),
        pytest.param(qcoll.compile_collisions(qcoll.models.remembering_bath(), n=3), id="memory"),
        pytest.param(qcoll.compile_collisions(qcoll.models.boundary_driven_chain(sites=2), n=2), id="given state"),
    ],
)
def test_cycles_memories_and_levels_against_density_matrices(compiled):
    """States, and all that the ledger has, in the mean over runs."""
    exact = qcoll.simulate(compiled)
    found = qcoll.simulate(compiled, method="trajectories", shots=150, seed=2)
    for name, error in (("heat", found.heat_error), ("work", found.work_error)):
        assert np.all(np.abs(getattr(found, name) - getattr(exact, name)) < 4.5 * error + 1e-9), name
    for operator in (compiled.model.system, SparsePauliOp("I" * (compiled.model.num_system_qubits - 1) + "X")):
        difference = np.abs(found.expectation(operator) - exact.expectation(operator))
        assert np.all(difference < 4.5 * found.standard_error(operator) + 1e-9)
    for name in ("switching_work", "entropy_flow", "memory_work", "heat_of_strokes", "driving_work"):
        expected = getattr(exact, name)
        assert (expected is None) == (getattr(found, name) is None), name
        if expected is not None and np.all(np.isfinite(expected)):
            assert np.abs(getattr(found, name) - expected).max() < 0.12, name
    assert np.abs(found.first_law_residual).max() < 0.12


def test_what_pure_runs_cannot_do():
    measured = qcoll.compile_collisions(STRONG, n=2, synthesis="sampled", correction="measured")
    with pytest.raises(qcoll.InputError, match='no measured correction: use method="direct"'):
        qcoll.simulate(measured, method="trajectories")
    with pytest.raises(qcoll.InputError, match="matrix product of 60 qubits with bond dimension 1000000 needs"):
        require_matrix_product(60, 10**6)
