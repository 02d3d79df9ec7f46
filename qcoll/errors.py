"""The errors that qcoll raises for what a user can put right."""


class InputError(ValueError):
    """An input was refused before any work started.

    The message says what was given, what was expected and what to do.
    """


class AccuracyWarning(UserWarning):
    """A result has fewer correct digits than one would expect; the message says how many."""


class DeviceWarning(UserWarning):
    """A device's description has holes or impossible values; the message says which, and what was done about them."""


class ModelWarning(UserWarning):
    """A model is valid, but probably not the one that was meant."""


class MissingExtraError(ImportError):
    """A feature needs an optional dependency that is not installed; the message says which."""
