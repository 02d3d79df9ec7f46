"""Matrices of one qubit: the Pauli matrices, the Hadamard gate, rotations."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from .dense import Complex, Real

IDENTITY = np.eye(2, dtype=complex)
PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex)
HADAMARD = np.array([[1, 1], [1, -1]], dtype=complex) / np.sqrt(2)


def about_y(half: float) -> Complex:
    """The rotation about y by twice an angle."""
    return np.array([[np.cos(half), -np.sin(half)], [np.sin(half), np.cos(half)]], dtype=complex)


def spin_rotation(axes: Real) -> Complex:
    """The 2 x 2 unitary that turns the rows of ``axes`` (3, 3), right-handed, into x, y, z on the Bloch sphere."""
    x, y, z, w = Rotation.from_matrix(axes).as_quat()
    return np.asarray(w * IDENTITY - 1j * np.tensordot([x, y, z], PAULI, 1))
