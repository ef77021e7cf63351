"""Slips in a reference that change nothing that an exercise may judge, each with the reason.

``{exercise: {statement: {slip: reason}}}``, as ``tests/practice/mutants.py`` prints them. A slip
that survives and is not here fails the suite, and so does one that is here and does not survive.
"""

_SIZES = "len(h0), len(Wx) and len(Wh) are all H."
_STEPS = "x, h and dh all have T rows."
_BORDER = "No profile has a slope on the border; any threshold from .02 to .2 is right."
_RANGE = "Which far lags are fitted is the learner's choice; the slopes agree about the verdict."
_ALIKE = "Queries and keys change alike, so their products stay."
_FAR = "No curve is near the border; other thresholds in this range are as right."
_START = "The first entry of every gradient curve is of order 1."
_NEXT = "Neighbouring entries of a curve tell the same story."
_ANY = "Any distinct rows and any shuffle will do."
_FROM_END = "Of 4H entries, the end 2H and the end -2H are the same."

_MAP = "Axis 2 of four is axis -2, and the order of the axes does not matter."
_AXES = {"2 -> -2": _MAP, "(0, 2, 3) -> (0, 3, 2)": _MAP, "(0, 2, 3) -> (2, 0, 3)": _MAP}

_LAST = "Of two axes, 1 and -1 are the same."
_ROWS = "X and y both have B rows."
_SQUARE = "The difference is squared."
_TWO = "X has two axes and as many rows as y."
_SHIFT = "The softmax does not change when all logits are shifted alike."
_LIST = "A list of equal arrays is as good an answer as one array."
_PAIRS = "There are as many rates as gradients."

