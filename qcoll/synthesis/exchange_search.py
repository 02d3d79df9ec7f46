r"""Circuits of one exchange collision from stored circuits of others.

Least squares from the stored circuits of the collisions that are nearest, a stack of them at a time, ends at a circuit
of the new one from about one start in five. Of twenty-four nearly always one gets there.

The angles of a weak collision are degenerate: singular values of the Jacobian fall with a power of the strength, down
to :math:`10^{-10}` and less. Such a collision is first solved for where it is stronger, with the same ratios, and then
carried along by equal factors (:mod:`.continuation`).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from .continuation import carried
from .dense import Real
from .exchange_family import Exchange, Way
from .exchange_references import Reference
from .fit import Residual, descend
from .skeleton import Skeleton

#: The residual of a skeleton's circuit for a collision, by the order of the pair's levels.
Problem = Callable[[Skeleton, Exchange, bool], Residual]

#: How many stored circuits are tried at a time, then random starts of each kind and how often.
_STACKS, _STARTS, _TIMES, _SEED = (8, 24, 64), 48, 2, 2026
# Iterations from a stored circuit and from random ones, with which damping, the residual at the end, and how many that
# get there are wanted where some will be lost on the way to a weak collision.
_ITERATIONS, _DAMPING, _BLIND, _CLOSE, _ENOUGH = 40, 1e-2, 1.0, 1e-9, 4
#: How many may be lost before it is given up.
_LOST = 8


def circuits_of(
    wanted: Exchange, references: Sequence[Reference], problem: Problem
) -> Iterator[tuple[Skeleton, bool, Real]]:
    """Skeletons, orders of the pair's levels, and angles that are close to a collision in its gauge.

    Args:
        wanted: the collision.
        references: the stored circuits.
        problem: what the circuits have to be.
    """
    lost = 0
    for way, (skeleton, lower_first, starts, damping) in attempts(wanted, references):
        path = functools.partial(_on_the_way, problem, skeleton, lower_first, way)
        weak = way(0.0) is not wanted
        for angles in solved(path(0.0), starts, damping, _ENOUGH if weak else 1):
            end = carried(path, angles) if weak else angles
            if end is not None:
                yield skeleton, lower_first, end
            elif (lost := lost + 1) == _LOST:
                return


def _on_the_way(problem: Problem, skeleton: Skeleton, lower_first: bool, way: Way, position: float) -> Residual:
    return problem(skeleton, way(position), lower_first)


def attempts(
    wanted: Exchange, references: Sequence[Reference]
) -> Iterator[tuple[Way, tuple[Skeleton, bool, Real, float]]]:
    """Ways to a collision, and stacks of angles with one skeleton for the beginning, with a damping."""
    ways = wanted.ways()
    ordered = [_nearest(way(0.0), references, weak=way(0.0) is not wanted) for way in ways]
    for first, last in itertools.pairwise((0, *_STACKS)):
        for way, nearest in zip(ways, ordered, strict=True):
            for members in sorted(_alike(nearest[first:last]), key=len, reverse=True):
                starts = np.array([r.angles for r in members])
                yield way, (members[0].skeleton, members[0].lower_first, starts, _DAMPING)
    rng = np.random.default_rng(_SEED)
    for way, members in itertools.product(ways * _TIMES, _alike(references)):
        skeleton = members[0].skeleton
        starts = rng.uniform(-np.pi, np.pi, (_STARTS, skeleton.num_parameters))
        yield way, (skeleton, members[0].lower_first, starts, _BLIND)


def _nearest(wanted: Exchange, references: Sequence[Reference], *, weak: bool) -> list[Reference]:
    """The nearest first, of those that lead to weak collisions before others where that is wanted."""
    return sorted(references, key=lambda r: (weak and not r.fades, r.exchange.apart(wanted)))


def _alike(references: Sequence[Reference]) -> list[list[Reference]]:
    """Groups with the same skeleton and order of the levels."""

    def kind(reference: Reference) -> tuple[str, bool]:
        return reference.placements, reference.lower_first

    return [list(group) for _, group in itertools.groupby(sorted(references, key=kind), kind)]


def solved(residual: Residual, starts: Real, damping: float, enough: int) -> Real:
    """The angles that are reached, the best first."""
    angles, norms = descend(
        residual, starts, tolerance=_CLOSE, iterations=_ITERATIONS, damping=damping, enough=min(enough, len(starts))
    )
    order = np.argsort(norms)
    return angles[order[norms[order] < _CLOSE]]
