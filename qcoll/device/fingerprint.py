"""A target by all that it reports, to know whether it is the same."""

from __future__ import annotations

import hashlib

from qiskit.transpiler import Target


def target_hash(target: Target) -> str:
    """A hash of everything that a target reports: gates, connections, errors, durations, relaxation times."""
    lines = [f"qubits {target.num_qubits} dt {target.dt}"]
    for index, qubit in enumerate(target.qubit_properties or []):
        if qubit is not None:
            lines.append(f"{index} t1 {qubit.t1!r} t2 {qubit.t2!r}")
    for operation in sorted(target.operation_names):
        known = target[operation] or {}
        rows = [
            f"{operation} {qargs} " + ("-" if properties is None else f"{properties.error!r} {properties.duration!r}")
            for qargs, properties in known.items()
        ]
        lines += sorted(rows) or [operation]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
