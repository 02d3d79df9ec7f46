"""The file in which an experiment is registered before it runs: read, checked, never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qiskit import QuantumCircuit, qasm3

from ..errors import InputError
from .experiment import Experiment

FORMAT = "qcoll registration 1"


@dataclass(frozen=True, eq=False)
class Registration:
    """What was written down before an experiment ran.

    Args:
        path: the file.
        content: what it says.
    """

    path: Path
    content: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The hash of everything in it."""
        return str(self.content["sha256"])


def read_registration(path: str | Path) -> Registration:
    """A registration as it was written.

    Raises:
        InputError: if there is none, or it was changed after it was written.
    """
    file = Path(path)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"the registration {file} cannot be read: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"{file} is no registration of this version ({FORMAT!r})")
    if content.get("sha256") != content_hash(content):
        raise InputError(
            f"{file} was changed after it was registered: its hash is not that of its content, so nothing is compared "
            "with it; restore the file as it was"
        )
    return Registration(file, content)


def registered_as(experiment: Experiment, path: str | Path) -> Registration:
    """The registration of an experiment.

    Raises:
        InputError: if the file registers another experiment or other circuits, or was changed.
    """
    known = read_registration(path)
    same = known.content["experiment"] == experiment.hash
    if not same or known.content["circuits_sha256"] != fingerprint(experiment.circuits):
        what = "circuits" if same else "experiment"
        raise InputError(
            f"{known.path} registers another {what} than this one, and is never overwritten: submit what it registers, "
            "or name another file"
        )
    return known


def fingerprint(circuits: Sequence[QuantumCircuit]) -> str:
    """SHA-256 of the circuits as OpenQASM 3, the same for a circuit that was stored and read."""
    digest = hashlib.sha256()
    for circuit in circuits:
        digest.update(qasm3.dumps(circuit, disable_constants=True).encode())
    return digest.hexdigest()


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of all that a registration says but the hash itself."""
    own = {name: value for name, value in content.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(own, sort_keys=True, allow_nan=False).encode()).hexdigest()