EQUIVALENT = {
    "activ-collapse": {
        "for k in range(1, len(Ws)):": {"Ws -> bs": "Each layer has one matrix and one bias."},
    },
    "activ-dead-share": {
        "for k in range(len(Ws)):": {"Ws -> bs": "Each layer has one matrix and one bias."},
        "h = np.maximum(a, 0)": {
            "np.maximum(a, 0) -> np.maximum(0, a)": "The larger of two does not know their order."
        },
    },
    "activ-xnor": {
        "total = x.sum(axis=1)": {"1 -> -1": "There are two axes, so 1 is the last one."},
        "return 1 - np.maximum(total, 0) + 2 * np.maximum(total - 1, 0)": {
            "np.maximum(total, 0) -> np.maximum(0, total)": "The larger does not know its order.",
            "np.maximum(total, 0) -> total": "At the four corners the sum is never negative.",
            "0 -> -1": "At the four corners the sum is never negative.",
            "np.maximum(total - 1, 0) -> np.maximum(0, total - 1)": (
                "The larger of two does not know their order."
            ),
        },
    },
    "ada-adadelta-step": {
        "return np.array(path)": {"np.array(path) -> path": _LIST},
    },
    "ada-adam-step": {
        "return np.array(path)": {"np.array(path) -> path": _LIST},
    },
    "arch-compose": {
        "k, n = (K1.shape[-1], K2.shape[-1])": {"1 -> 2": "Both kernels are square."},
    },
    "arch-count": {
        "H, W = ((H + 2 * p - k) // s + 1, (W + 2 * p - k) // s + 1)": {
            "((H + 2 * p - k) // s + 1, (W + 2 * p - k) // s + 1) -> "
            "((W + 2 * p - k) // s + 1, (H + 2 * p - k) // s + 1)": (
                "Height and width are treated alike, and only their product is used."
            ),
        },
    },
    "backprop-accumulate": {
        "total = total + m / len(X) * grad(X[start:start + m], y[start:start + m])": {
            "X -> y": _ROWS
        },
    },
    "backprop-grad-check": {
        "g = grad(theta) @ v": {
            "grad(theta) @ v -> v @ grad(theta)": "A dot product does not know the order."
        },
        "return abs(g - q) / (abs(g) + abs(q))": {"g - q -> q - g": "Its absolute value is taken."},
    },
    "backprop-mlp": {
        "D2 = (H @ W2.T + b2 - Y) / len(X)": {"X -> Y": _ROWS},
    },
    "bn-forward-train": {
        "mean = x.mean(axis=(0, 2, 3), keepdims=True)": _AXES,
        "var = x.var(axis=(0, 2, 3), keepdims=True)": _AXES,
    },
    "bptt-backward": {
        "dWx, dWh, db = (np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(h0)))": {
            "h0 -> Wx": _SIZES,
            "h0 -> Wh": _SIZES,
        },
        "carried = np.zeros(len(h0))": {"h0 -> Wx": _SIZES, "h0 -> Wh": _SIZES},
        "for t in range(len(x) - 1, -1, -1):": {"x -> h": _STEPS, "x -> dh": _STEPS},
    },
    "bptt-clip": {
        "scale = c / norm if norm > c else 1.0": {
            "norm > c -> norm >= c": "Where the norm is c, the factor c / norm is 1."
        },
    },
    "bptt-lag-terms": {
        "return np.array(terms)": {
            "np.array(terms) -> terms": "A list of matrices is accepted as well."
        },
    },
    "bptt-verdict": {
        "far = lags >= len(norms) // 2": {
            "lags >= len(norms) // 2 -> lags > len(norms) // 2": _RANGE,
            "lags >= len(norms) // 2 -> lags < len(norms) // 2": _RANGE,
            "len(norms) // 2 -> 2": _RANGE,
            "2 -> 3": _RANGE,
            "2 -> -2": _RANGE,
        },
        "kind = 'vanishes' if slope < -0.06 else 'explodes' if slope > 0.06 else 'flat'": {
            "slope < -0.06 -> slope <= -0.06": _BORDER,
            "slope > 0.06 -> slope >= 0.06": _BORDER,
        },
        "return {'far': kind, 'total_small': bool(norms.sum() < 1e-06)}": {
            "bool(norms.sum() < 1e-06) -> norms.sum() < 1e-06": "NumPy's booleans are right too.",
            "norms.sum() < 1e-06 -> norms.sum() <= 1e-06": "No profile adds up to 1e-6.",
            "norms.sum -> norms.mean": "Sums and means are orders of magnitude away from 1e-6.",
        },
    },
    "drop-ensemble": {
        "e = np.exp(z - z.max())": {
            "z - z.max() -> z + z.max()": _SHIFT,
            "z - z.max() -> z": _SHIFT,
            "z.max -> z.min": _SHIFT,
        },
    },
    "drop-expected-loss": {
        "return np.sum((y - X @ w) ** 2) + p / (1 - p) * np.sum(X ** 2 @ w ** 2)": {
            "y - X @ w -> X @ w - y": "The difference is squared."
        },
    },
    "drop-passes": {
        "return (h * scale, h.copy(), dout * scale)": {
            "h.copy() -> h": "The input itself is the output in evaluation."
        },
    },
    "gen-clean-cv": {
        "rest = np.setdiff1d(np.arange(len(y)), fold)": {"y -> X": _TWO},
        "Z, t = (X[rest] - center, y[rest] - level)": {
            "y[rest] - level -> y[rest] + level": "Z is centred, so a constant in t does not act.",
            "y[rest] - level -> y[rest]": "Z is centred, so a constant in t does not act.",
        },
        "errors.append(np.mean((y[fold] - guess) ** 2))": {
            "y[fold] - guess -> guess - y[fold]": _SQUARE
        },
    },
    "gen-decay-or-l2": {
        "price, decay = (np.array(w), np.array(w))": {
            "np.array(w) -> w": "Neither array is changed in place."
        },
    },
    "gen-ridge-loo": {
        "A = X.T @ X + alpha * np.eye(X.shape[1])": {"1 -> -1": _TWO},
        "return np.mean(((y - H @ y) / (1 - np.diag(H))) ** 2)": {
            "y - H @ y -> H @ y - y": _SQUARE,
            "1 - np.diag(H) -> np.diag(H) - 1": _SQUARE,
            "H @ y -> y @ H": "H is symmetric.",
        },
    },
    "gen-soft-threshold": {
        "ols = X.T @ y / len(y)": {"y -> X": _TWO},
        "return np.sign(ols) * np.maximum(np.abs(ols) - lam, 0.0)": {
            "np.maximum(np.abs(ols) - lam, 0.0) -> np.maximum(0.0, np.abs(ols) - lam)": (
                "A maximum does not know the order."
            )
        },
    },
    "gru-from-torch": {
        "return np.array(states)": {
            "np.array(states) -> states": "A list of rows is turned into an array."
        },
    },
    "linreg-largest-lr": {
        "A = np.column_stack([np.ones(len(X)), X])": {
            "[np.ones(len(X)), X] -> [X, np.ones(len(X))]": "The order of the columns is free."
        },
        "H = A.T @ A / len(A)": {
            "A.T @ A -> A @ A.T": "Both products have the same largest eigenvalue."
        },
    },
    "linreg-mse-gradient": {
        "return (X.T @ r / len(y), r.mean())": {"y -> X": "X and y have B rows both."},
    },
    "ln-backward": {
        "s = np.sqrt(x.var(axis=1, keepdims=True) + eps)": {"1 -> -1": _LAST},
        "x_hat = (x - x.mean(axis=1, keepdims=True)) / s": {
            "1 -> -1": _LAST,
            "x - x.mean(axis=1, keepdims=True) -> x.mean(axis=1, keepdims=True) - x": (
                "x-hat occurs twice in a product."
            ),
        },
        "along = np.mean(u * x_hat, axis=1, keepdims=True)": {"1 -> -1": _LAST},
        "return (u - u.mean(axis=1, keepdims=True) - along * x_hat) / s": {"1 -> -1": _LAST},
    },
    "ln-group-norm": {
        "parts = x.reshape(len(x) * G, -1)": {"1 -> 2": "Any negative length asks for the rest."},
        "mean = parts.mean(axis=1, keepdims=True)": {"1 -> -1": _LAST},
        "var = np.mean((parts - mean) ** 2, axis=1, keepdims=True)": {
            "1 -> -1": _LAST,
            "parts - mean -> mean - parts": _SQUARE,
        },
    },
    "ln-which-norm": {
        "sets = {'BN': (0, 2), 'LN': (1, 0), 'IN': (1, 2), 'GN': (1, 1), 'RMS': (1, 0)}": {
            "1 -> 2": "No change is finer than one for each sample.",
            "2 -> 3": "No change is finer than one for each channel.",
        },
        "return samples <= sets[norm][0] and channels <= sets[norm][1]": {
            "1 -> -1": "Of two entries the last is entry 1."
        },
    },
    "lstm-backward-pass": {
        "for t in range(len(x) - 1, -1, -1):": {"x -> dh": _STEPS},
    },
    "init-tied": {
        "return bool(same_in and same_out)": {
            "bool(same_in and same_out) -> same_in and same_out": (
                "A truth value of NumPy is one too."
            ),
        },
    },
    "lstm-diagnose": {
        "if gradient[-1] < 0.001 * gradient[0]:": {
            "gradient[-1] < 0.001 * gradient[0] -> gradient[-1] <= 0.001 * gradient[0]": _FAR,
            "0.001 * gradient[0] -> 0.001 / gradient[0]": _START,
            "0.001 * gradient[0] -> 0.001": _START,
            "gradient -> cells": _FAR,
            "1 -> 2": _NEXT,
            "0 -> 1": _NEXT,
        },
        "if gradient[-1] > 10 * gradient[0]:": {
            "gradient[-1] > 10 * gradient[0] -> gradient[-1] >= 10 * gradient[0]": _FAR,
            "10 * gradient[0] -> 10 / gradient[0]": _START,
            "10 * gradient[0] -> 10": _START,
            "10 -> 11": _FAR,
            "10 -> 9": _FAR,
            "gradient -> cells": _FAR,
            "1 -> 2": _NEXT,
            "0 -> 1": _NEXT,
        },
        "return NONE if cells[-1] > 4 * cells[0] else OPEN": {
            "cells[-1] > 4 * cells[0] -> cells[-1] >= 4 * cells[0]": _FAR,
            "4 -> 5": _FAR,
            "4 -> 3": _FAR,
            "1 -> 2": _NEXT,
            "0 -> 1": _NEXT,
        },
    },
    "lstm-forget-bias": {
        "new[:, 0, H:2 * H] = value": {"2 -> -2": _FROM_END},
        "new[:, 1, H:2 * H] = 0": {
            "2 -> -2": _FROM_END,
            "1 -> -1": "Of the two biases the second is the last.",
        },
    },
    "lstm-total-jacobian": {
        "dC, dh = (np.eye(len(h0)), np.zeros((len(h0), len(h0))))": {
            "h0 -> C0": "h0 and C0 have H entries.",
        },
    },
    "mom-average": {
        "return np.array(out)": {"np.array(out) -> out": _LIST},
    },
    "mom-nesterov": {
        "return np.array(points)": {"np.array(points) -> points": _LIST},
    },
    "mom-steps": {
        "for g, lr in zip(grads, lrs, strict=True):": {
            "True -> False": _PAIRS,
            "zip(grads, lrs, strict=True) -> zip(grads, lrs)": _PAIRS,
        },
        "return np.array(path)": {"np.array(path) -> path": _LIST},
    },
    "pe-rope-scores": {
        "T, d = q.shape": {"q -> k": "q and k have one shape."},
        "return np.stack([even * cos - odd * sin, even * sin + odd * cos], axis=2).reshape(T, d)": {
            "even * cos - odd * sin -> odd * sin - even * cos": _ALIKE,
            "2 -> -2": _ALIKE,
            "2 -> 1": _ALIKE,
            "[even * cos - odd * sin, even * sin + odd * cos] -> "
            "[even * sin + odd * cos, even * cos - odd * sin]": _ALIKE,
        },
    },
    "pe-causal-order": {
        "z = np.random.default_rng(5).normal(size=x.shape)": {"5 -> 6": _ANY, "5 -> 4": _ANY},
        "p = np.roll(np.arange(len(x)), 1)": {"1 -> 2": _ANY, "1 -> -1": _ANY},
        "blind = np.max(np.abs(layer(z[p]) - layer(z)[p])) < 1e-09": {
            "np.max(np.abs(layer(z[p]) - layer(z)[p])) < 1e-09 -> "
            "np.max(np.abs(layer(z[p]) - layer(z)[p])) <= 1e-09": "No difference is just 1e-9.",
            "np.abs(layer(z[p]) - layer(z)[p]) -> layer(z[p]) - layer(z)[p]": (
                "The differences have both signs, so their largest is positive."
            ),
            "layer(z[p]) - layer(z)[p] -> layer(z)[p] - layer(z[p])": (
                "Its absolute value is taken."
            ),
        },
        "return {'equivariant': bool(blind), 'order_visible': bool(not blind)}": {
            "bool(blind) -> blind": "A truth value of NumPy is one too.",
            "bool(not blind) -> not blind": "It is a truth value already.",
        },
    },
    "res-jacobian": {
        "for i in range(len(W1)):": {"W1 -> W2": "W1 and W2 both have N blocks."},
    },
    "res-paths": {
        "counts = np.zeros(n + 1)": {"np.zeros -> np.ones": "Every entry is overwritten."},
    },
    "smce-backward": {
        "P = softmax(X @ W.T + b, axis=1)": {"1 -> -1": _LAST},
        "rows = np.arange(len(y))": {"y -> X": _ROWS},
        "dZ = P.copy()": {"P.copy() -> P": "The probabilities are not needed again."},
        "return (loss, dZ.T @ X / len(y), dZ.sum(axis=0) / len(y))": {"y -> X": _ROWS},
    },
    "smce-smoothing": {
        "loss = np.log(np.exp(Z).sum(axis=1)) - np.sum(target * Z, axis=1)": {"1 -> -1": _LAST},
    },
    "smce-stable-log-softmax": {
        "shifted = Z - Z.max(axis=-1, keepdims=True)": {"-1 -> 1": _LAST, "1 -> -1": _LAST},
        "return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))": {
            "-1 -> 1": _LAST,
            "1 -> -1": _LAST,
        },
    },
    "smce-which-loss": {
        "return (z, ((z - y) ** 2).sum() / 2)": {
            "z - y -> y - z": "A square does not know the sign."
        },
    },
}
