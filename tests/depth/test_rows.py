"""The file of rows: append-only, resumable, and honest about what it cannot use."""

import json

import pytest

import qcoll
from qcoll.depth import COMPILERS, RowFile, grid, run_benchmark
from qcoll.depth.rows import header_for

OPTIONS = {"models": ["example2"], "synthesis": ["channel"], "seeds": 1, "collisions": 3}
TWO = grid(**OPTIONS, targets=["line"], optimization=[0, 1])


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_run_appends_a_header_and_rows(tmp_path):
    path = tmp_path / "rows.jsonl"
    seen = []
    run = run_benchmark(TWO, path, progress=lambda number, total, text: seen.append((number, total, text)))
    assert (run.measured, run.known, run.refused, run.skipped) == (2, 0, 0, ())
    header, *rows = lines(path)
    assert header["kind"] == "header"
    assert header["versions"]["qiskit"] == COMPILERS.find("qiskit").version()
    assert list(header["targets"]) == ["line"]
    assert header["seeds"] == [[0]]
    assert [row["hash"] for row in rows] == [experiment.hash() for experiment in TWO]
    assert [item[:2] for item in seen] == [(0, 2), (1, 2), (2, 2)]


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path):
    path = tmp_path / "rows.jsonl"
    run_benchmark(TWO, path)
    whole = path.read_bytes()
    ends = [index for index, byte in enumerate(whole) if byte == ord("\n")]
    path.write_bytes(whole[: ends[1] + 40])  # the second row was half written
    run = run_benchmark(TWO, path)
    assert (run.measured, run.known) == (1, 1)
    assert path.read_bytes()[: ends[1] + 1] == whole[: ends[1] + 1]
    again, first = lines(path), [json.loads(line) for line in whole.splitlines()]
    assert [line["kind"] for line in again] == ["header", "row", "row"]
    assert {**again[2], "seconds": None} == {**first[2], "seconds": None}
    before = path.read_bytes()
    assert run_benchmark(TWO, path).known == 2
    assert path.read_bytes() == before


def test_other_circumstances_get_a_header_of_their_own(tmp_path):
    file = RowFile(tmp_path / "rows.jsonl")
    header = header_for(TWO)
    file.begin(header)
    file.begin(header)
    file.begin(header | {"python": "4.0"})
    assert [line["python"] for line in lines(tmp_path / "rows.jsonl")] == [header["python"], "4.0"]
    assert RowFile(tmp_path / "rows.jsonl").header["python"] == "4.0"


def test_what_cannot_be_measured_is_written_down_once(tmp_path):
    refused = grid(**OPTIONS, targets=["line"], optimization=[1], preparations=["state_preparation"])
    run = run_benchmark(refused, tmp_path / "rows.jsonl")
    assert (run.measured, run.refused) == (1, 1)
    assert "leave preparation out" in run.rows[0]["refused"]
    assert run_benchmark(refused, tmp_path / "rows.jsonl").known == 1


def test_absent_compilers_are_skipped_and_named(tmp_path, monkeypatch):
    monkeypatch.setattr(COMPILERS.find("bqskit"), "package", "no-such-package", raising=False)
    experiments = grid(**OPTIONS, targets=["line"], optimization=[1], compilers=["bqskit", "qiskit"])
    run = run_benchmark(experiments, tmp_path / "rows.jsonl")
    assert run.skipped == ("no-such-package is not installed: pip install no-such-package",)
    assert [row["compiler"] for row in run.rows] == ["qiskit"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("time,value\n", "line 1: not JSON"),
        ('{"kind": "header"}\n[1]\n', "line 2: neither a header nor a row"),
        ('{"kind": "other"}\n', "line 1: neither a header nor a row"),
    ],
)
def test_other_files_are_refused_and_left_alone(tmp_path, content, message):
    path = tmp_path / "rows.jsonl"
    path.write_text(content)
    with pytest.raises(qcoll.InputError, match=message):
        run_benchmark(TWO, path)
    assert path.read_text() == content


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(qcoll.InputError, match=r"cannot write .*choose another --out"):
        RowFile(tmp_path / "missing" / "rows.jsonl").append({"kind": "row"})
