r"""Estimators of Pauli strings from counts, with readout mitigation and resampling.

At one tick, :math:`\langle P\rangle` is the mean of the parities :math:`(-1)^{b\cdot P}` over the settings that
diagonalise :math:`P`. If the measurements are twirled, the readout error multiplies it by :math:`f_P`, which is the
same mean with all qubits in |0> (twirled readout error extinction, van den Berg et al., Phys. Rev. A 105, 032620):

.. math::

    m_P = \frac{\bar P}{f_P},\qquad
    \mathrm{Cov}(m_P, m_Q) \approx \frac{\mathrm{Cov}(\bar P, \bar Q) + m_P m_Q\,\mathrm{Cov}(f_P, f_Q)}{f_P f_Q}.

All estimators work on frequencies of shape (..., 2**q), so that resampled experiments are evaluated all at once.

Of sampled collisions (:mod:`.sampled_sequences`) the R draws are the independent experiments. A mean is that over the
draws, and

.. math::

    \mathrm{Cov}(\bar P, \bar Q) = \frac{1}{R(R-1)} \sum_r (\bar P_r - \bar P)(\bar Q_r - \bar Q),

which has the spread of the draws and the noise of the shots in it, for strings at one tick or at two: the change of an
energy is that of every draw. A resampled experiment takes R - 1 draws with replacement, the same at all ticks, so that
its spread is that of the mean (Rao and Wu, J. Am. Stat. Assoc. 83, 231).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from qiskit.quantum_info import SparsePauliOp
from scipy.linalg import block_diag

from ..errors import InputError
from ..trajectory.pauli import Real
from .counts import Counts, MeasuredCounts
from .estimator import EstimatedMeans, PauliMeans
from .plan import READOUT, MeasurementPlan

#: A readout that keeps less of a Pauli string than this leaves nothing to divide by.
SMALLEST_ATTENUATION = 0.05


@dataclass(frozen=True, eq=False)
class Frequencies:
    """Relative frequencies of the outcomes of every basis measured at one tick.

    Args:
        bases: the bases, one letter per qubit.
        frequencies: for every basis, shape (..., 2**q), each row with sum one.
        shots: for every basis.
    """

    bases: tuple[str, ...]
    frequencies: tuple[Real, ...]
    shots: tuple[float, ...]

    @classmethod
    def of(cls, counts: Mapping[str, Counts]) -> Frequencies:
        """From the counts of every basis."""
        dense, shots = [], []
        for basis, seen in counts.items():
            numbers = np.zeros(2 ** len(basis))
            for outcome, number in seen.items():
                numbers[outcome] += number
            shots.append(float(numbers.sum()))
            dense.append(numbers / numbers.sum())
        return cls(tuple(counts), tuple(dense), tuple(shots))

    def resampled(self, rng: np.random.Generator, size: int) -> Frequencies:
        """The same experiment drawn ``size`` times from the frequencies that were seen, shape (size, 2**q)."""
        drawn = [
            rng.multinomial(round(number), each / each.sum(), size=size) / round(number)
            for each, number in zip(self.frequencies, self.shots, strict=True)
        ]
        return Frequencies(self.bases, tuple(drawn), self.shots)

    def means(self, labels: Sequence[str]) -> Real:
        """Means of Pauli strings, shape (..., len(labels))."""
        weights = self._weights(labels)
        return np.asarray(sum(each @ own.T for each, own in zip(self.frequencies, weights, strict=True)))

    def covariance(self, labels: Sequence[str]) -> Real:
        """Covariance of :meth:`means` by the noise of shots, shape (..., len(labels), len(labels))."""
        total: Real = np.zeros((len(labels), len(labels)))
        for each, own, number in zip(self.frequencies, self._weights(labels), self.shots, strict=True):
            mean = each @ own.T
            outer = mean[..., :, None] * mean[..., None, :]
            total = total + ((own * each[..., None, :]) @ own.T - outer) / number
        return total

    def _weights(self, labels: Sequence[str]) -> list[Real]:
        """For every basis the parities (len(labels), 2**q) of the strings it measures, divided by their settings."""
        share = [sum(_diagonalises(basis, label) for basis in self.bases) for label in labels]
        if missing := [label for label, number in zip(labels, share, strict=True) if not number]:
            raise InputError(f"the Pauli strings {', '.join(missing)} were not measured: add them to the observables")
        outcomes = np.arange(2 ** len(self.bases[0]))
        return [
            np.array(
                [
                    _parities(label, outcomes) / number if _diagonalises(basis, label) else 0.0 * outcomes
                    for label, number in zip(labels, share, strict=True)
                ]
            )
            for basis in self.bases
        ]


@dataclass(frozen=True, eq=False)
class SampledFrequencies:
    """Relative frequencies at one tick in every draw.

    Args:
        draws: frequencies of shape (R, 2**q), with the shots of one draw.
        expected: whether these are probabilities, without the noise of the shots, which is then added to the errors.
    """

    draws: Frequencies
    expected: bool

    @classmethod
    def of(cls, draws: Sequence[Mapping[str, Counts]], expected: bool) -> SampledFrequencies:
        """From the counts of every basis in every draw."""
        single = [Frequencies.of(each) for each in draws]
        stacked = tuple(np.stack(own) for own in zip(*(each.frequencies for each in single), strict=True))
        return cls(Frequencies(single[0].bases, stacked, single[0].shots), expected)

    def __len__(self) -> int:
        return len(self.draws.frequencies[0])

    def means(self, labels: Sequence[str]) -> Real:
        """Means of Pauli strings over the draws, shape (len(labels),)."""
        return np.asarray(self.draws.means(labels).mean(axis=0))

    def covariance(self, labels: Sequence[str]) -> Real:
        """Covariance of :meth:`means`, shape (len(labels), len(labels))."""
        return spread([(self, labels)])

    def noise(self, labels: Sequence[str]) -> Real:
        """The covariance of :meth:`means` that shots add to what is expected; none if they are in the counts."""
        if not self.expected:
            return np.zeros((len(labels), len(labels)))
        return np.asarray(self.draws.covariance(labels).mean(axis=0) / len(self))

    def weighted(self, weights: Real, rng: np.random.Generator) -> Frequencies:
        """The means of resampled draws, shape (size, 2**q), of weights of shape (size, R)."""
        found = []
        for each, number in zip(self.draws.frequencies, self.draws.shots, strict=True):
            own = weights @ each
            if self.expected:
                shape = (len(weights), len(self))
                seen = rng.multinomial(round(number), each / each.sum(axis=1, keepdims=True), size=shape)
                own = own + (seen / round(number) - each).mean(axis=1)
            found.append(own)
        return replace(self.draws, frequencies=tuple(found))


#: What is known at one tick: means of Pauli strings, and their covariance.
TickEstimates = Frequencies | SampledFrequencies | PauliMeans


def spread(parts: Sequence[tuple[SampledFrequencies, Sequence[str]]]) -> Real:
    """Covariance of the means of Pauli strings at several ticks of the same draws (see the module)."""
    means = np.concatenate([own.draws.means(labels) for own, labels in parts], axis=1)
    noise = block_diag(*(own.noise(labels) for own, labels in parts))
    return np.asarray(np.atleast_2d(np.cov(means, rowvar=False)) / len(means) + noise)


@dataclass(frozen=True, eq=False)
class TwoTicks:
    """What is known at two ticks at once, for differences between them.

    Args:
        first: estimates at one tick.
        second: at the other.
        split: how many of the Pauli strings are those of the first tick; the rest are the second's.
    """

    first: TickEstimates
    second: TickEstimates
    split: int

    def means(self, labels: Sequence[str]) -> Real:
        """Means of the Pauli strings, shape (..., len(labels))."""
        return np.concatenate([own.means(part) for own, part in self._parts(labels)], axis=-1)

    def covariance(self, labels: Sequence[str]) -> Real:
        """Covariance of :meth:`means`: the ticks have circuits of their own, and only draws in common."""
        parts = self._parts(labels)
        drawn = [(own, part) for own, part in parts if isinstance(own, SampledFrequencies)]
        if len(drawn) == len(parts):
            return spread(drawn)
        return np.asarray(block_diag(*(own.covariance(part) for own, part in parts)))

    def _parts(self, labels: Sequence[str]) -> list[tuple[TickEstimates, Sequence[str]]]:
        return [(self.first, labels[: self.split]), (self.second, labels[self.split :])]


def estimates_at_ticks(counts: MeasuredCounts | EstimatedMeans) -> Mapping[str, TickEstimates]:
    """What is known at every tick of the plan, and of the readout if it was measured."""
    if isinstance(counts, EstimatedMeans):
        return counts.ticks
    merged = _by_tick(counts.plan, counts.counts)
    draws = [_by_tick(counts.plan, own) for own in counts.draws]
    return {
        # the readout is the same in all draws
        tick: SampledFrequencies.of([own[tick] for own in draws], counts.expected)
        if draws and tick != READOUT
        else Frequencies.of(seen)
        for tick, seen in merged.items()
    }


def _by_tick(plan: MeasurementPlan, counts: Sequence[Counts]) -> dict[str, dict[str, Counts]]:
    """Counts of every basis at every tick."""
    grouped: dict[str, dict[str, Counts]] = {}
    for setting, seen in zip(plan.settings, counts, strict=True):
        if not seen or sum(seen.values()) <= 0:
            raise InputError(
                f"the circuit {setting.tick} {setting.basis} has no counts: a part of the result is missing"
            )
        grouped.setdefault(setting.tick, {})[setting.basis] = seen
    return grouped


def resampled(estimates: Mapping[str, TickEstimates], rng: np.random.Generator, size: int) -> dict[str, TickEstimates]:
    """The same experiment done ``size`` times more, at all ticks: other shots, or other draws."""
    found: dict[str, TickEstimates] = {}
    weights: Real | None = None
    for tick, own in estimates.items():
        if isinstance(own, SampledFrequencies):
            if weights is None:  # of the draws, the same at all ticks
                weights = rng.multinomial(len(own) - 1, np.full(len(own), 1 / len(own)), size=size) / (len(own) - 1)
            found[tick] = own.weighted(weights, rng)
        else:
            found[tick] = own.resampled(rng, size)
    return found


def estimate(
    at_tick: TickEstimates | TwoTicks, labels: Sequence[str], readout: Frequencies | None = None
) -> tuple[Real, Real]:
    """Means (k,) and covariance (k, k) of Pauli strings at a tick, corrected for readout where it was measured.

    Raises:
        InputError: if the readout is too bad to correct for.
    """
    means, covariance = at_tick.means(labels), at_tick.covariance(labels)
    if readout is None:
        return means, covariance
    kept, kept_covariance = _attenuation(readout, labels)
    means = means / kept
    spread = covariance + kept_covariance * np.outer(means, means)
    return means, spread / np.outer(kept, kept)


def resampled_means(at_tick: TickEstimates, labels: Sequence[str], readout: Frequencies | None) -> Real:
    """Means (size, k) of resampled experiments."""
    means = at_tick.means(labels)
    return means if readout is None else means / readout.means(_diagonal(readout, labels))


def _attenuation(readout: Frequencies, labels: Sequence[str]) -> tuple[Real, Real]:
    own = _diagonal(readout, labels)
    kept = readout.means(own)
    if kept.min() < SMALLEST_ATTENUATION:
        worst = labels[int(np.argmin(kept))]
        raise InputError(
            f"the readout keeps only {kept.min():.3f} of {worst}, which cannot be corrected for: choose other qubits, "
            "or leave readout mitigation off"
        )
    return kept, readout.covariance(own)


def _diagonal(readout: Frequencies, labels: Sequence[str]) -> list[str]:
    """The Z strings with the same support, on the qubits of the readout circuit (the system's come first)."""
    size = len(readout.bases[0])
    return ["I" * (size - len(label)) + "".join("I" if c == "I" else "Z" for c in label) for label in labels]


def readout_estimates(counts: MeasuredCounts | EstimatedMeans, estimates: Mapping[str, TickEstimates]) -> Frequencies:
    """The readout calibration of twirled counts.

    Raises:
        InputError: if the readout was not measured, or the measurements were not twirled.
    """
    if isinstance(counts, EstimatedMeans):
        raise InputError("an estimator mitigates readout itself: use its option measure_mitigation")
    if READOUT not in estimates:
        raise InputError("readout mitigation needs its circuit: construct the circuits with readout=True")
    if not counts.twirled:
        raise InputError(
            "readout mitigation needs twirled measurements, without which flips of 0 and 1 differ: use the runtime's "
            "sampler with the option readout='trex', and run(..., twirled=True)"
        )
    found = estimates[READOUT]
    assert isinstance(found, Frequencies)  # of counts
    return found


def pauli_row(operator: SparsePauliOp) -> tuple[list[str], Real]:
    """Pauli strings and real coefficients of an operator without its constant.

    Raises:
        InputError: if it is a constant.
    """
    terms = {}
    for label, coefficient in operator.simplify(atol=0).to_list():
        if set(label) != {"I"}:
            terms[label] = float(np.real(coefficient))
    if not terms:
        raise InputError(f"the operator {operator} is a constant: there is nothing to measure")
    return list(terms), np.array(list(terms.values()))


def _diagonalises(basis: str, label: str) -> bool:
    return all(letter in ("I", own) for own, letter in zip(basis, label, strict=True))


def _parities(label: str, outcomes: np.ndarray) -> Real:
    mask = sum(1 << qubit for qubit, letter in enumerate(reversed(label)) if letter != "I")
    return np.asarray(1.0 - 2.0 * (np.bitwise_count(outcomes & mask) & 1))
