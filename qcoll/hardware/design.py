"""Design an experiment for a device: transpile once, cut, measure. Nothing is sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, Unpack, get_args

from qiskit.providers import BackendV2

from ..compile.sequence import CollisionCircuit
from ..device import MappedCollisions
from ..device.mapping import map_collisions
from ..device.options import MappingKeywords, MappingOptions
from ..device.qubits import least_qubits, qubit_account
from ..errors import InputError
from ..keywords import with_changes
from ..limits import natural_number, positive_integer
from ..measure.circuits import MeasurementCircuits, is_sampled, measurement_circuits
from ..measure.estimator import DRAWN_AND_ESTIMATED, ObservedCircuits, observed_circuits
from ..measure.plan import QUANTITIES, READOUT, MeasurementPlan, Quantity, plan_for
from ..measure.points import Point
from ..measure.sampled_sequences import check_draws, default_draws, draws_of, shots_of_a_circuit
from .experiment import Experiment
from .options import DeviceOptions
from .pubs import CircuitGroup
from .service import runtime
from .service.providers import device_of
from .service.runtime import Device
from .shared_circuits import shared_circuits

Structures = Literal["one", "separate"]
Circuits = TypeVar("Circuits", MeasurementCircuits, ObservedCircuits)


def design_experiment(
    circuit: CollisionCircuit | Sequence[CollisionCircuit],
    device: Device | BackendV2 | str,
    at: int | Sequence[int],
    shots: int,
    quantities: Sequence[Quantity] = QUANTITIES,
    *,
    observables: Sequence[str] = (),
    options: DeviceOptions | None = None,
    mapping: MappingOptions | None = None,
    seed: int = 0,
    swept: Mapping[str, Sequence[float]] | None = None,
    structures: Structures = "one",
    draws: int | None = None,
    **changes: Unpack[MappingKeywords],
) -> Experiment:
    """Prepare an experiment for a device: transpile once, cut, measure. Nothing is sent.

    Several circuits are the points of a sweep. They share one layout and one circuit for each measured setting, with
    parameters for the angles that differ (see :mod:`qcoll.hardware.shared_circuits`).

    Collisions that are sampled from several circuits are measured in several draws of the whole sequence, each with
    circuits of its own that share one layout (see :mod:`qcoll.measure.sampled_sequences`). The points of their sweeps
    have circuits of their own, and draw independently.

    Args:
        circuit: from :func:`~qcoll.compile_collisions`, or several, all compiled in the same way.
        device: from :func:`open_device`, its name, or any backend that runs circuits itself.
        at: collisions after which to measure.
        shots: of every setting at every point; with zero-noise extrapolation per basis and noise factor. Draws share
            them equally.
        quantities: "state", "heat", "work".
        observables: more Pauli strings of the system.
        options: dynamical decoupling, twirling, readout mitigation, zero-noise extrapolation, ...
        mapping: transpiler level and seeds, as one object; whether the circuits carry delays follows from ``options``.
        seed: of the simulator, for fake devices.
        swept: names and values of what the points differ in, for tables; one value for each circuit.
        structures: "one" refuses points whose circuits differ in more than angles; "separate" gives those circuits of
            their own.
        draws: of sampled collisions how many sequences, at least two, a divisor of the shots; ``None`` is the largest
            up to 64. The executions do not depend on it, the error bars and the number of circuits do.
        changes: single entries of ``mapping``, as keywords: ``optimization_level``, ``seeds``.

    Raises:
        InputError: if the device cannot run it (too small, no reset), the points cannot share a circuit, sampled
            collisions are to be extrapolated, or an argument is bad.

    >>> import qcoll
    >>> from qcoll.hardware import DeviceOptions, design_experiment
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=4)
    >>> design_experiment(compiled, "fake_lagos", at=[4], shots=1000).executions
    13000
    >>> strengths = [0.2, 0.4, 0.6]
    >>> points = [qcoll.compile_collisions(qcoll.example_2(alpha=alpha), n=4) for alpha in strengths]
    >>> sweep = design_experiment(points, "fake_lagos", at=[4], shots=1000, swept={"alpha": strengths})
    >>> len(sweep.circuits), sweep.executions  # the initial state's circuit is the same for all points
    (13, 33000)
    >>> drawn = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=4, synthesis="sampled")
    >>> experiment = design_experiment(drawn, "fake_lagos", at=[4], shots=1000, quantities=["state"], draws=20)
    >>> len(experiment.circuits), experiment.shots_of_a_circuit, experiment.executions
    (120, 50, 6000)
    """
    count = positive_integer(shots, "shots")
    chosen = options or DeviceOptions()
    circuits = _checked_circuits(circuit)
    draws = _number_of_draws(draws, count, circuits, chosen)
    labels = _swept_values(swept, len(circuits))
    opened = _opened(device, max(circuits, key=least_qubits), chosen)
    asked = _Asked(at, tuple(quantities), tuple(observables), chosen)
    seed = natural_number(seed, "seed")
    transpiler = _transpiler(with_changes(mapping, MappingOptions, changes, design_experiment, "mapping"))
    if draws > 1:
        groups = _sampled_groups(circuits, opened, asked, transpiler, draws)
    else:
        groups = _groups(circuits, opened, asked, transpiler, labels, structures)
    points = tuple(Point(asked.plan(each), each.initial_state, own) for each, own in zip(circuits, labels, strict=True))
    definition = _definition(circuits, points, structures) | {
        "device": opened.name,
        "shots": count,
        "options": chosen.to_dict(),
        "seed": seed,
    }
    definition["compilation"] |= transpiler
    if circuits[0].sets != 2:  # not in the definition of others, whose hashes must not change
        definition["compilation"]["sets"] = circuits[0].sets
    if draws > 1:  # not in the definition of others, whose hashes must not change
        definition["draws"] = {"number": draws, "seeds": [each.seed for each in circuits]}
    experiment = Experiment(opened, points, groups, count, chosen, seed, definition, draws)
    experiment.check_size()
    return experiment


def _transpiler(mapping: MappingOptions) -> dict[str, Any]:
    if not mapping.schedule:
        raise InputError(
            "schedule is False, but whether the circuits of an experiment carry delays follows from the options of the "
            "device (gate twirling and the like leave scheduling to it): leave schedule out"
        )
    return {"optimization_level": mapping.optimization_level, "seeds": list(mapping.seeds)}


@dataclass(frozen=True)
class _Asked:
    """What is to be measured, and how."""

    at: int | Sequence[int]
    quantities: tuple[Quantity, ...]
    observables: tuple[str, ...]
    options: DeviceOptions

    def plan(self, circuit: CollisionCircuit) -> MeasurementPlan:
        """What is measured of a point."""
        readout = self.options.mitigates_readout and self.options.primitive == "sampler"
        return plan_for(circuit, self.at, self.quantities, self.observables, readout)

    def questions(self, circuit: CollisionCircuit) -> Hashable:
        """What points that share circuits must agree in."""
        plan = self.plan(circuit)
        return plan.settings, *(plan.labels_at(setting.tick) for setting in plan.settings if setting.tick != READOUT)

    def measurement(self, mapped: MappedCollisions, device: Device) -> MeasurementCircuits | ObservedCircuits:
        """The circuits on the device's qubits, as it takes them."""
        asked: dict[str, Any] = {"observables": self.observables, "merge": self.options.merge}
        if self.options.primitive == "estimator":
            return self._on(device, observed_circuits(mapped, self.at, self.quantities, **asked))
        asked["readout"] = self.options.mitigates_readout
        return self._on(device, measurement_circuits(mapped, self.at, self.quantities, **asked))

    def draws(self, mapped: MappedCollisions, device: Device, number: int, point: int) -> list[MeasurementCircuits]:
        """The same for each draw of a point."""
        drawn = draws_of(mapped, self.plan(mapped.compiled), number, point, merge=self.options.merge)
        return [self._on(device, each) for each in drawn]

    def _on(self, device: Device, found: Circuits) -> Circuits:
        found = found.on_device(device.backend.num_qubits)
        if self.options.shorter_resets:
            target = device.backend.target
            shortened = tuple(runtime.shorter_resets(each, target) for each in found.circuits)
            found = dataclasses.replace(found, circuits=shortened)
        runtime.check_isa(found.circuits, device)
        return found


