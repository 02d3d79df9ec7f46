"""On hardware: construct the circuits, run them anywhere, combine the counts; submit, come back, compare.

The three steps, each usable alone::

    circuits = measurement_circuits(mapped, at=[5, 10])     # construct
    counts = run(circuits, sampler, shots=4000)             # run, on any BaseSamplerV2
    trajectory = combine(counts)                            # a Trajectory with standard errors

Sampled collisions take :func:`sampled_measurements` for the first step. The same with a record on disk that survives
the process::

    experiment = design_experiment(compiled, "fake_kingston", at=[5, 10], shots=4000)
    print(dry_run(experiment))
    record = submit(experiment)
    record = fetch(record)
    trajectory(record)

Everything that needs the IBM runtime is in :mod:`qcoll.hardware.service.runtime` and imported when it is used.
"""

from ..measure.circuits import MeasurementCircuits, measurement_circuits
from ..measure.combination import MeasuredTrajectory, combine, expectation
from ..measure.counts import MeasuredCounts, run
from ..measure.estimator import EstimatedMeans, ObservedCircuits, observed_circuits, run_estimator
from ..measure.measured_ledger import CollisionLedger, Measured, exact_ledger
from ..measure.plan import MeasurementPlan, Setting
from ..measure.points import Point
from ..measure.prediction import predicted_counts
from ..measure.reconstruction import effective_beta, nearest_state
from ..measure.sampled_sequences import sampled_measurements
from .budget import ChoiceBudget, ErrorBudget, error_budget
from .choices import Choice, Choices
from .design import design_experiment
from .experiment import Experiment
from .forecast import DryRun, Forecast, dry_run
from .options import DeviceOptions
from .preregistration import RegisteredComparison, preregister, registered_comparison
from .records.listing import find_record, list_jobs
from .records.record import Record, read_record
from .registration import Registration, read_registration
from .report import (
    HardwareResult,
    beside_exact,
    hardware_result,
    hardware_results,
    initial_state,
    save_result,
)
from .service.estimator import runtime_estimator
from .service.runtime import Device, open_device
from .submission import fetch, submit, trajectories, trajectory

__all__ = [
    "Choice",
    "ChoiceBudget",
    "Choices",
    "CollisionLedger",
    "Device",
    "DeviceOptions",
    "DryRun",
    "ErrorBudget",
    "EstimatedMeans",
    "Experiment",
    "Forecast",
    "HardwareResult",
    "Measured",
    "MeasuredCounts",
    "MeasuredTrajectory",
    "MeasurementCircuits",
    "MeasurementPlan",
    "ObservedCircuits",
    "Point",
    "Record",
    "RegisteredComparison",
    "Registration",
    "Setting",
    "beside_exact",
    "combine",
    "design_experiment",
    "dry_run",
    "effective_beta",
    "error_budget",
    "exact_ledger",
    "expectation",
    "fetch",
    "find_record",
    "hardware_result",
    "hardware_results",
    "initial_state",
    "list_jobs",
    "measurement_circuits",
    "nearest_state",
    "observed_circuits",
    "open_device",
    "predicted_counts",
    "preregister",
    "read_record",
    "read_registration",
    "registered_comparison",
    "run",
    "run_estimator",
    "runtime_estimator",
    "sampled_measurements",
    "save_result",
    "submit",
    "trajectories",
    "trajectory",
]
