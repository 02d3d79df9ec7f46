"""What takes the qubits of a circuit, and which choices would take fewer: for messages about devices too small."""

from __future__ import annotations

from ..compile.sequence import CollisionCircuit


def least_qubits(compiled: CollisionCircuit) -> int:
    """The qubits that a target must have: unless ancillas are fresh, the reference may share those of the ancilla."""
    if compiled.ancillas == "fresh" or compiled.memory is not None:
        return compiled.num_qubits
    return compiled.num_qubits - compiled.initial.num_purifiers


def qubit_account(compiled: CollisionCircuit) -> str:
    """Which registers take the qubits, and how many each choice would save.

    >>> import qcoll
    >>> from qcoll.device.qubits import qubit_account
    >>> print(qubit_account(qcoll.compile_collisions(qcoll.example_2(), n=4, ancillas="fresh")))
    system 1, ancillas 4 x 2, purifiers 4 x 2, reference of the mixed initial state 1; what saves qubits: \
ancillas="reset" (12, on devices with resets), preparation="sampled" (8), a pure initial state such as \
initial="0" (1), fewer collisions (4 each)
    """
    pieces, system = compiled.pieces, compiled.model.num_system_qubits
    reference = compiled.initial.num_purifiers
    fresh = compiled.num_qubits - system - reference
    sets = fresh // pieces.num_fresh if pieces.num_fresh else 0
    times = f"{sets} x " if sets > 1 else ""
    parts = [f"system {system}"]
    parts += [f"ancillas {times}{pieces.num_ancilla}"] * bool(sets and pieces.num_ancilla)
    parts += [f"purifiers {times}{pieces.num_purifiers}"] * bool(sets and pieces.num_purifiers)
    shared = reference and compiled.ancillas != "fresh"
    if reference:
        parts.append(f"reference of the mixed initial state {reference}" + (" (may be an ancilla's)" if shared else ""))
    saved = []
    if sets > 1:
        condition = ", on devices with resets" if compiled.ancillas == "fresh" else ""
        saved.append(f'ancillas="reset" ({(sets - 1) * pieces.num_fresh}{condition})')
    if sets and pieces.num_purifiers and compiled.synthesis in ("trotter", "exact"):
        saved.append(f'preparation="sampled" ({sets * pieces.num_purifiers})')
    if reference and not shared:
        saved.append(f'a pure initial state such as initial="{"0" * system}" ({reference})')
    if compiled.ancillas == "fresh" and compiled.n > 1:
        saved.append(f"fewer collisions ({pieces.num_fresh} each)")
    return ", ".join(parts) + (f"; what saves qubits: {', '.join(saved)}" if saved else "")