def _opened(device: Device | BackendV2 | str, largest: CollisionCircuit, options: DeviceOptions) -> Device:
    if isinstance(device, str):
        opened = runtime.open_device(device, num_qubits=least_qubits(largest), account=qubit_account(largest))
    else:
        opened = device if isinstance(device, Device) else device_of(device)
    if options.shorter_resets and opened.local:
        raise InputError("shorter_resets is for real devices: simulators do not know these instructions")
    if opened.runs is not None and options != DeviceOptions(merge=options.merge):
        raise InputError(
            f"{opened.name} runs circuits as they are: decoupling, twirling, readout mitigation and extrapolation are "
            "options of IBM's runtime; leave them out"
        )
    return opened


def _checked_circuits(circuit: CollisionCircuit | Sequence[CollisionCircuit]) -> tuple[CollisionCircuit, ...]:
    """The points' circuits, all compiled in the same way."""
    circuits = (circuit,) if isinstance(circuit, CollisionCircuit) else tuple(circuit)
    if not circuits:
        raise InputError("there are no circuits: give one from qcoll.compile_collisions, or those of a sweep's points")
    for index, each in enumerate(circuits):
        if not isinstance(each, CollisionCircuit):
            raise InputError(f"circuit {index} is a {type(each).__name__}, but must come from qcoll.compile_collisions")
        for name in ("n", "synthesis", "trotter_order", "trotter_steps", "ancillas", "sets", "keeps"):
            own, first = getattr(each, name), getattr(circuits[0], name)
            if own != first:
                raise InputError(
                    f"circuit {index} was compiled with {name}={own!r} and circuit 0 with {name}={first!r}: the points "
                    "of one sweep are compiled in the same way"
                )
        if each.model.num_system_qubits != circuits[0].model.num_system_qubits:
            raise InputError(f"circuit {index} is of a system of another size than circuit 0: sweep them apart")
    return circuits


