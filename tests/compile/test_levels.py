"""Every level of synthesis makes the exact channel, and says what it keeps."""

import numpy as np
import pytest
from qiskit.quantum_info import DensityMatrix, Operator

import qcoll
from qcoll.compile import collision_circuit
from qcoll.compile.thermal import cx_count
from qcoll.device import map_collisions
from qcoll.device.fakes import fake_backend
from qcoll.model.random import random_model, random_models

EXAMPLES = {
    "example 1": qcoll.example_1(alpha=0.2, dt=0.3),
    "example 2": qcoll.example_2(alpha=0.2, dt=0.3),
    "example 2 as printed": qcoll.example_2(alpha=0.2, dt=0.3, levels="as_printed"),
}
UNSPLIT = ["exact", "purified_channel", "channel", "sampled"]
KEEPS = {
    "trotter": "joint state",
    "exact": "joint state",
    "purified_channel": "system",
    "channel": "system",
    "sampled": "system",
}
TORINO = fake_backend("FakeTorino").target


def error(compiled):
    return np.abs(compiled.channel().data - qcoll.collision_channel(compiled.model).data).max()


def structured(seed):
    """Both examples with random parameters, complex alpha and durations up to 2."""
    rng = np.random.default_rng(seed)
    parameters = {name: rng.uniform(0.3, 2.5) for name in ("omega_s", "omega_1", "omega_2")}
    parameters |= {
        "kappa": rng.uniform(0.1, 1.5),
        "beta": float(rng.choice([0.3, 1.0, 3.0])),
        "dt": rng.uniform(0.05, 2),
    }
    parameters["alpha"] = rng.uniform(0.05, 1) * np.exp(2j * np.pi * rng.uniform())
    return [
        qcoll.example_1(**parameters),
        qcoll.example_2(**parameters),
        qcoll.example_2(levels="as_printed", **parameters),
    ]


@pytest.mark.parametrize("level", UNSPLIT)
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_channel_of_the_examples(name, level):
    assert error(qcoll.compile_collisions(EXAMPLES[name], n=1, synthesis=level)) < 1e-12


@pytest.mark.parametrize("level", UNSPLIT)
@pytest.mark.parametrize("seed", range(4))
def test_the_channel_of_random_structured_models(seed, level):
    for model in structured(seed):
        assert error(qcoll.compile_collisions(model, n=1, synthesis=level)) < 1e-10


@pytest.mark.parametrize("model", random_models(8, seed=11, largest=2), ids=lambda model: model.name)
def test_the_channel_of_any_model(model):
    levels = ["exact", "purified_channel", "channel"] + ["sampled"] * (model.num_system_qubits == 1)
    for level in levels:
        assert error(qcoll.compile_collisions(model, n=1, synthesis=level)) < 1e-10


@pytest.mark.parametrize("level", ["trotter", "exact"])
@pytest.mark.parametrize("beta", [0.0, 1.0, float("inf")])
def test_sampled_preparations_are_the_thermal_state_in_the_mean(level, beta):
    model = qcoll.example_2(alpha=0.2, beta=beta)
    sampled = qcoll.compile_collisions(model, n=3, synthesis=level, preparation="sampled")
    purified = qcoll.compile_collisions(model, n=3, synthesis=level)
    assert sampled.keeps == "joint state"
    assert np.abs(sampled.prepared_state().data - purified.prepared_state().data).max() < 1e-12
    assert np.abs(sampled.channel().data - purified.channel().data).max() < 1e-12
    assert sampled.num_qubits == 1 + 2 + 1, "system, ancilla and the initial state's reference, but no purifier"


class TestAbsorbedPreparation:
    @pytest.mark.parametrize("model", [*EXAMPLES.values(), *random_models(6, seed=12, largest=2)], ids=lambda m: m.name)
    def test_is_the_same_collision(self, model):
        absorbed, plain = (
            qcoll.compile_collisions(model, n=1, synthesis="exact", preparation=preparation)
            for preparation in ("absorbed", "purified")
        )
        assert error(absorbed) < 1e-10
        assert np.abs(absorbed.prepared_state().data - plain.prepared_state().data).max() < 1e-10
        overlap = np.vdot(absorbed.collision_unitary(), plain.collision_unitary())
        phase = overlap / abs(overlap)
        assert np.abs(absorbed.collision_unitary() * phase - plain.collision_unitary()).max() < 1e-10
        frame = absorbed.pieces.frame
        assert np.abs(frame.conj().T @ frame - np.eye(len(frame))).max() < 1e-10

    @pytest.mark.parametrize(("name", "most"), [("example 1", 12), ("example 2", 10)])
    def test_counts(self, name, most):
        compiled = qcoll.compile_collisions(EXAMPLES[name], n=1, synthesis="exact", preparation="absorbed", initial="0")
        assert compiled.circuit.num_nonlocal_gates() <= most
        mapped = map_collisions(compiled, TORINO)
        assert mapped.first.num_nonlocal_gates() <= most

    def test_goes_with_the_exact_level(self):
        with pytest.raises(qcoll.InputError, match=r"goes with synthesis=.exact., but synthesis is 'trotter'"):
            qcoll.compile_collisions(EXAMPLES["example 2"], n=1, preparation="absorbed")


