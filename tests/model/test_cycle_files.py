"""Files of cycles: exact round trips, and errors that name stroke and line."""

import pytest
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.model.files import model_from_toml, model_to_toml
from qcoll.model.random import random_models

GOOD = """\
name = "engine"

[[stroke]]
name = "hot"
dt = 1.0
system = { Z = 1.0 }
ancilla = { beta = 0.5, hamiltonian = { Z = 1.0 } }
interaction = { XX = 0.3, YY = 0.3 }

[[stroke]]
dt = 1.0
[stroke.system]
Z = 0.5
[stroke.ancilla]
beta = 2.0
[stroke.ancilla.hamiltonian]
Z = 0.5
[stroke.interaction]
XX = 0.3
YY = 0.3

[[stroke]]
name = "pause"
dt = 0.2
[stroke.hamiltonian]
Z = 0.5
"""


def test_a_cycle_written_by_hand():
    cycle = model_from_toml(GOOD)
    assert [stroke.name for stroke in cycle.strokes] == ["hot", "stroke 1", "pause"]
    assert cycle.strokes[2] == qcoll.FreeEvolution(hamiltonian=SparsePauliOp("Z", 0.5), dt=0.2)
    assert [stroke.ancilla.beta for stroke in cycle.strokes[:2]] == [0.5, 2.0]
    assert cycle.name == "engine"


def test_round_trip_is_exact(tmp_path):
    trits, other = qcoll.Modes(s=qcoll.Boson(levels=3)), qcoll.Modes(a=qcoll.Qubit())
    modes = qcoll.CollisionModel(
        system=trits.number("s"),
        ancilla=qcoll.structured_ancilla(other, frequencies=[1.0], couplings={}, beta=1.0),
        interaction=trits.joined(other).exchange("s", "a", 0.4),
        dt=0.7,
        system_modes=trits,
    )
    given = qcoll.models.homogenisation(state="+")
    for strokes in (
        [model for model in random_models(10, seed=3) if model.num_system_qubits == 1],
        [given, qcoll.FreeEvolution(hamiltonian=SparsePauliOp("X", 0.1 + 0.2), dt=1 / 3), qcoll.example_2(beta=-1.0)],
        [modes, qcoll.FreeEvolution(hamiltonian=trits.number("s"), dt=0.1)],
    ):
        cycle = qcoll.Cycle(strokes, name="round trip")
        qcoll.save_model(cycle, tmp_path / "cycle.toml")
        again = qcoll.load_model(tmp_path / "cycle.toml")
        assert again == cycle
        assert (again.name, [s.name for s in again.strokes]) == (cycle.name, [s.name for s in cycle.strokes])
        assert model_to_toml(again) == model_to_toml(cycle)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("beta = 2.0", "beta = true", "line 15: stroke 1: beta must be a number"),
        ("XX = 0.3\nYY", "XX = 0.3\nYQ", r"line 20: stroke 1: 'YQ' is not a Pauli string"),
        ("dt = 0.2", "dt = -0.2", "line 24: stroke 2: dt is -0.2"),
        ("dt = 0.2", "dt = 0.2\nbeta = 1.0", "line 25: stroke 2: unknown entry 'beta'; expected dt, hamiltonian, name"),
        ("[stroke.hamiltonian]\nZ", "[stroke.hamiltonian]\nZZ", "stroke 2, 'pause', has a system of 2 qubits"),
        ('name = "engine"', 'name = "engine"\ndt = 1.0', "line 2: unknown entry 'dt'; expected name, stroke"),
        ("{ Z = 1.0 }\nancilla", "{ Z = 1.0, ZZ = 1.0 }\nancilla", "stroke 0: 'ZZ' has 2 letters"),
    ],
)
def test_errors_name_stroke_and_line(old, new, message):
    assert old in GOOD
    with pytest.raises(qcoll.InputError, match=message):
        model_from_toml(GOOD.replace(old, new, 1))


def test_strokes_that_are_no_tables():
    with pytest.raises(qcoll.InputError, match=r"write \[\[stroke\]\]"):
        model_from_toml("stroke = 3")
