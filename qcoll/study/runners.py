"""Where points are computed: here, in processes on this machine, or on a Dask cluster that exists."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from .. import __version__
from ..errors import InputError
from .evaluate import Row, evaluate, evaluate_packed
from .plan import Plan

Task = tuple[int, ...]
Runner = Callable[[Plan, Iterable[Task]], Iterator[list[Row]]]

#: What limits the threads of the linear algebra and of Aer in a worker: with all of them, two workers are slower than
#: one.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS")
#: Tasks per worker that are handed out: one under way, one waiting.
AHEAD = 2


def here(plan: Plan, tasks: Iterable[Task]) -> Iterator[list[Row]]:
    """One task after the other in this process."""
    for task in tasks:
        yield evaluate(plan, task)


def in_processes(workers: int) -> Runner:
    """In so many spawned processes with one thread each; a process that dies is replaced."""

    def run(plan: Plan, tasks: Iterable[Task]) -> Iterator[list[Row]]:
        payload, source = packed(plan), iter(tasks)
        while lost := (yield from _pool_run(payload, source, workers, AHEAD)):
            # which of the tasks under way killed its process cannot be told: now one at a time, where it can
            suspects = iter(lost)
            while killed := (yield from _pool_run(payload, suspects, 1, 1)):
                for task in killed:
                    yield _given_up(plan, task)

    return run


def packed(plan: Plan) -> bytes:
    """A plan as bytes, functions among them, for another process."""
    import cloudpickle

    return bytes(cloudpickle.dumps(plan))


def _pool_run(
    payload: bytes, source: Iterator[Task], workers: int, ahead: int
) -> Generator[list[Row], None, list[Task]]:
    """Run tasks in one pool; returns those that were under way when a process died, none at the end."""
    running: dict[Future[list[Row]], Task] = {}
    lost: list[Task] = []
    with _pool(workers) as pool:
        ready = pool.submit(os.getpid)
        try:
            while True:
                while len(running) < ahead * workers:
                    task = next(source, None)
                    if task is None:
                        break
                    lost = [*running.values(), task]
                    running[pool.submit(evaluate_packed, payload, task, __version__)] = task
                if not running:
                    return []
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    rows = future.result()
                    del running[future]
                    lost = list(running.values())
                    yield rows
        except BrokenProcessPool as error:
            if ready.exception() is not None:
                raise InputError(
                    "processes cannot be started: a script that asks for workers needs "
                    'if __name__ == "__main__": around what it runs, because each process imports it again'
                ) from error
            return lost


@contextlib.contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of spawned processes whose libraries use one thread each; nobody waits for tasks that are not wanted."""
    with _one_thread():  # a spawned process has the environment of the moment in which it is started
        spawn = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, mp_context=spawn, initializer=_leave_with_parent)
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _leave_with_parent() -> None:
    """End this process when the one that started it is killed: otherwise it would wait for tasks for ever."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            multiprocessing.connection.wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _given_up(plan: Plan, task: Sequence[int]) -> list[Row]:
    said = "its process died, and died again with nothing beside it, perhaps for lack of memory"
    return [Row(key, error=said) for key in plan.keys(task)]
