"""The result as NetCDF: written block by block from the rows, and opened with complex numbers whole again.

NetCDF tools agree on real numbers only, so that a complex quantity ``state`` is two variables, ``state_real`` and
``state_imag``.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, MissingExtraError
from ..trajectory.iterate import recorded_collisions
from .axes import canonical
from .blocks import Block, Survey, blocks, has_collisions, variables
from .plan import Plan
from .quantities import quantity
from .store import Store

if TYPE_CHECKING:
    import xarray

FILE = "study.nc"
REAL, IMAGINARY = "_real", "_imag"
#: What the parameters of the ready models are, where it can be said in a word.
_UNITS = {"beta": ("inverse temperature", "inverse energy"), "dt": ("duration of a collision", "inverse energy")}
_ENERGIES = ("omega", "kappa", "alpha", "coupling")


def require_extra() -> None:
    """Say what is missing, before any work starts.

    Raises:
        MissingExtraError: if one of its packages is not installed.
    """
    for name in ("xarray", "h5netcdf", "h5py", "pandas", "cloudpickle"):  # looked up, not loaded: that takes a second
        if importlib.util.find_spec(name) is None:
            raise MissingExtraError(f'{name} is not installed: pip install "qcoll[study]"')


def open_study(path: str | Path) -> xarray.Dataset:
    """The result of a study, from its folder or its NetCDF file, with complex variables.

    Raises:
        InputError: if there is none.
        MissingExtraError: if xarray is not installed.
    """
    require_extra()
    import xarray

    file = Path(path)
    file = file / FILE if file.is_dir() else file
    if not file.exists():
        raise InputError(f"there is no {file}: run the study first, qcoll sweep STUDY.toml --out {Path(path)}")
    try:
        found = xarray.open_dataset(file, engine="h5netcdf")
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {file}: {error}") from error
    return joined_complex(found)


def joined_complex(data: xarray.Dataset) -> xarray.Dataset:
    """A dataset whose pairs ``x_real`` and ``x_imag`` are complex variables ``x``."""
    for name in [str(name) for name in data.variables if str(name).endswith(REAL)]:
        whole = name.removesuffix(REAL)
        if f"{whole}{IMAGINARY}" not in data.variables:
            continue
        parts = data.variables[name], data.variables[f"{whole}{IMAGINARY}"]
        value = (parts[0].dims, parts[0].to_numpy() + 1j * parts[1].to_numpy(), parts[0].attrs)
        coordinate = name in data.coords
        data = data.drop_vars([name, f"{whole}{IMAGINARY}"])
        data = data.assign_coords({whole: value}) if coordinate else data.assign({whole: value})
    return data


def split_complex(data: xarray.Dataset) -> xarray.Dataset:
    """The inverse: a dataset of real variables, which every NetCDF tool reads."""
    for name in [str(name) for name, value in data.variables.items() if value.dtype.kind == "c"]:
        value = data.variables[name]
        coordinate = name in data.coords
        pair = {
            f"{name}{REAL}": (value.dims, value.to_numpy().real, value.attrs),
            f"{name}{IMAGINARY}": (value.dims, value.to_numpy().imag, value.attrs),
        }
        data = data.drop_vars(name)
        data = data.assign_coords(pair) if coordinate else data.assign(pair)
    return data


def write_dataset(plan: Plan, store: Store, path: Path, survey: Survey, attributes: Mapping[str, Any]) -> None:
    """Write the dataset of all points that have rows; memory is that of a block."""
    import h5netcdf

    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with h5netcdf.File(temporary, "w") as file:
            others = _write_axes(file, plan)
            _create_variables(file, plan, survey, others)
            for key, value in attributes.items():
                file.attrs[key] = value
            for block in blocks(plan, store, survey):
                _write_block(file, block)
        os.replace(temporary, path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}; choose another folder") from error
    finally:
        temporary.unlink(missing_ok=True)


def _write_axes(file: Any, plan: Plan) -> str:
    """Dimensions and coordinates; returns the names of those that are no dimensions, as CF wants them."""
    file.dimensions = {axis.name: len(axis) for axis in plan.kept}
    others = []
    for axis in plan.kept:
        for name, values in axis.values.items():
            for part, array in _columns(name, values):
                _write_coordinate(file, part, axis.name, array, *_meaning(name))
                if part != axis.name:
                    others.append(part)
    if has_collisions(plan):
        collisions = recorded_collisions(plan.options["n"], plan.options["record"])
        file.dimensions["collision"] = len(collisions)
        _write_coordinate(file, "collision", "collision", collisions, "number of collisions", "1")
    return " ".join(others)


def _columns(name: str, values: tuple[Any, ...]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Values of an axis as arrays that NetCDF has: numbers, two for complex ones, or texts."""
    numbers = [value for value in values if isinstance(value, int | float | complex) and not isinstance(value, bool)]
    if len(numbers) < len(values):
        texts = [
            value if isinstance(value, str) else "none" if value is None else _label(value, name) for value in values
        ]
        yield name, np.array(texts, dtype=object)
    elif any(isinstance(value, complex) for value in values):
        array = np.array(values, dtype=complex)
        yield f"{name}{REAL}", array.real
        yield f"{name}{IMAGINARY}", array.imag
    else:
        yield name, np.array(values)


