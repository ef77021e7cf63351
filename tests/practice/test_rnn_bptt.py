"""The sentences of the exercises on backpropagation through time are true."""

import numpy as np
import pytest
import torch

from dlbook.models.rnn import rnn_backward
from dlbook.practice import rnn_bptt as practice

rng = np.random.default_rng(7)


def versions(exercise, name):
    mistake = next(mistake for mistake in exercise.mistakes if mistake.name == name)
    return (mistake.function, *mistake.also)


def version(exercise, name, number=0):
    return versions(exercise, name)[number]


def same(ours, theirs):
    pairs = zip(ours, theirs, strict=True)
    return all(np.allclose(a, b, rtol=1e-10, atol=1e-12) for a, b in pairs)


def symmetric(n):
    W = rng.normal(size=(n, n)) / n
    return W + W.T


def unroll_case(T=4):
    x, h0 = rng.normal(size=(3, T, 2)), rng.normal(size=(3, 5))
    return [x, h0, rng.normal(size=(5, 2)), rng.normal(size=(5, 5)), rng.normal(size=5)]


def test_inputs_are_as_the_exercise_asks():
    (x, h0, _, Wh, b), square = practice.unroll.inputs[0], practice.unroll.inputs[1]
    assert len({*x.shape, h0.shape[1]}) == 4 and np.all(h0 != 0) and np.all(b != 0)
    assert square[0].shape[0] == square[0].shape[1]
    assert np.linalg.norm(Wh - Wh.T) > 0.5 * np.linalg.norm(Wh)
    x, h, h0, dh, Wx, Wh = practice.backward.inputs[0]
    assert (x.shape, h.shape) == ((7, 3), (7, 5)) and np.all(dh != 0) and np.all(h0 != 0)
    assert np.linalg.norm(Wh, 2) == pytest.approx(1.2)
    assert practice.lag_terms.inputs[0][0].shape[0] == 6


def test_unroll_hints():
    x, h0, Wx, Wh, b = unroll_case()
    run = practice.unroll.reference
    W = symmetric(5)
    assert np.array_equal(version(practice.unroll, "transposed-recurrent")(x, h0, Wx, W, b),
                          run(x, h0, Wx, W, b))  # fmt: skip
    assert not np.any(version(practice.unroll, "no-bias")(0 * x, 0 * h0, Wx, Wh, b))
    assert np.all(run(0 * x, 0 * h0, Wx, Wh, b)[:, 0] == np.tanh(b))
    assert np.all(version(practice.unroll, "sigmoid")(x, h0, Wx, Wh, b) > 0)
    for wrong in versions(practice.unroll, "starts-with-h0"):
        assert np.array_equal(wrong(x, h0, Wx, Wh, b)[:, 0], h0)
    assert version(practice.unroll, "stacked-in-front")(x, h0, Wx, Wh, b).shape == (4, 3, 5)
    assert version(practice.unroll, "last-only")(x, h0, Wx, Wh, b).shape == (3, 5)
    linear = version(practice.unroll, "no-tanh")
    assert np.allclose(linear(2 * x, 2 * h0, Wx, Wh, 0 * b), 2 * linear(x, h0, Wx, Wh, 0 * b))
    stale = version(practice.unroll, "stale-state")(x, h0, Wx, Wh, b)
    for t in range(4):
        assert np.allclose(stale[:, t : t + 1], run(x[:, t : t + 1], h0, Wx, Wh, b))


def backward_case(T=6, Wh=None):
    x, h0, Wx = rng.normal(size=(T, 3)), rng.normal(size=4), rng.normal(size=(4, 3))
    Wh = rng.normal(size=(4, 4)) / 2 if Wh is None else Wh
    h, state = np.zeros((T, 4)), h0
    for t in range(T):
        state = h[t] = np.tanh(Wx @ x[t] + Wh @ state + 0.1)
    return [x, h, h0, rng.normal(size=(T, 4)), Wx, Wh]


