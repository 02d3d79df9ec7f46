"""The two-stroke engine against its closed form, and what the coherence of its ancillas does."""

import dataclasses

import numpy as np
import pytest

import qcoll
from qcoll.exact import gibbs_state
from qcoll.models import two_stroke_engine


def round_of(engine):
    """Heats and work of a round in the limit cycle."""
    ledger = engine.evolve(1, engine.steady_state())
    assert abs(ledger.first_law_residual[0]) < 1e-14
    assert abs(ledger.energy_change[0]) < 1e-14
    return *ledger.heat_of_strokes[0], ledger.work[0]


@pytest.mark.parametrize("cold", [0.1, 0.4, 0.7, 1.0, 1.5, 2.0, 2.8])
def test_heats_and_work_of_plain_ancillas_and_what_the_machine_is(cold):
    hot_heat, cold_heat, work = round_of(two_stroke_engine(frequencies=(2.0, cold), betas=(0.5, 2.0), coupling=0.6))
    p = np.sin(0.6) ** 2
    flow = p / (2 - p) * (1 / (np.exp(1.0) + 1) - 1 / (np.exp(2.0 * cold) + 1))
    np.testing.assert_allclose([hot_heat, cold_heat, work], np.array([2, -cold, cold - 2]) * flow, rtol=0, atol=1e-14)
    if 0.5 < cold < 2:  # engine
        assert work < 0 < hot_heat
        assert -work / hot_heat < 1 - 0.5 / 2.0  # Carnot
    elif cold < 0.5:  # refrigerator
        assert cold_heat > 0
        assert cold_heat / work < 0.5 / (2.0 - 0.5)
    elif cold > 2:  # accelerator
        assert hot_heat > 0
        assert work > 0


@pytest.mark.parametrize("kappa", [0.1, 0.3])
def test_coherence_of_the_ancillas_costs_switching_work(kappa):
    """On qubits, with ancillas as they are and with their coherence removed, populations kept."""
    engine = two_stroke_engine(kappa=kappa)
    own = round_of(engine)
    strokes = [model.to_collision_model() for model in engine.models]
    np.testing.assert_allclose(on_qubits(strokes), own, rtol=0, atol=1e-13)
    dephased = [dataclasses.replace(stroke, ancilla=without_coherence(stroke.ancilla)) for stroke in strokes]
    heat, _, work = on_qubits(dephased)
    assert -work / heat == pytest.approx(0.5, abs=1e-11)
    assert 0 < -own[2] / own[0] < 0.5
    ledger = engine.evolve(1, engine.steady_state())
    assert ledger.driving_work[0] == pytest.approx(work, abs=1e-13)  # so that coherence adds switching work alone
    assert ledger.switching_work[0] > 0


def without_coherence(ancilla):
    state = np.diag(gibbs_state(ancilla).diagonal())
    return qcoll.Ancilla(hamiltonian=ancilla.hamiltonian, state=state, modes=ancilla.modes)


def on_qubits(strokes):
    """Hot heat, cold heat and work of a round in the limit cycle, stroke by stroke."""
    whole = qcoll.collision_channel(strokes[0]).compose(qcoll.collision_channel(strokes[1]))
    values, vectors = np.linalg.eig(whole.data)
    state = vectors[:, np.argmin(np.abs(values - 1))].reshape(2, 2).T
    state = state / np.trace(state)
    heats, work = [], 0.0
    for stroke, following in zip(strokes, strokes[::-1], strict=True):
        step = qcoll.evolve(stroke, 1, state)
        state = step.states[1]
        heats.append(step.heat[0])
        work += step.work[0] + np.trace((following.system - stroke.system).to_matrix() @ state).real
    return *heats, work


@pytest.mark.parametrize("kappa", [0.0, 0.3])
def test_the_engine_as_a_cycle_of_qubits(kappa):
    engine = two_stroke_engine(kappa=kappa)
    cycle = engine.to_cycle(name="engine")
    moments, limit = engine.evolve(1, engine.steady_state()), qcoll.evolve(cycle, 1, qcoll.steady_state(cycle))
    np.testing.assert_allclose(limit.heat_of_strokes, moments.heat_of_strokes, rtol=0, atol=1e-13)
    for name in ("work", "driving_work", "switching_work", "entropy_production"):
        np.testing.assert_allclose(getattr(limit, name), getattr(moments, name), rtol=0, atol=1e-12)
    assert limit.machine[0] == "engine"
    assert limit.efficiency[0] < limit.carnot_efficiency
    compiled = qcoll.compile_collisions(cycle, 2, "0", synthesis="channel")
    assert np.abs(qcoll.simulate(compiled).states - qcoll.evolve(cycle, 2, "0").states).max() < 1e-9


def test_a_cutoff_too_low_names_the_stroke():
    modes = {"statistics": "bosons", "system": [[1.0]], "ancilla": [[1.0]], "interaction": [[0.2]], "dt": 0.5}
    cycle = qcoll.GaussianCycle([qcoll.GaussianModel(beta=beta, name=f"bath {beta}", **modes) for beta in (5.0, 0.2)])
    with pytest.raises(qcoll.InputError, match=r"stroke 1, 'bath 0\.2'"):
        cycle.to_cycle(levels=4)


def test_bad_parameters_are_refused():
    for change, message in [
        ({"frequencies": 1.0}, "frequencies"),
        ({"betas": (1.0,)}, "betas"),
        ({"kappa": float("inf")}, "kappa"),
    ]:
        with pytest.raises(qcoll.InputError, match=message):
            two_stroke_engine(**change)
