"""The canonical circuits as OpenQASM files with a manifest: examples and chains, every level, 1 to 50 collisions.

Every file is parsed back and its channel compared before it is written; the manifest gives its distance from the exact
one. Circuits start with the system in a state of the reader's choice and everything else in |0>; a barrier ends every
collision. Where collisions are sampled from several circuits, one collision is written as all of them, with their
probabilities, and more collisions as one draw.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, qasm2, qasm3
from qiskit.circuit.library import RXGate
from qiskit.quantum_info import SuperOp

from ..circuits.segments import with_ends_marked
from ..circuits.steps import depth, leaving_out, on_qubits, steps, two_qubit_depth
from ..device import MappedCollisions, map_collisions
from ..device.catalog import DEFAULT_DEVICE
from ..errors import MissingExtraError
from ..exact import collision_channel, diamond_distance
from ..model.files import model_to_toml
from ..storage import writable_folder, write_atomically
from .case import Case, grid, levels, load_model
from .circumstances import installed_versions
from .targets import load_target, snapshot_hash
from .verify import sequence_channel

Progress = Callable[[int, int, str], None]
Entry = dict[str, Any]

EXPORTED_MODELS = ("example1", "example2", "chain-1-3", "chain-2-2")
COLLISIONS = (1, 10, 50)
#: Numbers of collisions of models of more than three qubits, whose circuits are longer.
FEW_COLLISIONS = (1, 10)
#: Longer circuits are written in OpenQASM 3 alone.
LONGEST_QASM2 = 10
ABSTRACT = "abstract"
ABSTRACT_GATES = ("cx", "u3")
SEEDS = 10

#: A file's channel may differ from that of its source by rounding alone.
LARGEST_ROUNDING = 1e-10


@dataclass(frozen=True, eq=False)
class Exported:
    """A circuit to be written.

    Args:
        entry: what the manifest says about it.
        circuit: the circuit.
    """

    entry: Entry
    circuit: QuantumCircuit


@dataclass(frozen=True, eq=False)
class Written:
    """A file that was written.

    Args:
        entry: what the manifest says about it.
        channel: what its text does to the system.
    """

    entry: Entry
    channel: SuperOp


def export_circuits(folder: Path, *, device: str = DEFAULT_DEVICE, progress: Progress = lambda *_: None) -> Entry:
    """Write the canonical circuits and ``manifest.json``; files of an older manifest that are no more are removed.

    Args:
        folder: where to.
        device: a registered target, beside the abstract circuits.
        progress: called before every circuit.

    Returns:
        The manifest.

    Raises:
        InputError: if the folder cannot be written, or the device is unknown.
        MissingExtraError: if what reads OpenQASM 3 is not installed: every file is read back.
        RuntimeError: if a file that was parsed back does not make the channel of its source.
    """
    if importlib.util.find_spec("qiskit_qasm3_import") is None:
        raise MissingExtraError(
            "circuits are read back after they are written, which needs qiskit-qasm3-import: "
            'pip install "qcoll[circuits]"'
        )
    folder = writable_folder(folder)
    for form in ("qasm2", "qasm3"):
        writable_folder(folder / form)
    sources = canonical(device=device)
    files: list[Entry] = []
    for number, case in enumerate(sources):
        progress(number, len(sources), f"{case.model}, {case.synthesis}, {case.target}")
        files += _entries(
            write_circuit(folder, exported, form) for exported in circuits_of(case) for form in _forms(exported.entry)
        )
    manifest = {
        "command": f"qcoll circuits --device {device} --out circuits",
        "versions": installed_versions(),
        "device": {"name": device, "snapshot": snapshot_hash(device)},
        "transpiler": {"optimization_level": 3, "seeds": list(range(SEEDS))},
        "models": {name: model_to_toml(load_model(name)) for name in EXPORTED_MODELS},
        "files": files,
    }
    _remove_old(folder, {entry["file"] for entry in files})
    write_atomically(folder / "manifest.json", (json.dumps(manifest, indent=1) + "\n").encode())
    progress(len(sources), len(sources), "done")
    return manifest


def canonical(models: Sequence[str] = EXPORTED_MODELS, device: str = DEFAULT_DEVICE) -> list[Case]:
    """The sources of the exported circuits: models x levels, abstract and mapped.

    Product formulas are of order 2, and the exact collision absorbs the ancilla's eigenbasis. Only channels of one
    qubit are sampled.
    """
    cases = grid(models=models, synthesis=levels(), orders=[2], targets=[device], optimization=[3], seeds=SEEDS)
    return [
        dataclasses.replace(case, target=target)
        for case in cases
        if case.preparation == ("absorbed" if case.synthesis == "exact" else "purified")
        and (case.synthesis != "sampled" or load_model(case.model).num_system_qubits == 1)
        for target in (ABSTRACT, device)
    ]


def collisions_of(model: str) -> tuple[int, ...]:
    """How many collisions the exported circuits of a model have."""
    chosen = load_model(model)
    return COLLISIONS if chosen.num_system_qubits + chosen.num_ancilla_qubits <= 3 else FEW_COLLISIONS


def circuits_of(case: Case, collisions: Sequence[int] | None = None) -> Iterator[Exported]:
    """The circuits of one source, with what the manifest says about them."""
    collisions = collisions_of(case.model) if collisions is None else collisions
    compiled = case.compiled(max(collisions))
    if case.target == ABSTRACT:
        mapped = map_collisions(compiled, basis_gates=ABSTRACT_GATES, optimization_level=1, seeds=(0,), schedule=False)
    else:
        mapped = map_collisions(compiled, load_target(case.target).target, seeds=case.seeds)
    for n in collisions:
        drawn = len(mapped.branches) > 1
        for branch in range(len(mapped.branches)) if drawn and n == 1 else (None,):
            timed = mapped.sequence(n) if branch is None else mapped.sequence(n, [branch])
            yield _exported(case, mapped, timed, n, branch)


def _exported(case: Case, mapped: MappedCollisions, timed: QuantumCircuit, n: int, branch: int | None) -> Exported:
    """A circuit with what the manifest says about it."""
    end, target = mapped.system_at_tick, mapped.target
    assert end is not None
    circuit = _plain(timed)
    entry: Entry = {
        "name": f"{case.model}-{case.synthesis}-{n}-{case.target}",
        "model": case.model,
        "level": case.synthesis,
        "collisions": n,
        "target": case.target,
        "system": list(mapped.system),
        "system_at_end": list(end),
        "physical_qubits": None if target is None else list(mapped.qubits),
        "seed": mapped.seed,
        "metrics": metrics(circuit),
        "duration": None if target is None else float(timed.estimate_duration(target, unit="s")),
    }
    if branch is not None:
        entry |= {"branch": branch, "probability": mapped.branches[branch].probability}
        entry["name"] += f"-branch{branch}"
    elif len(mapped.branches) > 1:
        entry["draws"] = [int(choice) for choice in mapped.compiled.draws(n)]
    return Exported(entry, circuit)


def metrics(circuit: QuantumCircuit) -> dict[str, int]:
    """Qubits, two-qubit gates and depth, depth and resets of a circuit as it stands in a file.

    >>> bell = QuantumCircuit(2)
    >>> _ = bell.h(0), bell.cx(0, 1), bell.reset(1)
    >>> metrics(bell)
    {'qubits': 2, 'two_qubit_gates': 1, 'two_qubit_depth': 1, 'depth': 3, 'resets': 1}
    """
    return {
        "qubits": circuit.num_qubits,
        "two_qubit_gates": circuit.num_nonlocal_gates(),
        "two_qubit_depth": two_qubit_depth(circuit),
        "depth": depth(circuit),
        "resets": circuit.count_ops().get("reset", 0),
    }


def _distance(channel: SuperOp, entry: Entry) -> float:
    """Half of the diamond norm between a channel and the exact one of a file's model and number of collisions."""
    exact = np.linalg.matrix_power(collision_channel(load_model(entry["model"])).data, entry["collisions"])
    return diamond_distance(channel, SuperOp(exact)).upper / 2


