"""The sentences of the exercises on the LSTM are true."""

import numpy as np

from dlbook.practice import lstm_paths as practice

rng = np.random.default_rng(11)


def version(exercise, name):
    return next(mistake for mistake in exercise.mistakes if mistake.name == name).function


def test_inputs_are_as_the_exercise_asks():
    x, h, C, W, U, b = practice.step.inputs[0]
    assert (x.shape, h.shape, W.shape, U.shape) == ((4,), (6,), (24, 4), (24, 6))
    assert np.any(C < 0) and np.any(C > 0) and len(set(b)) == 24
    x, h0, C0, W, U, b, dh = practice.backward.inputs[0]
    assert (x.shape, dh.shape, U.shape) == ((6, 3), (6, 5), (20, 5)) and np.all(C0 != 0)
    assert practice.total_jacobian.inputs[0][0].shape == (20, 3)


def test_step_hints():
    x, h, C, W, U, b = practice.step.inputs[0]
    far = 100 * np.ones(6)
    assert np.abs(version(practice.step, "no-output-tanh")(x, h, far, W, U, b)[0]).max() > 1
    assert np.abs(practice.step.reference(x, h, far, W, U, b)[0]).max() <= 1
    grown = version(practice.step, "sigmoid-candidate")(x, h, 0 * C, W, U, b)[1]
    assert np.all(grown > 0)
    wrong = version(practice.step, "no-state")
    assert np.array_equal(wrong(x, h, C, W, U, b), wrong(x, -h, C, W, U, b))


def test_backward_hints():
    case = practice.backward.inputs[0]
    wrong = version(practice.backward, "drop-cell-path")(*case)
    assert not np.any(wrong[4])
    ours = practice.backward.reference(*case)
    for name in ("wrong-f", "old-cell", "local-only", "minus-tanh-squared"):
        other = version(practice.backward, name)(*case)
        assert not np.allclose(other[0], ours[0])
    only_dU = version(practice.backward, "new-state")(*case)
    assert [np.allclose(a, b) for a, b in zip(only_dU, ours, strict=True)] == [
        True, False, True, True, True]  # fmt: skip


def test_jacobian_hints():
    case = practice.total_jacobian.inputs[0]
    exact = practice.total_jacobian.reference(*case)
    highway = version(practice.total_jacobian, "highway-only")(*case)
    assert np.array_equal(highway, np.diag(np.diag(highway)))
    product = version(practice.total_jacobian, "c-only-product")(*case)
    assert np.linalg.norm(product - exact) > 0.1 * np.linalg.norm(exact)
    x, h0, C0, W, U, b = case
    U = U.copy()
    U[18:] = 0  # the output gate no longer looks at h: then the product is right
    held = x, h0, C0, W, U, b
    assert np.allclose(version(practice.total_jacobian, "c-only-product")(*held),
                       practice.total_jacobian.reference(*held))  # fmt: skip


def test_forget_bias_hints():
    biases, gate = np.zeros((3, 2, 8)), slice(2, 4)
    ours, kept = practice.forget_bias.reference(biases, 3.0, 2)
    assert np.all(ours.sum(axis=1)[:, gate] == 3) and np.sum(ours != 0) == 6
    assert np.isclose(kept, 1 / (1 + np.exp(-3.0)) ** 2)
    set_both = version(practice.forget_bias, "both-biases")(biases, 3.0, 2)[0]
    assert np.all(set_both.sum(axis=1)[:, gate] == 6)
    rows = version(practice.forget_bias, "wrong-slice")(biases, 3.0, 2)[0]
    assert np.all(rows[:, 0, :2] == 3) and not np.any(rows[:, 0, 2:])
    first = version(practice.forget_bias, "layer-0-only")(biases, 3.0, 2)[0]
    assert np.array_equal(first[0], ours[0]) and not np.any(first[1:])
    assert version(practice.forget_bias, "bias-as-gate")(biases, 3.0, 2)[1] == 9


def test_diagnose_hints():
    cases = {practice.diagnose.reference(*case): case for case in practice.diagnose.inputs[:4]}
    assert len(cases) == 4
    same = [accuracy for *_, accuracy in practice.diagnose.inputs]
    assert same[0] == same[1] == same[2]  # networks of different kinds, one accuracy
    gradient, cells, _ = cases["no forget gate"]
    assert gradient[-1] > 0.05 and cells[-1] > 8 * cells[0]
    gradient, cells, _ = cases["forget bias 3"]
    assert gradient[-1] > 0.05 and cells[-1] < 2 * cells[0]
    assert cases["large weights"][0][-1] > 100 and cases["forget bias 0"][0][-1] < 1e-6
