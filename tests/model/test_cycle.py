"""Cycles as descriptions: what they are made of, what is refused, and equality."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll

MODEL = qcoll.example_2()


def test_sizes_duration_and_equality():
    free = qcoll.FreeEvolution(hamiltonian=SparsePauliOp("X", 0.5), dt=0.2)
    cycle = qcoll.Cycle([MODEL, free, MODEL], name="three")
    assert (len(cycle), cycle.num_system_qubits, cycle.num_ancilla_qubits, cycle.num_qubits) == (3, 1, 2, 3)
    assert cycle.dt == pytest.approx(0.4)
    assert cycle == qcoll.Cycle([MODEL, free, MODEL], name="other")
    assert cycle != qcoll.Cycle([free, MODEL, MODEL])
    assert cycle != MODEL
    assert dataclasses.replace(cycle, name="new").strokes == cycle.strokes
    assert free == qcoll.FreeEvolution(hamiltonian=SparsePauliOp("X", 0.5), dt=0.2, name="x")


def test_bad_strokes_are_refused_by_number():
    two = qcoll.models.collective_bath()
    trits = qcoll.Modes(s=qcoll.Boson(levels=3))
    mode = qcoll.structured_ancilla(qcoll.Modes(a=qcoll.Qubit()), frequencies=[1.0], couplings={}, beta=1.0)
    three = qcoll.CollisionModel(
        system=trits.number("s"),
        ancilla=mode,
        interaction=trits.joined(qcoll.Modes(a=qcoll.Qubit())).exchange("s", "a", 0.2),
        dt=0.1,
        system_modes=trits,
    )
    free = qcoll.FreeEvolution(hamiltonian=SparsePauliOp("XX"), dt=0.1)
    for strokes, message in [
        ([], "at least one stroke"),
        (MODEL, "list of strokes"),
        ([MODEL, "free"], "stroke 1 is a str"),
        ([MODEL, two], "stroke 1, 'collective bath', has a system of 2 qubits, but stroke 0, 'example 2', one of 1"),
        ([three, two], "stroke 1, 'collective bath', has a system with other levels"),
        ([free, three], "the Hamiltonian of stroke 0, 'free evolution', couples the 3 levels"),
    ]:
        with pytest.raises(qcoll.InputError, match=message):
            qcoll.Cycle(strokes)


@pytest.mark.parametrize("dt", [0, -1.0, float("inf"), float("nan"), "a"])
def test_free_evolution_needs_a_duration(dt):
    with pytest.raises(qcoll.InputError, match="dt"):
        qcoll.FreeEvolution(hamiltonian=SparsePauliOp("X"), dt=dt)


def test_a_system_of_modes_settles_on_its_levels():
    trits, other = qcoll.Modes(s=qcoll.Boson(levels=3)), qcoll.Modes(a=qcoll.Qubit())
    strokes = [
        qcoll.CollisionModel(
            system=trits.number("s"),
            ancilla=qcoll.structured_ancilla(other, frequencies=[1.0], couplings={}, beta=beta),
            interaction=trits.joined(other).exchange("s", "a", 0.4),
            dt=0.7,
            system_modes=trits,
        )
        for beta in (1.0, 1.0)
    ]
    cycle = qcoll.Cycle([*strokes, qcoll.FreeEvolution(hamiltonian=trits.number("s"), dt=0.3)])
    weights = np.exp(-np.arange(3.0))
    np.testing.assert_allclose(
        qcoll.steady_state(cycle).data.diagonal().real, [*(weights / weights.sum()), 0], rtol=0, atol=1e-13
    )
