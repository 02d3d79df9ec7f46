r"""Collision models as small TOML files, so that the command line runs models that nobody has coded.

A file gives Pauli strings with real coefficients, in Qiskit's order (the rightmost character is qubit 0; in the
interaction the system's qubits come first, that is rightmost)::

    name = "two-qubit ancilla"
    dt = 0.1

    [system]
    Z = 0.5

    [ancilla]
    beta = 1.0            # "inf" is the ground state

    [ancilla.hamiltonian]
    IZ = 0.25
    ZI = 0.75
    XX = 0.15
    YY = 0.15

    [interaction]
    XXX = 0.05
    YXY = 0.05

An ancilla that is not thermal has a table ``[ancilla.state]``, the Pauli strings of its density matrix, instead of
``beta``. Subsystems that are more than qubits are named in ``[ancilla.modes]`` and ``[system_modes]``, in the order of
the register::

    [ancilla.modes]
    a = { kind = "boson", levels = 3, encoding = "binary" }
    b = { kind = "fermion" }
    c = { kind = "qubit" }

Ancillas that meet each other have a table ``[memory]`` with ``dt``, ``[memory.interaction]`` on the qubits of ancilla k
(rightmost) and ancilla k + 1, and, if it is not ``"ancillas"``, ``evolves``.

A cycle has a ``[[stroke]]`` for each of its strokes, with the same entries; one with a ``hamiltonian`` and no ancilla
is a free evolution::

    name = "engine"

    [[stroke]]
    name = "hot"
    dt = 1.0
    system = { Z = 1.0 }
    ancilla = { beta = 0.5, hamiltonian = { Z = 1.0 } }
    interaction = { XX = 0.3, YY = 0.3 }

    [[stroke]]
    name = "pause"
    dt = 0.2
    hamiltonian = { Z = 0.5 }
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w
from qiskit.quantum_info import SparsePauliOp

from ..errors import InputError
from ..storage import write_atomically
from .collision import Ancilla, CollisionModel
from .cycle import Cycle, FreeEvolution, Model, Stroke
from .memory import Memory
from .modes import modes_from_mapping
from .toml_lines import line_of

_TABLES = {
    (): {"name", "dt", "system", "ancilla", "interaction", "system_modes", "memory"},
    ("memory",): {"interaction", "dt", "evolves"},
    ("ancilla",): {"beta", "state", "hamiltonian", "modes"},
}
_CYCLE = {"name", "stroke"}
_FREE = {"name", "dt", "hamiltonian"}


def save_model(model: Model, path: str | Path) -> None:
    """Write ``model`` to a TOML file, exactly and atomically.

    Raises:
        InputError: if the file cannot be written.
    """
    write_atomically(Path(path), model_to_toml(model).encode())


def load_model(path: str | Path) -> Model:
    """Read a model, or a cycle, from a TOML file.

    Raises:
        InputError: if the file is missing or malformed; the message names the line.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a text file in UTF-8 (byte {error.start}): a model file is TOML") from error
    except OSError as error:
        raise InputError(f"cannot read the model file {path}: {error.strerror or error}") from error
    return model_from_toml(text, source=str(path), default_name=path.stem)


def model_to_toml(model: Model) -> str:
    """The text of a model file; coefficients are written so that they are read back exactly."""
    document: dict[str, Any] = {"name": model.name}
    if isinstance(model, Cycle):
        document["stroke"] = [{"name": stroke.name} | _stroke_entries(stroke) for stroke in model.strokes]
    else:
        document |= _stroke_entries(model)
    order = "# Pauli strings in Qiskit's order: the rightmost character is qubit 0.\n"
    order += "# The interaction acts on the system's qubits (rightmost), then the ancilla's. hbar = k_B = 1.\n"
    return order + tomli_w.dumps(document)


