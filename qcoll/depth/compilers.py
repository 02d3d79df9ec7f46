"""The compilers of the benchmark. Another one is one registered class here.

Qiskit takes the path that :func:`qcoll.simulate` takes, ticks and all. Other compilers take the preparation and
collision of one collision as one circuit, on the same part of the target, and return it routed; what they return is
verified and repeated like Qiskit's (:mod:`qcoll.depth.foreign`).
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from qiskit import QuantumCircuit, qasm2

from ..errors import MissingExtraError
from .registry import Registry

Coupling = Sequence[tuple[int, int]]


@dataclass(frozen=True, eq=False)
class Routed:
    """What another compiler made of a circuit.

    Args:
        circuit: on the qubits of the region, in gates that Qiskit knows.
        start: where each qubit of the input starts.
        end: where it ends.
    """

    circuit: QuantumCircuit
    start: tuple[int, ...]
    end: tuple[int, ...]


class Compiler(Protocol):
    """A compiler: its name, its distribution package, its levels, and what it does."""

    package: str
    efforts: tuple[int, ...]
    native: bool

    def version(self) -> str:
        """The installed version."""
        ...

    def route(self, circuit: QuantumCircuit, size: int, coupling: Coupling, effort: int, seed: int) -> Routed:
        """Compile ``circuit`` for ``size`` qubits connected in pairs."""
        ...


COMPILERS: Registry[Compiler] = Registry("compiler")


class _Installed:
    """What all compilers share: a package that may be missing."""

    package: str

    def version(self) -> str:
        """The installed version.

        Raises:
            MissingExtraError: if it is not installed.
        """
        try:
            return importlib.metadata.version(self.package)
        except importlib.metadata.PackageNotFoundError as error:
            raise MissingExtraError(f"{self.package} is not installed: pip install {self.package}") from error


class _Qiskit(_Installed):
    """Qiskit's preset pass managers, optimisation levels 0 to 3."""

    package = "qiskit"
    efforts: tuple[int, ...] = (0, 1, 2, 3)
    native = True

    def route(self, circuit: QuantumCircuit, size: int, coupling: Coupling, effort: int, seed: int) -> Routed:
        raise AssertionError("Qiskit maps collisions itself")


class _Pytket(_Installed):
    """pytket: 1 SynthesiseTket, 2 FullPeepholeOptimise, 3 GreedyPauliSimp first; graph placement and lexi routing."""

    package = "pytket"
    efforts: tuple[int, ...] = (1, 2, 3)
    native = False

    def route(self, circuit: QuantumCircuit, size: int, coupling: Coupling, effort: int, seed: int) -> Routed:
        from pytket.architecture import Architecture
        from pytket.circuit import OpType
        from pytket.passes import (
            AutoRebase,
            DefaultMappingPass,
            FullPeepholeOptimise,
            GreedyPauliSimp,
            PeepholeOptimise2Q,
            SequencePass,
            SynthesiseTket,
        )
        from pytket.predicates import CompilationUnit
        from pytket.qasm import circuit_from_qasm_str, circuit_to_qasm_str

        steps = {
            1: [SynthesiseTket()],
            2: [FullPeepholeOptimise(allow_swaps=False)],
            3: [
                AutoRebase({OpType.CX, OpType.Rz, OpType.H}),
                GreedyPauliSimp(seed=seed),
                FullPeepholeOptimise(allow_swaps=False),
            ],
        }[effort]
        everyone_meets = len({frozenset(pair) for pair in coupling}) == size * (size - 1) // 2
        if not everyone_meets:
            after = PeepholeOptimise2Q(allow_swaps=False) if effort > 1 else SynthesiseTket()
            steps += [DefaultMappingPass(Architecture(list(coupling)), delay_measures=False), after]
        rebase = AutoRebase({OpType.CX, OpType.Rz, OpType.Ry, OpType.Rx})
        unit = CompilationUnit(circuit_from_qasm_str(qasm2.dumps(circuit)))
        SequencePass([*steps, rebase]).apply(unit)
        order = sorted(unit.initial_map, key=lambda qubit: qubit.index[0])
        result = unit.circuit
        names = {qubit: qubit.index[0] for qubit in result.qubits}
        # GreedyPauliSimp leaves swaps to the reader: what is on a wire at the end belongs on another
        wire = {belongs: found for found, belongs in result.implicit_qubit_permutation().items()}
        text = circuit_to_qasm_str(_one_register(result, size))
        return Routed(
            qasm2.loads(text),
            tuple(names[unit.initial_map[qubit]] for qubit in order),
            tuple(names[wire[unit.final_map[qubit]]] for qubit in order),
        )


class _Bqskit(_Installed):
    """BQSKit's compile at optimisation levels 1 to 3, synthesis to 1e-10, in CX and U3."""

    package = "bqskit"
    efforts: tuple[int, ...] = (1, 2, 3)
    native = False

    def route(self, circuit: QuantumCircuit, size: int, coupling: Coupling, effort: int, seed: int) -> Routed:
        from bqskit import MachineModel, compile
        from bqskit.compiler import Compiler as Runtime
        from bqskit.ir.gates import CNOTGate, U3Gate
        from bqskit.ir.lang.qasm2 import OPENQASM2Language

        language = OPENQASM2Language()
        machine = MachineModel(size, [tuple(sorted(pair)) for pair in coupling], {CNOTGate(), U3Gate()})
        with Runtime(num_workers=1) as runtime:
            result, start, end = compile(
                language.decode(qasm2.dumps(circuit)),
                machine,
                optimization_level=effort,
                synthesis_epsilon=1e-10,
                seed=seed,
                compiler=runtime,
                with_mapping=True,
            )
        return Routed(qasm2.loads(language.encode(result)), tuple(start), tuple(end))


def _one_register(circuit: Any, size: int) -> Any:
    """The pytket circuit with its qubits, whatever their register, as qubits of one register of ``size``."""
    from pytket.circuit import Circuit, Qubit

    qubits = circuit.qubits
    wide = Circuit(size)
    circuit.rename_units({qubit: Qubit("q", qubit.index[0]) for qubit in qubits})
    wide.append(circuit)
    return wide


COMPILERS.register("qiskit")(_Qiskit())
COMPILERS.register("pytket")(_Pytket())
COMPILERS.register("bqskit")(_Bqskit())
