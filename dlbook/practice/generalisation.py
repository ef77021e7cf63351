"""Exercises of the chapter on generalisation.

``soft_threshold``  the lasso for columns at right angles
``ridge_loo``       leave-one-out error of ridge from one fit
``clean_cv``        cross-validation of a selection of features, without a leak
``decay_or_l2``     an L2 price and weight decay under an adaptive step
"""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["clean_cv", "decay_or_l2", "ridge_loo", "soft_threshold"]


def _soft_threshold(X, y, lam):
    ols = X.T @ y / len(y)
    return np.sign(ols) * np.maximum(np.abs(ols) - lam, 0.0)


def _lasso_by_steps(X, y, lam):
    w = np.zeros(X.shape[1])
    for _ in range(50):
        for j in range(len(w)):
            pull = X[:, j] @ (y - X @ w + X[:, j] * w[j]) / len(y)
            w[j] = max(pull - lam, 0.0) + min(pull + lam, 0.0)
    return w


def _ols(X, y):
    return X.T @ y / len(y)


def _orthogonal(seed, n, ols):
    """X with X.T @ X = n I, and y whose least-squares weights are `ols`."""
    rng = np.random.default_rng(seed)
    X = np.sqrt(n) * np.linalg.qr(rng.normal(size=(n, len(ols))))[0]
    rest = rng.normal(size=n)
    return X, X @ ols + rest - X @ (X.T @ rest) / n


soft_threshold = Exercise(
    "gen-soft-threshold",
    _soft_threshold,
    [
        (*_orthogonal(0, 12, np.array([2.0, -1.1, 0.3, -0.05])), 0.4),
        (*_orthogonal(1, 7, np.array([-0.5, 0.9, 0.1])), 0.15),
    ],
    [
        Mistake(
            "hard-threshold",
            lambda X, y, lam: np.where(np.abs(_ols(X, y)) > lam, _ols(X, y), 0.0),
            "Small weights are zero, as they should be, but the others were left as they are. "
            "What survives is moved towards zero by lam as well.",
        ),
        Mistake(
            "sign-lost",
            lambda X, y, lam: np.maximum(np.abs(_ols(X, y)) - lam, 0.0),
            "Negative weights came out positive. Put the sign of the least-squares weight back "
            "after shrinking its size.",
        ),
        Mistake(
            "one-sided",
            lambda X, y, lam: np.maximum(_ols(X, y) - lam, 0.0),
            "Negative weights became zero. Shrink the size of each weight, not its value, and "
            "keep the sign.",
        ),
        Mistake(
            "half-threshold",
            lambda X, y, lam: _soft_threshold(X, y, lam / 2),
            "The threshold is lam / 2, which belongs to the squared error without the factor 1/2. "
            "Here the loss is divided by 2n.",
        ),
        Mistake(
            "ridge",
            lambda X, y, lam: _ols(X, y) / (1 + lam),
            "This is ridge: every weight has the same factor and none is exactly zero. The L1 "
            "price subtracts lam from the size instead.",
        ),
        Mistake(
            "n-lost",
            lambda X, y, lam: np.sign(X.T @ y) * np.maximum(np.abs(X.T @ y) - lam, 0.0),
            "Divide X.T @ y by n before the threshold: with X.T X = n I the least-squares weights "
            "are X.T y / n.",
        ),
    ],
    alternatives=(_lasso_by_steps,),
    task="Write lasso_orthonormal(X, y, lam) for X.T @ X = n I and the loss over 2n.",
)


def _ridge_loo(X, y, alpha):
    A = X.T @ X + alpha * np.eye(X.shape[1])
    H = X @ np.linalg.solve(A, X.T)
    return np.mean(((y - H @ y) / (1 - np.diag(H))) ** 2)


def _hat(X, alpha):
    return X @ np.linalg.solve(X.T @ X + alpha * np.eye(X.shape[1]), X.T)


def _refits(X, y, alpha, shrinking=False):
    errors = []
    for i in range(len(y)):
        rest = np.arange(len(y)) != i
        a = alpha * (len(y) - 1) / len(y) if shrinking else alpha
        A = X[rest].T @ X[rest] + a * np.eye(X.shape[1])
        errors.append(y[i] - X[i] @ np.linalg.solve(A, X[rest].T @ y[rest]))
    return np.mean(np.square(errors))


def _loo_with(divide):
    """Leave-one-out with another use of the leverages h, a function of (residuals, h)."""

    def version(X, y, alpha):
        H = _hat(X, alpha)
        return np.mean(divide(y - H @ y, np.diag(H)))

    return version


def _ols_leverage(X, y, alpha):
    return np.mean(((y - _hat(X, alpha) @ y) / (1 - np.diag(_hat(X, 0.0)))) ** 2)


