"""Where the models of a study come from: a ready model, a model file, or a function."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qiskit.quantum_info import SparsePauliOp

from .. import models as ready
from ..errors import InputError
from ..limits import real_number
from ..model.collision import Ancilla, CollisionModel
from ..model.cycle import Cycle, Model
from ..model.files import load_model
from ..model.library import example_1, example_2
from .axes import canonical
from .identity import function_identity


def ready_models() -> dict[str, Callable[..., CollisionModel]]:
    """The models that have names: the paper's two and those of ``qcoll.models`` that are collision models."""
    found: dict[str, Callable[..., CollisionModel]] = {"example_1": example_1, "example_2": example_2}
    for name in ready.__all__:
        function = getattr(ready, name)
        if inspect.signature(function).return_annotation in ("CollisionModel", CollisionModel):
            found[name] = function
    return found


@dataclass(frozen=True)
class ModelSource:
    """What makes the model of every point.

    Args:
        name: as it is shown.
        make: the model from its parameters.
        parameters: names of all parameters with their defaults; ``None`` where any keyword is taken.
        identity: a text that changes when the function, or the file, does.
    """

    name: str
    make: Callable[..., CollisionModel]
    parameters: Mapping[str, Any] | None
    identity: str = field(repr=False)

    def __call__(self, parameters: Mapping[str, Any]) -> Model:
        """The model, or cycle, at given parameters.

        Raises:
            InputError: if the parameters are refused, or what is made is not a ``CollisionModel``.
        """
        model = self.make(**parameters)
        if not isinstance(model, CollisionModel | Cycle):
            raise InputError(f"{self.name} made a {type(model).__name__}, but a study needs a qcoll.CollisionModel")
        return model


def find_source(given: Any, folder: Path | None = None) -> ModelSource:
    """The source of the models.

    Args:
        given: a function that returns a ``CollisionModel``, a model itself, the name of a ready model, the path of a
            model file, or ``"file.py:function"``.
        folder: where relative paths begin.

    Raises:
        InputError: if there is no such model, file or function.
    """
    if isinstance(given, CollisionModel):
        return _of_model(given, given.name)
    if callable(given):
        return _of_function(given)
    if isinstance(given, Cycle):
        raise InputError(
            f"the model is the cycle {given.name!r}, whose numbers have no names: give a function that returns it"
        )
    if not isinstance(given, str | Path):
        raise InputError(
            f"the model is a {type(given).__name__}, but must be a function, a CollisionModel, the name of a ready "
            "model, or a file"
        )
    known = ready_models()
    plain = str(given).replace("-", "_")
    plain = {"example1": "example_1", "example2": "example_2"}.get(plain, plain)
    if plain in known:
        return _of_function(known[plain])
    path, _, function = str(given).partition(".py:")
    if function:
        return _of_function(_from_script((folder or Path()) / f"{path}.py", function))
    file = (folder or Path()) / str(given)
    if not file.exists():
        raise InputError(
            f"there is no model {str(given)!r}: give one of {', '.join(known)}, a model file, or file.py:function"
        )
    loaded = load_model(file)
    if isinstance(loaded, Cycle):
        raise InputError(
            f"{file.name} is a cycle, whose numbers have no names: write a function that returns it, and give "
            "file.py:function"
        )
    return _of_model(loaded, file.name)


def _of_function(function: Callable[..., Any]) -> ModelSource:
    signature = inspect.signature(function)
    kinds = {parameter.kind for parameter in signature.parameters.values()}
    names: dict[str, Any] | None = {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if parameter.kind in (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    }
    if inspect.Parameter.VAR_KEYWORD in kinds:
        names = None
    name = getattr(getattr(function, "func", function), "__name__", type(function).__name__)
    return ModelSource(name, function, names, function_identity(function))


def _from_script(path: Path, name: str) -> Callable[..., Any]:
    """A function of a Python file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read {path}, which holds the model: {error.strerror or error}") from error
    space: dict[str, Any] = {"__name__": path.stem, "__file__": str(path)}
    try:
        exec(compile(text, str(path), "exec"), space)
    except SyntaxError as error:
        raise InputError(f"{path}, line {error.lineno}: not valid Python: {error.msg}") from error
    if not callable(space.get(name)):
        raise InputError(f"{path} has no function {name!r}")
    return space[name]  # type: ignore[no-any-return]


def _of_model(model: CollisionModel, name: str) -> ModelSource:
    maker = FileModel(model)
    return ModelSource(name, maker, maker.parameters, model.fingerprint())


@dataclass(frozen=True)
class FileModel:
    """A model whose parameters are its numbers: ``dt``, ``beta``, and coefficients such as ``interaction.XX``.

    Those of a memory are ``memory.dt`` and such as ``memory.XX``.
    """

    model: CollisionModel

    @property
    def parameters(self) -> dict[str, float]:
        """All of them, with the values that they have."""
        model = self.model
        found = {"dt": model.dt}
        if model.ancilla.beta is not None:
            found["beta"] = model.ancilla.beta
        if model.memory is not None:
            found["memory.dt"] = model.memory.dt
        for part, operator in self._operators().items():
            found |= {f"{part}.{label}": float(value.real) for label, value in operator.to_list()}
        return found

    def __call__(self, **values: Any) -> CollisionModel:
        """The model with other numbers."""
        numbers = self.parameters | {name: real_number(value, name) for name, value in values.items()}
        model, ancilla = self.model, self.model.ancilla
        parts = {
            part: SparsePauliOp(operator.paulis, [numbers[f"{part}.{label}"] for label in operator.paulis.to_labels()])
            for part, operator in self._operators().items()
        }
        beta = numbers.get("beta")
        state = None if ancilla.state is None else ancilla.state
        memory = model.memory
        if memory is not None:
            memory = dataclasses.replace(memory, interaction=parts["memory"], dt=numbers["memory.dt"])
        return dataclasses.replace(  # whatever else a model has stays as it is
            model,
            system=parts["system"],
            ancilla=Ancilla(hamiltonian=parts["ancilla"], beta=beta, state=state, modes=ancilla.modes),
            interaction=parts["interaction"],
            dt=numbers["dt"],
            memory=memory,
        )

    def _operators(self) -> dict[str, SparsePauliOp]:
        model = self.model
        own = {"system": model.system, "ancilla": model.ancilla.hamiltonian, "interaction": model.interaction}
        return own if model.memory is None else own | {"memory": model.memory.interaction}


def parameters_text(source: ModelSource, fixed: Mapping[str, Any]) -> str:
    """All parameters of the models that are not on an axis, in one order, with defaults."""
    whole = {**(source.parameters or {}), **fixed}
    given = {name: value for name, value in whole.items() if value is not inspect.Parameter.empty}
    return canonical(given, "the parameters")
