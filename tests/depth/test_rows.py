"""The file of rows: append-only, resumable, and honest about what it cannot use."""

import json

import pytest

import qcoll
from qcoll.depth import COMPILERS, RowFile, grid, run_benchmark
from qcoll.depth.report import markdown
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
    assert [row["hash"] for row in rows] == [case.hash() for case in TWO]
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
    changing = {"seconds": None, "digest": None}
    assert again[2] | changing == first[2] | changing
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
    cases = grid(**OPTIONS, targets=["line"], optimization=[1], compilers=["bqskit", "qiskit"])
    run = run_benchmark(cases, tmp_path / "rows.jsonl")
    assert run.skipped == ("no-such-package is not installed: pip install no-such-package",)
    assert [row["compiler"] for row in run.rows] == ["qiskit"]


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    path = tmp_path_factory.mktemp("measured") / "rows.jsonl"
    run_benchmark(TWO, path)
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("time,value\n", "line 1: not JSON"),
        ("[1]\n", "line 1: neither a header nor a row"),
        ('{"kind": "other"}\n', "line 1: neither a header nor a row"),
        ('{"kind": ["row"]}\n', "line 1: neither a header nor a row"),
        ('{"kind":"row"}\n', "line 1: its digest does not fit its content"),
        ('{"kind":"row","hash":"x"}\n', "line 1: its digest does not fit its content"),
        ('{"kind": "row", "hash": "x"}', "line 1: its digest does not fit its content"),
        ('{"kind": "row", "hash": "x", "digest": 1}', "line 1: its digest does not fit its content"),
        ('{"kind": "header", "format": 4}\n', "line 1: its digest does not fit its content"),
        ('{"kind": "header", "python": "3.11.7"}\n{"kind": "row"}\n', "line 1: written by another version of qcoll"),
        ('{"kind": "header", "format": 3, "digest": "x"}\n', "line 1: written by another version of qcoll"),
        ("hello", "line 1: no line of qcoll depth, nor the beginning of one that was interrupted"),
        ('{"kind": "row", "hash": "0', "line 1: no line of qcoll depth"),
        ("17", "line 1: neither a header nor a row"),
        ("\n", "line 1: not JSON"),
        ('"\udcff"\n', "line 1: not JSON"),
    ],
)
def test_other_files_are_refused_and_left_alone(tmp_path, content, message):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(qcoll.InputError, match=message):
        run_benchmark(TWO, path)
    assert path.read_bytes() == content.encode(errors="surrogateescape")


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_an_edited_line_is_refused_and_named(tmp_path, measured, number, ending):
    path = tmp_path / "rows.jsonl"
    edited = measured.splitlines()
    edited[number] = edited[number].replace(b'"seeds": [', b'"seeds": [ ', 1)
    content = b"\n".join(edited) + ending
    path.write_bytes(content)
    with pytest.raises(qcoll.InputError, match=rf"rows.jsonl, line {number + 1}: its digest does not fit .* edited"):
        run_benchmark(TWO, path)
    assert path.read_bytes() == content


def test_a_row_under_another_hash_is_no_other_row(tmp_path, measured):
    path = tmp_path / "rows.jsonl"
    hashes = [case.hash().encode() for case in TWO]
    path.write_bytes(measured.replace(hashes[0], hashes[1]))
    with pytest.raises(qcoll.InputError, match="line 2: its digest does not fit"):
        run_benchmark(TWO, path)


def test_rows_need_a_header(tmp_path, measured):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"".join(measured.splitlines(keepends=True)[1:]))
    with pytest.raises(qcoll.InputError, match="line 1: a row without a header before it"):
        run_benchmark(TWO, path)


def test_a_kill_at_any_byte_is_repaired(tmp_path, measured):
    """What is whole stays; the beginning of a line of ours goes, wherever it ends."""
    header = header_for(TWO)
    whole = measured.splitlines(keepends=True)
    path = tmp_path / "rows.jsonl"
    for length in (*range(40), *range(len(measured) - len(whole[-1]) - 40, len(measured) + 1)):
        path.write_bytes(measured[:length])
        file = RowFile(path)
        file.begin(header)
        complete = [line for line in whole if line[:-1] in measured[:length]]
        assert path.read_bytes() == b"".join(complete or whole[:1])
        assert RowFile(path).rows == file.rows


def test_another_runs_row_is_not_cut_off(tmp_path, measured):
    path = tmp_path / "rows.jsonl"
    cut = measured[:-20]
    path.write_bytes(cut)
    file = RowFile(path)
    path.write_bytes(measured)  # meanwhile another run repaired the file and measured the row
    file.begin(header_for(TWO))
    assert path.read_bytes() == measured


def test_other_code_measures_anew_and_says_what_is_old(tmp_path, measured, monkeypatch):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(measured)
    for module in ("case", "rows"):
        monkeypatch.setattr(f"qcoll.depth.{module}.code_hash", lambda: "other")
    run = run_benchmark(TWO[:1], path)
    assert (run.measured, run.known, run.older, len(run.rows)) == (1, 0, 1, 2)
    assert "1 of the 2 rows were measured by other versions or other code" in markdown(run.rows, older=run.older)
    assert run_benchmark(TWO, path).older == 0
    assert len(lines(path)) == 6  # two headers and four rows, of which two count


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(qcoll.InputError, match=r"cannot write .*choose another --out"):
        RowFile(tmp_path / "missing" / "rows.jsonl").append({"kind": "row"})
