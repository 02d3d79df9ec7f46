"""One thread for each test process, and neighbours of a file in one process.

The matrices here are small: threads of BLAS and Aer spend their time waiting for each other, all the more beside other
test processes (four times the processor time, measured). Read by NumPy when it is imported, so set before that; a value
set outside stands.
"""

import os
from typing import Any

import pytest

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(name, "1")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """Give each process one stretch of the tests, so that they share what their files computed."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None
