"""Sampled collisions on several sets of ancilla qubits in turn: the exact mean against all draws, and the clock."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import qcoll
from qcoll.device import circuit_cost, map_collisions
from qcoll.device.fakes import fake_backend
from qcoll.device.resets import shortest_resets
from qcoll.run.aer import states_at_ticks
from qcoll.run.simulation import prepare_run

STRONG = qcoll.example_2(kappa=1.0, alpha=1.0, beta=2.0, dt=0.5)
SLOW = {"two_qubit": 5e-3, "t1": 2e-5, "t2": 1.5e-5, "reset_time": 1e-6}
KINDS = [
    {"synthesis": "sampled"},
    {"synthesis": "exact", "preparation": "sampled"},
    {"synthesis": "exact", "preparation": "sampled", "keep": "system"},
]


def in_turn(n, sets=2, model=STRONG, **options):
    return qcoll.compile_collisions(model, n, "+", ancillas="alternating", sets=sets, **options)


@pytest.mark.parametrize(("options", "sets"), [(KINDS[0], 3), (KINDS[1], 2), (KINDS[2], 2)], ids=str)
def test_the_mean_is_that_of_all_draws(options, sets):
    """Every sequence of branches run by itself, waits included, and weighted."""
    n = 3
    compiled = in_turn(n, sets, **options)
    mapped, noise_model, _ = prepare_run(compiled, SLOW)
    run = qcoll.simulate(compiled, noise=SLOW)
    probabilities = compiled.pieces.probabilities
    draws = list(itertools.product(range(len(probabilities)), repeat=n))
    weights = [np.prod(probabilities[list(draw)]) for draw in draws]
    heaviest = sorted(range(len(draws)), key=lambda index: -weights[index])
    chosen = [index for index in heaviest if weights[index] > 1e-14]
    runs = states_at_ticks([mapped.sequence(n, draws[index]) for index in chosen], noise_model)
    for k in range(n + 1):
        states = [own[f"tick:{k}"] for own in runs]
        mean = sum(weights[index] * state for index, state in zip(chosen, states, strict=True))
        others = len(mean) // 2
        system = np.einsum("aiaj->ij", mean.reshape(others, 2, others, 2))
        np.testing.assert_allclose(run.states[k], system, atol=1e-9)


@pytest.mark.parametrize("options", KINDS, ids=str)
def test_without_noise_they_are_exact(options):
    compiled = in_turn(4, 3, **options)
    exact = qcoll.evolve(STRONG, 4, "+")
    for method in ("automatic", "direct"):
        run = qcoll.simulate(compiled, method=method)
        np.testing.assert_allclose(run.states, exact.states, atol=1e-9)
        np.testing.assert_allclose(run.heat, exact.heat, atol=1e-8)
    sources = qcoll.compare(qcoll.simulate(compiled, noise=SLOW), exact).sources
    assert sources["mapping"].max() < 1e-9


def test_resets_end_before_their_qubits_are_used():
    """An independent walk through the circuit of a draw: when each qubit is free, and when its reset began."""
    target = fake_backend("FakeKingston").target
    mapped = map_collisions(in_turn(40, 2, synthesis="sampled"), target, seeds=[0])
    circuit, part = mapped.sequence(), mapped.target
    (system,) = mapped.system
    free = dict.fromkeys(range(circuit.num_qubits), 0.0)
    resets = waited = 0
    for item in circuit.data:
        qubits = tuple(circuit.find_bit(qubit).index for qubit in item.qubits)
        name = item.operation.name
        if name == "barrier":
            continue
        length = item.operation.duration * part.dt if name == "delay" else part[name][qubits].duration
        if len(qubits) == 2:
            (other,) = set(qubits) - {system}
            assert free[other] <= free[system] + 1e-12  # the system never has to wait for an ancilla
        if name == "delay" and qubits == (system,) and length > 3e-7:
            waited += 1
        resets += name == "reset"
        free |= dict.fromkeys(qubits, max(free[each] for each in qubits) + length)
    taken = sum(turn is not None for turn in mapped.compiled.turns())
    assert resets == taken - 2
    assert waited > 0


def test_more_sets_take_less_time_and_gates_are_the_same():
    target = fake_backend("FakeBoston").target
    costs = [
        circuit_cost(map_collisions(compiled, target, seeds=[0]))
        for compiled in (
            qcoll.compile_collisions(STRONG, 50, "+", synthesis="sampled"),
            in_turn(50, 2, synthesis="sampled"),
            in_turn(50, 3, synthesis="sampled"),
        )
    ]
    durations = [cost.duration for cost in costs]
    assert durations[0] > 1.6 * durations[1] > 2.2 * durations[2]
    np.testing.assert_allclose([cost.two_qubit_gates for cost in costs], costs[0].two_qubit_gates, rtol=1e-9)


@pytest.mark.parametrize(("device", "largest"), [("FakeBoston", 0.012), ("FakeKingston", 0.016)])
def test_devices_of_today_come_close_to_exact(device, largest):
    """Fifty strong collisions: 0.025 and 0.029 with one set."""
    run = qcoll.simulate(in_turn(50, 3, synthesis="sampled"), noise=device, seeds=[0, 1])
    assert qcoll.compare(run, qcoll.evolve(STRONG, 50, "+")).trace_distance[-1] < largest
    assert circuit_cost(run.mapped).duration < 50 * 1.2e-6


def test_three_sets_of_collisions_that_are_all_the_same():
    exact = qcoll.evolve(STRONG, 5, "+")
    for sets in (2, 3):
        compiled = in_turn(5, sets, synthesis="channel")
        assert compiled.num_qubits == compiled.circuit.num_qubits == 1 + 2 * sets
        np.testing.assert_allclose(qcoll.simulate(compiled).states, exact.states, atol=1e-9)
    mapped = map_collisions(in_turn(5, 3, synthesis="channel"), fake_backend("FakeBoston").target, seeds=[0])
    (states,) = states_at_ticks([mapped.sequence()])
    np.testing.assert_allclose(states["tick:5"], exact.states[5], atol=1e-9)


def test_shots_and_refusals():
    measured = qcoll.simulate(in_turn(3, 2, synthesis="sampled"), noise=SLOW, shots=4000, seed=1)
    assert np.abs(measured.states[-1] - measured.expected.states[-1]).max() < 0.05
    with pytest.raises(qcoll.InputError, match="sets is 1, but at least two alternate"):
        in_turn(3, 1, synthesis="sampled")
    with pytest.raises(qcoll.InputError, match="4 sets of ancilla qubits do not all fit beside the system"):
        map_collisions(in_turn(8, 4, synthesis="sampled"), fake_backend("FakeBoston").target, seeds=[0])
    with pytest.raises(qcoll.InputError, match="has no reset"):
        map_collisions(in_turn(8, 2, synthesis="sampled"), fake_backend("FakeMiami").target, seeds=[0])


def test_shorter_resets_of_a_device_that_has_them():
    """On FakeBoston they take 1.656 instead of 2.232 us, and two sets are ready the sooner."""
    shorter = shortest_resets("FakeBoston")
    compiled = in_turn(20, 2, synthesis="sampled")
    runs = [qcoll.simulate(compiled, noise=noise, seeds=[0]) for noise in ("FakeBoston", shorter)]
    waits = [int(run.mapped.turns.resets[0]) for run in runs]
    assert waits == [70, 52]  # steps of 32 ns
    exact = qcoll.evolve(STRONG, 20, "+")
    off = [qcoll.compare(run, exact).trace_distance[-1] for run in runs]
    assert off[1] < 0.9 * off[0]
    with pytest.raises(qcoll.InputError, match="fake_kingston has no other kind of reset than reset"):
        shortest_resets("FakeKingston")
