"""Points on a Dask cluster that exists: its scheduler hands them out, and again where a worker dies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .. import __version__
from ..errors import InputError, MissingExtraError
from .evaluate import Row, evaluate_packed
from .plan import Plan
from .runners import AHEAD, Runner, Task, packed

#: Seconds that a scheduler has to answer.
TIMEOUT = 10.0
#: Tasks that are handed out where nobody knows yet how many workers there will be.
_FEW = 4


def on_cluster(address: str, timeout: float = TIMEOUT) -> Runner:
    """The runner of a cluster, which is reached at once.

    Args:
        address: of the scheduler, ``"tcp://host:8786"``.
        timeout: seconds that it has to answer.

    Raises:
        InputError: if it does not answer.
        MissingExtraError: if dask.distributed is not installed.
    """
    try:
        from distributed import Client

        connect: Any = Client
    except ImportError as error:
        raise MissingExtraError(f'{error.name} is not installed: pip install "qcoll[study]"') from error
    try:
        client = connect(address, timeout=timeout, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(
            f"the scheduler {address} did not answer within {timeout:g} s ({error}): start it with dask scheduler, or "
            "check the address, tcp://host:port"
        ) from error

    def run(plan: Plan, tasks: Iterable[Task]) -> Iterator[list[Row]]:
        with client:
            yield from _gathered(client, address, plan, iter(tasks))

    return run


def _gathered(client: Any, address: str, plan: Plan, tasks: Iterator[Task]) -> Iterator[list[Row]]:
    """Rows as they are finished, with few tasks under way at a time, so that no list of them grows."""
    import distributed

    payload = packed(plan)
    under_way: dict[Any, Task] = {}
    make: Any = distributed.as_completed
    finished = make([], loop=client.loop)

    def hand_out() -> None:
        wanted = max(_FEW, AHEAD * sum(client.nthreads().values()))
        while len(under_way) < wanted and (task := next(tasks, None)) is not None:
            future = client.submit(evaluate_packed, payload, task, __version__, pure=False)
            under_way[future] = task
            finished.add(future)

    hand_out()
    while under_way:
        future = next(finished)
        task = under_way.pop(future)
        try:
            rows = future.result()
        except distributed.KilledWorker as error:  # several workers died of it
            rows = [Row(key, error=f"KilledWorker: {error}") for key in plan.keys(task)]
        except (ImportError, AttributeError, TypeError) as error:
            raise InputError(
                f"a worker of {address} cannot compute a point: {error}; it needs this version of qcoll and the "
                "module of the model"
            ) from error
        hand_out()
        yield rows
