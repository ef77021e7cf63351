"""The exercise on choosing the output and the loss that fit a problem."""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["which_loss"]


def _predict(problem, z, y):
    if problem == "one of K":
        p = np.exp(z) / np.exp(z).sum()
        return p, -(y * np.log(p)).sum()
    if problem == "numbers":
        return z, ((z - y) ** 2).sum() / 2
    p = 1 / (1 + np.exp(-z))
    return p, -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()


def _softmax(z):
    return np.exp(z) / np.exp(z).sum()


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _cross_entropy(p, y):
    return -(y * np.log(p)).sum()


def _binary(p, y):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()


def _squares(p, y):
    return ((p - y) ** 2).sum() / 2


def _instead(**rules):
    """The right answer, except for the problems named: ``output, loss`` for each."""
    rules = {name.replace("_", " "): rule for name, rule in rules.items()}

    def run(problem, z, y):
        if problem not in rules:
            return _predict(problem, z, y)
        output, loss = rules[problem]
        p = output(z)
        return p, loss(p, y)

    return run


def _in_torch(problem, z, y):
    import torch
    from torch.nn import functional

    z, y = torch.as_tensor(z), torch.as_tensor(y)
    if problem == "one of K":
        return torch.softmax(z, 0), functional.cross_entropy(z, y)
    if problem == "numbers":
        return z, functional.mse_loss(z, y, reduction="sum") / 2
    loss = functional.binary_cross_entropy_with_logits(z, y, reduction="sum")
    return torch.sigmoid(z), loss


def _inputs():
    rng = np.random.default_rng(304)
    z = 1.5 * rng.normal(size=(4, 5))
    return [
        ("one of K", z[0], np.eye(5)[3]),  # which digit is it?
        ("tags", z[1], np.array([1.0, 0.0, 1.0, 1.0, 0.0])),  # which topics has the article?
        ("yes or no", z[2, :1], np.array([0.0])),  # a click?
        ("numbers", z[3], rng.normal(size=5)),  # prices
    ]


which_loss = Exercise(
    "smce-which-loss",
    _predict,
    _inputs(),
    [
        Mistake(
            "softmax-for-tags",
            _instead(tags=(_softmax, _cross_entropy)),
            "Tags are not exclusive, and a softmax makes them share one unit of probability. Use "
            "one sigmoid and one binary cross-entropy per tag.",
        ),
        Mistake(
            "sigmoids-for-classes",
            _instead(one_of_K=(_sigmoid, _binary)),
            "Exactly one class is right, but your outputs do not sum to one. Exclusive classes "
            "want a softmax.",
        ),
        Mistake(
            "only-the-present",
            _instead(tags=(_sigmoid, _cross_entropy), yes_or_no=(_sigmoid, _cross_entropy)),
            "Your loss counts only the labels that are 1, so saying yes to everything costs "
            "nothing. Add -(1-y) log(1-p).",
            also=(_instead(tags=(_sigmoid, _cross_entropy)),),
        ),
        Mistake(
            "mse-sigmoid",
            _instead(yes_or_no=(_sigmoid, _squares)),
            "Squared error after a sigmoid has a gradient with the factor p(1-p), which vanishes "
            "when the unit is saturated and wrong. Use binary cross-entropy.",
            also=(_instead(yes_or_no=(_sigmoid, _squares), tags=(_sigmoid, _squares)),),
        ),
        Mistake(
            "softmax-real",
            _instead(numbers=(_softmax, _squares)),
            "Real numbers need not be positive or sum to one. With Gaussian noise they want the "
            "identity and squared error.",
        ),
    ],
    alternatives=(_in_torch,),
    returns=("prediction", "loss"),
    task=(
        'Write predict(problem, z, y) for problem "one of K", "tags", "yes or no" or "numbers": '
        "the prediction from the last layer's outputs z, and the negative log-likelihood of y."
    ),
)
