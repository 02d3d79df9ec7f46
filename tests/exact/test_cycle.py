"""Cycles against a dense loop that is written out here, closed forms, and the laws of thermodynamics."""

import dataclasses

import numpy as np
import pytest
from qiskit.quantum_info import SparsePauliOp, random_density_matrix
from scipy.linalg import expm

import qcoll
from qcoll.exact import cycle as exact_cycle
from qcoll.exact import dynamics, gibbs_state, steady_state_and_error
from qcoll.model.random import random_model
from qcoll.trajectory.files import save_csv, save_npz
from qcoll.trajectory.iterate import recorded_collisions


def strokes_of(seed, size, kinds):
    """Random strokes: "c" a collision, "s" one with an ancilla in a given state, "f" a free evolution."""
    rng = np.random.default_rng(seed)
    strokes = []
    for number, kind in enumerate(kinds):
        model = random_model(
            int(rng.integers(1000)), num_system_qubits=size, num_ancilla_qubits=int(rng.integers(1, 3))
        )
        model = dataclasses.replace(model, dt=0.6, name=f"stroke {number}")
        if kind == "s":
            state = random_density_matrix(2**model.num_ancilla_qubits, seed=number)
            ancilla = qcoll.Ancilla(hamiltonian=model.ancilla.hamiltonian, state=state)
            model = dataclasses.replace(model, ancilla=ancilla)
        if kind == "f":
            strokes.append(qcoll.FreeEvolution(hamiltonian=model.system, dt=0.3))
        else:
            strokes.append(model)
    return strokes


CYCLES = [
    qcoll.Cycle(strokes_of(1, 1, "cc")),
    qcoll.Cycle(strokes_of(2, 1, "ccc")),
    qcoll.Cycle(strokes_of(3, 1, "fcs")),
    qcoll.Cycle(strokes_of(4, 2, "cfc")),
    qcoll.Cycle(strokes_of(5, 2, "cs")),
]


def entropy(state):
    values = np.linalg.eigvalsh(state)
    return -sum(v * np.log(v) for v in values if v > 0)


def dense_loop(cycle, state, n):
    """Joint states, partial traces, energies and entropies of every stroke, from the definitions."""
    d = len(state)
    names = ("energy_change", "heat", "work", "driving_work")
    states, ledger = [state], {name: np.zeros((n, len(cycle.strokes))) for name in names}
    production = np.zeros(n)
    for step in range(n):
        for number, stroke in enumerate(cycle.strokes):
            own = stroke.system.to_matrix()
            start = state
            if isinstance(stroke, qcoll.FreeEvolution):
                unitary = expm(-1j * stroke.dt * own)
                state = unitary @ state @ unitary.conj().T
            else:
                h_ancilla, fresh = stroke.ancilla.hamiltonian.to_matrix(), gibbs_state(stroke.ancilla)
                a = len(fresh)
                coupling = stroke.interaction.to_matrix()
                total = np.kron(np.eye(a), own) + np.kron(h_ancilla, np.eye(d)) + coupling
                unitary = expm(-1j * stroke.dt * total)
                before = np.kron(fresh, state)
                after = unitary @ before @ unitary.conj().T
                parts = after.reshape(a, d, a, d)
                state, used = np.einsum("aiaj->ij", parts), np.einsum("aibi->ab", parts)
                ledger["heat"][step, number] = -np.trace(h_ancilla @ (used - fresh)).real
                ledger["work"][step, number] = np.trace(coupling @ (before - after)).real
                values, vectors = np.linalg.eigh(fresh)
                log_fresh = (vectors * np.log(values)) @ vectors.conj().T
                production[step] += entropy(state) + entropy(used) - entropy(after)  # mutual information
                production[step] += -entropy(used) - np.trace(used @ log_fresh).real  # relative entropy
            ledger["energy_change"][step, number] = np.trace(own @ (state - start)).real
            following = cycle.strokes[(number + 1) % len(cycle.strokes)].system.to_matrix()
            ledger["driving_work"][step, number] = np.trace((following - own) @ state).real
        states.append(state)
    return np.array(states), ledger, production