def _swept_values(swept: Mapping[str, Sequence[float]] | None, count: int) -> list[dict[str, float]]:
    """The swept values of each point."""
    for name, values in (swept or {}).items():
        if len(values) != count:
            raise InputError(f"swept has {len(values)} values of {name}, but there are {count} circuits: give one each")
    return [{name: float(values[index]) for name, values in (swept or {}).items()} for index in range(count)]


def _groups(
    circuits: Sequence[CollisionCircuit],
    device: Device,
    asked: _Asked,
    transpiler: dict[str, Any],
    labels: Sequence[Mapping[str, float]],
    structures: Structures,
) -> tuple[CircuitGroup, ...]:
    """The circuits of all points: of a single one as it is mapped, else shared."""
    if structures not in get_args(Structures):
        raise InputError(f'structures is {structures!r}, but must be "one" or "separate"')
    target, schedule = device.backend.target, asked.options.scheduled
    measured = not asked.options.mitigates_readout
    if len(circuits) == 1:
        mapped = map_collisions(circuits[0], target, schedule=schedule, measured=measured, **transpiler)
        return (CircuitGroup((0,), asked.measurement(mapped, device), {}),)
    shared = shared_circuits(
        circuits,
        target,
        schedule=schedule,
        labels=[_label(index, own) for index, own in enumerate(labels)],
        asked=asked.questions,
        separate=structures == "separate",
        measured=measured,
        **transpiler,
    )
    return tuple(CircuitGroup(each.points, asked.measurement(each.mapped, device), each.values) for each in shared)


def _sampled_groups(
    circuits: Sequence[CollisionCircuit], device: Device, asked: _Asked, transpiler: dict[str, Any], draws: int
) -> tuple[CircuitGroup, ...]:
    """The circuits of all draws of all points, each point mapped once."""
    found = []
    for index, each in enumerate(circuits):
        mapped = map_collisions(
            each,
            device.backend.target,
            schedule=asked.options.scheduled,
            measured=not asked.options.mitigates_readout,
            **transpiler,
        )
        found += [CircuitGroup((index,), drawn, {}) for drawn in asked.draws(mapped, device, draws, index)]
    return tuple(found)


def _number_of_draws(
    draws: int | None, shots: int, circuits: Sequence[CollisionCircuit], options: DeviceOptions
) -> int:
    """How many draws share the shots; 1 where nothing is sampled."""
    if not any(map(is_sampled, circuits)):
        if draws is not None:
            raise InputError(
                f"draws is {draws!r}, but each collision of these circuits is the same, so that nothing is sampled: "
                "leave draws out"
            )
        return 1
    if options.zne:
        raise InputError(DRAWN_AND_ESTIMATED)
    number = default_draws(shots) if draws is None else draws
    for each in circuits:
        check_draws(each, number)
    shots_of_a_circuit(shots, number)
    return int(number)


def _label(index: int, values: Mapping[str, float]) -> str:
    return ", ".join(f"{name}={value:g}" for name, value in values.items()) or f"point {index}"


def _preparation_gates(circuit: CollisionCircuit) -> dict[str, int] | list[dict[str, int]]:
    """The gates of the ancilla's preparation, or of that of each branch."""
    gates = [dict(branch.preparation.circuit.count_ops()) for branch in circuit.pieces.branches]
    return gates if is_sampled(circuit) else gates[0]


def _definition(
    circuits: Sequence[CollisionCircuit], points: Sequence[Point], structures: Structures
) -> dict[str, Any]:
    """What defines the circuits: models, initial states, how they are compiled, what is measured."""
    first = circuits[0]
    gates = [_preparation_gates(each) for each in circuits]
    return {
        "name": first.model.name,
        "points": [each.to_dict() for each in points],
        "structures": structures,
        "compilation": {
            "synthesis": first.synthesis,
            "trotter_order": first.trotter_order,
            "trotter_steps": first.trotter_steps,
            "ancillas": first.ancillas,
            "keeps": first.keeps,
            "preparation_gates": gates if len(circuits) > 1 else gates[0],
        },
    }
