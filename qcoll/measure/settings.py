r"""Measurement settings and the estimators that turn counts into expectation values with standard errors.

A setting is a Pauli basis for every qubit. All strings that it diagonalises are estimated from its shots; a string
that several settings contain is the mean over them. For an observable :math:`O = \sum_P c_P P` with
:math:`w_{Ps} = 1/(\text{number of settings with } P)` the estimate and its variance are

.. math::

    \bar O = \sum_s \langle f_s\rangle,\qquad
    \mathrm{Var}\,\bar O = \sum_s \frac{\mathrm{Var}(f_s)}{N_s},\qquad
    f_s(b) = \sum_{P \in s} c_P w_{Ps} (-1)^{b\cdot P} .
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.quantum_info import PauliList, SparsePauliOp

Real = NDArray[np.float64]
Counts = Mapping[int, int]


def system_paulis(num_system: int, num_qubits: int) -> list[str]:
    """All Pauli strings of the system's qubits, identity first, on the joint register."""
    return [
        "I" * (num_qubits - num_system) + "".join(letters) for letters in itertools.product("IXYZ", repeat=num_system)
    ]


def settings_for(paulis: Sequence[str]) -> list[str]:
    """Bases, one letter per qubit, in which every given Pauli string can be measured.

    >>> settings_for(["IIX", "IXX", "IIZ"])
    ['ZXX', 'ZZZ']
    """
    informative = [label for label in paulis if set(label) != {"I"}]
    bases = []
    for group in PauliList(informative).group_commuting(qubit_wise=True):
        z, x = group.z.any(axis=0), group.x.any(axis=0)
        letters = ["Y" if zi and xi else "X" if xi else "Z" for zi, xi in zip(z[::-1], x[::-1], strict=True)]
        bases.append("".join(letters))
    return sorted(set(bases))


def rotation_circuit(basis: str) -> QuantumCircuit:
    """Rotate every qubit so that measuring Z measures the basis letter."""
    circuit = QuantumCircuit(len(basis))
    for qubit, letter in enumerate(reversed(basis)):
        if letter == "Y":
            circuit.sdg(qubit)
        if letter in "XY":
            circuit.h(qubit)
    return circuit


@dataclass(frozen=True, eq=False)
class Estimates:
    """Counts of a set of settings at one tick, and the estimators on them.

    Args:
        counts: for every setting the number of times each outcome (as an integer) was seen.
    """

    counts: Mapping[str, Counts]

    def value(self, observable: SparsePauliOp) -> tuple[float, float]:
        """Estimate and variance of a Hermitian observable on the measured qubits."""
        weights = {label: coefficient.real for label, coefficient in observable.to_list()}
        constant = sum(weight for label, weight in weights.items() if set(label) == {"I"})
        labels = [label for label in weights if set(label) != {"I"}]
        means, covariance = self.paulis(labels)
        row = np.array([weights[label] for label in labels])
        return float(constant + row @ means), float(row @ covariance @ row)

    def paulis(self, labels: Sequence[str]) -> tuple[Real, Real]:
        """Means (k,) and covariance (k, k) of Pauli strings; the identity is one with no variance."""
        means, covariance = np.zeros(len(labels)), np.zeros((len(labels), len(labels)))
        share = {label: sum(_measures(basis, label) for basis in self.counts) for label in labels}
        for basis, counts in self.counts.items():
            outcomes = np.fromiter(counts.keys(), dtype=np.int64)
            numbers = np.fromiter(counts.values(), dtype=float)
            signs = np.array(
                [_signs(label, outcomes) / share[label] if _measures(basis, label) else 0 * numbers for label in labels]
            )
            frequencies = numbers / numbers.sum()
            mean = signs @ frequencies
            means += mean
            covariance += ((signs * frequencies) @ signs.T - np.outer(mean, mean)) / numbers.sum()
        return means, covariance


def _measures(basis: str, label: str) -> bool:
    """Whether the basis diagonalises the Pauli string."""
    return all(letter in ("I", own) for own, letter in zip(basis, label, strict=True))


def _signs(label: str, outcomes: NDArray[np.int64]) -> Real:
    mask = sum(1 << qubit for qubit, letter in enumerate(reversed(label)) if letter != "I")
    return np.asarray(1.0 - 2.0 * (np.bitwise_count(outcomes & mask) & 1))
