"""Quadratic modes on qubits: fermions exactly, bosons with a cutoff, so that circuits are held against no cutoff."""

from __future__ import annotations

import itertools

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..limits import real_number
from ..model.ancilla import Ancilla
from ..model.collision import CollisionModel
from ..model.modes import Boson, Encoding, Fermion, Modes, Subsystem
from ..model.structured import LARGEST_DROPPED
from ..model.truncation import truncations
from .channel import Stroke
from .quadratic import Quadratic, joint


def collision_model(
    stroke: Stroke, levels: int, system_levels: int, encoding: Encoding, largest_dropped: float | None
) -> CollisionModel:
    """A stroke on qubits; see :meth:`.GaussianModel.to_collision_model`."""
    n, m = stroke.system.num_modes, stroke.ancilla.num_modes

    def kind(own: int) -> Subsystem:
        return Fermion() if stroke.statistics == "fermions" else Boson(levels=own, encoding=encoding)

    system = Modes(**{f"s{k}": kind(system_levels) for k in range(n)})
    ancilla = Modes(**{f"a{k}": kind(levels) for k in range(m)})
    both = system.joined(ancilla)
    _, between = joint(stroke.system, stroke.ancilla, stroke.coupling, stroke.statistics)
    made = Ancilla(hamiltonian=operator(stroke.ancilla, ancilla), beta=stroke.beta, modes=ancilla)
    share = real_number(LARGEST_DROPPED if largest_dropped is None else largest_dropped, "largest_dropped")
    for name, found in truncations(ancilla, made.hamiltonian, stroke.beta, share).items():
        if found.dropped > share:
            raise InputError(
                f"mode {name!r} has {found.levels} levels, which drop {found.dropped:.2g} of its thermal state, but "
                f"largest_dropped is {share:g}: {found.enough} levels would do"
            )
    return CollisionModel(
        system=operator(stroke.system, system),
        ancilla=made,
        interaction=operator(between, both),
        dt=stroke.dt,
        name=stroke.name,
        system_modes=system,
    )


def operator(hamiltonian: Quadratic, modes: Modes) -> SparsePauliOp:
    """A quadratic Hamiltonian in the operators of some modes."""
    lower = [modes.lowering(name) for name in modes]
    terms = [hamiltonian.hopping[j, j].real * modes.number(name) for j, name in enumerate(modes)]
    for j, k in itertools.combinations(range(len(modes)), 2):
        if hopping := hamiltonian.hopping[j, k]:
            terms += _with_conjugate(hopping * (lower[j].adjoint() @ lower[k]))
    for j, k in itertools.combinations_with_replacement(range(len(modes)), 2):
        pairing = hamiltonian.pairing[j, k] * (0.5 if j == k else 1.0)
        if pairing:
            terms += _with_conjugate(pairing * (lower[j].adjoint() @ lower[k].adjoint()))
    total = SparsePauliOp.sum(terms).simplify(atol=0, rtol=0)
    return total if np.any(total.coeffs) else SparsePauliOp("I" * modes.num_qubits, 0.0)


def _with_conjugate(term: SparsePauliOp) -> list[SparsePauliOp]:
    return [term, term.adjoint()]