def _regression(seed, n, d):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) * np.geomspace(0.3, 3, d) * rng.uniform(0.3, 2, size=(n, 1))
    return X, X @ np.ones(d) + rng.normal(size=n)


ridge_loo = Exercise(
    "gen-ridge-loo",
    _ridge_loo,
    [(*_regression(0, 12, 5), 0.7), (*_regression(1, 7, 3), 2.0)],
    [
        Mistake(
            "not-squared",
            _loo_with(lambda r, h: r**2 / (1 - h)),
            "The residual is divided by one minus the leverage first, and squared after that. So "
            "the square of 1 - h stands below.",
        ),
        Mistake(
            "training-error",
            _loo_with(lambda r, h: r**2),
            "This is the training error. Divide each residual by one minus its leverage.",
        ),
        Mistake(
            "mean-leverage",
            _loo_with(lambda r, h: (r / (1 - h.mean())) ** 2),
            "You used the mean leverage for all examples. That is generalised cross-validation, "
            "an approximation; each example has its own.",
        ),
        Mistake(
            "leverage-without-penalty",
            _ols_leverage,
            "The leverages are those of the fit without penalty. Put alpha into the hat matrix as "
            "well.",
        ),
        Mistake(
            "shrinking-penalty",
            lambda X, y, alpha: _refits(X, y, alpha, shrinking=True),
            "The penalty became smaller with each left-out example. The task keeps the same alpha "
            "in all fits.",
        ),
        Mistake(
            "sum",
            lambda X, y, alpha: len(y) * _ridge_loo(X, y, alpha),
            "You returned the sum of the squared errors. The task asks for their mean.",
        ),
    ],
    alternatives=(_refits,),
    task="Write ridge_loo(X, y, alpha): mean squared leave-one-out error of ridge, no intercept.",
)


def _clean_cv(X, y, folds, m):
    errors = []
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(y)), fold)
        center, level = X[rest].mean(axis=0), y[rest].mean()
        Z, t = X[rest] - center, y[rest] - level
        chosen = np.argsort(-np.abs(Z.T @ t))[:m]
        w = np.linalg.lstsq(Z[:, chosen], t)[0]
        guess = (X[fold] - center)[:, chosen] @ w + level
        errors.append(np.mean((y[fold] - guess) ** 2))
    return np.mean(errors)


def _cv(X, y, folds, m, choose="rest", means="rest", score="fold", pooled=False):
    """Cross-validation that looks at other rows for one of its parts."""
    errors = []
    everything = np.arange(len(y))
    for fold in folds:
        rest = np.setdiff1d(everything, fold)
        rows = {"rest": rest, "fold": fold, "all": everything}
        center, level = X[rows[means]].mean(axis=0), y[rows[means]].mean()
        seen = rows[choose]
        pull = (X[seen] - X[seen].mean(axis=0)).T @ (y[seen] - y[seen].mean())
        chosen = np.argsort(-np.abs(pull))[:m]
        w = np.linalg.lstsq((X[rest] - center)[:, chosen], y[rest] - level)[0]
        on = rows[score]
        errors.append((y[on] - (X[on] - center)[:, chosen] @ w - level) ** 2)
    return np.mean(np.concatenate(errors)) if pooled else np.mean([np.mean(e) for e in errors])


def _largest_values(X, y, folds, m):
    errors = []
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(y)), fold)
        center, level = X[rest].mean(axis=0), y[rest].mean()
        chosen = np.argsort(-((X[rest] - center).T @ (y[rest] - level)))[:m]
        w = np.linalg.lstsq((X[rest] - center)[:, chosen], y[rest] - level)[0]
        errors.append(np.mean((y[fold] - (X[fold] - center)[:, chosen] @ w - level) ** 2))
    return np.mean(errors)


def _wide(seed, n, d, m, cuts):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) + np.linspace(-2, 2, d)
    y = 1.5 + X[:, 0] - X[:, 3] + rng.normal(size=n)
    return X, y, np.split(rng.permutation(n), cuts), m


