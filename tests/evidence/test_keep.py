"""Trials that were run are kept, and do not run again."""

import json

import pytest

from dlbook.evidence import above, claim


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DLBOOK_TRIALS", str(tmp_path / "kept"))
    return tmp_path / "kept"


def run(ran, seeds, stop=None):
    """Put a claim to seeds, and note which trials run; at the seed `stop` the reader has enough."""

    def trial(seed):
        if seed == stop:
            raise KeyboardInterrupt
        ran.append(seed)
        return {"thirds": seed / 3, "tiny": 1e-300}

    return claim("kept", trial, statistic="x", criterion=above(-1), verdict="holds", seeds=seeds)


def test_a_stopped_run_goes_on(folder):
    ran = []
    with pytest.raises(KeyboardInterrupt):
        run(ran, 9, stop=6)
    assert ran == [0, 1, 2, 3, 4, 5]
    record = run(ran, 9)
    assert ran == list(range(9))
    assert record.seeds == list(range(9))
    assert record.arms[0].values == [seed / 3 for seed in range(9)]
    assert run([], 9).data == record.data  # nothing runs a third time, and no digit is lost
    assert json.loads((folder / "kept.json").read_text("utf-8")) == record.data


def test_a_line_that_was_cut_is_run_again(folder):
    expected = run([], 5).data
    file = folder / "kept.jsonl"
    file.write_text(file.read_text("utf-8")[:-9], "utf-8")
    ran = []
    assert run(ran, 5).data == expected
    assert ran == [4]
    assert run([], 5).data == expected
    assert len(file.read_text("utf-8").splitlines()) == 5


def test_fewer_seeds_take_the_first_ones(folder):
    run([], 9)
    assert run([], 6).arms[0].values == [seed / 3 for seed in range(6)]


def test_nothing_is_kept_unless_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DLBOOK_TRIALS", raising=False)
    ran = []
    run(ran, 5)
    run(ran, 5)
    assert len(ran) == 10
    assert not list(tmp_path.iterdir())
