"""The exercises on counting updates and on judging a schedule."""

from .engine import Exercise, Mistake

__all__ = ["decide", "updates"]


def _updates(n_samples, batch_size, n_epochs, drop_last):
    whole, rest = divmod(n_samples, batch_size)
    if rest > 0 and not drop_last:
        whole = whole + 1
    return whole * n_epochs


def _torch_updates(n_samples, batch_size, n_epochs, drop_last):
    from torch.utils.data import DataLoader

    return len(DataLoader(range(n_samples), batch_size, drop_last=drop_last)) * n_epochs


def _across(n_samples, batch_size, n_epochs, drop_last):
    total = n_samples * n_epochs
    return total // batch_size if drop_last else -(-total // batch_size)


updates = Exercise(
    "gd-updates",
    _updates,
    [(1001, 10, 3, False), (1001, 10, 3, True), (7, 10, 4, False), (7, 10, 4, True),
     (60, 12, 5, False)],
    [
        Mistake(
            "always-down",
            lambda n, B, epochs, drop_last: n // B * epochs,
            "You always round down. The last, smaller batch is an update too, unless drop_last is "
            "set.",
        ),
        Mistake(
            "always-up",
            lambda n, B, epochs, drop_last: -(-n // B) * epochs,
            "You always round up. With drop_last the incomplete batch at the end of an epoch is "
            "left out.",
        ),
        Mistake(
            "across-epochs",
            _across,
            "You rounded once, at the very end. Each epoch starts afresh, so round before you "
            "multiply by the number of epochs.",
        ),
        Mistake(
            "batch-as-count",
            lambda n, B, epochs, drop_last: B * epochs,
            "You multiplied by the size of a batch. What counts is the number of batches in an "
            "epoch.",
        ),
    ],
    alternatives=(_torch_updates,),
    task=(
        "Write updates(n_samples, batch_size, n_epochs, drop_last): how many parameter updates the "
        "whole run makes."
    ),
)  # fmt: skip


def _decide(kind, p, eta, lam, s):
    reaches = kind == "power" and p <= 1
    settles = kind == "geometric" or p > 0.5
    return {"reaches": reaches, "settles": settles, "floor": eta * s**2 / (lam * (2 - eta * lam))}


def _by_steps(kind, p, eta, lam, s):
    variance = 0.0
    for _ in range(2000):
        variance = (1 - eta * lam) ** 2 * variance + (eta * s) ** 2
    slow = {True: p > 0.5, False: True}[kind == "power"]
    return {"reaches": kind != "geometric" and not p > 1, "settles": slow, "floor": variance}


def _wrong(key, value):
    """The right answer with one entry replaced by value(kind, p, eta, lam, s)."""

    def version(*case):
        return _decide(*case) | {key: value(*case)}

    return version


decide = Exercise(
    "gd-decide-schedule",
    _decide,
    [(kind, p, eta, lam, s) for kind, p, eta, lam, s in (
        ("power", 1.0, 0.5, 3.0, 0.7), ("power", 0.5, 0.1, 2.0, 1.5),
        ("power", 0.75, 1.2, 1.5, 0.4), ("power", 1.5, 0.3, 0.8, 2.0),
        ("power", 0.0, 0.6, 2.5, 0.9), ("geometric", 0.9, 0.2, 4.0, 1.1),
        ("geometric", 0.3, 0.4, 1.7, 0.6))],
    [
        Mistake(
            "noise-of-one-step",
            _wrong("floor", lambda kind, p, eta, lam, s: eta**2 * s**2),
            "Your floor is the noise of a single step. The noise of earlier steps is still there, "
            "shrunk by (1 - eta lambda) each time.",
        ),
        Mistake(
            "small-rate-only",
            _wrong("floor", lambda kind, p, eta, lam, s: eta * s**2 / (2 * lam)),
            "Your floor is right in the limit of small rates only. Keep the factor 2 - eta lambda "
            "in the denominator.",
        ),
        Mistake(
            "geometric-reaches",
            _wrong("reaches", lambda kind, p, eta, lam, s: kind == "geometric" or p <= 1),
            "You let a geometric schedule reach everything. Its sum is finite, so it may stop "
            "before it arrives.",
        ),
        Mistake(
            "too-fast-reaches",
            _wrong("reaches", lambda kind, p, eta, lam, s: kind == "power"),
            "You let every power of t reach everything. The sum of 1/t^p is finite if p is above "
            "1.",
        ),
        Mistake(
            "root-settles",
            _wrong("settles", lambda kind, p, eta, lam, s: kind == "geometric" or p >= 0.5),
            "You let 1/sqrt(t) settle. Its squares are 1/t, and their sum is infinite, though it "
            "grows slowly.",
        ),
    ],
    alternatives=(_by_steps,),
    task=(
        'Write decide(kind, p, eta, lam, s). The schedule is t^-p if kind is "power", and p^t if '
        'it is "geometric". Return {"reaches": is the sum of its rates infinite, "settles": is the '
        'sum of their squares finite, "floor": the long-run mean square error at the CONSTANT rate '
        "eta, for curvature lam and gradient noise of standard deviation s}."
    ),
)  # fmt: skip
