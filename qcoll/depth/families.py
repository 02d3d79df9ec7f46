"""Gates and depth of collisions of growing size: chains of ancillas, chains of system qubits.

A family is a model for every size. One collision is compiled at each level and mapped to each target, and its two-qubit
gates and two-qubit depth are drawn against the size. For a product formula the depth of chains does not grow where the
target has them as chains. What a level or a target cannot do is said and left out of the picture.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from matplotlib.figure import Figure

from ..circuits.steps import two_qubit_depth, two_qubit_gates
from ..compile import compile_collisions
from ..compile.levels import LEVELS
from ..device import map_collisions
from ..errors import InputError
from ..limits import positive_integer
from ..model import CollisionModel
from ..storage import writable_folder, write_atomically
from .models import exchange_chain
from .registry import Registry
from .report import COLOURS, MARKERS
from .targets import TARGETS, load_target

FAMILIES: Registry[Callable[[int], CollisionModel]] = Registry("family")

#: What is measured where nothing else is asked for.
SIZES = {"ancilla": (1, 2, 3, 4, 6, 8), "system": (1, 2, 3, 4, 6, 8, 12, 16)}
GROWTH_LEVELS = ("trotter", "exact", "purified_channel", "channel")
GROWTH_TARGETS = ("all-to-all", "line", "FakeKingston")


@FAMILIES.register("ancilla")
def _ancilla(size: int) -> CollisionModel:
    """One system qubit and a chain of ancillas."""
    return exchange_chain(1, size)


@FAMILIES.register("system")
def _system(size: int) -> CollisionModel:
    """A chain of system qubits and a pair of ancillas."""
    return exchange_chain(size, 2)


@dataclass(frozen=True)
class Growth:
    """One collision of one size.

    Args:
        family: which qubits grow in number.
        size: how many they are.
        level: of synthesis.
        target: of the mapping.
        gates: two-qubit gates of a collision with its preparation; ``None`` where it was refused.
        depth: its two-qubit depth, likewise.
        refused: why.
    """

    family: str
    size: int
    level: str
    target: str
    gates: int | None = None
    depth: int | None = None
    refused: str = ""


def measure_growth(
    family: str,
    sizes: Sequence[int] | None = None,
    *,
    levels: Sequence[str] = GROWTH_LEVELS,
    targets: Sequence[str] = GROWTH_TARGETS,
    seeds: int = 3,
    progress: Callable[[int, int, str], None] = lambda *_: None,
) -> list[Growth]:
    """Costs of one collision for all sizes, levels and targets.

    Args:
        family: a registered family.
        sizes: how many qubits grow; ``None`` for the family's own.
        levels: of synthesis; product formulas are of order 2.
        targets: registered targets.
        seeds: number of transpiler seeds, of which the best is kept.
        progress: called before every one.

    Raises:
        InputError: for an unknown name or a bad number.
    """
    make = FAMILIES.find(family)
    for target in targets:
        TARGETS.find(target)
    if unknown := [level for level in levels if level not in LEVELS]:
        raise InputError(f"there is no level {unknown[0]!r}: there are {', '.join(LEVELS)}")
    own = SIZES.get(family, (1, 2, 3, 4)) if sizes is None else sizes
    chosen = [positive_integer(size, "a size") for size in own]
    numbers = range(positive_integer(seeds, "the number of seeds"))
    found = []
    combinations = [(size, level, target) for target in targets for level in levels for size in chosen]
    for number, (size, level, target) in enumerate(combinations):
        progress(number, len(combinations), f"{family} of {size}, {level}, {target}")
        found.append(_measured(Growth(family, size, level, target), make(size), numbers))
    progress(len(combinations), len(combinations), "done")
    return found


def _measured(asked: Growth, model: CollisionModel, seeds: Iterable[int]) -> Growth:
    try:
        compiled = compile_collisions(model, 1, "0" * model.num_system_qubits, synthesis=asked.level)
        first = map_collisions(compiled, load_target(asked.target).target, seeds=tuple(seeds), schedule=False).first
    except InputError as error:
        return dataclasses.replace(asked, refused=str(error))
    if first is None:
        return dataclasses.replace(asked, refused="sampled collisions have no one circuit")
    return dataclasses.replace(asked, gates=two_qubit_gates(first), depth=two_qubit_depth(first))


def growth_plot(rows: Sequence[Growth]) -> Figure:
    """Two-qubit gates (above) and two-qubit depth (below) against the size, one column for each target."""
    targets = list(dict.fromkeys(row.target for row in rows))
    levels = list(dict.fromkeys(row.level for row in rows))
    figure = Figure(figsize=(3.4 * len(targets) + 1, 5.6), layout="constrained")
    axes = figure.subplots(2, len(targets), sharex=True, sharey="row", squeeze=False)
    for column, target in enumerate(targets):
        for number, level in enumerate(levels):
            own = [row for row in rows if (row.target, row.level) == (target, level) and row.gates is not None]
            for axis, values in zip(axes[:, column], ([r.gates for r in own], [r.depth for r in own]), strict=True):
                axis.plot(
                    [row.size for row in own],
                    [float(value or 0) for value in values],
                    marker=MARKERS[number % len(MARKERS)],
                    color=COLOURS[number % len(COLOURS)],
                    label=level,
                )
        axes[0, column].set_title(target, fontsize="medium")
        axes[1, column].set_xlabel(f"{rows[0].family} qubits")
    for axis in axes.flat:
        axis.set_yscale("symlog", linthresh=10)
        axis.spines[["top", "right"]].set_visible(False)
        axis.xaxis.get_major_locator().set_params(integer=True)
    for axis, label in zip(axes[:, 0], ("two-qubit gates", "two-qubit depth"), strict=True):
        axis.set_ylabel(f"{label} of a collision")
    axes[0, 0].legend(frameon=False, fontsize="small")
    return figure


def save_growth(rows: Sequence[Growth], folder: Path) -> list[Path]:
    """Write ``growth-<family>.png`` and ``growth-<family>.json`` into a folder; returns their paths."""
    folder = writable_folder(folder)
    stream = io.BytesIO()
    growth_plot(rows).savefig(stream, format="png", dpi=150)
    picture, numbers = (folder / f"growth-{rows[0].family}.{ending}" for ending in ("png", "json"))
    write_atomically(picture, stream.getvalue())
    write_atomically(numbers, (json.dumps([asdict(row) for row in rows], indent=1) + "\n").encode())
    return [picture, numbers]
