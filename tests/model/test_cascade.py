"""One ancilla that meets several system qubits in turn, against the passes done one after the other."""

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp
from scipy.linalg import expm

import qcoll
from qcoll.exact import gibbs_state

SYSTEM = SparsePauliOp(["IZ", "ZI", "XX"], [0.5, 0.6, 0.1])
ANCILLA = qcoll.Ancilla(hamiltonian=SparsePauliOp(["Z", "X"], [0.5, 0.1]), beta=1.3)
PASSES = [
    (SparsePauliOp(["XIX", "YIY"], [0.4, 0.4]), 0.9),
    (SparsePauliOp(["XXI", "ZYI"], [0.3, 0.2]), 0.5),
    (SparsePauliOp(["XIX"], [0.6]), 0.7),
]
CASCADE = qcoll.cascaded_collision(system=SYSTEM, ancilla=ANCILLA, passes=PASSES)


def passes_in_turn(state, n):
    """The joint state after every pass, traced over the ancilla after the last of a collision."""
    fresh, h_ancilla = gibbs_state(ANCILLA), np.kron(ANCILLA.hamiltonian.to_matrix(), np.eye(4))
    free = np.kron(np.eye(2), SYSTEM.to_matrix()) + h_ancilla
    states, heat, work = [state], [], []
    for _ in range(n):
        joint = np.kron(fresh, states[-1])
        start, switched = joint, 0.0
        for interaction, dt in PASSES:
            own = interaction.to_matrix()
            unitary = expm(-1j * dt * (free + own))
            after = unitary @ joint @ unitary.conj().T
            switched += np.trace(own @ (joint - after)).real
            joint = after
        heat.append(-np.trace(h_ancilla @ (joint - start)).real)
        work.append(switched)
        states.append(np.einsum("aiaj->ij", joint.reshape(2, 4, 2, 4)))
    return np.array(states), np.array(heat), np.array(work)


def test_states_heat_and_switching_work_are_those_of_the_passes():
    run = qcoll.evolve(CASCADE, 10)
    states, heat, work = passes_in_turn(run.states[0], 10)
    assert np.abs(run.states - states).max() < 1e-12
    assert np.abs(run.heat - heat).max() < 1e-12
    assert np.abs(run.switching_work - work).max() < 1e-12
    assert CASCADE.dt == pytest.approx(2.1)


def test_circuits_and_cycles_take_it():
    compiled = qcoll.compile_collisions(CASCADE, 2, "0+", synthesis="exact")
    assert np.abs(qcoll.simulate(compiled).states - qcoll.evolve(CASCADE, 2, "0+").states).max() < 1e-10
    cycle = qcoll.Cycle([CASCADE, qcoll.FreeEvolution(hamiltonian=SYSTEM, dt=0.3)])
    assert np.abs(qcoll.evolve(cycle, 5).first_law_residual).max() < 1e-12


def test_a_cascade_has_a_direction():
    """With a ground-state ancilla nothing that the second qubit does reaches the first."""
    swap = [SparsePauliOp(labels, [0.3, 0.3]) for labels in (["XIX", "YIY"], ["XXI", "YYI"])]
    ground = qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=np.inf)
    system = SparsePauliOp(["IZ", "ZI"], [0.5, 0.5])
    one = qcoll.cascaded_collision(system=system, ancilla=ground, passes=[(own, 1.0) for own in swap])
    probe = SparsePauliOp("IZ")
    runs = [qcoll.evolve(one, 20, start).expectation(probe) for start in ("00", "10")]
    np.testing.assert_allclose(runs[0], runs[1], rtol=0, atol=1e-12)
    probe = SparsePauliOp("ZI")
    runs = [qcoll.evolve(one, 20, start).expectation(probe) for start in ("10", "11")]
    assert np.abs(runs[0] - runs[1]).max() > 0.1


def test_bad_passes_are_refused_by_number():
    for passes, message in [
        ([], "at least one pass"),
        ([PASSES[0], (SparsePauliOp("XX"), 1.0)], "the interaction of pass 1"),
        ([(PASSES[0][0], 0.0)], "dt of pass 0 is 0"),
        ([PASSES[0][0]], "pass 0 is"),
    ]:
        with pytest.raises(qcoll.InputError, match=message):
            qcoll.cascaded_collision(system=SYSTEM, ancilla=ANCILLA, passes=passes)


def test_cycles_are_refused_where_one_collision_is_wanted():
    cycle = qcoll.Cycle([CASCADE])
    for function in (
        lambda: qcoll.exact.entropy_balance(cycle, np.eye(4) / 4),
        lambda: qcoll.exact.master_equation(cycle),
        lambda: qcoll.exact.steady_states([cycle]),
    ):
        with pytest.raises(qcoll.InputError, match="one collision model is wanted here, but a Cycle was given"):
            function()