def _plain(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit without delays, with one barrier at the end of every collision, on the qubits that are read there."""
    marked = with_ends_marked(leaving_out(circuit, {"delay"}))
    return on_qubits(marked, range(circuit.num_qubits), circuit.num_qubits)  # in a register of the plain name


def _forms(entry: Entry) -> list[str]:
    return ["qasm2", "qasm3"] if entry["collisions"] <= LONGEST_QASM2 else ["qasm3"]


def write_circuit(folder: Path, exported: Exported, form: str) -> Written:
    """Write one file, after checking that it can be read back as what it should be.

    Raises:
        RuntimeError: if the file does not make the channel of its circuit.
    """
    entry = exported.entry
    text = _text(exported, form)
    parsed = qasm2.loads(text) if form == "qasm2" else qasm3.loads(text)
    found, meant = (
        sequence_channel(circuit, entry["system"], entry["system_at_end"]) for circuit in (parsed, exported.circuit)
    )
    rounding = float(np.abs(found.data - meant.data).max())
    if rounding > LARGEST_ROUNDING:
        raise RuntimeError(f"{entry['name']} in {form} deviates by {rounding:.1e} after it was read back")
    content = text.encode()
    path = f"{form}/{entry['name']}.qasm"
    write_atomically(folder / path, content)
    digest = hashlib.sha256(content).hexdigest()
    file = {"distance": _distance(found, entry), "bytes": len(content), "sha256": digest}
    return Written({"file": path, "format": form, **entry, **file}, found)


def _entries(files: Iterable[Written]) -> list[Entry]:
    """The entries of one source's files; those of a sampled collision get the distance of their mean."""
    known = list(files)
    for form in ("qasm2", "qasm3"):
        drawn = [file for file in known if "branch" in file.entry and file.entry["format"] == form]
        if drawn:
            mean = SuperOp(sum(file.entry["probability"] * file.channel.data for file in drawn))
            distance = _distance(mean, drawn[0].entry)
            for file in drawn:
                file.entry["mean_distance"] = distance
    return [file.entry for file in known]


def _text(exported: Exported, form: str) -> str:
    entry, costs = exported.entry, exported.entry["metrics"]
    comment = (
        f"// {entry['model']}, level {entry['level']}, {entry['collisions']} collisions, {entry['target']}; "
        f"{costs['two_qubit_gates']} two-qubit gates in depth {costs['two_qubit_depth']}\n"
        f"// system: {entry['system']} at the start, {entry['system_at_end']} at the end; all other qubits start in "
        "|0>\n"
    )
    if form == "qasm3":
        # with constants, angles within 1e-9 of a fraction of pi become that fraction, and weak collisions are lost
        return f"{comment}{qasm3.dumps(exported.circuit, disable_constants=True)}\n"
    return f"{comment}{qasm2.dumps(_in_qelib1(exported.circuit))}\n"


def _in_qelib1(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit in gates of OpenQASM 2's own library, which has no square root of X: a rotation, up to the phase."""
    known = circuit.copy_empty_like()
    for operation, qubits, _ in steps(circuit):
        known.append(RXGate(math.pi / 2) if operation.name == "sx" else operation, qubits)
    return known


def _remove_old(folder: Path, kept: set[str]) -> None:
    manifest = folder / "manifest.json"
    if manifest.exists():
        for entry in json.loads(manifest.read_text(encoding="utf-8"))["files"]:
            if entry["file"] not in kept:
                (folder / entry["file"]).unlink(missing_ok=True)
