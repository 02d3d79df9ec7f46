"""What is measured: one case of the benchmark, its grid, and the hash that defines it."""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args, get_type_hints

from ..compile import CollisionCircuit, CompileOptions, compile_collisions
from ..compile.branches import Keeps
from ..compile.levels import LEVELS, joint_levels
from ..compile.product_formula import checked_order
from ..errors import InputError, near
from ..limits import positive_integer
from ..model import Model
from .baseline import NAIVE, naive_collisions
from .bodies import digest
from .circumstances import code_hash, decisive_versions
from .compilers import COMPILERS
from .models import MODELS
from .targets import TARGETS, snapshot_hash

#: The synthesis level that has orders and steps.
PRODUCT_FORMULA = "trotter"

#: The levels that keep the joint state, unless they are asked not to.
JOINT_LEVELS = joint_levels()


def levels() -> tuple[str, ...]:
    """The names of the registered levels of synthesis.

    >>> "trotter" in levels()
    True
    """
    return tuple(LEVELS)


def _choices(argument: str) -> tuple[str, ...]:
    """The values that an option of :class:`qcoll.CompileOptions` can have, from its annotation."""
    return get_args(get_type_hints(CompileOptions)[argument])


@functools.cache
def load_model(name: str) -> Model:
    """The registered model called ``name``."""
    return MODELS.find(name)()


@dataclass(frozen=True, kw_only=True)
class Case:
    """One row of the benchmark.

    Args:
        model: name of a registered model.
        synthesis: level of synthesis, or "naive".
        trotter_order: order of the product formula, ``None`` for other levels.
        trotter_steps: its steps per collision, ``None`` for other levels.
        preparation: how the ancilla's thermal state is prepared.
        ancillas: the ancilla policy.
        keep: "system" where the level would keep more and does not, else ``None``.
        target: name of a registered target.
        compiler: name of a registered compiler.
        optimization: the compiler's optimisation level.
        seeds: transpiler seeds.
        collisions: number of collisions after which the noisy state is predicted.
    """

    model: str
    synthesis: str
    trotter_order: int | None
    trotter_steps: int | None
    preparation: str
    ancillas: str
    keep: str | None
    target: str
    compiler: str
    optimization: int
    seeds: tuple[int, ...]
    collisions: int

    def compiled(self, n: int = 1) -> CollisionCircuit:
        """The circuit of ``n`` collisions on no target in particular; the system starts in |0>.

        Raises:
            InputError: where the level does not exist for the model.
        """
        return _compiled(
            self.model,
            n,
            self.synthesis,
            self.trotter_order,
            self.trotter_steps,
            self.preparation,
            self.ancillas,
            self.keep,
        )

    @property
    def label(self) -> str:
        """The circuit's name: the level, with order and steps where it has them.

        >>> quick(synthesis=["trotter"])[0].label
        'trotter 2x1'
        """
        name = self.synthesis
        if name == NAIVE:
            return name
        if self.trotter_order is not None:
            name += f" {self.trotter_order}x{self.trotter_steps}"
        if self.preparation != "purified":
            name += f", {self.preparation}"
        return name if self.keep is None else f"{name}, {self.keep} kept"

    def hash(self) -> str:
        """A hash of all that decides the row: circuit, target, compiler, settings, versions, and qcoll's own code."""
        try:
            circuit = digest(self.compiled())
        except InputError as error:  # the row will say so
            circuit = str(error)
        document = asdict(self) | {
            "circuit": circuit,
            "snapshot": snapshot_hash(self.target),
            "compiler version": COMPILERS.find(self.compiler).version(),
            "versions": decisive_versions(),
            "code": code_hash(),
        }
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


@functools.lru_cache(maxsize=256)
def _compiled(
    model: str,
    n: int,
    synthesis: Any,
    order: int | None,
    steps: int | None,
    preparation: Any,
    ancillas: Any,
    keep: Any,
) -> CollisionCircuit:
    """Compiled once: the cases of a grid differ in target and seed more often than in circuit."""
    settings: dict[str, Any] = {"ancillas": ancillas}
    if order is not None and steps is not None:
        settings |= {"trotter_order": order, "trotter_steps": steps}
    chosen = load_model(model)
    ground = "0" * chosen.num_system_qubits
    if synthesis == NAIVE:
        return naive_collisions(chosen, n, ground, **settings)
    return compile_collisions(chosen, n, ground, synthesis=synthesis, preparation=preparation, keep=keep, **settings)