def _label(value: Any, name: str) -> str:
    """A value on an axis of names."""
    return str(value) if isinstance(value, bool | int | float | complex) else canonical(value, name)


def _meaning(name: str) -> tuple[str, str]:
    """Long name and unit of a parameter."""
    if name in _UNITS:
        return _UNITS[name]
    return name.replace("_", " "), "energy (hbar = k_B = 1)" if name.startswith(_ENERGIES) else "1"


def _write_coordinate(file: Any, name: str, dimension: str, array: NDArray[Any], text: str, units: str) -> None:
    variable = file.create_variable(name, (dimension,), _dtype(array), data=array)
    variable.attrs["long_name"] = text
    if array.dtype != object:
        variable.attrs["units"] = units


def _dtype(array: NDArray[Any]) -> Any:
    import h5py

    return h5py.string_dtype() if array.dtype == object else array.dtype


def _create_variables(file: Any, plan: Plan, survey: Survey, others: str) -> None:
    """Variables without values yet."""
    for name, (dims, shape, kind) in variables(plan, survey).items():
        for dimension, length in zip(dims, shape, strict=True):
            if dimension not in file.dimensions:
                file.dimensions[dimension] = length
        for part in _parts(name, kind):
            if kind == "text":
                variable = file.create_variable(part, dims, _dtype(np.array([], dtype=object)))
            elif kind == "count":
                variable = file.create_variable(part, dims, np.dtype(np.int64))
            else:
                variable = file.create_variable(part, dims, np.dtype(float), fillvalue=np.nan)
            text, units = _description(name)
            variable.attrs["long_name"] = text + {REAL: ", real part", IMAGINARY: ", imaginary part"}.get(
                part.removeprefix(name), ""
            )
            if kind != "text":
                variable.attrs["units"] = units
            if others:
                variable.attrs["coordinates"] = others


def _description(name: str) -> tuple[str, str]:
    special = {
        "error": "why the point failed",
        "warning": "what the computation warned of",
        "samples": "points that the mean is taken over",
    }
    if name in special:
        return special[name], "1"
    found = quantity(name)
    return found.text, found.units


def _parts(name: str, kind: str) -> tuple[str, ...]:
    return (f"{name}{REAL}", f"{name}{IMAGINARY}") if kind == "complex" else (name,)


def _write_block(file: Any, block: Block) -> None:
    for name, values in block.values.items():
        if np.iscomplexobj(values):
            file[f"{name}{REAL}"][block.place] = values.real
            file[f"{name}{IMAGINARY}"][block.place] = values.imag
        else:
            file[name][block.place] = values


__all__ = ["FILE", "joined_complex", "open_study", "require_extra", "split_complex", "write_dataset"]
