"""Processes and clusters: the same numbers, whatever dies."""

import os

import qcoll
from qcoll.study import Study


def test_processes_give_the_same_file_and_survive_the_death_of_one(tmp_path):
    def deadly(kappa, kills=True):
        if kappa == 0.3 and kills and os.getpid() != home:
            os._exit(1)
        return qcoll.example_2(kappa=kappa, alpha=0.5)

    home = os.getpid()
    compute = {"kind": "trajectory", "n": 5, "method": "second_order", "record": "last"}  # not stacked
    study = Study(deadly, {"kappa": [0.1, 0.2, 0.3, 0.4, 0.5]}, compute, "energy")
    data = study.run(tmp_path / "two", workers=2)
    assert [bool(text) for text in data.error.values] == [False, False, True, False, False]
    assert "died 2 times" in str(data.error[2].values)
    alone = study.run(tmp_path / "one")
    good = [0, 1, 3, 4]
    assert alone.energy[good].equals(data.energy.drop_vars("error", errors="ignore")[good])
    assert not bool(alone.energy.isnull().any())
