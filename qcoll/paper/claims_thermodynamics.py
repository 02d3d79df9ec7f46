"""Claims of Section IV and of Figs. 6 to 8: energy, heat, work and entropy production."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..exact import entropy_balance, evolve, pulled_back_operators, steady_states
from ..model import example_2
from ..trajectory.pauli import Real
from ..trajectory.trajectory import Trajectory
from .claims_coherence import BETAS, swings
from .draws import draws_1, draws_2, largest
from .grids import steady_grid
from .rows import Claim, Measured, Verdict

KAPPAS = (0.1, 0.3, 0.5, 1.0)


def _exactly(holds: bool, numbers: str) -> Measured:
    return Measured("holds exactly" if holds else "does not hold", numbers)


def _figure_6() -> Trajectory:
    return evolve(example_2(), n=2000)


def _turning_points(values: Real) -> int:
    return int(np.count_nonzero(np.diff(np.sign(np.diff(values)))))


def _first_law() -> Measured:
    draws = [*draws_1(), *draws_2()]
    exact, second = (
        largest(float(abs(evolve(d.model, 1, d.rho, m).first_law_residual[0])) for d in draws)
        for m in ("exact", "second_order")
    )
    return _exactly(max(exact, second) < 1e-13, "closes to 1e-13 at all draws, exact and second order")


def _energy_and_work_oscillate() -> Measured:
    run = _figure_6()
    energy, work = (float(np.ptp(swings(v))) for v in (run.energy_change, run.work))
    return _exactly(min(energy, work) > 1e-6, f"by {energy:.1e} and {work:.1e} peak to peak in 2000 collisions")


def _heat_does_not_oscillate() -> Measured:
    run = _figure_6()
    relative = np.ptp(swings(run.heat)) / abs(run.heat.mean())
    compared = np.ptp(swings(run.work)) / abs(run.heat.mean())
    numbers = (
        f"it turns {_turning_points(run.heat)} times in 2000 collisions, with <sigma_z>; by {100 * relative:.1f} % of "
        f"its mean, which no plot beside the work's {100 * compared:.0f} % would show"
    )
    return _exactly(_turning_points(run.heat) == 0, numbers)


def _heat_from_populations() -> Measured:
    """Off-diagonal elements of the heat as an operator on the system: zero to second order, dt^3 exactly."""
    second = abs(pulled_back_operators(example_2(), "second_order").heat[0, 1])
    exact = [abs(pulled_back_operators(example_2(dt=dt)).heat[0, 1]) for dt in (0.1, 0.05)]
    slope = np.log2(exact[0] / exact[1])
    relative = exact[0] / np.abs(np.diag(pulled_back_operators(example_2()).heat)).max()
    verdict: Verdict = "does not hold" if second > 1e-15 else "holds to second order only"
    return Measured(verdict, f"exactly, coherence weighs {relative:.0e} of the populations; it falls as dt^{slope:.1f}")


def _steady_energy() -> Measured:
    grid = steady_grid(np.array(KAPPAS)[:, None], np.array(BETAS))
    change = np.abs(grid.heat + grid.work) / grid.work
    return _exactly(bool(change.max() < 1e-7), "to rounding, over kappa 0.1 to 1 and beta 0.2 to 5")


def _work_is_dissipated() -> Measured:
    worst = 0.0
    for method in ("exact", "second_order"):
        grid = steady_grid(np.array(KAPPAS)[:, None], np.array(BETAS), method)
        worst = max(worst, float(np.abs(grid.heat / grid.work + 1).max()))
    return _exactly(worst < 1e-7, "heat / work = -1 to rounding, exact and second order")


def _positive_work() -> Measured:
    grid = steady_grid(np.linspace(0.05, 6, 60)[:, None], np.array(BETAS)).work
    random = [float(steady_states([d.model]).work[0]) for d in draws_2()]
    numbers = f"at least {grid.min():.0e} on the axes of Fig. 7, at least {min(random):.0e} over random parameters"
    return _exactly(min(float(grid.min()), *random) > 0, numbers)


def _no_work_without_coherence() -> Measured:
    steady = float(steady_grid(0.0, 1.0).work)
    stray = float(np.abs(evolve(example_2(kappa=0.0), n=1000, initial="+").work).max())
    printed = evolve(example_2(kappa=0.0, levels="as_printed"), n=1)
    numbers = (
        "below 1e-16 at kappa = 0, at the steady state and in a thousand collisions from |+>; with the levels as "
        f"printed the work is {printed.work[0] / printed.energy_change[0]:.0f} times the energy change"
    )
    return _exactly(abs(steady) < 1e-16 and stray < 1e-16, numbers)


def _mismatch() -> Measured:
    """The first term of C6: zero at resonance, and at kappa = 0 the only one."""
    run = evolve(example_2(kappa=0.0, omega_s=0.8), n=50)
    ratio = run.work / run.energy_change
    expected = 1 - 1 / 0.8
    numbers = f"at kappa = 0 and omega_S = 0.8 work is {ratio.mean():.3f} of the energy change, 1 - (E_3 - E_2)/omega_S"
    return _exactly(bool(np.abs(ratio - expected).max() < 1e-9), numbers)


def _proportional() -> Measured:
    coldness = np.linspace(0.1, 6.0, 60)
    along_beta = steady_grid(0.3, coldness)
    ratio = along_beta.work / along_beta.coherence
    kappa = np.array([0.05, 0.1, 0.3, 1.0])
    along_kappa = steady_grid(kappa, 1.0)
    power = np.polyfit(np.log(kappa), np.log(along_kappa.work / along_kappa.coherence), 1)[0]
    numbers = (
        f"work / coherence varies {ratio.max() / ratio.min():.0f} times over beta = 0.1-6 at kappa = 0.3, and along "
        f"kappa it grows as kappa^{power:.1f}"
    )
    return _exactly(bool(ratio.max() / ratio.min() < 1.05), numbers)


def _more_coherence_more_work() -> Measured:
    coldness = np.linspace(0.1, 6.0, 600)
    grid = steady_grid(0.3, coldness)
    best = coldness[grid.coherence.argmax()], coldness[grid.work.argmax()]
    kappa = np.linspace(0.05, 4.0, 200)
    along = steady_grid(kappa, 1.0)
    numbers = (
        f"along beta at kappa = 0.3 coherence peaks at {best[0]:.2f} and work at {best[1]:.2f}; along kappa at "
        f"beta = 1 work rises on to 4 while coherence falls from {kappa[along.coherence.argmax()]:.1f}"
    )
    same = abs(best[0] - best[1]) < 0.05 and along.work.argmax() == along.coherence.argmax()
    return _exactly(bool(same), numbers)


def _cold_costs_more() -> Measured:
    coldness = np.linspace(0.1, 6.0, 600)
    peaks = {k: float(coldness[steady_grid(k, coldness).work.argmax()]) for k in (0.1, 0.3, 0.5)}
    rising = bool(np.all(np.diff(steady_grid(1.0, coldness).work) > 0))
    numbers = (
        f"for kappa = 0.1, 0.3, 0.5 only up to beta = {peaks[0.1]:.2f}, {peaks[0.3]:.2f}, {peaks[0.5]:.2f}; "
        "at kappa = 1 on the whole axis"
    )
    return Measured("holds with a qualification" if rising and min(peaks.values()) > 1 else "does not hold", numbers)


def _second_law() -> Measured:
    lowest = min(float(evolve(d.model, 20, d.rho).entropy_production.min()) for d in [*draws_1(), *draws_2()])
    figure = min(float(evolve(example_2(beta=b), n=5000).entropy_production.min()) for b in BETAS)
    return _exactly(lowest > -1e-13 and figure > 0, f"smallest in Fig. 8a {figure:.1e}, none negative at the draws")


def _never_zero() -> Measured:
    run = evolve(example_2(), n=60000).entropy_production
    steady = float(steady_grid(0.3, 1.0, alpha=0.1).work)
    still = float(np.abs(evolve(example_2(kappa=0.0), n=1000).entropy_production).max())
    numbers = (
        f"between {run.min():.3e} and {run.max():.3e} at kappa = 0.3; its steady value is beta W = {steady:.3e}. "
        f"At kappa = 0 and beta = beta_S it is zero ({'below 1e-14' if still < 1e-14 else f'{still:.0e}'})"
    )
    return _exactly(run.min() > 0.5 * steady > 0, numbers)


def _along(parameter: str) -> tuple[Real, Real]:
    """Steady coherence and entropy production along beta or kappa, at Fig. 8's alpha = 0.1."""
    betas, kappas = (np.array(BETAS), 0.3) if parameter == "beta" else (1.0, np.array(KAPPAS))
    grid = steady_grid(kappas, betas, alpha=0.1)
    return grid.coherence, np.asarray(betas * grid.work)


