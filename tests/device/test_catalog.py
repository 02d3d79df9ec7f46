"""Which devices stand behind the defaults: none that is retired, no snapshot that is too old."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from qcoll.device.catalog import (
    BEST_DEVICE,
    DEFAULT_DEVICE,
    DEVICES,
    RETIRED_DEVICE,
    devices_table,
    facts_of,
    reasons_against,
    snapshot_date,
)
from qcoll.device.fakes import fake_backend


@pytest.mark.parametrize("name", [DEFAULT_DEVICE, BEST_DEVICE])
def test_defaults_are_devices_of_today(name):
    assert reasons_against(name, datetime.date.today()) == []


def test_the_default_is_open_to_everybody():
    assert facts_of(DEFAULT_DEVICE).open_plan


def test_a_retired_device_and_an_old_snapshot_are_noticed():
    day = datetime.date(2026, 11, 30)
    assert reasons_against(RETIRED_DEVICE, day) == [
        "FakeTorino: ibm_torino is retired",
        "FakeTorino: the snapshot of 2025-02-26 is older than 400 days on 2026-11-30",
    ]
    assert reasons_against("FakeKingston", datetime.date(2028, 1, 1)) != []
    assert reasons_against("FakeAachen", day) == ["FakeAachen: it is not known whether its device still exists"]


@pytest.fixture(scope="module")
def snapshots():
    return {each: fake_backend(each.snapshot) for each in DEVICES if each.snapshot and "Eagle" not in each.processor}


def test_snapshots_are_of_their_devices(snapshots):
    for facts, backend in snapshots.items():
        assert backend.name == facts.name.replace("ibm_", "fake_")
        reported = backend.configuration().processor_type
        assert f"{reported['family']} r{reported['revision']}".split(".")[0] == facts.processor


def test_repetition_delays_and_resets_are_as_remarked(snapshots):
    for facts, backend in snapshots.items():
        assert ("no reset" in facts.remark) == ("reset" not in backend.configuration().supported_instructions)
        assert ("4 ms" in facts.remark) == (backend.default_rep_delay == 4e-3)


def test_the_page_shows_the_table():
    page = (Path(__file__).parents[2] / "docs" / "devices.md").read_text()
    assert devices_table() in page


def test_snapshot_dates_are_read_from_the_calibration():
    dates = {name: snapshot_date(name).isoformat() for name in ("FakeKingston", "FakeBoston", "FakeTorino")}
    assert dates == {"FakeKingston": "2026-04-15", "FakeBoston": "2026-04-17", "FakeTorino": "2025-02-26"}
