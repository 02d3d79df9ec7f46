"""What an experiment costs (:mod:`.times`) and what it should show, before anything is spent."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Reset

from ..circuits.segments import after
from ..circuits.steps import steps, two_qubit_depth, two_qubit_gates
from ..device.detuning import FEW_DRAWS
from ..device.resets import other_resets, shortest_resets
from ..device.scaling import worse_noise
from ..device.slow_noise import detuned_noise
from ..device.target import restricted, scheduled
from ..measure.circuits import MeasurementCircuits, measurement_circuits
from ..measure.combination import MeasuredTrajectory, combine
from ..measure.counts import MeasuredCounts
from ..measure.estimates import SampledFrequencies, estimates_at_ticks
from ..measure.measured_ledger import CollisionLedger, exact_ledger
from ..measure.points import Point
from ..measure.prediction import predicted_counts
from ..measure.settings import system_paulis
from .control import LARGEST_PER_QUBIT
from .experiment import Experiment
from .times import circuit_duration, qpu_seconds, repetition_delay, shortest
from .visibility import advice, hopeless


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a point should show.

    Args:
        point: which model, and what is measured of it.
        predicted: the trajectory that the device's noise model predicts, with the error bars of the shots.
        exact: the exact ledger.
        exact_coherence: after the chosen collisions.
        worst: the same with all errors larger by a safety factor: the other end of the range.
    """

    point: Point
    predicted: MeasuredTrajectory | None
    exact: CollisionLedger
    exact_coherence: np.ndarray
    worst: MeasuredTrajectory | None = None

    def lines(self) -> list[str]:
        """A table of the predicted values with the exact ones; nothing without a prediction."""
        if self.predicted is None:
            return []
        heading = self.point.label or "collision"
        header = [f"  {heading:<10} {'coherence':>22} {'heat':>22} {'work':>22} {'entropy production':>22}"]
        rows = header + self._rows(self.predicted)
        if self.worst is not None:
            rows += self._rows(self.worst, "at worst")
        return rows

    def _rows(self, shown: MeasuredTrajectory, remark: str = "") -> list[str]:
        cells = zip(shown.coherence[1:], shown.coherence_error()[1:], self.exact_coherence, strict=True)
        coherences = [f"{value:.3f}±{error:.3f} ({exact:.3f})" for value, error, exact in cells]
        return [self._row(index, shown, coherence, remark) for index, coherence in enumerate(coherences)]

    def _row(self, index: int, shown: MeasuredTrajectory, coherence: str, remark: str) -> str:
        cells = [coherence]
        for name in ("heat", "work", "entropy_production"):
            own, exact = getattr(shown.ledger, name), getattr(self.exact, name)
            cells.append(
                "not measured"
                if own is None
                else f"{own.value[index]:+.3f}±{own.error[index]:.3f} ({exact.value[index]:+.3f})"
            )
        where = f"{self.exact.collisions[index]} {remark}".strip()
        return f"  {where:<10} " + " ".join(f"{cell:>22}" for cell in cells)


