"""A family of open-system circuits in the form of MQT Bench's registered benchmarks.

``collision``: a chain of qubits with exchange between neighbours, whose first qubit meets one thermal ancilla after the
other. Each is prepared with a purifier, collides, and is reset: five collisions by a product formula of order 2, on
``num_qubits`` qubits of which two are ancilla and purifier. The package has no open systems, and few resets::

    import qcoll.depth.mqt
    from mqt.bench import BenchmarkLevel, get_benchmark

    qcoll.depth.mqt.register()
    circuit = get_benchmark("collision", BenchmarkLevel.ALG, 8)
"""

from __future__ import annotations

from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp

from ..circuits.steps import MARKS, steps
from ..compile import compile_collisions
from ..errors import InputError, MissingExtraError
from ..limits import positive_integer
from ..model.collision import Ancilla, CollisionModel

NAME = "collision"
DESCRIPTION = "Collision model: a chain that is thermalised by ancillas, with resets"
COLLISIONS = 5
#: Ancilla and purifier.
OTHERS = 2


def collision_model(num_system: int) -> CollisionModel:
    """A chain of qubits (frequency 1, exchange 1) whose first qubit meets ancillas at inverse temperature 1."""
    terms = [("Z", [qubit], 0.5) for qubit in range(num_system)]
    terms += [(pair, [qubit, qubit + 1], 0.5) for qubit in range(num_system - 1) for pair in ("XX", "YY")]
    met = [(pair, [0, num_system], 0.5) for pair in ("XX", "YY")]
    return CollisionModel(
        system=SparsePauliOp.from_sparse_list(terms, num_qubits=num_system),
        ancilla=Ancilla(hamiltonian=SparsePauliOp("Z", 0.5), beta=1.0),
        interaction=SparsePauliOp.from_sparse_list(met, num_qubits=num_system + 1),
        dt=0.5,
        name="collision benchmark",
    )


def create_circuit(num_qubits: int) -> QuantumCircuit:
    """The circuit of the family on a number of qubits, measured at the end.

    Args:
        num_qubits: at least three: one system qubit, the ancilla and its purifier.

    Raises:
        InputError: if there are fewer.

    >>> from qcoll.depth.mqt import create_circuit
    >>> circuit = create_circuit(5)
    >>> circuit.num_qubits, circuit.count_ops()["reset"]
    (5, 8)
    """
    count = positive_integer(num_qubits, "num_qubits")
    if count <= OTHERS:
        raise InputError(f"num_qubits is {count}, but a system qubit, an ancilla and its purifier are three")
    system = count - OTHERS
    compiled = compile_collisions(collision_model(system), COLLISIONS, "0" * system)
    circuit = QuantumCircuit(count, name=NAME)
    for operation, qubits, _ in steps(compiled.circuit.decompose("xx_plus_yy"), without=MARKS):
        circuit.append(operation, qubits)
    circuit.measure_all()
    return circuit


def register() -> None:
    """Add the family to the installed MQT Bench, once.

    Raises:
        MissingExtraError: if it is not installed.
    """
    try:
        from mqt.bench.benchmarks import benchmark_names, register_benchmark
    except ImportError as error:
        raise MissingExtraError("the benchmark family needs MQT Bench: pip install mqt.bench") from error
    if NAME not in benchmark_names():
        register_benchmark(NAME, description=DESCRIPTION)(create_circuit)