def _entropy_follows_coherence_in_beta() -> Measured:
    coherence, production = _along("beta")
    numbers = (
        f"beta = 2 has more coherence than 5 ({coherence[3]:.4f}, {coherence[4]:.4f}) and less entropy production "
        f"({production[3]:.1e}, {production[4]:.1e}); in order up to beta = 2"
    )
    return _exactly(bool(np.array_equal(np.argsort(coherence), np.argsort(production))), numbers)


def _entropy_follows_coherence_in_kappa() -> Measured:
    coherence, production = _along("kappa")
    kappa = np.linspace(0.05, 4.0, 200)
    grid = steady_grid(kappa, 1.0, alpha=0.1)
    peak = kappa[grid.coherence.argmax()]
    ordered = bool(np.array_equal(np.argsort(coherence), np.argsort(production)))
    numbers = f"for kappa = 0.1, 0.3, 0.5, 1; up to the peak of coherence at kappa = {peak:.1f}, not beyond"
    return Measured("holds with a qualification" if ordered else "does not hold", numbers)


def _no_machine() -> Measured:
    lowest = min(float(steady_states([d.model]).work[0]) for d in [*draws_1(), *draws_2()])
    return _exactly(lowest > -1e-13, f"steady work at least {lowest:.1e} in both examples at random parameters")


