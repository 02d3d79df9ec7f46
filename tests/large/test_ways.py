"""Which way is taken, and what is said where there is none."""

import pytest

import qcoll
from qcoll.model.operators import exchange, zeeman

from .chains import chain_between_pairs
from .test_chain import ring


def test_the_way_follows_size_and_structure():
    assert qcoll.evolve(chain_between_pairs(3)[0], 2).kind == "exact"
    for sites in (6, 7):
        chain = qcoll.models.boundary_driven_chain(sites=sites)
        assert qcoll.evolve(chain, 20, "0" * sites, record=20).kind == "exact, matrix-free"
    assert qcoll.evolve(chain_between_pairs(30)[0], 2).kind == "exact, Gaussian"
    assert qcoll.evolve(chain_between_pairs(14, anisotropy=0.5)[0], 1, "01" * 7).kind.startswith("tensor network")
    coherent = qcoll.evolve(chain_between_pairs(14)[0], 1, "+" + "1" * 13, tolerance=0.1)
    assert coherent.kind.startswith("tensor network"), "free fermions, but not from this state"
    assert qcoll.evolve(qcoll.example_2(), 2, method="second_order").kind == "second order"


def test_forty_qubits_without_a_way():
    ladder = zeeman(14, [1.0] * 14)
    for k in range(13):
        ladder += exchange(14, 1.0, raising=[0], lowering=[k + 1])
    star = qcoll.CollisionModel(
        system=ladder,
        ancilla=qcoll.Ancilla(hamiltonian=zeeman(1, [1.0]), beta=1.0),
        interaction=exchange(15, 0.4, raising=[0], lowering=[14]),
        dt=0.3,
        name="star",
    )
    with pytest.raises(
        qcoll.InputError, match=r"no method can do 'star'.*not quadratic.*is coupled to \[1, 2, 3.*as pure states"
    ):
        qcoll.evolve(star, 2)
    with pytest.raises(qcoll.InputError, match="14 system qubits, but density matrices end at 13"):
        qcoll.evolve(star, 2, method="matrix_free")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "mps"}, "method is 'mps', but must be one of 'automatic'"),
        ({"bond_dimension": 4}, 'bond_dimension and cutoff are for method="tensor_network", but the method is "exact"'),
        ({"method": "gaussian", "cutoff": 0.1}, "but the method is"),
        ({"tolerance": 0}, "tolerance is 0, but must be positive"),
    ],
)
def test_bad_options(options, message):
    with pytest.raises(qcoll.InputError, match=message):
        qcoll.evolve(ring(), 2, **options)


def test_one_qubit_is_no_chain():
    with pytest.raises(qcoll.InputError, match='has one system qubit, which is no chain: use "dense"'):
        qcoll.evolve(qcoll.example_2(), 2, method="tensor_network")


@pytest.mark.parametrize("method", ["gaussian", "tensor_network", "matrix_free"])
def test_cycles_are_for_density_matrices(method):
    cycle = qcoll.Cycle([qcoll.example_1(), qcoll.example_2()])
    assert qcoll.evolve(cycle, 2).kind == "exact"
    with pytest.raises(qcoll.InputError, match="takes a CollisionModel without memory, not a cycle"):
        qcoll.evolve(cycle, 2, method=method)


@pytest.mark.parametrize("method", ["automatic", "dense", "gaussian", "tensor_network"])
def test_large_cycles_are_for_circuits(method):
    chain = chain_between_pairs(14)[0]
    with pytest.raises(qcoll.InputError, match=r'as pure states, qcoll.simulate\(circuit, method="trajectories"'):
        qcoll.evolve(qcoll.Cycle([chain, chain]), 2, method=method)


@pytest.mark.parametrize("what", ["evolve", "steady_state", "spectral_gap", "collision_channel", "dynamical_maps"])
def test_what_is_no_model_is_said(what):
    more = {"n": 3} if what in ("evolve", "dynamical_maps") else {}
    alone = qcoll.FreeEvolution(hamiltonian="Z", dt=1.0)
    for given, said in ((alone, r"Cycle\(\[\.\.\.\]\) of it"), ("x", "a str was given"), (qcoll.example_2, "call it")):
        with pytest.raises(qcoll.InputError, match=f"model must be a qcoll.CollisionModel or a qcoll.Cycle.*{said}"):
            getattr(qcoll, what)(given, **more)


@pytest.mark.parametrize("record", [1.5, "last", None])
def test_records_are_strides_or_collisions(record):
    with pytest.raises(qcoll.InputError, match=r"record is .* must be a stride, or a list of the collisions to keep"):
        qcoll.evolve(qcoll.example_2(), n=3, record=record)
