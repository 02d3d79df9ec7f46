"""Random models with round numbers through every level: ``python benchmarks/fuzz.py --count 200 --seed 0``.

Collisions of one or two system qubits with one to three ancilla qubits, short and long, hot and cold, weak and strong,
whose terms and coefficients are those that people write down: degenerate levels, symmetries, terms that commute,
vanish or do not touch. Each is compiled in every way there is (or in a few sampled ones, ``--ways``) and compared with
the channel from dense matrices, made here from the model alone; the prepared ancilla with its thermal state likewise.

Exits with 1 if a circuit is off, or if anything but an ``InputError`` is raised.
"""

from __future__ import annotations

import argparse
import collections
import time
import traceback
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp

import qcoll
from qcoll.model.operators import exchange, zeeman

Complex = NDArray[np.complex128]

SIZES = [(1, 1), (1, 2), (2, 1), (2, 2), (1, 3)]
DURATIONS = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0]
BETAS = [0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 20.0, np.inf, np.inf, -0.5, -np.inf]
STRENGTHS = [0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.5, 1.0, 1.0, 1.5, 2.0, -0.2, -0.5, -1.0]
WEAK = [1e-8, 1e-6, 1e-4, 1e-2]

#: The largest entry by which a channel or a prepared state may be off, and how much a product formula.
TOLERANCE, FORMULA = 1e-10, 4.0

WAYS: list[dict[str, Any]] = [
    *({"synthesis": "trotter", "trotter_order": order} for order in (1, 2, 4)),
    {"synthesis": "trotter", "trotter_steps": 3},
    {"synthesis": "trotter", "preparation": "state_preparation"},
    {"synthesis": "trotter", "preparation": "sampled"},
    {"synthesis": "trotter", "keep": "system"},
    *({"synthesis": "exact", "preparation": how} for how in ("purified", "state_preparation", "sampled", "absorbed")),
    {"synthesis": "exact", "keep": "system"},
    {"synthesis": "exact", "preparation": "absorbed", "keep": "system"},
    {"synthesis": "purified_channel"},
    {"synthesis": "channel"},
    {"synthesis": "sampled"},
    {"synthesis": "sampled", "correction": "measured"},
]


@dataclass
class Findings:
    """What came out of the models so far."""

    checked: int = 0
    off: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    refused: collections.Counter[str] = field(default_factory=collections.Counter)
    worst: dict[str, float] = field(default_factory=dict)
    seconds: list[tuple[float, str]] = field(default_factory=list)


