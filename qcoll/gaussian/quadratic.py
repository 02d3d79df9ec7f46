r"""Quadratic Hamiltonians of bosons or fermions, and the two ways in which their moments are kept.

.. math:: H = \sum_{jk} h_{jk}\,c_j^\dagger c_k
    + \tfrac12\sum_{jk}\left(\Delta_{jk}\,c_j^\dagger c_k^\dagger + \mathrm{h.c.}\right)

with h Hermitian and :math:`\Delta` symmetric for bosons, antisymmetric for fermions.

=============  =================================================  ==========================  =====================
form           second moments M                                   H is                        propagator
=============  =================================================  ==========================  =====================
conserving     :math:`\langle c_k^\dagger c_j\rangle` (n, n)      h                           :math:`e^{-iht}`
with pairing,  :math:`\tfrac12\langle\{r_j, r_k\}\rangle`         :math:`\tfrac12 r^TGr`      :math:`e^{\Omega Gt}`
bosons         (2n, 2n), :math:`r = (x, p)`
with pairing,  :math:`\langle\gamma_j\gamma_k\rangle -            :math:`\tfrac14\gamma^T     :math:`e^{-iBt}`
fermions       \delta_{jk}` (2n, 2n)                              B\gamma`
=============  =================================================  ==========================  =====================

with :math:`x = (c + c^\dagger)/\sqrt2`, :math:`p = -i(c - c^\dagger)/\sqrt2`, and Majorana operators
:math:`\gamma = (c + c^\dagger, -i(c - c^\dagger))`. In every form the moments go to :math:`UMU^\dagger`, and the energy
is :math:`\mathrm{Tr}[KM]` up to a constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from ..errors import InputError

Statistics = Literal["bosons", "fermions"]
Complex = NDArray[np.complex128]
Real = NDArray[np.float64]
#: Moments: complex without pairing, and of fermions; real of bosons with pairing.
Matrix = NDArray[Any]

#: By how much a matrix may miss its symmetry, relative to its largest entry.
SYMMETRY_TOLERANCE = 1e-10
#: Levels closer to the lowest than this, relative to the largest, are degenerate with it at beta = inf.
DEGENERACY_TOLERANCE = 1e-12


@dataclass(frozen=True, eq=False)
class Quadratic:
    """A quadratic Hamiltonian of n modes.

    Args:
        hopping: Hermitian h, shape (n, n).
        pairing: Delta, shape (n, n).
    """

    hopping: Complex
    pairing: Complex

    @property
    def num_modes(self) -> int:
        """How many modes it has."""
        return len(self.hopping)

    @property
    def conserving(self) -> bool:
        """Whether it conserves the number of particles."""
        return not self.pairing.any()


def check_statistics(statistics: object) -> None:
    """Refuse what is neither bosons nor fermions."""
    if statistics not in get_args(Statistics):
        raise InputError(f'statistics is {statistics!r}, but must be "bosons" or "fermions"')


def quadratic_of(given: Any, statistics: Statistics, name: str) -> Quadratic:
    """A Hermitian matrix (n, n), or it and a pairing matrix (n, n), as a quadratic Hamiltonian.

    Raises:
        InputError: if they have other shapes or symmetries.
    """
    hopping, pairing = _pair(given, name)
    if hopping.ndim != 2 or hopping.shape[0] != hopping.shape[1] or not hopping.size:
        raise InputError(
            f"{name} has shape {hopping.shape}, but a square matrix was expected, with an entry for each pair of modes"
        )
    if pairing is None:
        pairing = np.zeros_like(hopping)
    if pairing.shape != hopping.shape:
        raise InputError(f"the pairing of {name} has shape {pairing.shape}, but its hopping has {hopping.shape}")
    sign, symmetry = (1, "symmetric") if statistics == "bosons" else (-1, "antisymmetric")
    for matrix, mirrored, what, wanted in (
        (hopping, hopping.conj().T, name, "Hermitian"),
        (pairing, sign * pairing.T, f"the pairing of {name}", f"{symmetry} for {statistics}"),
    ):
        largest = np.abs(matrix).max()
        if np.abs(matrix - mirrored).max() > SYMMETRY_TOLERANCE * largest:
            raise InputError(f"{what} must be {wanted}, but is not")
    return Quadratic((hopping + hopping.conj().T) / 2, (pairing + sign * pairing.T) / 2)


def coupling_of(given: Any, shape: tuple[int, int]) -> tuple[Complex, Complex]:
    """Exchange and pairing between system and ancilla, each (n, m).

    Raises:
        InputError: if they have another shape.
    """
    exchange, pairing = _pair(given, "the interaction")
    if pairing is None:
        pairing = np.zeros_like(exchange)
    for matrix, what in ((exchange, "the interaction"), (pairing, "the pairing of the interaction")):
        if matrix.shape != shape:
            raise InputError(
                f"{what} has shape {matrix.shape}, but {shape} was expected: system modes times ancilla modes"
            )
    return exchange, pairing


def joint(
    system: Quadratic, ancilla: Quadratic, coupling: tuple[Complex, Complex], statistics: Statistics
) -> tuple[Quadratic, Quadratic]:
    """The whole Hamiltonian of system and ancilla modes, and the interaction alone."""
    n, m = system.num_modes, ancilla.num_modes
    sign = 1 if statistics == "bosons" else -1
    exchange, pairing = coupling
    between = Quadratic(
        np.block([[np.zeros((n, n)), exchange], [exchange.conj().T, np.zeros((m, m))]]),
        np.block([[np.zeros((n, n)), pairing], [sign * pairing.T, np.zeros((m, m))]]),
    )
    free_hopping, free_pairing = np.zeros_like(between.hopping), np.zeros_like(between.pairing)
    for place, own in ((slice(n), system), (slice(n, n + m), ancilla)):
        free_hopping[place, place], free_pairing[place, place] = own.hopping, own.pairing
    return Quadratic(free_hopping + between.hopping, free_pairing + between.pairing), between


@dataclass(frozen=True)
class Form:
    """How moments are kept: with or without pairing."""

    statistics: Statistics
    paired: bool

    def places(self, modes: NDArray[np.intp], count: int) -> NDArray[np.intp]:
        """Where the moments of some of ``count`` modes are."""
        return np.concatenate([modes, modes + count]) if self.paired else modes

    def energy(self, hamiltonian: Quadratic) -> Matrix:
        """K with the energy Tr[K M] up to a constant."""
        if not self.paired:
            return hamiltonian.hopping
        if self.statistics == "bosons":
            return quadrature_matrix(hamiltonian) / 2
        return np.asarray(-majorana_matrix(hamiltonian) / 4)

    def constant(self, hamiltonian: Quadratic) -> float:
        """What the energy is beside Tr[K M]."""
        if not self.paired:
            return 0.0
        half = float(np.trace(hamiltonian.hopping).real) / 2
        return -half if self.statistics == "bosons" else half

    def propagator(self, hamiltonian: Quadratic, time: float) -> Matrix:
        """U of a time evolution."""
        if self.paired and self.statistics == "bosons":
            return np.asarray(expm(time * symplectic_form(hamiltonian.num_modes) @ quadrature_matrix(hamiltonian)))
        if not self.paired and not hamiltonian.hopping.imag.any():  # in real numbers it takes a third of the time
            energies, real = np.linalg.eigh(hamiltonian.hopping.real)
            cosine, sine = ((real * part(time * energies)) @ real.T for part in (np.cos, np.sin))
            return np.asarray(cosine - 1j * sine)
        generator = majorana_matrix(hamiltonian) if self.paired else hamiltonian.hopping
        energies, vectors = np.linalg.eigh(generator)
        unitary = (vectors * np.exp(-1j * time * energies)) @ vectors.conj().T
        return np.asarray(unitary.real if self.paired else unitary)

    def thermal(self, hamiltonian: Quadratic, beta: float, name: str) -> Matrix:
        """Moments of the thermal state.

        Raises:
            InputError: for bosons without one.
        """
        if self.statistics == "bosons":
            return _thermal_bosons(hamiltonian, beta, self.paired, name)
        generator = majorana_matrix(hamiltonian) if self.paired else hamiltonian.hopping
        energies, vectors = np.linalg.eigh(generator)
        flat = np.abs(energies) <= DEGENERACY_TOLERANCE * np.abs(energies).max(initial=0.0)
        exponent = np.where(flat, 0.0, beta * np.where(flat, 1.0, energies))
        polarization = np.tanh(exponent / 2)
        values = polarization if self.paired else (1 - polarization) / 2
        return np.asarray((vectors * values) @ vectors.conj().T)


def quadrature_matrix(hamiltonian: Quadratic) -> Real:
    """G of bosons with H = r^T G r / 2, (2n, 2n)."""
    h, pairing = hamiltonian.hopping, hamiltonian.pairing
    return np.block([[h.real + pairing.real, pairing.imag - h.imag], [pairing.imag + h.imag, h.real - pairing.real]])


def majorana_matrix(hamiltonian: Quadratic) -> Complex:
    """B of fermions with H = gamma^T B gamma / 4 up to a constant, (2n, 2n), Hermitian and imaginary."""
    h, pairing = hamiltonian.hopping, hamiltonian.pairing
    return 1j * np.block(
        [[h.imag + pairing.imag, h.real - pairing.real], [-h.real - pairing.real, h.imag - pairing.imag]]
    )


def symplectic_form(modes: int) -> Real:
    """Omega of n modes, (2n, 2n): [r_j, r_k] = i Omega_jk."""
    return np.kron(np.array([[0.0, 1.0], [-1.0, 0.0]]), np.eye(modes))


def _thermal_bosons(hamiltonian: Quadratic, beta: float, paired: bool, name: str) -> Matrix:
    """Moments of a bosonic thermal state: for pairing after Williamson, with K = sqrt(G) i Omega sqrt(G)."""
    generator = quadrature_matrix(hamiltonian) if paired else hamiltonian.hopping
    energies, vectors = np.linalg.eigh(generator)
    if energies[0] <= DEGENERACY_TOLERANCE * np.abs(energies).max():
        raise InputError(
            f"{name} has a normal mode of frequency {_frequency(hamiltonian, energies[0], paired)}: bosons then have "
            "no thermal state; take larger frequencies, or weaker couplings and pairings"
        )
    if not beta > 0:
        raise InputError(f"beta is {beta:g}, but bosons have no thermal state at such a temperature")
    if not paired:
        return np.asarray((vectors / np.expm1(np.minimum(beta * energies, 700.0))) @ vectors.conj().T)
    root = (vectors * np.sqrt(energies)) @ vectors.T
    inverse = (vectors / np.sqrt(energies)) @ vectors.T
    values, modes = np.linalg.eigh(1j * root @ symplectic_form(hamiltonian.num_modes) @ root)
    widened = np.abs(values) / 2 / np.tanh(np.minimum(beta * np.abs(values) / 2, 350.0))
    return np.asarray(inverse @ ((modes * widened) @ modes.conj().T).real @ inverse)


def _frequency(hamiltonian: Quadratic, lowest: float, paired: bool) -> str:
    """The frequency that is not positive, in words."""
    if not paired:
        return f"{lowest:.3g}"
    dynamical = 1j * symplectic_form(hamiltonian.num_modes) @ quadrature_matrix(hamiltonian)
    values = np.linalg.eigvals(dynamical)
    unstable = values[int(np.abs(values.imag).argmax())]
    if abs(unstable.imag) > 1e-7 * np.abs(values).max():
        return f"{unstable.real:.3g} with growth {abs(unstable.imag):.3g}"
    return f"that is not positive (its energy matrix has the eigenvalue {lowest:.3g})"


def _pair(given: Any, name: str) -> tuple[Complex, Complex | None]:
    """One matrix, or two of them."""
    two = isinstance(given, tuple | list) and len(given) == 2 and all(np.ndim(item) == 2 for item in given)
    parts = list(given) if two else [given]
    matrices = []
    for part in parts:
        try:
            matrix = np.array(part, dtype=complex)
        except (TypeError, ValueError) as error:
            raise InputError(f"{name} is no matrix, or pair of matrices, of numbers: {error}") from error
        if not np.all(np.isfinite(matrix)):
            raise InputError(f"{name} has entries that are not finite numbers")
        matrices.append(matrix)
    return matrices[0], matrices[1] if len(matrices) == 2 else None