class TestSystemKept:
    """The levels that keep the ancilla, without it: the same channel from fewer gates."""

    @pytest.mark.parametrize("preparation", ["purified", "sampled"])
    @pytest.mark.parametrize("level", ["trotter", "exact"])
    @pytest.mark.parametrize(
        "model", [*EXAMPLES.values(), *random_models(3, seed=8, largest=2)], ids=lambda model: model.name
    )
    def test_the_channel_is_that_of_the_joint_circuit(self, model, level, preparation):
        joint, alone = (
            qcoll.compile_collisions(model, n=1, synthesis=level, preparation=preparation, keep=keep)
            for keep in (None, "system")
        )
        assert alone.keeps == "system"
        assert np.abs(alone.channel().data - joint.channel().data).max() < 1e-12

    @pytest.mark.parametrize(("name", "joint", "alone"), [("example 1", 12, 10), ("example 2", 13, 11)])
    def test_what_is_discarded_costs_nothing(self, name, joint, alone):
        for keep, count in ((None, joint), ("joint state", joint), ("system", alone)):
            compiled = qcoll.compile_collisions(EXAMPLES[name], n=1, initial="0", keep=keep)
            assert map_collisions(compiled, basis_gates=["cx", "u"], seeds=[0]).first.num_nonlocal_gates() == count

    def test_the_absorbed_preparation_too(self):
        options = {"synthesis": "exact", "preparation": "absorbed", "keep": "system"}
        compiled = qcoll.compile_collisions(EXAMPLES["example 2"], n=1, **options)
        assert error(compiled) < 1e-10
        assert compiled.pieces.only.collision.num_nonlocal_gates() < 10

    def test_the_levels_without_ancilla_cannot_keep_it(self):
        with pytest.raises(qcoll.InputError, match=r"keep is .joint state., but synthesis='channel' keeps only"):
            qcoll.compile_collisions(EXAMPLES["example 2"], n=1, synthesis="channel", keep="joint state")
        with pytest.raises(qcoll.InputError, match=r"keep is 'ancilla', but must be one of 'joint state', 'system'"):
            qcoll.compile_collisions(EXAMPLES["example 2"], n=1, keep="ancilla")


@pytest.mark.parametrize(("option", "value"), [("trotter_order", 4), ("trotter_steps", 3)])
@pytest.mark.parametrize("level", ["exact", "purified_channel", "channel", "sampled"])
def test_a_product_formula_is_refused_where_there_is_none(level, option, value):
    with pytest.raises(qcoll.InputError, match=f"{option} is {value}, but synthesis='{level}' has no product formula"):
        qcoll.compile_collisions(EXAMPLES["example 2"], n=1, synthesis=level, **{option: value})


@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize(
    "model", [*EXAMPLES.values(), *random_models(4, seed=3, largest=2)], ids=lambda model: model.name
)
def test_what_the_thermal_ancilla_does_not_notice_is_left_out(model, order):
    """The joint unitary is still the product formula's, and the part left out keeps the thermal state."""
    compiled = qcoll.compile_collisions(model, n=1, initial="0" * model.num_system_qubits, trotter_order=order)
    formula = Operator(collision_circuit(model, trotter_order=order)).data
    found = compiled.collision_unitary()
    overlap = np.vdot(found, formula)
    assert abs(overlap) == pytest.approx(len(formula), rel=1e-12)
    assert np.abs(found * (overlap / abs(overlap)) - formula).max() < 1e-10
    idle = compiled.pieces.commuting
    if idle is not None:
        thermal = compiled.prepared_state().data
        assert np.abs(idle @ thermal @ idle.conj().T - thermal).max() < 1e-12
    if model in EXAMPLES.values():
        assert idle is not None


@pytest.mark.parametrize("level", KEEPS)
def test_what_is_kept_is_what_is_ticked(level):
    compiled = qcoll.compile_collisions(EXAMPLES["example 2"], n=2, synthesis=level)
    assert compiled.keeps == KEEPS[level]
    ticks = [item for item in compiled.circuit.data if item.operation.name == "barrier"]
    joint = compiled.keeps == "joint state"
    expected = ["tick:0", *(["prepared:1"] * joint), "tick:1", *(["prepared:2"] * joint), "tick:2"]
    assert [item.operation.label for item in ticks] == expected
    assert {len(item.qubits) for item in ticks} == {3 if joint else 1}