@pytest.mark.parametrize("cycle", CYCLES, ids=range(len(CYCLES)))
@pytest.mark.parametrize("large", [False, True])
def test_states_and_every_entry_of_the_ledger_against_a_dense_loop(cycle, large, monkeypatch):
    if large:
        monkeypatch.setattr(dynamics, "LARGEST_TRANSFER_MATRIX", 0)
    n = 12
    run = qcoll.evolve(cycle, n=n)
    states, ledger, production = dense_loop(cycle, run.states[0], n)
    assert np.abs(run.states - states).max() < 1e-12
    for name, values in ledger.items():
        assert np.abs(getattr(run.strokes, name) - values).max() < 1e-12, name
    assert np.abs(run.heat_of_strokes - ledger["heat"]).max() < 1e-12
    assert np.abs(run.driving_work - ledger["driving_work"].sum(axis=1)).max() < 1e-12
    assert np.abs(run.switching_work - ledger["work"].sum(axis=1)).max() < 1e-12
    assert np.abs(run.work - (ledger["work"] + ledger["driving_work"]).sum(axis=1)).max() < 1e-12
    assert np.abs(run.entropy_production - production).max() < 1e-12
    assert np.abs(run.first_law_residual).max() < 1e-12
    assert np.abs(run.first_law_residual_of_strokes).max() < 1e-12
    assert np.abs(run.driving_work).max() > 1e-3, "Eq. 64 is no longer zero"


def test_a_cycle_of_one_stroke_is_its_model():
    model = qcoll.example_2(alpha=0.4)
    one, own = qcoll.evolve(qcoll.Cycle([model]), n=20), qcoll.evolve(model, n=20)
    for name in ("states", "heat", "work", "switching_work", "entropy_production", "driving_work", "heat_of_strokes"):
        np.testing.assert_allclose(getattr(one, name), getattr(own, name), rtol=0, atol=1e-14)
    assert one.states.shape == own.states.shape


@pytest.mark.parametrize("cycle", CYCLES, ids=range(len(CYCLES)))
def test_limit_cycle_channel_and_gap(cycle):
    limit = qcoll.steady_state(cycle)
    channel = qcoll.collision_channel(cycle)
    assert np.abs(limit.evolve(channel).data - limit.data).max() < 1e-13
    states, _, _ = dense_loop(cycle, np.array(limit.data), 1)
    assert np.abs(states[1] - states[0]).max() < 1e-12
    values = np.sort(np.abs(np.linalg.eigvals(channel.data)))
    assert qcoll.spectral_gap(cycle) == pytest.approx(1 - values[-2], abs=1e-12)
    closed = qcoll.evolve(cycle, n=1, initial=limit)
    assert abs(closed.energy_change[0]) < 1e-12
    assert abs(closed.heat[0] + closed.work[0]) < 1e-12
    assert closed.entropy_production[0] > 0


@pytest.mark.parametrize("record", [4, [3, 50, 99]])
def test_recorded_cycles_are_those_of_the_full_trajectory(record):
    full, some = qcoll.evolve(CYCLES[1], n=100), qcoll.evolve(CYCLES[1], n=100, record=record)
    chosen = recorded_collisions(100, record)
    assert np.abs(some.states - full.states[chosen]).max() < 1e-13
    sums = np.add.reduceat(full.heat_of_strokes[: chosen[-1]], chosen[:-1])
    assert np.abs(some.heat_of_strokes - sums).max() < 1e-12


def test_weak_strokes_keep_their_digits():
    """A millionth of the coupling: the limit cycle does not depend on it, to second order, and neither on rounding."""
    mode = SparsePauliOp("Z", 0.5)
    states = []
    for coupling in (1e-3, 1e-6):
        hot, cold = (
            qcoll.CollisionModel(
                system=mode,
                ancilla=qcoll.Ancilla(hamiltonian=mode, beta=beta),
                interaction=SparsePauliOp(["XX", "YY"], [coupling / 2, coupling / 2]),
                dt=0.7,
            )
            for beta in (0.5, 2.0)
        )
        state, error = steady_state_and_error(qcoll.Cycle([hot, cold]))
        assert error < 1e-13
        states.append(state.data)
    populations = [1 / (1 + np.exp(beta)) for beta in (0.5, 2.0)]
    assert states[1][0, 0] == pytest.approx(np.mean(populations), abs=1e-12)
    assert np.abs(states[0] - states[1]).max() < 1e-6


def engine(cold, *, hot=2.0, betas=(0.5, 2.0), coupling=0.6):
    def stroke(name, omega, beta):
        return qcoll.CollisionModel(
            system=SparsePauliOp("Z", omega / 2),
            ancilla=qcoll.Ancilla(hamiltonian=SparsePauliOp("Z", omega / 2), beta=beta),
            interaction=SparsePauliOp(["XX", "YY"], [coupling / 2, coupling / 2]),
            dt=1.0,
            name=name,
        )

    return qcoll.Cycle([stroke("hot", hot, betas[0]), stroke("cold", cold, betas[1])], name="machine")