def main() -> int:
    """Run the models and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="how many models")
    parser.add_argument("--seed", type=int, default=0, help="of the first; the others follow")
    parser.add_argument("--ways", type=int, default=len(WAYS), help="in how many ways, drawn, each is compiled")
    arguments = parser.parse_args()
    warnings.simplefilter("error")
    warnings.simplefilter("ignore", qcoll.ModelWarning)  # an interaction that does not touch is one of the cases
    findings, begin = Findings(), time.perf_counter()
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        rng = np.random.default_rng([seed, 18])
        model = round_model(rng)
        for way in rng.permutation(len(WAYS))[: arguments.ways]:
            check(model, WAYS[way], f"seed {seed}, {described(model)}, {named(WAYS[way])}", findings)
    report(findings, arguments.count, time.perf_counter() - begin)
    return 1 if findings.off or findings.raised else 0


def round_model(rng: np.random.Generator) -> qcoll.CollisionModel:
    """A random model with round numbers."""
    system, ancilla = SIZES[rng.choice(len(SIZES), p=[0.2, 0.3, 0.15, 0.2, 0.15])]
    interaction = between(system, ancilla, rng)
    if rng.random() < 0.15:
        interaction = interaction * float(rng.choice(WEAK))
    return qcoll.CollisionModel(
        system=local(system, rng),
        ancilla=ancilla_of(ancilla, rng),
        interaction=interaction,
        dt=float(rng.choice(DURATIONS)),
    )


def ancilla_of(size: int, rng: np.random.Generator) -> qcoll.Ancilla:
    """A thermal ancilla, or, one time in ten, a given state: pure, or with some of the identity."""
    hamiltonian = local(size, rng)
    if rng.random() < 0.9:
        return qcoll.Ancilla(hamiltonian=hamiltonian, beta=float(rng.choice(BETAS)))
    vector = rng.choice([0.0, 1.0, 1.0, -1.0, 1.0j], 2**size)
    vector = vector / np.linalg.norm(vector) if vector.any() else np.eye(2**size)[0]
    share = float(rng.choice([1.0, 1.0, 0.9, 0.5, 1e-6]))
    state = share * np.outer(vector, vector.conj()) + (1 - share) * np.eye(2**size) / 2**size
    return qcoll.Ancilla(hamiltonian=hamiltonian, state=state)


def local(size: int, rng: np.random.Generator) -> SparsePauliOp:
    """A Hamiltonian of system or ancilla: fields with an exchange, a chain, or any few Pauli strings."""
    kind = rng.integers(4)
    if kind == 0 or (kind == 1 and size == 1):
        fields = rng.choice(STRENGTHS, size) if rng.random() < 0.7 else np.full(size, rng.choice(STRENGTHS))
        return zeeman(size, [float(each) for each in fields])
    if kind == 1:
        couplings = (
            exchange(size, float(rng.choice(STRENGTHS)), raising=[k], lowering=[k + 1]) for k in range(size - 1)
        )
        return sum(couplings, start=zeeman(size, [float(each) for each in rng.choice(STRENGTHS, size)]))
    if kind == 2 and size > 1:
        letters = [["XX"], ["XX", "YY"], ["XX", "YY", "ZZ"], ["ZZ"]][rng.integers(4)]
        field, strength = str(rng.choice(list("XYZ"))), float(rng.choice(STRENGTHS))
        terms = [(pair, [k, k + 1], strength) for k in range(size - 1) for pair in letters]
        return SparsePauliOp.from_sparse_list(
            terms + [(field, [k], float(rng.choice(STRENGTHS))) for k in range(size)], num_qubits=size
        )
    return strings(size, int(rng.integers(1, 5)), rng)


def between(system: int, ancilla: int, rng: np.random.Generator) -> SparsePauliOp:
    """An interaction: pairwise exchanges or products, an exchange of all qubits, or any few Pauli strings."""
    size, kind = system + ancilla, rng.integers(4)
    pairs = [(int(rng.integers(system)), int(rng.integers(system, size))) for _ in range(rng.integers(1, 3))]
    if kind == 0:
        parts = [exchange(size, float(rng.choice(STRENGTHS)), raising=[a], lowering=[b]) for a, b in pairs]
        return sum(parts[1:], start=parts[0])
    if kind == 1:
        letters = ["".join(rng.choice(list("XYZ"), 2)) for _ in pairs]
        terms = [(each, list(pair), float(rng.choice(STRENGTHS))) for each, pair in zip(letters, pairs, strict=True)]
        return SparsePauliOp.from_sparse_list(terms, num_qubits=size)
    if kind == 2 and size > 2:
        strength = complex(rng.choice(STRENGTHS), rng.choice([0.0, 0.5]))
        return exchange(size, strength, raising=[0], lowering=list(range(system, size)))
    return strings(size, int(rng.integers(1, 4)), rng)


def strings(size: int, count: int, rng: np.random.Generator) -> SparsePauliOp:
    """A few Pauli strings, which may be the same and need not touch all qubits."""
    labels = ["".join(rng.choice(list("IXYZ"), size)) for _ in range(count)]
    return SparsePauliOp(labels, [float(rng.choice(STRENGTHS)) for _ in labels])


def check(model: qcoll.CollisionModel, way: dict[str, Any], name: str, findings: Findings) -> None:
    """Compile one model in one way and note what is off, raised or refused, and how long it took."""
    begin = time.process_time()
    try:
        compiled = qcoll.compile_collisions(model, n=1, initial="0" * model.num_system_qubits, **way)
        seconds = time.process_time() - begin
        errors = {"channel": np.abs(compiled.channel().data - exact_channel(model)).max()}
        if compiled.keeps == "joint state":
            errors["ancilla"] = np.abs(compiled.prepared_state().data - thermal_state(model)).max()
    except qcoll.InputError as error:
        findings.refused[f"{named(way)}: {error}"] += 1
        return
    except Exception as error:  # noqa: BLE001  what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        note(findings.raised, f"{name}: {type(error).__name__} {error} ({where.filename}:{where.lineno})")
        return
    findings.checked += 1
    findings.seconds.append((seconds, f"{name}: {compiled.circuit.num_nonlocal_gates()} two-qubit gates"))
    for what, off in errors.items():
        exactly = what == "ancilla" or way["synthesis"] != "trotter"
        allowed = TOLERANCE + (0.0 if exactly else formula_error(model, way))
        if exactly:
            findings.worst[f"{named(way)}, {what}"] = max(findings.worst.get(f"{named(way)}, {what}", 0.0), off)
        if not off <= allowed:
            note(findings.off, f"{name}: {what} off by {off:.1e}, allowed {allowed:.1e}")


def note(found: list[str], line: str) -> None:
    """Keep what was found, and print it at once."""
    found.append(line)
    print("FOUND", line, flush=True)


def formula_error(model: qcoll.CollisionModel, way: dict[str, Any]) -> float:
    """A bound of the error of a product formula: (time times norm) to the power of its order plus one."""
    order, steps = way.get("trotter_order", 2), way.get("trotter_steps", 1)
    norm = model.dt * np.abs(model.hamiltonian.coeffs).sum() / steps
    return float(FORMULA * steps * norm ** (order + 1))


def exact_channel(model: qcoll.CollisionModel) -> Complex:
    """The superoperator of a collision, columns stacked, from dense matrices."""
    energies, vectors = np.linalg.eigh(model.hamiltonian.to_matrix())
    unitary = (vectors * np.exp(-1j * model.dt * energies)) @ vectors.conj().T
    a, s = 2**model.num_ancilla_qubits, 2**model.num_system_qubits
    blocks = unitary.reshape(a, s, a, s)
    weights, states = np.linalg.eigh(thermal_state(model))
    kraus = np.einsum("aibj,bk->akij", blocks, states * np.sqrt(np.clip(weights, 0, None))).reshape(-1, s, s)
    return np.asarray(sum(np.kron(each.conj(), each) for each in kraus))


def thermal_state(model: qcoll.CollisionModel) -> Complex:
    """The ancilla's thermal or given state, ground states within 1e-9 of the spread alike at beta = inf."""
    beta = model.ancilla.beta
    if beta is None:
        return np.asarray(model.ancilla.state.to_matrix())
    energies, vectors = np.linalg.eigh(np.sign(beta or 1.0) * model.ancilla.hamiltonian.to_matrix())
    gaps = energies - energies[0]
    weights = (gaps <= 1e-9 * gaps[-1]).astype(float) if np.isinf(beta) else np.exp(-abs(beta) * gaps)
    return np.asarray((vectors * (weights / weights.sum())) @ vectors.conj().T)