@dataclass(frozen=True, eq=False)
class DryRun:
    """Cost and prediction of an experiment; prints itself.

    Args:
        experiment: what was examined.
        two_qubit_gates: of the longest circuit (before any folding).
        two_qubit_depth: of the longest circuit.
        duration: of the longest circuit in seconds, or nan where the device has no durations.
        t1: shortest relaxation time of the qubits in use, in seconds, or nan.
        t2: shortest dephasing time, likewise.
        qpu_seconds: estimated QPU time.
        forecasts: what each point should show.
        safety: factor by which errors are larger at the other end of the predicted range.
        detuning: rms in Hz of the detunings that are predicted too, or ``None``.
    """

    experiment: Experiment
    two_qubit_gates: int
    two_qubit_depth: int
    duration: float
    t1: float
    t2: float
    qpu_seconds: float
    forecasts: tuple[Forecast, ...]
    safety: float = 1.0
    detuning: float | None = None

    @property
    def predicted(self) -> MeasuredTrajectory | None:
        """What the device's noise model predicts; of a sweep, for its first point."""
        return self.forecasts[0].predicted

    @property
    def exact(self) -> CollisionLedger:
        """The exact ledger; of a sweep, of its first point."""
        return self.forecasts[0].exact

    @property
    def exact_coherence(self) -> np.ndarray:
        """The exact coherence after the chosen collisions; of a sweep, of its first point."""
        return self.forecasts[0].exact_coherence

    @property
    def share_of_draws(self) -> float:
        """How much of the predicted variance of the last state (of a sweep, of its first point) more draws could take.

        That is the part of the spread of the draws; the rest is shot noise. 0 where nothing is sampled or predicted.
        """
        if self.predicted is None or not isinstance(self.predicted.counts, MeasuredCounts):
            return 0.0
        last = estimates_at_ticks(self.predicted.counts)[after(self.predicted.counts.plan.at[-1])]
        if not isinstance(last, SampledFrequencies):
            return 0.0
        plan = self.predicted.counts.plan
        labels = system_paulis(plan.model.num_system_qubits, plan.num_measured)[1:]
        return float(1 - np.trace(last.noise(labels)) / np.trace(last.covariance(labels)))

    def __str__(self) -> str:
        lines = [*self._cost(), *(line for each in self.forecasts for line in each.lines())]
        if self.predicted is not None:
            lines += self._caveats()
        lines += [f"  note: {line}" for line in self.warnings()]
        return "\n".join(lines)

    def warnings(self) -> list[str]:
        """What this run cannot show, and errors of the device that leave nothing to see; often nothing."""
        lines = []
        for each in self.forecasts:
            if each.predicted is not None:
                where = f"{each.point.label}: " if each.point.label else ""
                found = advice(each.predicted, each.exact, each.exact_coherence)
                lines += [f"{where}{line}" for line in found]
        return [*hopeless(self.experiment.device.backend.target, self.experiment.circuits), *lines]

    def _cost(self) -> list[str]:
        experiment = self.experiment
        device = experiment.device
        if device.simulated:
            where = "simulated on this machine"
        else:
            where = "run by its provider" if device.local else f"instance {device.instance}"
        count, last = len(experiment.points), experiment.points[0].plan.at[-1]
        points = f" for {count} points" if count > 1 else ""
        layouts = dict.fromkeys(  # draws share theirs
            f"{', '.join(map(str, mapped.qubits))} (transpiler seed {mapped.seed})"
            for mapped in (group.measurement.mapped for group in experiment.groups)
        )
        shots = f"{experiment.shots} shots each"
        if experiment.draws > 1:
            shots = f"{experiment.draws} draws of each setting with {experiment.shots_of_a_circuit} shots each"
        seconds, stated = repetition_delay(device.backend)
        delay = "" if stated else f"; a repetition delay of {seconds * 1e6:.0f} us is assumed"
        return [
            f"{experiment.definition['name']} on {device.name} ({where}), calibrated {device.calibration_time}",
            f"  circuits     {len(experiment.circuits)} of up to {last} collisions{points}, {shots}: "
            f"{experiment.executions} executions in {len(experiment.jobs)} job(s)",
            f"  qubits       {'; '.join(layouts)}",
            *self._limits(),
            f"  longest      {self.two_qubit_gates} two-qubit gates in depth {self.two_qubit_depth}, {self._times()}",
            f"  options      {experiment.options.summary()}",
            f"  QPU time     about {self.qpu_seconds:.0f} s"
            + (" if it were a real device" if device.simulated else "")
            + delay
            if device.runs is None
            else "  QPU time     not estimated: the provider has a rule of its own",
        ]

    def _times(self) -> str:
        """The duration of the longest circuit beside the relaxation times, as far as they are reported."""
        if math.isnan(self.duration):
            return "no durations reported"
        relaxation = f"T1 {self.t1 * 1e6:.0f} us, T2 {self.t2 * 1e6:.0f} us"
        known = not (math.isnan(self.t1) or math.isnan(self.t2))
        return f"{self.duration * 1e6:.1f} us; {relaxation if known else 'no T1 and T2 reported'}"

    def _limits(self) -> list[str]:
        """How much of what IBM takes in a job the largest one uses, where that is more than a tenth."""
        experiment = self.experiment
        busiest = max(int(experiment.instructions[first:end].sum(axis=0).max()) for first, end in experiment.jobs)
        if busiest < LARGEST_PER_QUBIT / 10:
            return []
        share = 100 * busiest / LARGEST_PER_QUBIT
        return [f"  limits       {share:.0f} % of the control instructions per qubit that one job may have"]

    def _caveats(self) -> list[str]:
        options = self.experiment.options
        lines = ["  predicted by the device's noise model with the error of the shots, (exact)"]
        if self.safety > 1:
            lines.append(f"  at worst: all errors {self.safety:g} times as large as reported, as on some real devices")
        if self.experiment.draws > 1:
            lines.append(f"  {100 * self.share_of_draws:.0f} % of the last state's variance are the draws' own spread")
        if options.zne:
            lines.append("  the prediction is that of the circuits as they are: extrapolation is not part of it")
        if not options.scheduled:
            lines.append("  the device schedules these circuits itself; waiting is predicted for a schedule of ours")
        if self.detuning is not None:
            lines.append(f"  qubits that wait are detuned by {self.detuning:g} Hz rms, constant in each shot")
        elif options.dynamical_decoupling is not None:
            lines.append("  the prediction has no decoupling: say how large detunings are (0 for pulses alone)")
        return lines