clean_cv = Exercise(
    "gen-clean-cv",
    _clean_cv,
    [_wide(0, 17, 30, 4, [5, 9, 13]), _wide(1, 12, 9, 2, [3, 8])],
    [
        Mistake(
            "selected-outside",
            lambda X, y, folds, m: _cv(X, y, folds, m, choose="all"),
            "The features were chosen on all rows. The held-out rows had a say in it, and on "
            "random labels your score would be far better than chance.",
        ),
        Mistake(
            "centred-outside",
            lambda X, y, folds, m: _cv(X, y, folds, m, means="all"),
            "The means were taken over all rows. It is a small leak here and a large one "
            "elsewhere: compute them on the rows outside the fold.",
        ),
        Mistake(
            "training-score",
            lambda X, y, folds, m: _cv(X, y, folds, m, score="rest"),
            "You measured on the rows of the fit. Predict the rows of the fold, which the fit has "
            "not seen.",
        ),
        Mistake(
            "pooled",
            lambda X, y, folds, m: _cv(X, y, folds, m, pooled=True),
            "You averaged over all rows at once. The folds differ in size, and the task asks for "
            "the mean of the errors of the folds.",
        ),
        Mistake(
            "fold-means",
            lambda X, y, folds, m: _cv(X, y, folds, m, means="fold"),
            "You centred with the means of the fold that is predicted. At prediction time only "
            "the means of the training rows are known.",
        ),
        Mistake(
            "size-forgotten",
            _largest_values,
            "You chose the largest products with their sign. A feature that goes strongly against "
            "y is as useful: use the absolute value.",
        ),
    ],
    alternatives=(_cv,),
    task="Write cv_error(X, y, folds, m): select m features inside each fold, fit, and measure.",
)


def _decay_or_l2(w, grads, lr, lam):
    price, decay = np.array(w), np.array(w)
    v_price, v_decay = np.zeros(len(w)), np.zeros(len(w))
    for g in grads:
        full = g + lam * price
        v_price = 0.9 * v_price + 0.1 * full**2
        price = price - lr * full / (np.sqrt(v_price) + 1e-8)
        v_decay = 0.9 * v_decay + 0.1 * g**2
        decay = (1 - lr * lam) * decay - lr * g / (np.sqrt(v_decay) + 1e-8)
    return price, decay


def _adaptive(w, grads, lr, price, before=0.0, after=0.0, plain=0.0):
    """The adaptive steps with an L2 price, decay before or after a step, or a plain price step."""
    w, v = np.array(w), np.zeros(len(w))
    for g in grads:
        full = g + price * w
        v = 0.9 * v + 0.1 * full**2
        step = lr * full / (np.sqrt(v) + 1e-8)
        w = ((1 - before) * w - step) * (1 - after) - plain * w
    return w


def _pair(first, second):
    """Both weights, from the settings of each, functions of (lr, lam)."""
    return lambda w, grads, lr, lam: (
        _adaptive(w, grads, lr, **first(lr, lam)),
        _adaptive(w, grads, lr, **second(lr, lam)),
    )


def _gradients(seed, steps, d):
    rng = np.random.default_rng(seed)
    return rng.normal(size=d), rng.normal(size=(steps, d)) * np.geomspace(0.01, 10, d)


decay_or_l2 = Exercise(
    "gen-decay-or-l2",
    _decay_or_l2,
    [(*_gradients(0, 5, 4), 0.1, 0.3), (*_gradients(1, 3, 3), 0.2, 0.5)],
    [
        Mistake(
            "rate-forgotten",
            _pair(lambda lr, lam: {"price": lam}, lambda lr, lam: {"price": 0, "before": lam}),
            "The decay is multiplied by the learning rate: the factor on the weights is 1 - lr * "
            "lam, not 1 - lam.",
        ),
        Mistake(
            "coupled-twice",
            _pair(lambda lr, lam: {"price": lam}, lambda lr, lam: {"price": lam}),
            "Both ways came out alike: in the second one the price went through the adaptive step "
            "too. Decay acts on the weights directly.",
        ),
        Mistake(
            "decay-after-step",
            _pair(lambda lr, lam: {"price": lam}, lambda lr, lam: {"price": 0, "after": lr * lam}),
            "You let the weights decay after the step, so the step decays as well. The task, like "
            "torch, shrinks the weights first.",
        ),
        Mistake(
            "penalty-twice",
            _pair(
                lambda lr, lam: {"price": lam},
                lambda lr, lam: {"price": lam, "before": lr * lam},
            ),
            "In the second way the price enters twice, in the gradient and as decay. Decoupled "
            "decay keeps the gradient free of it.",
        ),
        Mistake(
            "exchanged",
            lambda w, grads, lr, lam: _decay_or_l2(w, grads, lr, lam)[::-1],
            "The two results are exchanged: first the L2 price in the loss, then decoupled decay.",
        ),
        Mistake(
            "price-outside-the-scale",
            _pair(
                lambda lr, lam: {"price": 0, "plain": lr * lam},
                lambda lr, lam: {"price": 0, "before": lr * lam},
            ),
            "The price did not go through the adaptive step, so your first way is decay as well. "
            "Add lam * w to the gradient before v is updated.",
        ),
    ],
    alternatives=(
        _pair(
            lambda lr, lam: {"price": lam},
            lambda lr, lam: {"price": 0, "before": lr * lam},
        ),
    ),
    returns=("price", "decay"),
    task="Write decay_or_l2(w, grads, lr, lam): final weights with an L2 price, and with decay.",
)
