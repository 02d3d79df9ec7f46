"""The registered experiment that comes with the repository."""

from __future__ import annotations

import datetime
from pathlib import Path

from qcoll.device.catalog import facts_of, reasons_against
from qcoll.hardware import read_registration

FILE = Path(__file__).parents[2] / "experiments" / "example-2-kingston.json"


def test_it_is_as_it_was_written_and_fits_the_open_plan():
    content = read_registration(FILE).content
    assert facts_of(content["device"]["name"]).open_plan
    assert reasons_against(content["device"]["name"], datetime.date(2026, 11, 30)) == []
    assert content["qpu_seconds"] < 600
    rows = {row["quantity"]: row for row in content["prediction"]}
    assert set(rows) == {"coherence", "heat"}
    assert rows["coherence"]["low"] > 5 * rows["coherence"]["expected_error"]  # it can be seen, even at worst
