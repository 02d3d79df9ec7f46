"""A study: a model, axes, and what is computed at each point; from Python or from a file, resumable."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..depth.circumstances import installed_versions
from ..errors import InputError
from ..limits import positive_integer
from .blocks import Survey, survey_of
from .netcdf import FILE, open_study, require_extra, write_dataset
from .plan import Plan
from .planning import make_plan
from .runners import Runner, Task, here, in_processes
from .sources import ModelSource, find_source
from .store import Store

if TYPE_CHECKING:
    import xarray

#: Packages whose versions are kept with every row.
PACKAGES = ("qcoll", "numpy", "scipy", "qiskit", "qiskit-aer", "qiskit-ibm-runtime")
#: Points that are looked up at once.
_LOOK = 1000


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Args:
        done: points that are done, earlier runs included.
        total: all points.
        failed: points of this run that failed.
        seconds_left: at the rate of this run so far; ``None`` before its first point.
    """

    done: int
    total: int
    failed: int
    seconds_left: float | None


@dataclass(frozen=True)
class Summary:
    """What a run did.

    Args:
        computed: points computed in this run.
        total: points of the study.
        errors: why points failed, and how many.
        warnings: what computations warned of, and how often.
        path: the NetCDF file.
    """

    computed: int
    total: int
    errors: Mapping[str, int]
    warnings: Mapping[str, int]
    path: Path


@dataclass(frozen=True, eq=False)
class Study:
    """A grid of points: a model, what varies, what is computed at each point, and what is kept.

    Args:
        model: a function that returns a :class:`~qcoll.CollisionModel`, the name of a ready model ("example_2"), a
            model, a model file, or ``"file.py:function"``. The parameters of a model, or of a file, are ``dt``,
            ``beta`` and its coefficients, such as ``"interaction.XX"``.
        axes: for each axis its values: a list, an array, a range
            ``{"from": 0.1, "to": 10, "count": 5, "spacing": "logarithmic"}``, or several parameters that vary together,
            ``{"zip": {"kappa": [...], "alpha": [...]}}``. An axis is a parameter of the model or an option of the
            computation.
        compute: ``"steady_state"``, ``"trajectory"`` or ``"circuit"``, or one with its options,
            ``{"kind": "circuit", "n": 50, "noise": "FakeTorino"}``; see :data:`qcoll.study.OPTIONS`.
        quantities: what is kept; see :data:`qcoll.study.OFFERED`. Means of Pauli strings are ``"mean_Z"`` and so on.
        parameters: of the model, where they do not vary.
        reduce: axes over which mean and standard error are taken; ``seed`` and ``shots`` where they are axes, unless
            something else is said. Values with more shots weigh more.
        title: for plots and files.

    Raises:
        InputError: for whatever is wrong with it, before anything is computed.

    >>> import qcoll
    >>> study = qcoll.Study(
    ...     qcoll.example_2, axes={"kappa": [0.1, 0.3, 1.0]}, compute="steady_state", parameters={"alpha": 0.2}
    ... )
    >>> study.run().coherence.values.round(4)
    array([0.0036, 0.0107, 0.0315])
    """

    model: Any
    axes: Mapping[str, Any]
    compute: Any
    quantities: Sequence[str] | str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    reduce: Sequence[str] | None = None
    title: str = "study"
    plan: Plan = field(init=False, repr=False)

    def __post_init__(self) -> None:
        source = self.model if isinstance(self.model, ModelSource) else find_source(self.model)
        plan = make_plan(source, self.axes, self.compute, self.quantities, self.parameters, self.reduce, self.title)
        object.__setattr__(self, "plan", plan)

    def __len__(self) -> int:
        return self.plan.grid.size

    def run(
        self,
        out: str | Path | None = None,
        *,
        workers: int = 1,
        scheduler: str | None = None,
        progress: Callable[[Progress], None] | None = None,
        retry: bool = False,
    ) -> xarray.Dataset:
        """Compute all points, or those that a folder does not have yet.

        Args:
            out: folder for rows and result; a run that was interrupted, even killed, goes on there, and a study with
                more values on its axes computes only the new ones. Left out, nothing is kept.
            workers: processes on this machine. A script that asks for more than one needs the usual
                ``if __name__ == "__main__":``, since they are spawned.
            scheduler: address of a Dask scheduler, ``"tcp://..."``, whose workers have qcoll installed.
            progress: called after every batch of points.
            retry: compute points again that failed before.

        Returns:
            An ``xarray.Dataset``: axes as coordinates, a variable for each quantity, and in its attributes everything
            that makes it reproducible. Points that failed are nan, and ``error`` says why.

        Raises:
            InputError: for a folder of another study, or a scheduler that does not answer.
            MissingExtraError: if the extra ``qcoll[study]`` is not installed.
        """
        require_extra()
        if out is not None:
            return open_study(self.compute_into(out, workers, scheduler, progress, retry=retry).path)
        with tempfile.TemporaryDirectory() as folder:
            path = self.compute_into(folder, workers, scheduler, progress).path
            return open_study(path).load()

    def compute_into(
        self,
        out: str | Path,
        workers: int = 1,
        scheduler: str | None = None,
        progress: Callable[[Progress], None] | None = None,
        *,
        retry: bool = False,
    ) -> Summary:
        """Like :meth:`run`, without opening the result; memory does not grow with the number of points."""
        require_extra()
        positive_integer(workers, "workers")
        if scheduler is not None and workers > 1:
            raise InputError("workers are processes of this machine, and a scheduler has its own: give one of the two")
        plan = self.plan
        versions = {name: version for name, version in installed_versions().items() if name in PACKAGES}
        run: Runner = here
        if scheduler is not None:
            from .cluster import on_cluster

            run = on_cluster(scheduler)
        elif workers > 1:
            run = in_processes(workers)
        with Store(Path(out), plan.identity(), json.dumps(versions, sort_keys=True)) as store:
            missing = sum(len(task) for task in _missing(plan, store, retry=retry))
            computed = failed = 0
            began = time.monotonic()
            for rows in run(plan, _missing(plan, store, retry=retry)) if missing else ():
                store.add(rows)
                computed += len(rows)
                failed += sum(row.error is not None for row in rows)
                if progress is not None:
                    left = (time.monotonic() - began) / computed * (missing - computed)
                    progress(Progress(len(self) - missing + computed, len(self), failed, left))
            survey = survey_of(plan, store)
            path = store.folder / FILE
            write_dataset(plan, store, path, survey, attributes(plan, survey))
        return Summary(computed, len(self), survey.errors, survey.warnings, path)


