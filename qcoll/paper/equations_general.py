"""Rows for Eqs. 1-27: the collision model, its expansion in dt and the general master equation."""

from __future__ import annotations

import numpy as np

from ..exact import MasterEquation, decompose
from ..model import CollisionModel
from ..model.operators import exchange, zeeman
from ..model.random import random_model
from ..trajectory.pauli import Complex
from .as_printed import second_order_24
from .draws import draws_1, draws_2, figure_draw, general_equations, largest, paper_equation, random_state, taylor
from .rows import Checked, Equation
from .written_out import two_collisions_on_one_register

_SIGMA_MINUS = np.array([[0, 0], [1, 0]], dtype=complex)


def _total_hamiltonian() -> Checked:
    def deviation(model: CollisionModel) -> float:
        parts = np.kron(np.eye(4), model.system.to_matrix()) + model.interaction.to_matrix()
        parts = parts + np.kron(model.ancilla.hamiltonian.to_matrix(), np.eye(2))
        return float(np.abs(parts - model.hamiltonian.to_matrix()).max())

    return Checked(largest(deviation(draw.model) for draw in [*draws_1(), *draws_2()]))


def _register() -> Checked:
    return Checked(largest(two_collisions_on_one_register()))


def _free_ancilla() -> Checked:
    """Eq. 4 with C = sigma^- gives the first two terms of Eq. 28 up to a constant."""
    free = 0.5 * _on_pair(_SIGMA_MINUS.T @ _SIGMA_MINUS, 0) + 1.5 * _on_pair(_SIGMA_MINUS.T @ _SIGMA_MINUS, 1)
    return Checked(float(np.abs(free - np.eye(4) - zeeman(2, [0.5, 1.5]).to_matrix()).max()))


def _ancilla_parts() -> Checked:
    """Eq. 3 for the pair of Eq. 28."""
    whole = figure_draw().model.ancilla.hamiltonian.to_matrix()
    parts = zeeman(2, [0.5, 1.5]).to_matrix() + exchange(2, 0.3, raising=[0], lowering=[1]).to_matrix()
    return Checked(float(np.abs(whole - parts).max()))


def _ancilla_interaction() -> Checked:
    """Eq. 5 with the sum over j < k is the exchange of Eq. 28; over j != k it is twice that."""
    hop = 0.3 * _on_pair(_SIGMA_MINUS.T, 0) @ _on_pair(_SIGMA_MINUS, 1)
    target = exchange(2, 0.3, raising=[0], lowering=[1]).to_matrix()
    once, every = hop + hop.conj().T, 2 * (hop + hop.conj().T)
    return Checked(
        float(np.abs(once - target).max()),
        float(np.abs(every - target).max()),
        "kappa would count twice in Eq. 28",
    )


def _bosons() -> Checked:
    """Eq. 6 for an oscillator below its truncation; two-level systems miss it by 2."""
    lowering = np.diag(np.sqrt(np.arange(1, 12)), 1)
    commutator = (lowering @ lowering.T - lowering.T @ lowering)[:-1, :-1]
    return Checked(float(np.abs(commutator - np.eye(11)).max()))


def _fermions() -> Checked:
    """Eq. 7 for Jordan-Wigner modes; two spins commute instead and miss it."""
    first = np.kron(np.eye(2), _SIGMA_MINUS)
    second = np.kron(_SIGMA_MINUS, np.diag([1.0, -1.0]))
    deviations = [np.abs(_anti(one, one.conj().T) - np.eye(4)).max() for one in (first, second)]
    deviations += [np.abs(_anti(first, other)).max() for other in (first, second, second.conj().T)]
    return Checked(float(max(deviations)))


def _product_basis() -> Checked:
    """Eq. 8: at kappa = 0 the product states are eigenstates."""
    matrix = figure_draw(kappa=0.0).model.ancilla.hamiltonian.to_matrix()
    return Checked(float(np.abs(matrix - np.diag(np.diag(matrix))).max()))


def _eigenbasis() -> Checked:
    """Eq. 9 read with V in columns, as the sentence after it and A7 have it, for ancillas without structure."""

    def deviation(seed: int, columns: bool) -> float:
        matrix = random_model(seed).ancilla.hamiltonian.to_matrix()
        energies, vectors = np.linalg.eigh(matrix)
        vectors = vectors * np.exp(-1j * np.angle(vectors[0]))  # fixes the phases, which are arbitrary
        basis = vectors if columns else vectors.T
        return float(np.linalg.norm(matrix @ basis - basis * energies, axis=0).max())

    printed = largest(deviation(seed, False) for seed in range(4))
    return Checked(largest(deviation(seed, True) for seed in range(4)), printed, "none: V of the pair is symmetric")


