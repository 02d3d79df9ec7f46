"""Records of older formats, brought to the present one step at a time.

Each step takes the whole content of a ``record.json`` from one format to the next. Reading migrates in memory and
changes nothing on disk; the first change of a record writes it in the present format and keeps the original beside it,
as ``record.format-1.json``. Arrays, circuits and models have not changed since format 1.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...errors import InputError

#: The format that this version writes.
FORMAT = 2

Step = Callable[[dict[str, Any]], dict[str, Any]]
STEPS: dict[int, Step] = {}


def step(source: int) -> Callable[[Step], Step]:
    """Register the step from format ``source`` to the next."""

    def register(function: Step) -> Step:
        STEPS[source] = function
        return function

    return register


def migrated(data: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The content of a record in the present format.

    Args:
        data: the content of the file.
        path: of the file, for messages.

    Raises:
        InputError: if the format is newer than this version, not known, or the content is not of its format.
    """
    found = data.get("format")
    writer = data.get("versions", {}).get("qcoll", "unknown")
    if isinstance(found, int) and found > FORMAT:
        raise InputError(f"{path} has format {found}, of a newer qcoll ({writer}): update with pip install -U qcoll")
    if found != FORMAT and found not in STEPS:
        raise InputError(
            f"{path} has format {found}, of an unknown or older qcoll ({writer}), and this version reads formats "
            f"{min(STEPS)} to {FORMAT}: read it with that version; the npz files beside it are plain arrays that "
            "anything reads"
        )
    content = copy.deepcopy(dict(data))
    while content["format"] != FORMAT:
        source = content["format"]
        try:
            content = STEPS[source](content) | {"format": source + 1}
        except (KeyError, TypeError) as error:
            raise InputError(f"{path} is damaged: it is not of format {source}, as it says ({error!r})") from error
    return content


def experiment_hash(definition: Mapping[str, Any]) -> str:
    """SHA-256 of all that defines an experiment, as plain data."""
    text = json.dumps(definition, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@step(1)
def _points_and_groups(data: dict[str, Any]) -> dict[str, Any]:
    """From one model and one sampler to points that share circuits, on a sampler or an estimator.

    The hash is made anew from the new definition, so that the same experiment submitted by this version is noticed.
    """
    definition = dict(data["definition"])
    point = {"values": {}} | {name: definition.pop(name) for name in ("physics", "plan", "initial_state")}
    compilation = dict(definition["compilation"])
    joint = compilation["synthesis"] in ("trotter", "exact")
    definition |= {
        "points": [point],
        "compilation": compilation | {"keeps": "joint state" if joint else "system"},
        "structures": "one",
        "options": {**definition["options"], "merge": False, "zne": False, "noise_factors": [1.0, 3.0, 5.0]},
    }
    device = dict(data["device"])
    count = max(job["circuits"][1] for job in data["jobs"])
    group = {
        "points": [0],
        "circuits": [0, count],
        "sets": [1] * count,
        "observed": None,
        "qubits": device.pop("qubits"),
        "transpiler_seed": device.pop("transpiler_seed"),
    }
    return data | {
        "definition": definition,
        "experiment": experiment_hash(definition),
        "device": device,
        "groups": [group],
    }
