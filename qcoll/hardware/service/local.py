"""The runtime's local mode: jobs of fake devices, run on this machine."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...device.device_noise import device_noise
from ...device.fakes import PartOfBackend
from ...device.target import restricted
from ...measure.circuits import contents
from ...measure.counts import counts_of
from ...measure.estimator import PubMeans, means_of
from ...run.seeds import aer_seed
from ..options import DeviceOptions
from ..pubs import Pub, qubits_in_use
from .messages import reported_errors
from .runtime import Device, own_extrapolation


@dataclass(frozen=True, eq=False)
class LocalSimulator:
    """The runtime's local mode on the qubits in use alone: thirty times faster than on a whole device, same numbers.

    Every circuit with every parameter set is a job with a seed of its own: a local job samples all its circuits with
    one seed, so that their shot noise would be the same and cancel in differences. Circuits that draws have in common
    are one job with the shots of all, which are then dealt out at random.

    Args:
        backend: the part of the fake device.
        pubs: what runs, on the qubits of that part.
        shots: for each.
        options: what is switched on.
        seed: of the first; the others count on.
        sampled: whether these are the circuits of draws.
    """

    backend: PartOfBackend
    pubs: tuple[Pub, ...]
    shots: int
    options: DeviceOptions
    seed: int
    sampled: bool = False

    @classmethod
    def of(
        cls, device: Device, pubs: Sequence[Pub], shots: int, options: DeviceOptions, seed: int, sampled: bool = False
    ) -> LocalSimulator:
        """For what is written for a whole device."""
        used = qubits_in_use(pubs)
        position = {qubit: index for index, qubit in enumerate(used)}
        backend = PartOfBackend(restricted(device.backend.target, used), device.name)
        return cls(backend, tuple(pub.on(position, len(used)) for pub in pubs), shots, options, seed, sampled)

    def counts(self) -> tuple[dict[int, int], ...]:
        """Counts of every circuit with every parameter set, from the runtime's sampler."""
        from qiskit_aer import AerSimulator
        from qiskit_ibm_runtime.executor_sampler import Sampler

        options = self.options.for_sampler(self.shots)
        noise = device_noise(self.backend.target, self.backend.name)
        simulator = AerSimulator.from_backend(self.backend, noise_model=noise)
        found: dict[int, dict[int, int]] = {}
        for alike, pub in self._jobs():
            first = alike[0]
            with reported_errors():
                sampler = Sampler(mode=simulator, options=self._seeded(options, first))
                (seen,) = counts_of(sampler.run([pub.for_sampler()], shots=self.shots * len(alike)).result())
            found |= zip(alike, dealt(seen, len(alike), self.seed + first), strict=True)
        return tuple(found[index] for index in sorted(found))

    def means(self) -> tuple[PubMeans, ...]:
        """Means of every circuit with every parameter set, from the runtime's estimator."""
        from qiskit_ibm_runtime.executor_estimator import Estimator

        found: list[PubMeans] = []
        for index, pub in enumerate(self._singles()):
            with reported_errors(), own_extrapolation():
                options = self._seeded(self.options.for_estimator(self.shots), index)
                found += means_of(Estimator(mode=self.backend, options=options).run([pub.for_estimator()]).result())
        return tuple(found)

    def _jobs(self) -> list[tuple[list[int], Pub]]:
        """Every circuit with every parameter set, and which of all it is."""
        singles = self._singles()
        if not self.sampled:
            return [([index], pub) for index, pub in enumerate(singles)]
        alike: dict[Hashable, list[int]] = {}
        for index, pub in enumerate(singles):
            alike.setdefault(contents(pub.circuit), []).append(index)
        return [(each, singles[each[0]]) for each in alike.values()]

    def _singles(self) -> list[Pub]:
        return [pub.single(index) for pub in self.pubs for index in range(pub.sets)]

    def _seeded(self, options: dict[str, Any], index: int) -> dict[str, Any]:
        # angles are otherwise rounded to 1e-5 of a quarter turn
        return options | {"simulator": {"seed_simulator": aer_seed(self.seed + index), "angle_decimals": 12}}


def dealt(counts: Mapping[int, int], parts: int, seed: int) -> list[dict[int, int]]:
    """Shots dealt out at random in equal parts."""
    outcomes, left = list(counts), np.array(list(counts.values()))
    rng, share, found = np.random.default_rng(seed), int(left.sum()) // parts, []
    for _ in range(parts):
        own = rng.multivariate_hypergeometric(left, share)
        left = left - own
        found.append({outcome: int(number) for outcome, number in zip(outcomes, own, strict=True) if number})
    return found
