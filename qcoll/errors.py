"""The errors that qcoll raises for what a user can correct."""

from collections.abc import Iterable


class InputError(ValueError):
    """An input was refused before any work started.

    The message says what was given, what was expected and what to do.
    """


class DoesNotFitError(InputError):
    """A circuit has no place on a device; another way to compile the same collisions may have one."""


class AccuracyWarning(UserWarning):
    """A result has fewer correct digits than one would expect; the message says how many."""


class DeviceWarning(UserWarning):
    """A device's description has holes or impossible values; the message says which, and what was done about them."""


class ModelWarning(UserWarning):
    """A model is valid, but probably not the one that was meant."""


class MissingExtraError(ImportError):
    """A feature needs an optional dependency that is not installed; the message says which."""


def near(name: str, known: Iterable[str]) -> str:
    """The end of a message that names what was perhaps meant; empty where nothing is close.

    >>> from qcoll.errors import near
    >>> near("faketorin", ["FakeTorino", "FakeFez"]), near("x", ["FakeTorino"])
    ('; did you mean FakeTorino?', '')
    """
    import difflib

    lower = {each.lower(): each for each in known}
    matches = difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(lower[match] for match in matches)}?" if matches else ""