def _products() -> Checked:
    def deviation(seed: int) -> float:
        model = random_model(seed, num_system_qubits=2)
        return float(np.abs(decompose(model).interaction - model.interaction.to_matrix()).max())

    return Checked(largest(deviation(seed) for seed in range(4)))


def _hamiltonians() -> list[Complex]:
    return [np.asarray(random_model(seed).hamiltonian.to_matrix()) for seed in range(4)]


def _propagator() -> Checked:
    """The three terms of Eq. 15 against the Taylor coefficients of exp(-i dt H)."""

    def deviation(hamiltonian: Complex, order: int) -> float:
        expected = [np.eye(8), -1j * hamiltonian, -hamiltonian @ hamiltonian / 2][order]
        return float(np.abs(taylor(lambda dt: _propagate(hamiltonian, dt), order) - expected).max())

    return Checked(largest(deviation(h, order) for h in _hamiltonians() for order in range(3)))


def _joint_order(order: int) -> Checked:
    """Eqs. 18-20 against the Taylor coefficients of U R U^dagger."""
    state = random_state(8, np.random.default_rng(3))

    def deviation(hamiltonian: Complex) -> float:
        once = hamiltonian @ state - state @ hamiltonian
        lindblad = 2 * hamiltonian @ state @ hamiltonian - _anti(hamiltonian @ hamiltonian, state)
        expected = [state, -1j * once, lindblad / 2][order]
        exact = taylor(lambda dt: _propagate(hamiltonian, dt) @ state @ _propagate(hamiltonian, -dt), order)
        return float(np.abs(exact - expected).max())

    return Checked(largest(deviation(h) for h in _hamiltonians()))


def _truncation() -> Checked:
    return Checked(largest(_joint_order(order).residual for order in range(3)))


def _reduced_order(equation: MasterEquation, rho: Complex, order: int) -> Complex:
    """Taylor coefficient of the reduced exact dynamics, with the ancilla in the equation's own state."""
    hamiltonian = equation.model.hamiltonian.to_matrix()
    joint = np.kron(equation.ancilla_state, rho)
    a, d = len(equation.ancilla_state), len(rho)

    def reduced(dt: complex) -> Complex:
        after = _propagate(hamiltonian, dt) @ joint @ _propagate(hamiltonian, -dt)
        return np.asarray(np.einsum("aiaj->ij", after.reshape(a, d, a, d)))

    return taylor(reduced, order)


def _whole_map() -> Checked:
    def deviation(equation: MasterEquation, rho: Complex) -> float:
        dt = equation.model.dt
        expected = sum(_reduced_order(equation, rho, order) * dt**order for order in range(3))
        return float(np.abs(_apply(equation.channel.data, rho) - expected).max())

    return Checked(largest(deviation(*pair) for pair in general_equations()))


def _first_order() -> Checked:
    def deviation(equation: MasterEquation, rho: Complex) -> float:
        expected = _reduced_order(equation, rho, 1)
        return float(np.abs(_apply(equation.first_order, rho) / equation.model.dt - expected).max())

    return Checked(largest(deviation(*pair) for pair in general_equations()))


def _zeroth_order() -> Checked:
    return Checked(largest(float(np.abs(_reduced_order(*pair, 0) - pair[1]).max()) for pair in general_equations()))


def _second_order() -> Checked:
    def deviation(equation: MasterEquation, rho: Complex, printed: bool) -> float:
        expected = _reduced_order(equation, rho, 2) * equation.model.dt**2
        found = second_order_24(equation, rho) if printed else _apply(equation.second_order, rho)
        return float(np.abs(found - expected).max())

    paper = figure_draw()
    gained = np.trace(second_order_24(paper_equation(paper), paper.rho)).real
    return Checked(
        largest(deviation(*pair, False) for pair in general_equations()),
        largest(deviation(*pair, True) for pair in general_equations()),
        f"without the dagger no population decays and the trace grows by {gained:.1e} per collision; "
        "the conjugate does nothing for real alpha",
    )


def _correlations() -> Checked:
    """Eqs. 25-27 are what L_1 and L_2 need: the pieces built from them sum to the map."""
    return Checked(max(_first_order().residual, _second_order().residual))


def _propagate(hamiltonian: Complex, dt: complex) -> Complex:
    energies, vectors = np.linalg.eigh(hamiltonian)
    return np.asarray((vectors * np.exp(-1j * dt * energies)) @ vectors.conj().T)


def _apply(superoperator: Complex, rho: Complex) -> Complex:
    return np.asarray((superoperator @ rho.flatten(order="F")).reshape(rho.shape, order="F"))