def attributes(plan: Plan, survey: Survey) -> dict[str, Any]:
    """What makes a result reproducible."""
    circumstances = [json.loads(text) for text in sorted(survey.circumstances)]
    found = {
        "title": plan.title,
        "Conventions": "CF-1.11",
        "units_of_nature": "hbar = k_B = 1; heat is positive when the system absorbs it, work when it is done on it",
        "study": json.dumps(plan.identity() | {"reduce": list(plan.reduced)}),
        "versions": json.dumps(circumstances[0] if len(circumstances) == 1 else circumstances),
        "fingerprints_of_models": json.dumps(plan.fingerprints),
        "failed_points": sum(survey.errors.values()),
        "complex_numbers": "x_real and x_imag are the parts of x",
    }
    if plan.kind == "circuit":
        found["transpiler_seeds"] = json.dumps(plan.options["transpiler_seeds"])
    if seeds := _seeds(plan):
        found["seeds"] = seeds
    if targets := _targets(plan):
        found["targets"] = json.dumps(targets)
    return found


def _seeds(plan: Plan) -> str:
    varied = plan.grid.parameters
    if plan.kind != "circuit" or (plan.options["shots"] is None and "shots" not in varied):
        return ""
    if "seed" in varied:
        return "those of the axis seed"
    given = plan.options["seed"]
    return "of every point the first 31 bits of its key" if given is None else str(given)


def _targets(plan: Plan) -> dict[str, str]:
    """Hashes of the calibrations that the noise of fake devices comes from."""
    names = [value for axis in plan.axes for value in axis.values.get("noise", ())]
    names.append(plan.options.get("noise"))
    devices = sorted({name for name in names if isinstance(name, str) and name not in ("none", "typical")})
    if not devices:
        return {}
    from ..device.fakes import fake_backend
    from ..device.fingerprint import target_hash

    return {name: target_hash(fake_backend(name).target) for name in devices}


def _missing(plan: Plan, store: Store, *, retry: bool) -> Iterator[Task]:
    """Tasks of points without a row, looked up as they are needed."""
    task: list[int] = []
    for start in range(0, plan.grid.size, _LOOK):
        indices = range(start, min(start + _LOOK, plan.grid.size))
        keys = plan.keys(indices)
        done = store.done(keys, failed=not retry)
        for index, key in zip(indices, keys, strict=True):
            if key in done:
                continue
            task.append(index)
            if len(task) == plan.batch:
                yield tuple(task)
                task = []
    if task:
        yield tuple(task)