def test_backward_reference_is_the_books():
    case = backward_case()
    assert same(practice.backward.reference(*case), rnn_backward(*case))


def test_backward_hints():
    x, h, h0, dh, Wx, Wh = case = backward_case()
    right = practice.backward.reference
    only_last = np.vstack([0 * dh[:-1], dh[-1:]])
    assert same(version(practice.backward, "last-loss-only")(*case),
                right(x, h, h0, only_last, Wx, Wh))  # fmt: skip
    balanced = backward_case(Wh=symmetric(4))
    for wrong in versions(practice.backward, "no-transpose"):
        assert same(wrong(*balanced), right(*balanced))
    rest = [gradient for i, gradient in enumerate(right(*case)) if i != 1]
    names = ["wrong-time-index", "wrapped-index", "without-h0", "transposed-product"]
    for name in names:  # only dWh is said to be wrong
        dWx, dWh, db, dh0 = version(practice.backward, name)(*case)
        assert same((dWx, db, dh0), rest)
        assert not same([dWh], [right(*case)[1]])
    assert same(version(practice.backward, "transposed-product")(*case)[1], right(*case)[1].T)
    for wrong in versions(practice.backward, "mean-over-time"):
        assert same([6 * g for g in wrong(*case)[:3]], right(*case)[:3])
    *weights, start = version(practice.backward, "start-is-delta")(*case)
    assert same(weights, right(*case)[:3]) and same([Wh.T @ start], [right(*case)[3]])


def test_truncated_versions_reach_at_most_one_step():
    x, h, h0, dh, Wx, Wh = backward_case()
    last = np.vstack([0 * dh[:-1], dh[-1:]])
    reach = []
    for wrong in versions(practice.backward, "truncated"):
        dWx = wrong(x, h, h0, last, Wx, Wh)[0]
        # The gradient of Wx is a sum of outer products with the inputs that the loss reached.
        used = [np.linalg.matrix_rank(np.vstack([dWx, x[-k:]])) <= k for k in (1, 2)]
        reach.append(used)
    assert reach == [[True, True], [True, True], [False, True]]
    both = np.vstack([dh[:1], 0 * dh[1:]])  # a loss at the first step needs no way back
    for wrong in versions(practice.backward, "truncated")[::2]:
        assert same(
            wrong(x, h, h0, both, Wx, Wh), practice.backward.reference(x, h, h0, both, Wx, Wh)
        )


def lag_case(Wh=None):
    x, h0, Wx = rng.normal(size=(5, 3)), rng.normal(size=4), rng.normal(size=(4, 3))
    Wh = rng.normal(size=(4, 4)) / 2 if Wh is None else Wh
    return [x, h0, Wx, Wh, rng.normal(size=4), rng.normal(size=4)]


def test_lag_terms_add_up_to_the_gradient():
    x, h0, Wx, Wh, b, v = case = lag_case()
    weights, state = torch.tensor(Wh, requires_grad=True), torch.tensor(h0)
    for step in x:
        state = torch.tanh(torch.tensor(Wx @ step + b) + weights @ state)
    (torch.tensor(v) @ state).backward()
    assert same([practice.lag_terms.reference(*case).sum(axis=0)], [weights.grad.numpy()])


def test_lag_hints():
    case = lag_case()
    right = practice.lag_terms.reference(*case)
    wrong = version(practice.lag_terms, "no-transpose")(*case)
    assert same(wrong[:1], right[:1]) and not any(
        same([w], [r]) for w, r in zip(wrong[1:], right[1:], strict=True)
    )
    for wrong in versions(practice.lag_terms, "one-term-too-many"):
        assert len(wrong(*case)) == 6
    forward, backward = (wrong(*case) for wrong in versions(practice.lag_terms, "cumulative"))
    assert same(np.diff(forward, axis=0), right[1:]) and same(
        -np.diff(backward, axis=0), right[:-1]
    )
    x, h0, Wx, Wh, b, v = case
    reversed_order = version(practice.lag_terms, "reversed-order")(*case)
    delta = right[-1][:, 0] / h0[0]
    assert same([reversed_order[0]], [np.outer(delta, h0)])  # the first step stands in front


