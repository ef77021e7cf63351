"""The exercise on standardising training and test features."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["standardise_split"]


def _standardise(X_train, X_test):
    mean, sd = X_train.mean(axis=0), X_train.std(axis=0)
    return (X_train - mean) / sd, (X_test - mean) / sd


def _with(mean, sd):
    """Scale the test set with other numbers."""

    def run(X_train, X_test):
        centre, width = mean(X_train, X_test), sd(X_train, X_test)
        return _standardise(X_train, X_test)[0], (X_test - centre) / width

    return run


def _pooled(X_train, X_test):
    both = np.vstack([X_train, X_test])
    return tuple((X - both.mean(axis=0)) / both.std(axis=0) for X in (X_train, X_test))


def _divided_by(width):
    return lambda *sets: tuple((X - sets[0].mean(axis=0)) / width(sets[0]) for X in sets)


def _global(X_train, X_test):
    return tuple((X - X_train.mean()) / X_train.std() for X in (X_train, X_test))


def _torch_standardise(X_train, X_test):
    import torch

    X_train, X_test = torch.as_tensor(X_train), torch.as_tensor(X_test)
    variance, mean = torch.var_mean(X_train, dim=0, correction=0)
    return tuple((X - mean) * variance.rsqrt() for X in (X_train, X_test))


def _sklearn_standardise(X_train, X_test):
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_test)


def _split_inputs():
    rng = np.random.default_rng(43)
    return [
        (
            rng.normal(size=(B, 2)) * [1.0, 300.0] + [5.0, -40.0],
            rng.normal(size=(M, 2)) * [1.5, 200.0] + [6.0, 100.0],
        )
        for B, M in ((12, 3), (9, 5))
    ]


standardise_split = Exercise(
    "linreg-standardise-split",
    _standardise,
    _split_inputs(),
    [
        Mistake(
            "own-statistics",
            lambda X_train, X_test: (
                _standardise(X_train, X_train)[0],
                _standardise(X_test, X_test)[0],
            ),
            "You scaled the test set by its own mean and deviation. Use those of the training "
            "set: of a test set of one row nothing would be left.",
            also=(
                _with(lambda train, test: test.mean(axis=0), lambda train, test: train.std(axis=0)),
            ),
        ),
        Mistake(
            "pooled",
            _pooled,
            "You took mean and deviation over both sets, so the test rows leaked into the "
            "scaling. Take them from the training rows only.",
        ),
        Mistake(
            "variance",
            _divided_by(lambda X: X.var(axis=0)),
            "You divided by the variance. Divide by the standard deviation, its square root.",
        ),
        Mistake(
            "global",
            _global,
            "You took one mean and one deviation for the whole matrix. Each feature needs its "
            "own: reduce over axis 0.",
        ),
        Mistake(
            "ddof-one",
            _divided_by(lambda X: X.std(axis=0, ddof=1)),
            "Right up to a factor: your variance divides by B - 1. That is a fair choice too, but "
            "this exercise asks for B (ddof=0).",
        ),
        Mistake(
            "not-centred",
            lambda *sets: tuple(X / sets[0].std(axis=0) for X in sets),
            "You divided by the deviation, but did not subtract the mean of the training set "
            "first.",
        ),
    ],
    alternatives=(_torch_standardise, _sklearn_standardise),
    returns=("train", "test"),
    task=(
        "Write standardise(X_train, X_test): return both, each minus the right mean and divided by "
        "the right standard deviation (ddof=0)."
    ),
)
