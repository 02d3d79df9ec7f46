"""Which devices exist, which of them a free account may use, and which snapshot of each comes with the IBM runtime.

The facts are those of November 2026 (:data:`AS_OF`), as read in public then; what is not known is ``None``. They grow
old: IBM's own list of its devices decides. Nothing here is read from a service: whether a device is up now is asked
when an experiment is opened (:func:`qcoll.hardware.open_device`).
"""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass
from typing import Literal

from qiskit.providers import BackendV2

from .fakes import fake_backend

#: The month in which the facts were read.
AS_OF = "2026-11"

#: Days after which a snapshot no longer stands for its device.
LONGEST_AGE = 400

Status = Literal["available", "retired"]


@dataclass(frozen=True, kw_only=True)
class DeviceFacts:
    """What is known of a device in the month :data:`AS_OF`.

    Args:
        name: as the service calls it.
        processor: family and revision; ``None`` if not known.
        status: ``"available"``, ``"retired"``, or ``None`` if not known.
        open_plan: whether accounts of the open plan may use it; ``None`` if not known.
        snapshot: the fake device made of it, or ``None`` if there is none.
        remark: anything else.
    """

    name: str
    processor: str | None
    status: Status | None
    open_plan: bool | None
    snapshot: str | None
    remark: str = ""


def _device(
    name: str,
    processor: str | None,
    status: Status | None,
    open_plan: bool | None,
    remark: str = "",
    *,
    snapshot: bool = True,
) -> DeviceFacts:
    fake = "Fake" + name.removeprefix("ibm_").capitalize() if snapshot else None
    return DeviceFacts(name=name, processor=processor, status=status, open_plan=open_plan, snapshot=fake, remark=remark)


DEVICES: tuple[DeviceFacts, ...] = (
    _device("ibm_kingston", "Heron r2", "available", True),
    _device("ibm_fez", "Heron r2", "available", True, "its snapshot is of February 2025"),
    _device("ibm_marrakesh", "Heron r2", "available", True, "its snapshot is of February 2025"),
    _device("ibm_boston", "Heron r3", "available", False),
    _device("ibm_pittsburgh", "Heron r3", "available", False),
    _device("ibm_phoenix", "Nighthawk", "available", False, snapshot=False),
    _device("ibm_miami", "Nighthawk r1", "available", False, "no reset; repetition delay 4 ms"),
    _device("ibm_berlin", "Nighthawk r1", "available", False, "no reset; repetition delay 4 ms"),
    _device("ibm_aachen", "Heron r3", None, None),
    _device("ibm_torino", "Heron r1", "retired", False, "retired in April 2026"),
    *(
        _device(f"ibm_{name}", "Eagle r3", "retired", False, "all Eagles are gone")
        for name in ("sherbrooke", "brisbane", "kyiv", "kyoto", "osaka", "kawasaki", "quebec", "strasbourg", "brussels")
    ),
)

#: What examples and commands stand on: a device of the open plan.
DEFAULT_DEVICE = "FakeKingston"
#: The best of the fleet, shown beside it.
BEST_DEVICE = "FakeBoston"
#: A retired device, kept as one row for comparison.
RETIRED_DEVICE = "FakeTorino"


def facts_of(name: str) -> DeviceFacts | None:
    """What is known of a device or of its snapshot, by any spelling; ``None`` if nothing is.

    >>> from qcoll.device.catalog import facts_of
    >>> facts_of("fake_torino").status, facts_of("ibm_kingston").open_plan
    ('retired', True)
    """
    key = name.replace("_", "").replace("-", "").lower().removeprefix("ibm").removeprefix("fake")
    return next((each for each in DEVICES if each.name == f"ibm_{key}"), None)


@functools.cache
def snapshot_date(backend: BackendV2 | str) -> datetime.date | None:
    """The day on which the calibration of a fake device (or of a backend) was read; ``None`` if it does not say.

    >>> from qcoll.device.catalog import snapshot_date
    >>> snapshot_date("FakeKingston").isoformat()
    '2026-04-15'
    """
    device = fake_backend(backend) if isinstance(backend, str) else backend
    properties = getattr(device, "properties", None)
    known = properties() if callable(properties) else None
    updated = getattr(known, "last_update_date", None)
    return None if updated is None else updated.date()


def reasons_against(name: str, today: datetime.date) -> list[str]:
    """Why a snapshot should not be a default any more: a retired device, or its age; empty if there is no reason.

    Args:
        name: of a fake device.
        today: from which ages are counted.
    """
    reasons = []
    facts = facts_of(name)
    if facts is None or facts.status is None:
        reasons.append(f"{name}: it is not known whether its device still exists")
    elif facts.status == "retired":
        reasons.append(f"{name}: {facts.name} is retired")
    day = snapshot_date(name)
    if day is None:
        reasons.append(f"{name}: the snapshot has no date")
    elif (today - day).days > LONGEST_AGE:
        reasons.append(f"{name}: the snapshot of {day} is older than {LONGEST_AGE} days on {today}")
    return reasons


def devices_table() -> str:
    """The facts as a Markdown table; what is not known is said.

    >>> from qcoll.device.catalog import devices_table
    >>> devices_table().splitlines()[2]
    '| ibm_kingston | Heron r2 | available | yes | FakeKingston, 2026-04-15 |  |'
    """

    def known(value: object) -> str:
        return "not known" if value is None else {True: "yes", False: "no"}.get(value, str(value))  # type: ignore[call-overload]

    lines = [
        "| device | processor | status | open plan | snapshot and its date | remark |",
        "|---|---|---|---|---|---|",
    ]
    for each in DEVICES:
        snapshot = "none" if each.snapshot is None else f"{each.snapshot}, {snapshot_date(each.snapshot)}"
        cells = (each.name, known(each.processor), known(each.status), known(each.open_plan), snapshot, each.remark)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
