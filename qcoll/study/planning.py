"""From what a user says of a study to its plan: everything that a user can correct is refused here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..errors import InputError
from ..exact.dynamics import LARGEST_TRANSFER_MATRIX
from ..model.cycle import Model
from ..model.initial import initial_density_matrix
from .axes import Axis, Grid, read_axes
from .batches import batch_size
from .computations import LAST, OPTIONS, REPEATED, check_options, checked_compute
from .entries import EntryError, about
from .plan import Plan, is_option
from .quantities import check_means, checked_quantities
from .sources import ModelSource

#: Axes that are reduced to mean and standard error unless the study says which.
REDUCED = REPEATED
#: Dimensions that results have of their own.
RESERVED = ("collision", "row", "column")


def make_plan(
    source: ModelSource,
    axes: Mapping[str, Any],
    compute: Any,
    quantities: Any,
    parameters: Mapping[str, Any],
    reduce: Sequence[str] | None,
    title: str,
) -> Plan:
    """Check a study as a whole.

    Raises:
        InputError: for whatever the user can correct; nothing is computed then.
    """
    with about("compute"):
        kind, given = checked_compute(compute)
    ordered = read_axes(axes)
    names = [name for axis in ordered for name in axis.values]
    _check_parameters(source, kind, names, parameters)
    _check_axes(ordered, names, parameters, given)
    options = {**OPTIONS[kind], **given} | ({"record": LAST} if "n" in names else {})
    reduced = _reduced(ordered, reduce)
    grid = Grid(tuple(sorted(ordered, key=lambda axis: axis.name in reduced)))
    option_axes = {name for name in names if is_option(name, source, kind)}
    first, *others = grid.points(list(dict.fromkeys((0, grid.size - 1, grid.size // 2))))
    start = options | {name: value for name, value in first.items() if name in option_axes}
    _check_values(kind, ordered, option_axes, start)
    with about("quantities"):
        chosen = checked_quantities(quantities, kind)
    results = {name for quantity in chosen for name in (quantity, f"{quantity}_error")}
    for axis in ordered:
        if taken := results & {axis.name, *axis.values}:
            said = f"{min(taken)!r} is the name of an axis and of a result: give the parameter another name"
            raise EntryError(said, ("axes", axis.name))
    points = ({**parameters, **{k: v for k, v in p.items() if k not in option_axes}} for p in (first, *others))
    models = _some_models(source, list(points))
    model = next(iter(models.values()))
    with about("quantities"):
        check_means(chosen, model.num_system_qubits)
    if start.get("initial") is not None and model.num_system_qubits <= LARGEST_TRANSFER_MATRIX:
        with about("compute", "initial"):
            initial_density_matrix(model, start["initial"])
    return Plan(
        title=title,
        source=source,
        fixed=dict(parameters),
        kind=kind,
        options=options,
        quantities=chosen,
        axes=ordered,
        grid=grid,
        reduced=reduced,
        fingerprints={place: each.fingerprint() for place, each in models.items() if place != "middle"},
        batch=_repeats(grid, option_axes) if kind == "circuit" else batch_size(kind, model, start, chosen),
    )


def _check_axes(
    axes: Sequence[Axis], names: Sequence[str], parameters: Mapping[str, Any], given: Mapping[str, Any]
) -> None:
    """Refuse axes that contradict something else."""
    if both := set(names) & (set(parameters) | set(given)):
        name = min(both)
        said = f"{name!r} is an axis and has a fixed value as well: leave one of them out"
        raise EntryError(said, ("parameters" if name in parameters else "compute", name))
    if "record" in names:
        raise EntryError("record cannot be an axis: results would have different shapes", ("axes", "record"))
    if "n" in names and given.get("record", LAST) != LAST:
        said = "n is an axis, so that runs differ in length: record must be 'last', or left out"
        raise EntryError(said, ("compute", "record"))
    for axis in axes:
        if axis.name in RESERVED:
            said = f"the axis {axis.name!r} needs another name: results have dimensions {', '.join(RESERVED)}"
            raise EntryError(said, ("axes", axis.name))


def _check_values(kind: str, axes: Sequence[Axis], option_axes: Collection[str], start: Mapping[str, Any]) -> None:
    """Refuse options, and values of axes of options, that nothing can be computed with."""
    for axis in axes:
        for name in axis.values:
            if name in option_axes:
                with about("axes", axis.name):
                    for value in axis.values[name]:
                        check_options(kind, {**start, name: value})
    with about("compute"):
        check_options(kind, start)


def _repeats(grid: Grid, option_axes: Collection[str]) -> int:
    """How many points one after the other differ in shots and seed alone."""
    count = 1
    for axis in reversed(grid.axes):
        if not set(axis.values) <= set(REPEATED) & set(option_axes):
            break
        count *= len(axis)
    return count


def _some_models(source: ModelSource, candidates: Sequence[Mapping[str, Any]]) -> dict[str, Model]:
    """The models of a few points: a study may have points that fail, but not only those."""
    refused: InputError | None = None
    found: dict[str, Model] = {}
    for place, parameters in zip(("first", "last", "middle"), candidates, strict=False):
        if found and place == "middle":
            break
        try:
            found[place] = source(parameters)
        except InputError as error:
            refused = refused or error
        except TypeError as error:
            given = ", ".join(parameters) or "nothing"
            raise InputError(f"{source.name} cannot be called with {given}: {error}") from error
    if not found:
        raise InputError(f"the models of the first, the last and the middle point are refused: {refused}") from refused
    return found


def _check_parameters(source: ModelSource, kind: str, axes: Sequence[str], fixed: Mapping[str, Any]) -> None:
    """Refuse parameters that nobody has."""
    for name in [*axes, *fixed]:
        with about("parameters" if name in fixed else "axes", name):
            _check_parameter(source, kind, name, "parameter" if name in fixed else "axis")


def _check_parameter(source: ModelSource, kind: str, name: str, what: str) -> None:
    known, is_option = source.parameters, name in OPTIONS[kind]
    if known is None:
        return
    if name in known and is_option:
        raise InputError(f"{name!r} is a parameter of {source.name} and an option of {kind}: rename the parameter")
    if what == "parameter" and is_option:
        raise InputError(f"{name!r} is an option of {kind}: it belongs to compute, not to parameters")
    if name not in known and not is_option:
        raise InputError(
            f"{source.name} has no parameter for the {what} {name!r}; it has {', '.join(known)}; "
            f"{kind} has the options {', '.join(OPTIONS[kind])}"
        )


def _reduced(axes: Sequence[Axis], given: Sequence[str] | None) -> tuple[str, ...]:
    names = [axis.name for axis in axes]
    for name in given or ():
        if name not in names:
            raise EntryError(f"reduce names {name!r}, but the axes are {', '.join(names)}", ("reduce",))
    reduced = tuple(name for name in names if name in (REDUCED if given is None else given))
    for axis in axes:
        if axis.name in reduced and None in axis.values.get("shots", ()):
            said = "exact states (no shots) weigh more than any shots: leave them out, or say what to reduce instead"
            raise EntryError(said, ("axes", axis.name))
    return reduced