def _anti(left: Complex, right: Complex) -> Complex:
    return np.asarray(left @ right + right @ left)


def _on_pair(operator: Complex, qubit: int) -> Complex:
    return np.asarray(np.kron(np.eye(2), operator) if qubit == 0 else np.kron(operator, np.eye(2)), dtype=complex)


EQUATIONS = (
    Equation(number="1", subject="total Hamiltonian", verdict="definition", check=_total_hamiltonian),
    Equation(
        number="2",
        subject="environment and couplings are sums over ancillas",
        verdict="definition",
        check=_register,
        note="ancillas that are not colliding do not evolve in Eq. 14; their free evolution changes nothing",
    ),
    Equation(number="3", subject="ancilla: free part and interaction", verdict="definition", check=_ancilla_parts),
    Equation(
        number="4",
        subject="free part of the ancilla",
        verdict="definition",
        check=_free_ancilla,
        note="for two-level systems equal to Eq. 28 up to the constant (omega_1 + omega_2)/2",
    ),
    Equation(
        number="5",
        subject="interaction inside the ancilla",
        verdict="definition",
        nature="notation",
        printed="sum over j != k, plus h.c.",
        correct="sum over j < k, plus h.c., to agree with Eq. 28",
        check=_ancilla_interaction,
        note="the sum over j != k, plus h.c., counts every pair twice; over j < k it is the exchange of Eq. 28",
    ),
    Equation(
        number="6",
        subject="bosonic commutators",
        verdict="definition",
        check=_bosons,
        note="not what the two-level systems of both examples obey",
    ),
    Equation(
        number="7",
        subject="fermionic anticommutators",
        verdict="definition",
        check=_fermions,
        note="checked for Jordan-Wigner modes; different spins commute, so that the examples obey neither 6 nor 7",
    ),
    Equation(number="8", subject="product basis without interaction", verdict="definition", check=_product_basis),
    Equation(
        number="9",
        subject="eigenbasis of the whole ancilla",
        verdict="corrected",
        nature="notation",
        printed="V_kn, and 'the columns of U'",
        correct="V_nk, and the columns of V, as in A7",
        check=_eigenbasis,
    ),
    Equation(
        number="10",
        subject="coupling as a sum of products",
        verdict="corrected",
        nature="notation",
        printed="B_E^(j)",
        correct="B_Ek^(j), as Eqs. 25-27 have it",
        check=_products,
    ),
    Equation(number="11", subject="factorised initial state", verdict="definition", check=_register),
    Equation(number="12", subject="joint state before a collision", verdict="definition", check=_register),
    Equation(number="13", subject="unitary collision", verdict="definition", check=_register),
    Equation(number="14", subject="joint unitary", verdict="definition", check=_register),
    Equation(number="15", subject="unitary to second order", verdict="confirmed", check=_propagator),
    Equation(number="16", subject="reduced map of a collision", verdict="confirmed", check=_register),
    Equation(
        number="17",
        subject="joint map to second order",
        verdict="confirmed",
        check=_truncation,
        note="the equality is up to O(dt^3); the error of one collision has slope 3",
    ),
    Equation(number="18", subject="joint map, order 0", verdict="confirmed", check=lambda: _joint_order(0)),
    Equation(number="19", subject="joint map, order 1", verdict="confirmed", check=lambda: _joint_order(1)),
    Equation(number="20", subject="joint map, order 2", verdict="confirmed", check=lambda: _joint_order(2)),
    Equation(number="21", subject="master equation as a sum of orders", verdict="confirmed", check=_whole_map),
    Equation(number="22", subject="order 0", verdict="confirmed", check=_zeroth_order),
    Equation(number="23", subject="order 1: the driving", verdict="confirmed", check=_first_order),
    Equation(
        number="24",
        subject="order 2",
        verdict="corrected",
        nature="misprint",
        printed="line 1: {A_(k'j') A_(kj), rho}; line 2: g_k with A_k^dagger; line 3: A^(j,k)",
        correct="line 1: {A_(k'j')^dagger A_(kj), rho}; line 2: g_k*; line 3: A^(k,j)",
        check=_second_order,
        note="lines 1 and 2 hold as printed if every A_k and B_k is Hermitian, which sigma^+ and sigma^- are not; "
        "line 4, with g_kH, is right",
    ),
    Equation(number="25", subject="first-order correlations", verdict="definition", check=_correlations),
    Equation(number="26", subject="second-order correlations", verdict="definition", check=_correlations),
    Equation(
        number="27",
        subject="correlations with the ancilla's energy",
        verdict="definition",
        check=_correlations,
        note="they drop out of Eq. 24 whenever the ancilla's state commutes with its Hamiltonian",
    ),
)
