"""Records of older formats: one of format 1, written by the version that wrote that format."""

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

import qcoll
from qcoll.hardware import design_experiment, fetch, find_record, list_jobs, read_record, submit, trajectory
from qcoll.hardware.records import migrations as migrations_module
from qcoll.hardware.records.migrations import FORMAT, STEPS, experiment_hash, migrated

GENUINE = Path(__file__).parent / "data" / "example-2-fake_manila-d67f3eb8c13b"


@pytest.fixture
def old(tmp_path):
    """A copy of the genuine record."""
    return Path(shutil.copytree(GENUINE, tmp_path / GENUINE.name))


def small_experiment():
    model = read_record(GENUINE).plan.model
    compiled = qcoll.compile_collisions(model, n=2, initial="+", trotter_order=1)
    return design_experiment(compiled, "fake_manila", at=[2], shots=300, quantities=["state"], seeds=[0], seed=5)


def content(folder):
    return json.loads((folder / "record.json").read_text())


def as_format_1(folder):
    """Take a new record back to what format 1 would have said."""
    data = content(folder)
    point = data["definition"].pop("points")[0]
    del data["definition"]["structures"], point["values"]
    data["definition"] |= point
    for name in ("zne", "noise_factors"):
        del data["definition"]["options"][name]
    group = data.pop("groups")[0]
    data["device"] |= {"qubits": group["qubits"], "transpiler_seed": group["transpiler_seed"]}
    data |= {"format": 1, "experiment": experiment_hash(data["definition"])}
    (folder / "record.json").write_text(json.dumps(data))
    return data


def test_every_older_format_has_a_step():
    assert sorted(STEPS) == list(range(1, FORMAT))
    assert content(GENUINE)["format"] == 1


def test_an_old_record_is_read_and_nothing_is_written(old):
    before = {path.name: path.read_bytes() for path in old.iterdir()}
    (record,) = list_jobs(old.parent)
    assert record.state == "done"
    assert find_record("example-2", old.parent).name == old.name
    measured = trajectory(fetch(old))
    assert measured.counts.shots == 300
    assert measured.collisions.tolist() == [0, 2]
    assert sum(measured.counts.counts[0].values()) == 300
    assert np.abs(measured.states[0] - 0.5).max() < 0.2  # |+>, with readout errors
    after = {path.name: path.read_bytes() for path in old.iterdir() if path.name != ".lock"}
    assert after == before


def test_an_old_record_that_was_cut_off_goes_on_and_its_original_is_kept(old):
    """With the recorded circuits: counts as of the old version up to shot noise, whose seeds were others."""
    expected = read_record(old).counts().counts
    (old / "counts-0.npz").unlink()
    data = content(old)
    data["jobs"][0] |= {"state": "prepared", "id": None}
    data["state"] = "prepared"
    (old / "record.json").write_text(json.dumps(data))
    assert list_jobs(old.parent)[0].state == "prepared"
    record = fetch(old)
    assert record.state == "done"
    for seen, before in zip(record.counts().counts, expected, strict=True):
        shots = sum(before.values())
        assert sum(seen.values()) == shots
        for outcome in seen.keys() | before.keys():
            own, old_one = seen.get(outcome, 0), before.get(outcome, 0)
            assert abs(own - old_one) < 5 * math.sqrt(own + old_one + 1)
    assert content(old)["format"] == FORMAT
    assert json.loads((old / "record.format-1.json").read_text()) == data
    assert read_record(old).older is None


def test_migration_gives_what_this_version_writes(tmp_path):
    record = submit(small_experiment(), tmp_path)
    written = content(record.folder)
    old = as_format_1(record.folder)
    assert old["experiment"] != written["experiment"]
    again = migrated(old, record.folder / "record.json")
    assert again == written


def test_an_experiment_of_an_old_record_is_noticed(tmp_path):
    record = submit(small_experiment(), tmp_path)
    data = as_format_1(record.folder)
    record.folder.rename(tmp_path / f"example-2-fake_manila-{data['experiment'][:12]}")
    with pytest.raises(qcoll.InputError, match=r"same experiment was submitted .* and is done"):
        submit(small_experiment(), tmp_path)


def test_steps_follow_each_other(monkeypatch):
    monkeypatch.setattr(migrations_module, "FORMAT", 4)
    monkeypatch.setitem(STEPS, 2, lambda data: data | {"seen": [2]})
    monkeypatch.setitem(STEPS, 3, lambda data: data | {"seen": [*data["seen"], 3]})
    found = migrated(content(GENUINE), Path("record.json"))
    assert (found["format"], found["seen"]) == (4, [2, 3])


def test_an_old_record_that_is_damaged(old):
    data = content(old)
    del data["definition"]["plan"]
    (old / "record.json").write_text(json.dumps(data))
    with pytest.raises(qcoll.InputError, match="damaged: it is not of format 1"):
        fetch(old)
    (old / "record.json").write_text("[]")
    with pytest.raises(qcoll.InputError, match="holds no record"):
        fetch(old)
