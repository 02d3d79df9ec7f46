"""What the runtime and IBM's service say when something goes wrong: in one line, with what to do, without secrets."""

from __future__ import annotations

import contextlib
import os
import re
import textwrap
from collections.abc import Iterator

from ...errors import InputError

#: Characters of a server's message that are passed on.
LONGEST_MESSAGE = 400


class LostJobError(InputError):
    """The service no longer has a job, or no longer has its result."""


@contextlib.contextmanager
def reported_errors() -> Iterator[None]:
    """Turn what the runtime raises into one line that says what to do, without secrets in it."""
    from ibm_cloud_sdk_core import ApiException  # type: ignore[import-untyped]  # the runtime's own dependency
    from qiskit_ibm_runtime import exceptions
    from qiskit_ibm_runtime.accounts import AccountNotFoundError, InvalidAccountError

    try:
        yield
    except AccountNotFoundError:
        raise InputError(
            "no IBM account is saved on this machine: get an API key at https://quantum.cloud.ibm.com and run "
            "QiskitRuntimeService.save_account(token=...) once, or use a fake device such as fake_kingston"
        ) from None
    except (InvalidAccountError, exceptions.IBMNotAuthorizedError, ApiException) as error:
        raise InputError(
            f"IBM refused the saved account ({without_secrets(str(error))}): save a new API key with "
            "QiskitRuntimeService.save_account(token=..., overwrite=True)"
        ) from None
    except exceptions.RuntimeJobNotFound as error:
        raise LostJobError(
            f"{without_secrets(str(error))}: it expired, was deleted, or belongs to another account"
        ) from None
    except (exceptions.RuntimeJobFailureError, exceptions.RuntimeInvalidStateError) as error:
        raise InputError(without_secrets(str(error))) from None
    except (exceptions.IBMError, exceptions.RuntimeJobTimeoutError) as error:
        raise InputError(f"IBM's service reports: {without_secrets(str(error))}") from None
    except OSError as error:  # all network errors of requests
        raise InputError(f"IBM cannot be reached: {without_secrets(str(error))}") from None


def without_secrets(text: str) -> str:
    """The text on one line with API keys masked: the environment's, the saved accounts', and what looks like one."""
    from qiskit_ibm_runtime import QiskitRuntimeService

    known = {os.environ.get("QISKIT_IBM_TOKEN"), os.environ.get("QISKIT_IBM_RUNTIME_API_TOKEN")}
    with contextlib.suppress(OSError, ValueError):
        known |= {account.get("token") for account in QiskitRuntimeService.saved_accounts().values()}
    for secret in known - {None, ""}:
        text = text.replace(str(secret), "***")
    return textwrap.shorten(re.sub(r"\b[A-Za-z0-9_-]{40,}", "***", text), LONGEST_MESSAGE, placeholder=" ...")
