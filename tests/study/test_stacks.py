"""Models as arrays are those that the model objects have."""

import dataclasses

import numpy as np
import pytest

import qcoll
from qcoll.exact import ModelStack
from qcoll.study.batches import stacked_models
from qcoll.study.sources import find_source
from qcoll.study.stacks import linear_parameters, stack_of


def random_points(source, linear, count=6):
    rng = np.random.default_rng(11)
    free = {*linear.numbers, *linear.instead.values()} & set(source.parameters)
    for number in range(count):
        point = dict(source.parameters)
        for name in free:
            point[name] = float(rng.uniform(0.2, 2))
            if name in linear.couplings and number % 2:
                point[name] = complex(rng.normal(), rng.normal())
            if name in linear.instead and number == 2:
                point[name] = None
        yield point


@pytest.mark.parametrize("name", ["example_1", "example_2", "generalised_amplitude_damping", "collective_bath"])
def test_linear_models(name):
    source = find_source(name)
    points = list(random_points(source, linear_parameters(source)))
    stack, reference = stacked_models(source, points), ModelStack.of([source(point) for point in points])
    assert stack_of(source, linear_parameters(source), points) is not None
    for part in ("system", "ancilla", "interaction", "beta", "dt"):
        expected = getattr(reference, part)
        assert np.allclose(np.broadcast_to(getattr(stack, part), expected.shape), expected, atol=1e-15, rtol=1e-15)


def test_model_files_are_linear_in_their_coefficients(tmp_path):
    qcoll.save_model(qcoll.example_2(alpha=0.2 + 0.1j), tmp_path / "model.toml")
    source = find_source("model.toml", tmp_path)
    assert {"dt", "beta", "system.Z", "ancilla.XX"} <= set(source.parameters)
    points = list(random_points(source, linear_parameters(source)))
    stack, reference = stacked_models(source, points), ModelStack.of([source(point) for point in points])
    for part in ("system", "ancilla", "interaction"):
        assert np.allclose(getattr(stack, part), getattr(reference, part), atol=1e-15, rtol=1e-15)


def test_a_study_over_a_model_file(tmp_path):
    model = qcoll.example_2(alpha=0.5)
    data = qcoll.Study(model, {"beta": [0.5, 1.0], "ancilla.XX": [0.15, 0.2]}, "steady_state").run()
    assert data.coherence[1, 0] == pytest.approx(_coherence(model), abs=1e-12)


def _coherence(model):
    state = qcoll.steady_state(model).data
    return float(2 * abs(state[0, 1]))


def test_a_function_in_a_script(tmp_path):
    (tmp_path / "mine.py").write_text("import qcoll\n\ndef weak(kappa):\n    return qcoll.example_2(kappa=kappa)\n")
    source = find_source("mine.py:weak", tmp_path)
    assert source({"kappa": 0.4}) == qcoll.example_2(kappa=0.4)
    with pytest.raises(qcoll.InputError, match="has no function 'strong'"):
        find_source("mine.py:strong", tmp_path)
    assert linear_parameters(source) is None


def test_ancillas_in_given_states_are_stacked_too():
    def reservoir(coupling):
        return qcoll.models.homogenisation(state=[[0.6, 0.2], [0.2, 0.4]], omega=0.5, coupling=coupling)

    couplings = [0.2, 0.5, 0.9]
    for compute in ("steady_state", {"kind": "trajectory", "n": 4, "record": "last"}):
        study = qcoll.Study(reservoir, {"coupling": couplings}, compute, ["state", "heat"])
        assert study.plan.batch > 1
        data = study.run()
        for place, coupling in enumerate(couplings):
            model = reservoir(coupling)
            start = qcoll.steady_state(model) if compute == "steady_state" else None
            run = qcoll.evolve(model, 1 if compute == "steady_state" else 4, start)
            assert np.allclose(data.state[place], run.states[-1], atol=1e-12)
            assert data.heat[place] == pytest.approx(run.heat.sum(), abs=1e-13)
    given = qcoll.Study(reservoir, {"coupling": couplings}, "steady_state", "entropy_production")
    assert given.plan.batch == 1  # against a modular Hamiltonian, one by one
    step = qcoll.evolve(reservoir(0.9), 1, qcoll.steady_state(reservoir(0.9)))
    assert given.run().entropy_production[2] == pytest.approx(step.entropy_production[0], abs=1e-12)


def test_a_model_file_with_a_memory_keeps_it(tmp_path):
    """Its numbers are parameters too, and each point is the trajectory of the whole model, in the study as alone."""
    qcoll.save_model(qcoll.models.remembering_bath(swap=0.9, beta=1.0), tmp_path / "bath.toml")
    axes = {"memory.dt": [0.3, 1.2], "beta": [0.5, 1.0]}
    compute = {"kind": "trajectory", "n": 4, "initial": "0"}
    found = qcoll.Study(tmp_path / "bath.toml", axes=axes, compute=compute, quantities=["energy", "heat"]).run()
    whole = qcoll.load_model(tmp_path / "bath.toml")
    forgetful = qcoll.evolve(dataclasses.replace(whole, memory=None), n=4, initial="0")
    for dt in (0.3, 1.2):
        memory = dataclasses.replace(whole.memory, dt=dt)
        alone = qcoll.evolve(dataclasses.replace(whole, memory=memory), n=4, initial="0")
        point = found.sel({"memory.dt": dt, "beta": 1.0})
        assert np.allclose(point.energy, alone.energy, atol=1e-13)
        assert np.allclose(point.heat[1:], alone.heat, atol=1e-13)
        assert abs(alone.energy[-1] - forgetful.energy[-1]) > 1e-3
    assert find_source(whole)({}) == whole