def described(model: qcoll.CollisionModel) -> str:
    """A model in a line."""
    beta = "state given" if model.ancilla.beta is None else f"beta={model.ancilla.beta:g}"
    return (
        f"{model.num_system_qubits}+{model.num_ancilla_qubits} H_S={written(model.system)} "
        f"H_A={written(model.ancilla.hamiltonian)} H_SA={written(model.interaction)} {beta} "
        f"dt={model.dt:g}"
    )


def written(operator: SparsePauliOp) -> str:
    """Pauli strings and coefficients."""
    return "+".join(f"{coefficient.real:g}{label}" for label, coefficient in operator.to_list())


def named(way: dict[str, Any]) -> str:
    """A way in a few words."""
    return " ".join(
        f"{key.removeprefix('trotter_')}={value}" if "trotter_" in key else str(value) for key, value in way.items()
    )


def report(findings: Findings, count: int, seconds: float) -> None:
    """Print what was found."""
    print(f"{count} models, {findings.checked} circuits checked in {seconds:.0f} s")
    print(f"{len(findings.off)} off, {len(findings.raised)} exceptions that are no InputError")
    print("refused:")
    for line, times in findings.refused.most_common():
        print(f"   {times} times {line}")
    print("largest errors:")
    for way, error in sorted(findings.worst.items()):
        print(f"   {way}: {error:.1e}")
    print("slowest, in CPU time:")
    for taken, line in sorted(findings.seconds, reverse=True)[:12]:
        print(f"   {taken:.2f} s {line}")


if __name__ == "__main__":
    raise SystemExit(main())