def model_from_toml(text: str, *, source: str = "model", default_name: str = "custom") -> Model:
    """Parse the text of a model file.

    Args:
        text: the TOML text.
        source: how error messages call it.
        default_name: the model's name where the file gives none.

    Raises:
        InputError: if it is malformed; the message names the line.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{source}: not valid TOML: {error}") from error
    reader = _Reader(text, source)
    if "stroke" not in document:
        return _collision_model(document, reader, default_name)
    reader.check_keys(document, (), _CYCLE)
    name, given = reader.name(document, default_name), document["stroke"]
    if not isinstance(given, list) or not all(isinstance(entries, dict) for entries in given):
        raise reader.error((), "stroke", "the strokes of a cycle are tables: write [[stroke]] before each")
    readers = [reader.of_stroke(number) for number in range(len(given))]
    strokes = [_stroke(entries, own, k) for k, (entries, own) in enumerate(zip(given, readers, strict=True))]
    try:
        return Cycle(strokes, name=name)
    except InputError as error:
        raise reader.error((), None, str(error)) from error


def _stroke(document: Mapping[str, Any], reader: _Reader, number: int) -> Stroke:
    """One stroke of a cycle."""
    if "hamiltonian" not in document:
        return _collision_model(document, reader, f"stroke {number}")
    reader.check_keys(document, (), _FREE)
    hamiltonian = reader.operator(reader.table(document, "hamiltonian"), ("hamiltonian",))
    dt = reader.number(document, (), "dt")
    try:
        return FreeEvolution(hamiltonian=hamiltonian, dt=dt, name=reader.name(document, "free evolution"))
    except InputError as error:
        raise reader.error((), "dt", str(error)) from error


def _collision_model(document: Mapping[str, Any], reader: _Reader, default_name: str) -> CollisionModel:
    """A collision model from its entries."""
    reader.check_keys(document, ())
    ancilla = reader.table(document, "ancilla")
    reader.check_keys(ancilla, ("ancilla",))
    name = reader.name(document, default_name)
    system = reader.operator(reader.table(document, "system"), ("system",))
    hamiltonian = reader.operator(reader.table(ancilla, "hamiltonian", ("ancilla",)), ("ancilla", "hamiltonian"))
    size = int(system.num_qubits) + int(hamiltonian.num_qubits)
    interaction = reader.operator(reader.table(document, "interaction"), ("interaction",), size)
    state = None
    if "state" in ancilla:
        table = reader.table(ancilla, "state", ("ancilla",))
        state = reader.operator(table, ("ancilla", "state"), int(hamiltonian.num_qubits))
    beta = reader.number(ancilla, ("ancilla",), "beta") if state is None or "beta" in ancilla else None
    dt = reader.number(document, (), "dt")
    try:
        modes = modes_from_mapping(reader.table(ancilla, "modes", ("ancilla",))) if "modes" in ancilla else None
        built = Ancilla(hamiltonian=hamiltonian, beta=beta, state=state, modes=modes)
    except InputError as error:
        raise reader.error(("ancilla",), "beta" if state is None else "state", str(error)) from error
    try:
        own = modes_from_mapping(reader.table(document, "system_modes")) if "system_modes" in document else None
    except InputError as error:
        raise reader.error(("system_modes",), None, str(error)) from error
    memory = _memory(document, reader)
    try:
        return CollisionModel(
            system=system,
            ancilla=built,
            interaction=interaction,
            dt=dt,
            name=name,
            system_modes=own,
            memory=memory,
        )
    except InputError as error:
        raise reader.error((), "dt", str(error)) from error


def _memory(document: Mapping[str, Any], reader: _Reader) -> Memory | None:
    """How ancillas meet each other, if they do."""
    if "memory" not in document:
        return None
    table = reader.table(document, "memory")
    reader.check_keys(table, ("memory",))
    interaction = reader.operator(reader.table(table, "interaction", ("memory",)), ("memory", "interaction"))
    dt = reader.number(table, ("memory",), "dt")
    try:
        return Memory(interaction=interaction, dt=dt, evolves=table.get("evolves", "ancillas"))
    except InputError as error:
        raise reader.error(("memory",), None, str(error)) from error


class _Reader:
    """Reads values and says on which line a wrong one stands."""

    def __init__(self, text: str, source: str, stroke: int | None = None) -> None:
        self._text = text
        self._lines, self._skipped = text.splitlines(), 0
        self._source = source
        self._prefix: tuple[str, ...] = ()
        self._where = ""
        if stroke is not None:
            starts = [place for place, line in enumerate(self._lines) if re.match(r"\s*\[\[\s*stroke\s*\]\]", line)]
            if stroke < len(starts):  # otherwise they are written in one line
                self._skipped = starts[stroke]
                self._lines = self._lines[starts[stroke] : [*starts, len(self._lines)][stroke + 1]]
            self._prefix, self._where = ("stroke",), f"stroke {stroke}: "

    def of_stroke(self, number: int) -> _Reader:
        """The reader of one stroke of a cycle."""
        return _Reader(self._text, self._source, number)

    def name(self, document: Mapping[str, Any], default: str) -> str:
        """The name of a model or stroke."""
        name = document.get("name", default)
        if not isinstance(name, str):
            raise self.error((), "name", f"name must be a string, not {name!r}")
        return name

    def error(self, table: tuple[str, ...], key: str | None, message: str) -> InputError:
        line = line_of(self._lines, table, key, self._prefix)
        where = f", line {self._skipped + line}" if line else ""
        return InputError(f"{self._source}{where}: {self._where}{message}")

    def check_keys(self, found: Mapping[str, Any], table: tuple[str, ...], known: set[str] | None = None) -> None:
        known = _TABLES[table] if known is None else known
        for key in found:
            if key not in known:
                raise self.error(table, key, f"unknown entry {key!r}; expected {', '.join(sorted(known))}")

    def table(self, parent: Mapping[str, Any], key: str, path: tuple[str, ...] = ()) -> Mapping[str, Any]:
        if key not in parent:
            raise self.error(path, None, f"the table [{'.'.join((*path, key))}] is missing")
        value = parent[key]
        if not isinstance(value, dict):
            raise self.error(path, key, f"{key} must be a table of Pauli strings and coefficients, not {value!r}")
        return value

    def number(self, parent: Mapping[str, Any], table: tuple[str, ...], key: str) -> float:
        if key not in parent:
            raise self.error(table, None, f"{key} is missing: write {key} = 1.0")
        value = parent[key]
        if key == "beta" and value in ("inf", "-inf"):
            return float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(table, key, f"{key} must be a number, not {value!r}")
        return float(value)

    def operator(
        self, entries: Mapping[str, Any], table: tuple[str, ...], num_qubits: int | None = None
    ) -> SparsePauliOp:
        if not entries:
            raise self.error(table, None, f"[{'.'.join(table)}] has no Pauli string: write for example Z = 0.5")
        for label in entries:
            if not re.fullmatch("[IXYZ]+", label):
                raise self.error(table, label, f"{label!r} is not a Pauli string of the letters I, X, Y and Z")
            self.number(entries, table, label)
            expected = num_qubits or len(next(iter(entries)))
            if len(label) != expected:
                raise self.error(table, label, f"{label!r} has {len(label)} letters, but {expected} were expected")
        return SparsePauliOp(list(entries), [float(value) for value in entries.values()])


def _stroke_entries(stroke: Stroke) -> dict[str, Any]:
    """What defines a collision or a free evolution, without its name."""
    if isinstance(stroke, FreeEvolution):
        return {"dt": stroke.dt, "hamiltonian": _coefficients(stroke.hamiltonian)}
    entries: dict[str, Any] = {
        "dt": stroke.dt,
        "system": _coefficients(stroke.system),
        "ancilla": _ancilla_entries(stroke.ancilla),
        "interaction": _coefficients(stroke.interaction),
    }
    if stroke.system_modes is not None:
        entries["system_modes"] = stroke.system_modes.to_mapping()
    if (memory := stroke.memory) is not None:
        own = {"dt": memory.dt, "evolves": memory.evolves, "interaction": _coefficients(memory.interaction)}
        entries["memory"] = own
    return entries


def _ancilla_entries(ancilla: Ancilla) -> dict[str, Any]:
    """The table of an ancilla."""
    entries: dict[str, Any] = {} if ancilla.beta is None else {"beta": ancilla.beta}
    entries["hamiltonian"] = _coefficients(ancilla.hamiltonian)
    if ancilla.state is not None:
        entries["state"] = _coefficients(ancilla.state)
    if ancilla.modes is not None:
        entries["modes"] = ancilla.modes.to_mapping()
    return entries


def _coefficients(operator: SparsePauliOp) -> dict[str, float]:
    return {label: float(coefficient.real) for label, coefficient in operator.to_list()}