@pytest.mark.parametrize("level", ["purified_channel", "channel", "sampled"])
def test_the_lost_joint_state_is_refused(level):
    compiled = qcoll.compile_collisions(EXAMPLES["example 2"], n=2, synthesis=level)
    with pytest.raises(qcoll.InputError, match="keeps only the system's state, so there is no prepared ancilla"):
        compiled.prepared_state()
    with pytest.raises(qcoll.InputError, match=r"no joint unitary: compile with synthesis=.trotter. or .exact."):
        compiled.collision_unitary()
    with pytest.raises(qcoll.InputError, match="prepares the ancilla in its own way: leave preparation out"):
        qcoll.compile_collisions(EXAMPLES["example 2"], n=2, synthesis=level, preparation="state_preparation")


def test_sampled_collisions_have_no_one_circuit():
    compiled = qcoll.compile_collisions(EXAMPLES["example 2"], n=2, synthesis="sampled")
    mapped = map_collisions(compiled)
    for holder, name in ((compiled, "preparation"), (compiled, "collision"), (mapped, "first"), (mapped, "period")):
        with pytest.raises(qcoll.InputError, match=r"sampled from 4 circuits.*branches for all of them"):
            getattr(holder, name)


def test_sampled_channels_of_several_qubits_are_sampled_eigenstates():
    model = random_model(2, num_system_qubits=2, num_ancilla_qubits=1)
    sampled, exact = (qcoll.compile_collisions(model, n=1, synthesis=level) for level in ("sampled", "exact"))
    assert error(sampled) < 1e-10
    mean = sum(b.probability * cx_count(sampled.pieces.body(b)) for b in sampled.pieces.branches)
    assert mean <= cx_count(exact.pieces.body(exact.pieces.only))
    with pytest.raises(qcoll.InputError, match="goes with one system qubit, but this system has 2"):
        qcoll.compile_collisions(model, n=1, synthesis="sampled", correction="measured")


@pytest.mark.parametrize("seed", [-1, 0.5, True, None])
def test_bad_seeds_are_refused(seed):
    with pytest.raises(qcoll.InputError, match="must be an integer that is not negative"):
        qcoll.compile_collisions(EXAMPLES["example 2"], n=1, synthesis="sampled", seed=seed)


class TestDraws:
    def test_are_repeatable_and_begin_alike(self):
        few, many, other = (
            qcoll.compile_collisions(EXAMPLES["example 1"], n=n, synthesis="sampled", seed=seed).draws()
            for n, seed in ((50, 3), (500, 3), (500, 4))
        )
        assert np.array_equal(few, many[:50])
        assert not np.array_equal(many, other)

    def test_have_the_probabilities_of_the_branches(self):
        compiled = qcoll.compile_collisions(EXAMPLES["example 1"], n=100_000, synthesis="sampled", seed=1)
        probabilities = compiled.pieces.probabilities
        assert probabilities.sum() == pytest.approx(1, abs=1e-14)
        seen = np.bincount(compiled.draws(), minlength=len(probabilities)) / compiled.n
        assert np.all(np.abs(seen - probabilities) < 5 * np.sqrt(probabilities / compiled.n))

    def test_are_what_the_circuit_holds(self):
        """One realisation is the product of the channels of the branches that were sampled."""
        compiled = qcoll.compile_collisions(EXAMPLES["example 1"], n=12, synthesis="sampled", seed=5, initial="+")
        assert len(set(compiled.draws())) > 1
        state = np.asarray(DensityMatrix.from_label("+").data)
        for branch in compiled.draws():
            circuit = compiled.pieces.branches[branch].collision
            kraus = Operator(circuit).data.reshape(-1, 2, 2**circuit.num_qubits)[:, :, :2]
            state = np.einsum("kij,jl,kml->im", kraus, state, kraus.conj())
        plain = compiled.circuit.copy_empty_like()
        for item in compiled.circuit.data:
            if item.operation.name != "barrier":
                plain.append(item)
        whole = DensityMatrix.from_int(0, 2**plain.num_qubits).evolve(plain)
        reduced = np.einsum("aiaj->ij", whole.data.reshape(-1, 2, len(whole.data) // 2, 2))
        assert np.abs(reduced - state).max() < 1e-12

    def test_only_used_ancillas_are_reset_or_fresh(self):
        options = {"n": 40, "synthesis": "sampled", "seed": 2, "initial": "0"}
        reset = qcoll.compile_collisions(EXAMPLES["example 2"], **options)
        used = int(np.sum([reset.pieces.branches[b].collision.num_nonlocal_gates() > 0 for b in reset.draws()]))
        assert 1 < used < 12
        assert reset.circuit.count_ops()["reset"] == used - 1
        fresh = qcoll.compile_collisions(EXAMPLES["example 2"], ancillas="fresh", **options)
        assert fresh.num_qubits == fresh.circuit.num_qubits == 1 + used
