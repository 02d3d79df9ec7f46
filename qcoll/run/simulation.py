r"""Run a compiled collision circuit on Aer: ideal or noisy, states or shots, directly or by its channel."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, Unpack, get_args, overload

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

from ..circuits.segments import ReadPoint, after, before
from ..compile.sequence import CollisionCircuit
from ..device.mapped import MappedCollisions
from ..device.options import MappingKeywords, MappingOptions
from ..device.slow_noise import noise_models
from ..errors import InputError
from ..keywords import with_changes
from ..limits import COMPLEX_BYTES, positive_integer, require_memory
from ..model.collision import CollisionModel
from ..model.cycle import Cycle
from ..trajectory.iterate import Record, recorded_collisions
from ..trajectory.pauli import Real
from ..trajectory.strokes import StrokeLedger
from .aer import states_at_ticks
from .channel import CircuitChannel, extract_channel
from .circuit_trajectory import CircuitTrajectory
from .cycle_ledger import cycle_columns, state_means
from .cycle_shots import sampled_cycles
from .mean import mean_states, system_part
from .memory_ledger import fields_with_memory, meeting_columns
from .noisy import checked_circuit, mean_of_runs, prepare_run
from .pure import PureKeywords, PureMethod, PureOptions, PureTrajectory, pure_trajectory
from .shots import sampled_trajectory
from .system_ledger import ledger_observables, ledger_of_states, trajectory_fields
from .turns import mean_states_in_turns

Complex = NDArray[np.complex128]
RunMethod = Literal["automatic", "direct", "iterated"]


class RunKeywords(MappingKeywords, PureKeywords, total=False):
    """Single options of a run."""


#: Longer sequences with reset ancillas are iterated by their channel unless a direct run is asked for.
LONGEST_DIRECT = 500


@overload
def simulate(
    circuit: CollisionCircuit,
    noise: Any = None,
    shots: int | None = None,
    *,
    method: RunMethod = "automatic",
    record: Record = 1,
    seed: int | None = None,
    mapping: MappingOptions | None = None,
    **changes: Unpack[MappingKeywords],
) -> CircuitTrajectory: ...


@overload
def simulate(
    circuit: CollisionCircuit,
    noise: Any = None,
    shots: int | None = None,
    *,
    method: PureMethod,
    record: Record = 1,
    seed: int | None = None,
    mapping: MappingOptions | None = None,
    pure: PureOptions | None = None,
    progress: Callable[[int, float], None] | None = None,
    **changes: Unpack[RunKeywords],
) -> PureTrajectory: ...


def simulate(
    circuit: CollisionCircuit,
    noise: Any = None,
    shots: int | None = None,
    *,
    method: RunMethod | PureMethod = "automatic",
    record: Record = 1,
    seed: int | None = None,
    mapping: MappingOptions | None = None,
    pure: PureOptions | None = None,
    progress: Callable[[int, float], None] | None = None,
    **changes: Unpack[RunKeywords],
) -> CircuitTrajectory | PureTrajectory:
    """The trajectory that a compiled circuit makes on Aer: by density matrices, or by pure states that are sampled.

    Where collisions are sampled from several circuits the states are the exact mean over the draws, and every shot is a
    draw of its own. Where the circuit keeps only the system's state, heat and work are those of the model's exact
    collision from the states that the circuit made (see :class:`~qcoll.run.CircuitTrajectory`). Alternating ancillas
    make the same states as one set unless there is noise, and an ideal run takes one set, which is cheaper.

    Args:
        circuit: from :func:`~qcoll.compile_collisions`.
        noise: ``None`` for an ideal run; a fake device's name ("FakeKingston"), a backend, an Aer ``NoiseModel``,
            :class:`~qcoll.NoiseFigures` or a mapping of its fields, or "typical".
        shots: ``None`` for exact states; otherwise the number of shots for each measured circuit, of which the
            system's states, energies and their standard errors are estimated.
        method: ``"direct"`` runs the whole sequence; ``"iterated"`` extracts the channel of one collision and iterates
            it; ``"automatic"`` runs up to 500 collisions directly. Collisions that are sampled are run one by one if
            directly, and rather iterated. ``"trajectories"`` runs pure states, ``"matrix_product_state"`` those of
            limited bond dimension, for circuits too large for density matrices (:mod:`qcoll.run.pure`): ``shots`` is
            then the number of runs, 1000 unless given, and standard errors come from their spread.
        record: keep every ``record``-th collision, or the chosen ones.
        seed: seed of the shots; ``None`` draws a new one.
        mapping: for noisy runs, how the circuit is mapped: transpiler level and seeds, and whether to schedule.
        pure: for pure-state runs, what they keep and when they are enough.
        progress: called after every batch of runs with their number and the largest error.
        changes: single entries of ``mapping`` and ``pure``, as keywords: ``optimization_level``, ``seeds`` and
            ``schedule``; ``target_error``, ``observables`` and ``bond_dimension``.

    Returns:
        A :class:`~qcoll.Trajectory` that remembers its circuit; a :class:`~qcoll.LargeTrajectory` of pure-state runs.

    Raises:
        InputError: for a bad option, a device that cannot run the circuit, or a circuit too large for memory.

    >>> import qcoll
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=20)
    >>> ideal = qcoll.simulate(compiled)
    >>> bool(abs(ideal.states - qcoll.evolve(compiled.model, n=20).states).max() < 1e-4)
    True
    """
    own: dict[str, Any] = {name: value for name, value in changes.items() if name in PureKeywords.__annotations__}
    others: dict[str, Any] = {name: value for name, value in changes.items() if name not in own}
    how = with_changes(mapping, MappingOptions, others, simulate, "mapping")
    if method == "trajectories" or method == "matrix_product_state":
        chosen = recorded_collisions(checked_circuit(circuit).n, record)
        mapped, noise_model, kind = prepare_run(circuit if noise else _as_one_set(circuit), noise, how)
        options = with_changes(pure, PureOptions, own, simulate, "pure")
        return pure_trajectory(
            mapped, noise_model, kind, method, chosen, options=options, runs=shots, seed=seed, progress=progress
        )
    given = [name for name, value in own.items() if value is not None and value != ()]
    if pure is not None or given:
        said = ", ".join(given or ["pure"])
        raise InputError(f'{said}: for method="trajectories" or "matrix_product_state" only')
    trajectory, saved = _expected(circuit, noise, shots, method, record, how)
    return trajectory if shots is None else _sampled(trajectory, saved, shots, seed)


def sampled_runs(
    circuit: CollisionCircuit,
    noise: Any,
    repeats: Sequence[tuple[int, int | None]],
    *,
    method: RunMethod = "automatic",
    record: Record = 1,
    mapping: MappingOptions | None = None,
    **changes: Unpack[MappingKeywords],
) -> Iterator[CircuitTrajectory]:
    """What :func:`simulate` gives for several (shots, seed), with the circuit mapped and run once.

    Args:
        circuit: from :func:`~qcoll.compile_collisions`.
        noise: as for :func:`simulate`.
        repeats: pairs of a number of shots and a seed.
        method: as for :func:`simulate`.
        record: as for :func:`simulate`.
        mapping: likewise.
        changes: likewise.

    Raises:
        InputError: as :func:`simulate`.

    >>> import qcoll
    >>> from qcoll.run.simulation import sampled_runs
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=2)
    >>> [run.shots for run in sampled_runs(compiled, None, [(100, 1), (200, 1)])]
    [100, 200]
    """
    for shots, _ in repeats:
        positive_integer(shots, "shots")
    how = with_changes(mapping, MappingOptions, changes, sampled_runs, "mapping")
    trajectory, saved = _expected(circuit, noise, repeats[0][0], method, record, how)
    for shots, seed in repeats:
        yield _sampled(trajectory, saved, shots, seed)


def _sampled(
    trajectory: CircuitTrajectory, saved: dict[ReadPoint, Complex], shots: int, seed: int | None
) -> CircuitTrajectory:
    """The trajectory with the noise of shots."""
    of_cycle = trajectory.mapped.compiled.cycle is not None
    return (sampled_cycles if of_cycle else sampled_trajectory)(trajectory, saved, shots, seed)


def _expected(
    circuit: CollisionCircuit,
    noise: Any,
    shots: int | None,
    method: RunMethod,
    record: Record,
    mapping: MappingOptions,
) -> tuple[CircuitTrajectory, dict[ReadPoint, Complex]]:
    """The trajectory without shot noise, and the states that shots would be sampled from; see :func:`simulate`."""
    checked_circuit(circuit)
    if method not in get_args(RunMethod):
        known = (*get_args(RunMethod), *get_args(PureMethod))
        raise InputError(f"method is {method!r}, but must be one of {', '.join(map(repr, known))}")
    if shots is not None:
        positive_integer(shots, "shots")
        if method == "iterated" or circuit.n > LONGEST_DIRECT:
            raise InputError(
                f"shots are sampled from a direct run of at most {LONGEST_DIRECT} collisions: leave shots out, "
                "or use fewer collisions"
            )
    chosen = recorded_collisions(circuit.n, record)
    mapped, noise_model, kind = prepare_run(
        _as_one_set(circuit) if noise is None and shots is None and method != "direct" else circuit,
        noise,
        mapping,
        averages=True,
    )
    models = noise_models(noise, mapped, noise_model)
    drawn = len(circuit.pieces.branches) > 1
    if method == "automatic":
        direct = shots is not None or not mapped.periodic or (circuit.n <= LONGEST_DIRECT and not drawn)
        method = "direct" if direct else "iterated"
    if method == "iterated":
        return iterated_trajectory(mapped, models, kind, record=record), {}
    saved = mean_of_runs([_saved_states(mapped, model) for model in models])
    return _from_saved_states(mapped, noise_model, kind, saved, chosen), saved


def circuit_channel(
    circuit: CollisionCircuit,
    noise: Any = None,
    *,
    mapping: MappingOptions | None = None,
    **changes: Unpack[MappingKeywords],
) -> CircuitChannel:
    """The channel of one compiled collision, ideal or noisy, to be iterated or solved for its steady state.

    Args:
        circuit: from :func:`~qcoll.compile_collisions`, with reset ancillas.
        noise: as for :func:`simulate`.
        mapping: as for :func:`simulate`.
        changes: likewise.

    >>> import qcoll
    >>> compiled = qcoll.compile_collisions(qcoll.example_2(alpha=0.2), n=1)
    >>> noisy = qcoll.circuit_channel(compiled, noise={"two_qubit": 3e-3})
    >>> bool(noisy.superop.is_cptp())
    True
    """
    mapped, noise_model, _ = prepare_run(circuit, noise, mapping, **changes)
    return extract_channel(mapped, noise_model)


def iterated_trajectory(
    mapped: MappedCollisions, noise_models: Sequence[Any], kind: str, *, record: Record = 1
) -> CircuitTrajectory:
    """The trajectory of a mapped circuit by its channel, in the mean over several noise models."""
    model, n = mapped.compiled.model, mapped.compiled.n
    require_memory(
        3 * COMPLEX_BYTES * len(recorded_collisions(n, record)) * 4**model.num_system_qubits,
        f"a trajectory of {n} collisions",
        "keep fewer states with record=, a stride or the chosen collisions",
    )
    runs = []
    for noise_model in noise_models:
        channel = extract_channel(mapped, noise_model)
        start = states_at_ticks([mapped.initial], noise_model)[0][after(0)]
        collisions, *found = channel.iterate(system_part(start, 2**model.num_system_qubits), n, record)
        runs.append(found)
    states, ledger = (np.mean(np.stack(each), axis=0) for each in zip(*runs, strict=True))
    return _trajectory(mapped, noise_models[0], kind, collisions, states, ledger)


def _as_one_set(circuit: CollisionCircuit) -> CollisionCircuit:
    """The same collisions on one set of ancilla qubits where two alternate, which without noise are the same states."""
    if circuit.cycle is not None:
        shared = dataclasses.replace(circuit.cycle, own_qubits=False)
        return dataclasses.replace(circuit, ancillas="reset", cycle=shared, pieces=shared.whole)
    return dataclasses.replace(circuit, ancillas="reset") if circuit.ancillas == "alternating" else circuit


def _saved_states(mapped: MappedCollisions, noise_model: Any) -> dict[ReadPoint, Complex]:
    """The states at all ticks, of system and ancilla where both are kept."""
    compiled = mapped.compiled
    model, n = compiled.model, compiled.n
    kept = model.num_qubits if compiled.keeps == "joint state" else model.num_system_qubits
    require_memory(
        3 * COMPLEX_BYTES * 2 * n * _strokes(compiled) * 4**kept,
        f"the states of {n} collisions",
        'use method="iterated"',
    )
    if mapped.turns is not None:
        saved = mean_states_in_turns(mapped, noise_model)
    elif len(compiled.pieces.branches) > 1:
        saved = mean_states(mapped, noise_model)
    else:
        saved = states_at_ticks([mapped.implicit_sequence()], noise_model)[0]
    if compiled.pieces.measured:  # the ticks are on the ancilla too, which nobody reads
        return {point: system_part(state, 2**model.num_system_qubits) for point, state in saved.items()}
    return saved


def _from_saved_states(
    mapped: MappedCollisions, noise_model: Any, kind: str, saved: dict[ReadPoint, Complex], chosen: NDArray[np.int64]
) -> CircuitTrajectory:
    """States and ledger from the states at the ticks."""
    compiled, model, n = mapped.compiled, mapped.compiled.model, mapped.compiled.n
    d = 2**model.num_system_qubits
    last = np.array([saved[after(number)] for number in range(1, n + 1)])
    states = np.concatenate([[system_part(saved[after(0)], d)], system_part(last, d)])
    if isinstance(model, Cycle):
        assert compiled.cycle is not None
        ledger = cycle_columns(compiled.cycle, state_means(saved, n)).T
    elif compiled.keeps == "joint state":
        first = np.array([saved[before(number)] for number in range(1, n + 1)])
        ledger = _measured_ledger(compiled, model, first, last)
        if model.memory is not None:
            ledger = np.hstack([ledger, meeting_columns(model, saved, n)])
    else:
        ledger = ledger_of_states(model, states)
    ledger = ledger[: chosen[-1]]
    sums = np.add.reduceat(ledger, chosen[:-1]) if len(chosen) > 1 else ledger
    return _trajectory(mapped, noise_model, kind, chosen, states[chosen], sums)


def _trajectory(
    mapped: MappedCollisions, noise_model: Any, kind: str, chosen: NDArray[np.int64], states: Complex, ledger: Real
) -> CircuitTrajectory:
    """The trajectory of recorded states (m + 1, d, d), and of the ledger between them as rows (m, k)."""
    model = mapped.compiled.model
    where: dict[str, Any] = {"mapped": mapped, "noise_model": noise_model}
    if isinstance(model, Cycle):
        return CircuitTrajectory.of_cycle(model, kind, chosen, states, StrokeLedger.of(model, ledger), **where)
    if model.memory is not None:
        return CircuitTrajectory(model=model, kind=kind, **fields_with_memory(model, chosen, states, ledger), **where)
    return CircuitTrajectory(model=model, kind=kind, **trajectory_fields(chosen, states, ledger), **where)


def _strokes(compiled: CollisionCircuit) -> int:
    """How many collisions there are in what n counts."""
    return 1 if compiled.cycle is None else len(compiled.cycle.strokes)


def _measured_ledger(compiled: CollisionCircuit, model: CollisionModel, before: Complex, after: Complex) -> Real:
    """The ledger from the joint states (n, D, D) after the preparations and after the collisions."""

    def change(observable: SparsePauliOp) -> Real:
        first, last = (operator.to_matrix() for operator in (compiled.pieces.before(observable), observable))
        return np.asarray((np.einsum("ij,nji->n", last, after) - np.einsum("ij,nji->n", first, before)).real)

    return np.stack([change(observable) for observable in ledger_observables(model)], axis=1)
