"""What a level of synthesis is: a model in, the circuits of one collision out; and the register of all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, TypeVar, get_args

from ...errors import InputError
from ...model.collision import CollisionModel, require_fresh
from ...synthesis import Correction
from ..branches import CollisionPieces, Keeps
from ..sizes import require_size

Preparation = Literal["purified", "state_preparation", "sampled", "absorbed"]

#: The product formula where nothing else is asked for.
TROTTER_ORDER = 2
TROTTER_STEPS = 1

#: Options of :func:`qcoll.compile_collisions` and what they are where nothing is asked for.
DEFAULTS: dict[str, Any] = {
    "preparation": "purified",
    "trotter_order": TROTTER_ORDER,
    "trotter_steps": TROTTER_STEPS,
    "keep": None,
    "correction": "coherent",
}
#: The words that options may be.
WORDS = {"preparation": get_args(Preparation), "keep": get_args(Keeps), "correction": get_args(Correction)}
#: What a level calls an option of its own.
_FIELDS = {"trotter_order": "order", "trotter_steps": "steps"}


@dataclass(frozen=True, kw_only=True)
class Level(ABC):
    """A level of synthesis: how one collision becomes circuits, and what of it they keep.

    A subclass with the decorator :func:`register_level` is known by its name everywhere: to ``synthesis=``, at the
    command line, to the error budget and to the depth benchmark. It gives a ``name``, says whether it keeps the joint
    state, and makes the circuits.

    >>> from qcoll.compile.levels import Exact, Trotter
    >>> Trotter(order=4, steps=2).name, str(Exact())
    ('trotter', 'exact collision')
    """

    name: ClassVar[str]
    #: Whether system and ancilla are both kept (unless it is told to keep the system alone).
    keeps_joint: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Refuse words that no level knows."""
        _check_values({name: getattr(self, name) for name in WORDS if hasattr(self, name)})

    @abstractmethod
    def ways(self, model: CollisionModel) -> CollisionPieces:
        """The circuits of one collision; of several ways, the one with the fewest two-qubit gates."""

    @abstractmethod
    def __str__(self) -> str:
        """What a collision of this level is, in a few words."""

    @property
    def splitting(self) -> tuple[int, int] | None:
        """Order and steps of the product formula, ``None`` where nothing is split."""
        return None

    def pieces(self, model: CollisionModel) -> CollisionPieces:
        """The circuits of one collision of a model.

        Raises:
            InputError: if the model has a memory, is too large for the level, or is not one that the level can do.

        >>> import qcoll
        >>> from qcoll.compile.levels import Channel
        >>> Channel().pieces(qcoll.example_2()).only.collision.num_nonlocal_gates()
        3
        """
        require_fresh(model)
        self.check_size(model)
        return self.ways(model)

    def check_size(self, model: CollisionModel) -> None:
        """Refuse a model that is too large for the level, or for its preparation.

        Raises:
            InputError: if it is; the message says what fits.
        """
        require_size(model, self.name, self.options()["preparation"])

    def options(self) -> dict[str, Any]:
        """The options of :func:`qcoll.compile_collisions` that mean this level."""
        own = {name: getattr(self, _FIELDS.get(name, name), default) for name, default in DEFAULTS.items()}
        return {"synthesis": self.name, **own}


Registered = TypeVar("Registered", bound=type[Level])

#: All levels by name, from those that keep more to those that take fewer gates.
LEVELS: dict[str, type[Level]] = {}


def register_level(level: Registered) -> Registered:
    """Make a level known by its name; a decorator for its class.

    Raises:
        InputError: if another level has that name.
    """
    if level.name in LEVELS:
        raise InputError(f"there is a level {level.name!r} already: give the new one another name")
    LEVELS[level.name] = level
    return level


def joint_levels() -> tuple[str, ...]:
    """The names of the levels that keep the joint state."""
    return tuple(name for name, level in LEVELS.items() if level.keeps_joint)


def level_of(synthesis: str | Level, **options: Any) -> Level:
    """The level that a name and options mean, or the one that was given.

    Args:
        synthesis: a registered name, or a level, which has its options in it.
        options: those of :data:`DEFAULTS` that are not at their default.

    Raises:
        InputError: for an unknown name or value, or an option that the level does not have.

    >>> from qcoll.compile.levels import level_of
    >>> level_of("trotter", trotter_order=4)
    Trotter(order=4, steps=1, preparation='purified', keep=None)
    """
    options = DEFAULTS | options
    if isinstance(synthesis, Level):
        for name, default in DEFAULTS.items():
            if options[name] != default:
                raise InputError(
                    f"{name} is {options[name]!r}, but synthesis is {synthesis!r}: give the level what it is to do, or "
                    f"take it by its name, synthesis={synthesis.name!r}"
                )
        return synthesis
    if not isinstance(synthesis, str) or synthesis not in LEVELS:
        raise InputError(f"synthesis is {synthesis!r}, but must be one of {', '.join(map(repr, LEVELS))}")
    _check_values(options)
    level = LEVELS[synthesis]
    known = {field.name for field in fields(level)}
    given = {}
    for name, value in options.items():
        own = _FIELDS.get(name, name)
        if own in known:
            given[own] = value
        elif value != DEFAULTS[name]:
            _refuse(level, name, value)
    return level(**given)


def _check_values(options: dict[str, Any]) -> None:
    """Refuse words that no level knows."""
    for name, value in options.items():
        if name in WORDS and value != DEFAULTS[name] and value not in WORDS[name]:
            raise InputError(f"{name} is {value!r}, but must be one of {', '.join(map(repr, WORDS[name]))}")


def _refuse(level: type[Level], name: str, value: Any) -> None:
    """Refuse an option that a level does not have, unless it asks for what the level does anyway."""
    if name in _FIELDS:
        raise InputError(
            f"{name} is {value!r}, but synthesis={level.name!r} has no product formula: leave {name} out, or use "
            'synthesis="trotter"'
        )
    if name == "correction":
        raise InputError(
            f'correction="measured" goes with synthesis="sampled", but synthesis is {level.name!r}: leave correction '
            'out, or use synthesis="sampled"'
        )
    if name == "preparation":
        raise InputError(
            f"preparation is {value!r}, but synthesis={level.name!r} keeps only the system's state and prepares "
            'the ancilla in its own way: leave preparation out, or use synthesis="trotter" or "exact"'
        )
    if name == "keep" and value == "joint state":
        raise InputError(
            f'keep is "joint state", but synthesis={level.name!r} keeps only the system: use synthesis="trotter" or '
            '"exact"'
        )