def dry_run(
    experiment: Experiment,
    *,
    predict: bool = True,
    safety: float = 1.0,
    detuning: float | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> DryRun:
    """Examine an experiment without sending anything.

    Args:
        experiment: from :func:`design_experiment`.
        predict: simulate the circuits with the device's noise; needs "state" among the quantities.
        safety: by which factor errors may be larger than reported (:mod:`qcoll.device.scaling`); above 1 the prediction
            is a range, and takes twice as long.
        detuning: root mean square in Hz of detunings that are constant in each shot (:mod:`qcoll.device.detuning`). The
            prediction then has them and the pulses of the option ``dynamical_decoupling``, and takes eight times as
            long. With ``None`` it has neither.
        progress: called with a short text before every circuit that is simulated.

    Raises:
        InputError: if the prediction does not fit into memory; then leave it out.

    >>> import qcoll
    >>> from qcoll.hardware import design_experiment, dry_run
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=4)
    >>> examined = dry_run(design_experiment(compiled, "fake_lagos", at=[4], shots=1000))
    >>> 5 < examined.qpu_seconds < 7
    True
    """
    target, circuits = experiment.device.backend.target, experiment.circuits
    longest = max(circuits, key=two_qubit_gates)
    qubits = {qubit for group in experiment.groups for qubit in group.measurement.mapped.qubits}
    return DryRun(
        experiment=experiment,
        two_qubit_gates=two_qubit_gates(longest),
        two_qubit_depth=two_qubit_depth(longest),
        duration=max(circuit_duration(circuit, target) for circuit in circuits),
        t1=shortest(target, qubits, "t1"),
        t2=shortest(target, qubits, "t2"),
        qpu_seconds=qpu_seconds(experiment),
        forecasts=tuple(
            _forecast(experiment, index, predict, safety, detuning, progress) for index in range(len(experiment.points))
        ),
        safety=safety,
        detuning=detuning,
    )


def _forecast(
    experiment: Experiment,
    index: int,
    predict: bool,
    safety: float,
    detuning: float | None,
    progress: Callable[[str], None],
) -> Forecast:
    from ..exact.dynamics import evolve

    point = experiment.points[index]
    plan = point.plan
    possible = predict and "state" in plan.quantities
    device = experiment.device.backend

    def predicted(noise: Any) -> MeasuredTrajectory:
        if detuning is not None:
            noise = detuned_noise(noise, detuning, decoupling=experiment.options.dynamical_decoupling, draws=FEW_DRAWS)
        return _predicted(experiment, index, noise, progress)

    return Forecast(
        point=point,
        predicted=predicted(device) if possible else None,
        worst=predicted(worse_noise(device, safety)) if possible and safety > 1 else None,
        exact=exact_ledger(plan.model, plan.at, point.initial_state),
        exact_coherence=evolve(plan.model, plan.at[-1], point.initial_state, record=plan.at).coherence[1:],
    )


def _predicted(experiment: Experiment, index: int, noise: Any, progress: Callable[[str], None]) -> MeasuredTrajectory:
    """The trajectory of one point by the device's noise model, measured as a sampler would."""
    twirled = experiment.options.mitigates_readout
    sequences = []
    for group in (each for each in experiment.groups if index in each.points):
        own = group.measurement
        if not isinstance(own, MeasurementCircuits):
            plan = own.plan
            own = measurement_circuits(
                own.mapped, plan.at, plan.quantities, observables=plan.observables, readout=twirled
            )
        here = own.compact().bound(group.at(group.points.index(index)))
        if not experiment.options.scheduled:
            here = _with_waiting(here, experiment)
        sequences.append(replace(here, plan=replace(experiment.points[index].plan, readout=here.plan.readout)))
    many = len(experiment.points)
    where = f"point {index + 1} of {many}: " if many > 1 else ""
    counts = predicted_counts(
        sequences,
        experiment.shots,
        noise=noise,
        twirled=twirled,
        progress=lambda text: progress(f"{where}{text}"),
    )
    return combine(counts, readout_mitigation=twirled)


def _with_waiting(measurement: MeasurementCircuits, experiment: Experiment) -> MeasurementCircuits:
    """Circuits that a device schedules itself with delays of ours, gates as late as possible, resets as it has them."""
    backend, qubits = experiment.device.backend, measurement.mapped.qubits
    if experiment.options.shorter_resets and other_resets(backend.target):
        backend = shortest_resets(backend)
    target = restricted(backend.target, qubits)
    found = tuple(scheduled(_with_plain_resets(each), target) for each in measurement.circuits)
    return replace(measurement, circuits=found)


def _with_plain_resets(circuit: QuantumCircuit) -> QuantumCircuit:
    """The circuit with resets of any kind as plain ones, which simulators know."""
    plain = circuit.copy_empty_like()
    for operation, qubits, clbits in steps(circuit):
        own = Reset() if operation.name.startswith("reset_") else operation
        plain.append(own, qubits, clbits, copy=False)
    return plain
