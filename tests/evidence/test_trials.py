"""Where the trials of a claim run: in order here, or wherever joblib is told to run them."""

import os
import threading

import joblib
import pytest

from dlbook.evidence import EvidenceError, above, all_seeds, claim

WHERE = """
import os, threading
import numpy as np

OFFSET = 7.0

def helper(seed):
    return np.random.default_rng(seed).integers(10) + OFFSET

def trial(seed):
    return {"number": helper(seed), "process": os.getpid(), "thread": threading.get_ident()}
"""


@pytest.fixture
def trial():
    """A trial as a notebook defines it: in a namespace that no other process can import."""
    namespace = {"__name__": "__main__"}
    exec(WHERE, namespace)
    return namespace["trial"]


def run(trial, seeds=6):
    record = claim(
        "where", trial, statistic="seed", criterion=above(-1), verdict="holds", seeds=seeds
    )
    return record, {arm.name: arm.values for arm in record.arms}


def in_this_process(values):
    return set(values["process"]) == {float(os.getpid())}


def in_this_thread(values):
    return in_this_process(values) and set(values["thread"]) == {float(threading.get_ident())}


def test_by_default_trials_run_in_order_in_this_thread(trial):
    order = []

    def ordered(seed):
        order.append(seed)
        return trial(seed)

    _, values = run(ordered, seeds=9)
    assert order == list(range(9))
    assert in_this_thread(values)


def test_a_joblib_context_is_honoured_and_changes_nothing_else(trial):
    expected, values = run(trial)
    with joblib.parallel_config(backend="loky", n_jobs=2):
        record, elsewhere = run(trial)
    assert not in_this_process(elsewhere)
    assert elsewhere["number"] == values["number"]
    assert record.line == expected.line
    with joblib.parallel_config(backend="threading", n_jobs=2):
        _, elsewhere = run(trial)
    assert in_this_process(elsewhere) and not in_this_thread(elsewhere)
    assert elsewhere["number"] == values["number"]


def test_the_environment_chooses_the_backend(trial, monkeypatch):
    expected, values = run(trial)
    monkeypatch.setenv("DLBOOK_BACKEND", "threading")
    _, elsewhere = run(trial)  # on all cores when DLBOOK_JOBS is not set
    if joblib.cpu_count() > 1:
        assert not in_this_thread(elsewhere)
    monkeypatch.setenv("DLBOOK_JOBS", " 2 ")
    record, elsewhere = run(trial)
    assert in_this_process(elsewhere) and not in_this_thread(elsewhere)
    assert elsewhere["number"] == values["number"]
    assert record.line == expected.line
    monkeypatch.setenv("DLBOOK_JOBS", "1")
    assert in_this_thread(run(trial)[1])
    monkeypatch.setenv("DLBOOK_BACKEND", "sequential")
    assert in_this_thread(run(trial)[1])


def test_the_environment_wins_over_a_context_and_leaves_no_trace(trial, monkeypatch):
    monkeypatch.setenv("DLBOOK_BACKEND", "sequential")
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert in_this_thread(run(trial)[1])
        monkeypatch.delenv("DLBOOK_BACKEND")
        assert not in_this_thread(run(trial)[1])
    assert in_this_thread(run(trial)[1])


def test_jobs_alone_mean_processes(trial, monkeypatch):
    monkeypatch.setenv("DLBOOK_JOBS", "2")
    assert not in_this_process(run(trial)[1])


@pytest.mark.parametrize("jobs", ["0", "two", "1.5"])
def test_a_bad_number_of_jobs_is_refused(trial, monkeypatch, jobs):
    monkeypatch.setenv("DLBOOK_JOBS", jobs)
    with pytest.raises(EvidenceError) as caught:
        run(trial)
    text = f"where: DLBOOK_JOBS is a whole number, -1 for all cores, not {jobs!r}"
    assert str(caught.value) == text


def test_an_unknown_backend_is_refused(trial, monkeypatch):
    monkeypatch.setenv("DLBOOK_BACKEND", "abacus")
    with pytest.raises(EvidenceError) as caught:
        run(trial)
    text = str(caught.value)
    assert text.startswith("where: DLBOOK_BACKEND='abacus' cannot be used: Invalid backend: abacus")
    assert "loky" in text


def test_a_fault_in_another_process_is_reported_with_its_seed():
    def nothing(seed):
        return float("nan") if seed == 4 else 0.0

    def breaks(seed):
        return 1 / (seed - 1)

    with joblib.parallel_config(backend="loky", n_jobs=2):
        with pytest.raises(EvidenceError, match="where: seed 4, arm 'all': the statistic is nan"):
            run(nothing)
        with pytest.raises(ZeroDivisionError) as caught:
            run(breaks)
    assert caught.value.__notes__ == ["where: in the trial of seed 1"]


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    settings = {"processes": True, "n_workers": 2, "threads_per_worker": 1}
    with distributed.LocalCluster(dashboard_address=None, **settings) as cluster:
        yield cluster


def test_trials_run_on_dask_workers(trial, cluster):
    from distributed import Client

    expected, values = run(trial)
    with Client(cluster), joblib.parallel_config(backend="dask"):
        record, elsewhere = run(trial)
    assert not set(elsewhere["process"]) & set(values["process"])
    assert elsewhere["number"] == values["number"]
    assert record.line == expected.line


def test_the_environment_names_the_dask_scheduler(trial, cluster, monkeypatch):
    from distributed import get_client

    monkeypatch.setenv("DLBOOK_BACKEND", "dask")
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", cluster.scheduler_address)
    monkeypatch.setenv("DLBOOK_SEEDS", "40")
    record, elsewhere = run(trial)
    with get_client() as client:
        assert not in_this_process(elsewhere)
        assert len(elsewhere["number"]) == 40
        run(trial)
        assert get_client() is client  # one connection serves every claim
    assert "holds over 40 seeds" in record.line


def test_no_dask_scheduler_is_said(trial, monkeypatch):
    monkeypatch.setenv("DLBOOK_BACKEND", "dask")
    with pytest.raises(EvidenceError, match="DLBOOK_BACKEND='dask' cannot be used: .*Client"):
        run(trial)


def test_a_chapter_can_ask_for_the_seeds_of_the_run(monkeypatch):
    monkeypatch.delenv("DLBOOK_SEEDS", raising=False)
    assert all_seeds() == range(5)
    monkeypatch.setenv("DLBOOK_SEEDS", "40")
    assert all_seeds() == range(40)
    monkeypatch.setenv("DLBOOK_SEEDS", "4")
    with pytest.raises(EvidenceError, match="DLBOOK_SEEDS is a whole number, at least 5, not 4"):
        all_seeds()
