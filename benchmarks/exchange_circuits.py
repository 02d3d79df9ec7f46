"""How many random exchange collisions the stored circuits of ``exchange_references.json`` lead to.

``python benchmarks/exchange_circuits.py KIND [MODELS [SEED]]``: random collisions of each family, and
to how many of them the nearest stored circuits lead at once. With ``--add`` what is found for the others by all means
is stored; the file is rewritten after each. That is how the file was grown.
"""

from __future__ import annotations

import itertools
import json
import os
import pathlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from qcoll.synthesis import exchange, exchange_eigenstate, exchange_references, exchange_search, exchange_thermal
from qcoll.synthesis.continuation import carried
from qcoll.synthesis.exchange_family import Exchange, Way
from qcoll.synthesis.exchange_references import Reference
from qcoll.synthesis.exchange_search import Problem
from qcoll.synthesis.fit import Residual

FILE = pathlib.Path(exchange_references.__file__).with_suffix(".json")
KINDS: dict[str, Problem] = {
    exchange_references.JOINT: exchange.problem,
    exchange_references.SYMMETRIC: exchange.problem,
    exchange_references.THERMAL: exchange_thermal.problem(absorb=False),
    exchange_references.ABSORBED: exchange_thermal.problem(absorb=True),
    exchange_references.DRAWN: exchange_eigenstate.problem,
}
DIGITS = 5
#: How much weaker a collision is to which a circuit fades, by frequencies and couplings.
FADED = np.array([1e-2, 1e-3, 1e-3, 1e-2])


def families(rng: np.random.Generator) -> dict[str, Callable[[], Exchange]]:
    """Example 1 as in ``compile_time.py``, with two couplings, weak, weaker, and strong."""

    def collision(dt: float, first: float, second: float, flux: float) -> Exchange:
        kappa = rng.uniform(-1.5, 1.5) * np.exp(1j * flux)
        frequencies = np.array([rng.uniform(0.3, 2.5), *rng.uniform(0.2, 2.5, 2)])
        return Exchange(dt * (frequencies - frequencies.mean()), dt * np.array([first, second, kappa]))

    def same(dt: float, alpha: float) -> Exchange:
        return collision(dt, alpha, alpha, 0.0)

    return {
        "example 1": lambda: same(rng.uniform(0.05, 2), rng.uniform(0.05, 1)),
        "two couplings": lambda: collision(rng.uniform(0.05, 2), *rng.uniform(0.05, 1, 2), rng.uniform(0, 2 * np.pi)),
        "weak": lambda: same(10 ** rng.uniform(-3, -1), 0.1),
        "weak, two couplings": lambda: collision(
            10 ** rng.uniform(-3, 0), *10 ** rng.uniform(-3, 0, 2), rng.uniform(0, 2 * np.pi)
        ),
        "strong": lambda: same(rng.uniform(0.5, 2), rng.uniform(0.5, 2)),
    }


def found(wanted: Exchange, references: list[Reference], problem: Problem, attempts: int | None) -> Reference | None:
    """The circuit that leads to a collision, or to the stronger one on the way to it, among so many first attempts."""
    for way, (skeleton, lower_first, starts, damping) in itertools.islice(
        exchange_search.attempts(wanted, references), attempts
    ):
        moderate = way(0.0)
        placements = " ".join("".join(map(str, pair)) for pair in skeleton.placements)
        for angles in exchange_search.solved(problem(skeleton, moderate, lower_first), starts, damping, len(starts)):
            reference = stored(placements, moderate, angles, lower_first)
            if moderate is wanted or leads(reference, problem, way):
                return reference
    return None


def fades(reference: Reference, problem: Problem) -> bool:
    """Whether the angles of a circuit can be carried to a weak collision."""
    return leads(reference, problem, lambda position: reference.exchange.stronger(FADED**position))


def leads(reference: Reference, problem: Problem, way: Way) -> bool:
    """Whether the angles of a circuit can be carried to a collision."""

    def path(position: float) -> Residual:
        return problem(reference.skeleton, way(position), reference.lower_first)

    return carried(path, np.array(reference.angles)) is not None


def stored(placements: str, exchange: Exchange, angles: Any, lower_first: bool) -> Reference:
    """A circuit with as many digits as are needed to start from."""
    kappa = exchange.couplings[2]
    names = ("omega_s", "omega_1", "omega_2", "kappa", "flux", "alpha_1", "alpha_2")
    values = (*exchange.frequencies, abs(kappa), np.angle(kappa), *exchange.couplings[:2].real)
    coefficients = {name: float(f"{value:.{DIGITS}g}") for name, value in zip(names, values, strict=True)}
    turned = tuple(round(float(each), DIGITS) for each in np.mod(angles + np.pi, 2 * np.pi) - np.pi)
    return Reference(placements, **coefficients, angles=turned, lower_first=lower_first)


def write(name: str, references: list[Reference]) -> None:
    """Replace the circuits of one kind in the file."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    content[name] = [
        {key: getattr(reference, key) for key in Reference.__dataclass_fields__} for reference in references
    ]
    lines = [
        f'"{each}": [\n' + ",\n".join("  " + json.dumps(row) for row in rows) + "\n ]" for each, rows in content.items()
    ]
    temporary = FILE.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text("{\n " + ",\n ".join(lines) + "\n}\n", encoding="utf-8")
    temporary.replace(FILE)


def symmetric(wanted: Exchange) -> Exchange:
    """One that is alike and has the symmetry for which ten CX are enough."""
    first, coupling = wanted.frequencies[1], wanted.couplings[0]
    within = abs(wanted.couplings[2]) * (1 if wanted.couplings[2].real > 0 else -1)
    return Exchange(np.array([0.0, first, -first]), np.array([coupling, coupling, within]))


def rows(count: int, seed: int) -> Iterator[tuple[str, Exchange]]:
    """Random collisions, the families in turn."""
    rng = np.random.default_rng(seed)
    made = families(rng)
    for _ in range(count):
        for name, family in made.items():
            yield name, family()


def main() -> None:
    """Print how many are reached, and store circuits for those that are not."""
    words = [word for word in sys.argv[1:] if word != "--add"]
    if not words or words[0] not in KINDS:
        sys.exit(f"there is no kind {' '.join(words[:1]) or '(none given)'}; there are: {', '.join(KINDS)}")
    count, seed = int(words[1]) if len(words) > 1 else 20, int(words[2]) if len(words) > 2 else 1
    references, problem = list(exchange_references.stored(words[0])), KINDS[words[0]]
    hits: dict[str, list[bool]] = {}
    for name, wanted in rows(count, seed):
        if words[0] == "symmetric":
            wanted = symmetric(wanted)
        hits.setdefault(name, []).append(found(wanted, references, problem, 2) is not None)
        if "--add" in sys.argv and not hits[name][-1]:
            more = found(wanted, references, problem, None)
            if more is not None:
                references.append(replace(more, fades=fades(more, problem)))
                write(words[0], references)
        if name == "strong" and len(hits[name]) % 20 == 0:
            recent = ", ".join(f"{each} {np.mean(values[-20:]):.2f}" for each, values in hits.items())
            print(f"{len(hits[name])} of each, {len(references)} stored: {recent}", flush=True)
    for name, values in hits.items():
        print(f"{name}: {sum(values)} of {len(values)}")


if __name__ == "__main__":
    main()
