"""The errors that qcoll raises for what a user can put right."""


class InputError(ValueError):
    """An input was refused before any work started.

    The message says what was given, what was expected and what to do.
    """


class MissingExtraError(ImportError):
    """A feature needs an optional dependency that is not installed; the message says which."""