def grid(
    *,
    models: Sequence[str] = ("example1", "example2"),
    synthesis: Sequence[str] | None = None,
    orders: Sequence[int] = (1, 2, 4),
    steps: Sequence[int] = (1,),
    preparations: Sequence[str] | None = None,
    ancillas: Sequence[str] = ("reset",),
    keeps: Sequence[str] | None = None,
    targets: Sequence[str] = ("all-to-all", "line", "FakeKingston", "FakeNighthawk"),
    compilers: Sequence[str] = ("qiskit",),
    optimization: Sequence[int] | None = None,
    seeds: int = 10,
    collisions: int = 50,
) -> list[Case]:
    """All cases of a benchmark run; every name is checked before anything is measured.

    Args:
        models: registered models.
        synthesis: levels of synthesis; ``None`` for all, and the naive way to compare with.
        orders: orders of the product formula, for the level that has them.
        steps: its numbers of steps.
        preparations: of the ancilla's thermal state; ``None`` for the shortest of every level, and "purified".
        ancillas: ancilla policies.
        keeps: what to keep at the levels that keep the joint state: "joint state", "system"; ``None`` for the joint
            state.
        targets: registered targets.
        compilers: registered compilers.
        optimization: optimisation levels; ``None`` for all that a compiler has.
        seeds: number of transpiler seeds.
        collisions: number of collisions after which the noisy state is predicted.

    Raises:
        InputError: for an unknown name or a bad number.

    >>> len(grid(models=["example2"], synthesis=["trotter"], targets=["line"], optimization=[3]))
    3
    """
    known = (NAIVE, *levels())
    chosen = known if synthesis is None else tuple(synthesis)
    _check(chosen, known, "synthesis level")
    _check(models, MODELS, "model")
    _check(targets, TARGETS, "target")
    _check(compilers, COMPILERS, "compiler")
    _check(preparations or (), _choices("preparation"), "preparation")
    _check(ancillas, _choices("ancillas"), "ancilla policy")
    _check(keeps or (), get_args(Keeps), "thing to keep")
    for order in orders:
        checked_order(order)
    for number in steps:
        positive_integer(number, "trotter_steps")
    count, after = positive_integer(seeds, "the number of seeds"), positive_integer(collisions, "collisions")
    kinds: list[tuple[str, int | None, int | None]] = []
    for level in dict.fromkeys(chosen):
        kinds += list(itertools.product([level], orders, steps)) if level == PRODUCT_FORMULA else [(level, None, None)]
    return [
        Case(
            model=model,
            synthesis=level,
            trotter_order=order,
            trotter_steps=step,
            preparation=preparation,
            ancillas=policy,
            keep=keep,
            target=target,
            compiler=compiler,
            optimization=effort,
            seeds=tuple(range(count)),
            collisions=after,
        )
        for model, (level, order, step), policy, target, compiler in itertools.product(
            models, kinds, ancillas, targets, compilers
        )
        for preparation in _preparations(level, preparations)
        for keep in _kept(level, keeps)
        for effort in COMPILERS.find(compiler).efforts
        if optimization is None or effort in optimization
    ]


def _preparations(level: str, asked: Sequence[str] | None) -> Sequence[str]:
    """The preparations to go with a level."""
    if level == NAIVE:
        return ("state_preparation",)
    if asked is not None:
        return asked
    return ("purified", "absorbed") if level == "exact" else ("purified",)


def _kept(level: str, asked: Sequence[str] | None) -> Sequence[str | None]:
    """What to keep at a level; ``None`` is all that it keeps."""
    if asked is None or level not in JOINT_LEVELS:
        return (None,)
    return tuple(dict.fromkeys(None if kept == "joint state" else kept for kept in asked))


def quick(**changes: Any) -> list[Case]:
    """A grid of a minute or so: example 2, all levels, order 2, two targets, the highest optimisation level.

    Args:
        changes: arguments of :func:`grid` that differ.
    """
    small: dict[str, Any] = {
        "models": ("example2",),
        "orders": (2,),
        "targets": ("all-to-all", "FakeKingston"),
        "optimization": (3,),
    }
    return grid(**(small | changes))


def _check(names: Iterable[str], known: Iterable[str], kind: str) -> None:
    options = list(known)
    for name in names:
        if name not in options:
            raise InputError(f"unknown {kind} {name!r}{near(name, options)}; known: {', '.join(options)}")
