"""Run the trials of a claim, one per seed, on whatever joblib backend the reader asks for."""

import contextlib
import math
import numbers
import os

import joblib

from dlbook.evidence.compare import EvidenceError, as_array
from dlbook.evidence.explain import describe

FEWEST = 5  # seeds; fewer say nothing about spread


def run_trials(label, trial, seeds, kept):
    """``[{arm: float}]``, one per seed in order; a trial that gives one number has the arm "all".

    Seeds that are in ``kept`` (a :class:`dlbook.evidence.keep.Kept`) do not run again.

    Raises
    ------
    EvidenceError
        If a statistic is not a finite real number, or the environment asks for what cannot be had.
    """
    missing = [seed for seed in seeds if seed not in kept]
    with _backend(label):
        trials = (joblib.delayed(_run)(label, trial, seed) for seed in missing)
        for seed, arms in zip(missing, joblib.Parallel(return_as="generator")(trials), strict=True):
            kept.add(seed, arms)
    return [kept[seed] for seed in seeds]


def all_seeds():
    """The seeds of every claim in this run: five, or as many as a replication asks for.

    For chapters that train the networks of all seeds side by side.

    Returns
    -------
    range
        From 0 on; its length is DLBOOK_SEEDS where that is set, else 5.

    Raises
    ------
    EvidenceError
        DLBOOK_SEEDS is no whole number of at least 5.
    """
    return range(len(seeds_asked("all_seeds", FEWEST)[1]))


def seeds_asked(label, seeds):
    """Whether the environment asks for a replication, and the list of seeds to run."""
    text, source = os.environ.get("DLBOOK_SEEDS", "").strip(), "seeds"
    if text:
        source = "DLBOOK_SEEDS"
        seeds = int(text) if text.isdecimal() else text
    if isinstance(seeds, bool) or not isinstance(seeds, numbers.Integral) or seeds < FEWEST:
        raise EvidenceError(
            f"{label}: {source} is a whole number, at least {FEWEST}, not {seeds!r}"
        )
    return bool(text), list(range(int(seeds)))


def _backend(label):
    """The joblib configuration that the environment asks for, if it asks for any."""
    backend = os.environ.get("DLBOOK_BACKEND", "").strip()
    jobs = os.environ.get("DLBOOK_JOBS", "").strip()
    if not backend and not jobs:
        return contextlib.nullcontext()
    try:
        n_jobs = int(jobs) if jobs else -1
    except ValueError:
        n_jobs = 0
    if n_jobs == 0:
        raise EvidenceError(
            f"{label}: DLBOOK_JOBS is a whole number, -1 for all cores, not {jobs!r}"
        )
    settings = {"n_jobs": n_jobs}
    if backend:
        settings["backend"] = backend
    try:
        if backend == "dask":
            _connect_dask()
        return joblib.parallel_config(**settings)
    except (ValueError, ImportError, OSError) as error:
        raise EvidenceError(
            f"{label}: DLBOOK_BACKEND={backend!r} cannot be used: {error}"
        ) from error


def _connect_dask():
    """Connect to the scheduler at DASK_SCHEDULER_ADDRESS, unless a client is connected already."""
    address = os.environ.get("DASK_SCHEDULER_ADDRESS", "")
    if not address:
        return
    from distributed import Client, get_client

    try:
        get_client()
    except ValueError:
        Client(address)


def _run(label, trial, seed):
    """Run one trial, in whatever process: {arm: float}."""
    try:
        result = trial(seed)
    except Exception as error:
        error.add_note(f"{label}: in the trial of seed {seed}")
        raise
    if not isinstance(result, dict):
        result = {"all": result}
    return {name: _number(label, seed, name, value) for name, value in result.items()}


def _number(label, seed, name, value):
    try:
        array = as_array(value)
    except TypeError:
        array = None
    if array is None or array.shape != () or array.dtype.kind == "c":
        raise EvidenceError(
            f"{label}: seed {seed}, arm {name!r}: expected a real number, got {describe(value)}"
        )
    number = float(array)
    if not math.isfinite(number):
        raise EvidenceError(
            f"{label}: seed {seed}, arm {name!r}: the statistic is {number}, not a finite number"
        )
    return number
