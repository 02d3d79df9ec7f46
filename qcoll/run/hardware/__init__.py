"""On hardware: construct the circuits, run them anywhere, combine the counts; submit, come back, compare."""

from .circuits import MeasurementCircuits, measurement_circuits
from .combine import MeasuredTrajectory, combine, expectation
from .counts import MeasuredCounts, run
from .ledger import CollisionLedger, Measured, exact_ledger
from .plan import MeasurementPlan, Setting
from .reconstruction import effective_beta, nearest_state