@pytest.mark.parametrize(
    ("cold", "kind"),
    [(0.1, "refrigerator"), (0.4, "refrigerator"), (0.7, "engine"), (1.5, "engine"), (2.5, "accelerator")],
)
def test_the_three_modes_of_the_two_stroke_machine_are_where_theory_puts_them(cold, kind):
    machine = engine(cold)
    limit = qcoll.evolve(machine, n=1, initial=qcoll.steady_state(machine))
    p = np.sin(0.6) ** 2
    flow = p / (2 - p) * (1 / (np.exp(1.0) + 1) - 1 / (np.exp(2.0 * cold) + 1))
    np.testing.assert_allclose(limit.heat_of_strokes[0], [2 * flow, -cold * flow], rtol=0, atol=1e-14)
    assert limit.work[0] == pytest.approx((cold - 2) * flow, abs=1e-14)
    assert list(limit.machine) == [kind]
    assert np.abs(limit.first_law_residual_of_strokes).max() < 1e-14
    assert limit.entropy_production[0] > 0
    if kind == "engine":
        assert limit.efficiency[0] == pytest.approx(1 - cold / 2, abs=1e-12)  # Otto
        assert limit.efficiency[0] < limit.carnot_efficiency == pytest.approx(0.75)
        with pytest.raises(qcoll.InputError, match="an engine in the last one: see efficiency"):
            _ = limit.coefficient_of_performance
    elif kind == "refrigerator":
        assert limit.coefficient_of_performance[0] == pytest.approx(cold / (2 - cold), abs=1e-12)
        assert limit.coefficient_of_performance[0] < limit.carnot_coefficient_of_performance == pytest.approx(1 / 3)
        with pytest.raises(qcoll.InputError, match="see coefficient_of_performance"):
            _ = limit.efficiency
    else:
        with pytest.raises(qcoll.InputError, match="gives no work"):
            _ = limit.efficiency


def test_efficiency_is_refused_where_it_means_nothing():
    cases = [
        (qcoll.example_2(), "beta = 1 alone"),
        (qcoll.Cycle([qcoll.example_2(), qcoll.example_1()]), "between two temperatures"),
        (qcoll.Cycle(strokes_of(3, 1, "cs")), "stroke 1, 'stroke 1', is in a given state"),
        (engine(1.0, betas=(-0.5, 2.0)), "stroke 0, 'hot', is inverted"),
    ]
    for model, message in cases:
        run = qcoll.evolve(model, n=2)
        for name in ("efficiency", "carnot_efficiency", "coefficient_of_performance", "machine"):
            with pytest.raises(qcoll.InputError, match=message):
                getattr(run, name)
    three = qcoll.Cycle([*engine(1.0).strokes, engine(1.0, betas=(1.0, 1.0)).strokes[0]])
    run = qcoll.evolve(three, n=1, initial=qcoll.steady_state(three))
    assert run.efficiency[0] < run.carnot_efficiency
    with pytest.raises(qcoll.InputError, match="baths at 3 temperatures"):
        _ = run.carnot_coefficient_of_performance


def test_zero_temperature_counts_infinite_entropy_where_heat_flows():
    machine = engine(1.0, betas=(0.5, np.inf))
    limit = qcoll.evolve(machine, n=2, initial=qcoll.steady_state(machine))
    assert np.all(np.isposinf(limit.entropy_production))
    assert limit.carnot_efficiency == 1.0
    assert limit.carnot_coefficient_of_performance == 0.0


def test_the_remark_names_the_strokes_without_a_temperature():
    run = qcoll.evolve(CYCLES[4], n=1)
    assert "of stroke 1 are not thermal" in run.remark
    assert "cycles" in repr(run)


def test_second_order_agrees_with_exact_as_the_cube_of_dt():
    gaps = []
    for dt in (0.04, 0.02):
        strokes = [
            qcoll.FreeEvolution(hamiltonian=SparsePauliOp("X", 0.4), dt=dt),
            dataclasses.replace(qcoll.example_2(alpha=0.4), dt=dt),
        ]
        maps = [exact_cycle.cycle_map(qcoll.Cycle(strokes), method) for method in ("exact", "second_order")]
        gaps.append(
            max(np.abs(a - b).max() for a, b in ((maps[0].matrix, maps[1].matrix), (maps[0].ledger, maps[1].ledger)))
        )
    assert np.log2(gaps[0] / gaps[1]) == pytest.approx(3, abs=0.1)


def test_tables_have_the_heat_of_every_stroke(tmp_path):
    run = qcoll.evolve(CYCLES[2], n=3)
    save_csv({"exact": run}, tmp_path / "run.csv")
    lines = (tmp_path / "run.csv").read_text().splitlines()
    column = lines[0].split(",").index("heat_1")
    assert [float(line.split(",")[column]) for line in lines[2:]] == list(run.heat_of_strokes[:, 1])
    save_npz({"exact": run}, tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        assert np.array_equal(arrays["exact/strokes/driving_work"], run.strokes.driving_work)
