r"""Measurements and the flips that depend on them, exactly: as maps of a density matrix with a qubit that remembers.

Aer draws the outcome of a measurement within a circuit, shot by shot. The mean over the outcomes is a map of the
measured qubit and of a memory qubit, which then controls the flips:

.. math::

    \rho \mapsto \sum_{m,m'} p(m'|m)\;\Pi_m\,\mathrm{Tr}_M[\rho]\,\Pi_m \otimes |m'\rangle\langle m'|_M,
    \qquad
    \rho \mapsto \big(\langle 0|\rho|0\rangle_M + \mathcal F^{\otimes 2}[\langle 1|\rho|1\rangle_M]\big)
    \otimes |0\rangle\langle 0|_M

with the readout's assignment probabilities :math:`p(m'|m)` and the noisy flip :math:`\mathcal F`, both of the noise
model. The memory itself has no noise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import Instruction
from qiskit.quantum_info import Kraus, SuperOp

from ..circuits.correction import flip_in, implies_flips
from ..circuits.steps import steps
from ..errors import InputError

if TYPE_CHECKING:
    from qiskit_aer.noise import NoiseModel

Complex = NDArray[np.complex128]

_PROJECTORS = np.array([[[1, 0], [0, 0]], [[0, 0], [0, 1]]], dtype=complex)


class Instruments:
    """The maps of a noise model's readout and flips, as instructions for Aer's density-matrix method.

    Args:
        noise_model: Aer's, or ``None``.
    """

    def __init__(self, noise_model: NoiseModel | None) -> None:
        self._noise_model = noise_model
        self._assignments: dict[tuple[int, ...] | None, NDArray[np.float64]] | None = None
        self._flips: dict[int, SuperOp] = {}

    def readout(self, qubit: int) -> Instruction:
        """The measurement of ``qubit``, as an instruction on it and the memory.

        Raises:
            InputError: if the noise model has an error on measurements that is none of the assignment.

        >>> from qcoll.run.instruments import Instruments
        >>> Instruments(None).readout(0).num_qubits
        2
        """
        assignment = self.assignment(qubit)
        operators = [
            np.sqrt(assignment[actual, seen]) * np.kron(np.outer(np.eye(2)[seen], np.eye(2)[before]), projector)
            for actual, projector in enumerate(_PROJECTORS)
            for seen in (0, 1)
            for before in (0, 1)
        ]
        return _instruction(SuperOp(Kraus(operators)))

    def flips(self, system: int, measured: int) -> Instruction:
        """The flips of two qubits if the memory is in |1>, as an instruction on both and the memory, which forgets."""
        keep, forget = (SuperOp(Kraus([np.outer(np.eye(2)[0], np.eye(2)[value])])) for value in (0, 1))
        flipped = self._flip(measured).tensor(self._flip(system))
        return _instruction(keep.tensor(SuperOp(np.eye(16))) + forget.tensor(flipped))

    def assignment(self, qubit: int) -> NDArray[np.float64]:
        """The probabilities p(seen | actual) of a readout, rows by the actual value, (2, 2)."""
        if self._assignments is None:
            self._assignments = {} if self._noise_model is None else _assignments(self._noise_model)
        return self._assignments.get((qubit,), self._assignments.get(None, np.eye(2)))

    def _flip(self, qubit: int) -> SuperOp:
        """An X on a qubit with the noise of its gates."""
        if qubit not in self._flips:
            self._flips[qubit] = _noisy_flip(self._noise_model, qubit)
        return self._flips[qubit]


def with_memory(circuit: QuantumCircuit, instruments: Instruments) -> QuantumCircuit:
    """The circuit with its measurements and implied flips as maps, and a last qubit for each bit of a measurement."""
    if not circuit.num_clbits:
        return circuit
    whole = QuantumCircuit(circuit.num_qubits + circuit.num_clbits)
    outcome: dict[int, int] = {}
    for operation, qubits, clbits in steps(circuit):
        if operation.name == "measure":
            outcome[qubits[0]] = circuit.num_qubits + clbits[0]
            whole.append(instruments.readout(qubits[0]), [qubits[0], outcome[qubits[0]]])
        elif implies_flips(operation):
            system, measured = qubits[0], qubits[-1]
            whole.append(instruments.flips(system, measured), [system, measured, outcome[measured]])
        elif operation.name == "set_density_matrix":
            whole.append(_set_with_empty_memory(operation.params[0], circuit.num_clbits), whole.qubits)
        else:
            whole.append(operation, qubits, copy=False)
    return whole


def _set_with_empty_memory(state: Complex, num_bits: int) -> Instruction:
    from qiskit_aer.library import SetDensityMatrix

    empty = np.zeros((2**num_bits, 2**num_bits))
    empty[0, 0] = 1
    return SetDensityMatrix(np.kron(empty, state))


def _assignments(noise_model: NoiseModel) -> dict[tuple[int, ...] | None, NDArray[np.float64]]:
    """The readout's assignment probabilities by qubit; ``None`` stands for all others."""
    found: dict[tuple[int, ...] | None, NDArray[np.float64]] = {}
    for error in noise_model.to_dict()["errors"]:
        if "measure" not in error["operations"]:
            continue
        if error["type"] != "roerror" or any(len(qubits) > 1 for qubits in error.get("gate_qubits", ())):
            raise InputError(
                "the noise model has an error on measurements that is not the assignment of one qubit's outcome: with "
                'correction="measured" give readout errors of single qubits, or compile with correction="coherent"'
            )
        for qubits in error.get("gate_qubits", (None,)):
            found[None if qubits is None else tuple(qubits)] = np.array(error["probabilities"], dtype=float)
    return found


def _noisy_flip(noise_model: NoiseModel | None, qubit: int) -> SuperOp:
    """The map of an X in the noise model's gates, from its action on one half of an entangled pair."""
    from qiskit_aer import AerSimulator
    from qiskit_aer.library import SetDensityMatrix

    flip = flip_in(None if noise_model is None else noise_model.basis_gates)
    if noise_model is None:
        return SuperOp(flip)
    circuit = QuantumCircuit(qubit + 2)
    vector = np.zeros(2**circuit.num_qubits, dtype=complex)
    vector[[0, 0b11 << qubit]] = np.sqrt(0.5)
    circuit.append(SetDensityMatrix(np.outer(vector, vector)), circuit.qubits)
    circuit.compose(flip, [qubit], inplace=True)
    circuit.save_density_matrix([qubit, qubit + 1])
    simulator = AerSimulator(method="density_matrix", noise_model=noise_model, max_parallel_threads=1)
    result = simulator.run(circuit, shots=1).result()
    if not result.success:
        raise RuntimeError(f"Aer failed: {result.status}")
    choi = 2 * np.asarray(result.data(0)["density_matrix"]).reshape(2, 2, 2, 2)  # [reference, image; reference, image]
    return SuperOp(choi.transpose(3, 1, 2, 0).reshape(4, 4))


def _instruction(channel: SuperOp) -> Instruction:
    """A map as the instruction that Aer's density-matrix method applies."""
    return Instruction("superop", len(channel.input_dims()), 0, [channel.data])