def _landauer() -> Measured:
    worst = 0.0
    for draw in [*draws_1(), *draws_2()]:
        balance = entropy_balance(draw.model, draw.rho)
        worst = max(worst, float(abs(balance.from_information - balance.from_heat)[0]))
    return _exactly(worst < 1e-12, "to 1e-12 at all draws")


def _claim(name: str, where: str, statement: str, expected: Verdict, check: Callable[[], Measured]) -> Claim:
    return Claim(name=name, where=where, statement=statement, expected=expected, check=check)


CLAIMS = (
    _claim("first law", "IV A", "energy change = heat + work, at every collision", "holds exactly", _first_law),
    _claim("entropy production", "IV A", "mutual information and relative entropy sum to Eq. 72", "holds exactly",
           _landauer),
    _claim("mismatch term", "IV B", "the first term of the switching work comes from E_3 - E_2 - omega_S",
           "holds exactly", _mismatch),
    _claim("energy and work oscillate", "Fig. 6", "energy change and switching work oscillate", "holds exactly",
           _energy_and_work_oscillate),
    _claim("heat is smooth", "Fig. 6", "heat 'does not oscillate'", "does not hold", _heat_does_not_oscillate),
    _claim("heat from populations", "Fig. 6", "heat depends only on populations of S and on the ancilla",
           "holds to second order only", _heat_from_populations),
    _claim("steady energy", "IV B", "the energy no longer changes at the end", "holds exactly", _steady_energy),
    _claim("work is dissipated", "Fig. 7a", "steady work equals the heat given to the bath", "holds exactly",
           _work_is_dissipated),
    _claim("work is injected", "IV B", "steady work is positive in all cases", "holds exactly", _positive_work),
    _claim("one bath, no engine", "IV B", "no work is gained with one thermal bath", "holds exactly", _no_machine),
    _claim("work for coherence", "IV", "work vanishes without coherence", "holds exactly", _no_work_without_coherence),
    _claim("proportional", "Fig. 7a", "work is 'proportional to the amount of coherence'", "does not hold",
           _proportional),
    _claim("more for more", "IV B", "the larger the coherence, the larger the work", "does not hold",
           _more_coherence_more_work),
    _claim("cold costs more", "Fig. 7b", "work is higher for lower temperatures", "holds with a qualification",
           _cold_costs_more),
    _claim("second law", "Fig. 8", "entropy production is positive at every collision", "holds exactly", _second_law),
    _claim("never zero", "IV B", "entropy production never reaches zero", "holds exactly", _never_zero),
    _claim("entropy and coherence, beta", "Fig. 8a", "steady entropy production is larger for more coherence",
           "does not hold", _entropy_follows_coherence_in_beta),
    _claim("entropy and coherence, kappa", "Fig. 8b", "steady entropy production is larger for more coherence",
           "holds with a qualification", _entropy_follows_coherence_in_kappa),
)  # fmt: skip