def total(arrays):
    return np.sqrt(sum(np.sum(a**2) for a in arrays))


def test_clip_hints():
    right = practice.clip.reference
    small, large = [0.1 * np.ones(3), 0.2 * np.ones((2, 2))], [3.0 * np.ones(3), np.ones((2, 2))]
    assert total(version(practice.clip, "always-rescale")(small, 2.0)) == pytest.approx(2.0)
    for wrong in versions(practice.clip, "squared"):
        assert total(wrong(large, 2.0)) == pytest.approx(2.0 / total(large))
    assert total(version(practice.clip, "unit-norm")(large, 2.0)) == pytest.approx(1.0)
    assert total(right(large, 2.0)) == pytest.approx(2.0)
    draws = [rng.normal(size=3) * 5, rng.normal(size=(2, 2))]
    for name in ("per-tensor", "elementwise"):  # these turn the step
        for wrong in versions(practice.clip, name):
            turned = np.concatenate([np.ravel(a) for a in wrong(draws, 2.0)])
            straight = np.concatenate([np.ravel(a) for a in draws])
            cosine = turned @ straight / np.linalg.norm(turned) / np.linalg.norm(straight)
            assert cosine < 0.99


def test_clip_in_place_is_reported():
    def in_place(grads, c):
        norm = total(grads)
        for g in grads:
            g *= min(1.0, c / max(norm, 1e-12))
        return grads

    result = practice.clip.check(in_place)
    assert result.message.startswith("the values are right, but it changes")
    assert "as grads" in result.message


def slope(norms, start):
    return np.polyfit(np.arange(start, len(norms)), np.log(norms[start:]), 1)[0]


def test_profiles_are_far_from_every_reasonable_threshold():
    kinds = []
    for (norms,) in practice.verdict.inputs:
        assert len(norms) >= 50 and np.all(norms > 0) and np.all(np.isfinite(norms))
        slopes = [slope(norms, start) for start in (0, 10, len(norms) // 2)]
        slopes.append(np.log(norms[40] / norms[0]) / 40)
        band = [0 if abs(s) < 0.015 else np.sign(s) * (abs(s) > 0.25) or np.nan for s in slopes]
        assert len(set(band)) == 1, slopes
        assert norms.sum() < 1e-11 or norms.sum() > 1e-2
        kinds.append((int(band[0]), bool(norms.sum() < 1)))
    assert kinds == [(-1, True), (-1, False), (0, False), (0, False), (1, False), (0, True)]


@pytest.mark.parametrize("threshold", [0.02, 0.03, 0.06, 0.1, 0.2])
@pytest.mark.parametrize("small", [1e-9, 1e-6, 1e-3])
@pytest.mark.parametrize("start", [0, 5, 25, 40])
def test_every_reasonable_threshold_passes(threshold, small, start):
    def classify(norms):
        s = slope(norms, start)
        far = "vanishes" if s < -threshold else "explodes" if s > threshold else "flat"
        return {"far": far, "total_small": norms.sum() < small}

    assert practice.verdict.check(classify).passed


def test_unreasonable_thresholds_fail():
    def classify(norms, low, high):
        s = slope(norms, 25)
        return {"far": "vanishes" if s < low else "explodes" if s > high else "flat",
                "total_small": norms.sum() < 1e-6}  # fmt: skip

    assert not practice.verdict.check(lambda norms: classify(norms, -0.5, 0.06)).passed
    assert not practice.verdict.check(lambda norms: classify(norms, -0.06, 0.5)).passed
    assert not practice.verdict.check(lambda norms: classify(norms, -0.06, -0.0)).passed
