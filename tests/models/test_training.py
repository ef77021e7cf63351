"""The training loop against updates written out by hand."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from dlbook.models import training
from dlbook.models.training import train

mse = torch.nn.functional.mse_loss


def linear(w=(0.5, -2.0)):
    model = torch.nn.Linear(2, 1, bias=False, dtype=torch.float64)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([w]))
    return model


def sample(rng):
    x = rng.normal(size=(4, 2))
    return x, x @ np.array([[1.0], [3.0]])


def batches(seed, n):
    rng = np.random.default_rng(seed)
    return [sample(rng) for _ in range(n)]


def by_hand(update, steps=5, seed=3, w=(0.5, -2.0), clip=np.inf):
    """Losses and last weights; update(step, gradient) is subtracted."""
    w, losses = np.array(w), []
    for step, (x, y) in enumerate(batches(seed, steps), start=1):
        error = x @ w - y[:, 0]
        losses.append(np.mean(error**2))
        g = 2 * x.T @ error / len(x)
        norm = np.sqrt(np.sum(g**2))
        w = w - update(step, g * min(1, clip / norm))
    return losses, w


def run(model, *, rng=None, steps=5, lr=0.1, **options):
    return train(model, sample, mse, rng=rng or np.random.default_rng(3), steps=steps, lr=lr,
                 **options)  # fmt: skip


def adam(lr):
    m, v = np.zeros(2), np.zeros(2)

    def update(step, g):
        m[:] = 0.9 * m + 0.1 * g
        v[:] = 0.999 * v + 0.001 * g**2
        return lr * m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)

    return update


@pytest.mark.parametrize("clip", [None, 0.7])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_weights_and_losses_equal_updates_by_hand(optimizer, clip):
    model = linear()
    history = run(model, optimizer=optimizer, clip=clip)
    update = adam(0.1) if optimizer == "adam" else lambda step, g: 0.1 * g
    losses, w = by_hand(update, clip=clip or np.inf)
    # PyTorch divides by norm + 1e-6 when it clips
    np.testing.assert_allclose(history.losses, losses, rtol=1e-12 if clip is None else 1e-5)
    np.testing.assert_allclose(model.weight.detach()[0], w, rtol=1e-12 if clip is None else 1e-5)


def test_adam_is_the_default_and_a_long_clip_changes_nothing():
    one, two = linear(), linear()
    assert run(one) == run(two, optimizer="adam", clip=1e9)
    assert torch.equal(one.weight, two.weight)


def test_scores_default_to_the_mean_loss_since_the_last_score():
    history = run(linear(), steps=7, every=3)
    assert history.scored_at == (3, 6)
    assert len(history.losses) == 7
    wanted = [np.mean(history.losses[:3]), np.mean(history.losses[3:6])]
    np.testing.assert_allclose(history.scores, wanted, rtol=1e-14)
    assert history.solved_at is None
    with pytest.raises(AttributeError):
        history.solved_at = 3  # what happened stays as it was


def test_training_stops_when_solved():
    calls = []

    def score(model):
        assert not model.training and not torch.is_grad_enabled()
        calls.append(model.weight.detach().clone())
        return [9.0, 4.0, 1.0][len(calls) - 1]

    model = linear()
    history = run(model, steps=100, every=2, score=score, solved=lambda value: value < 5)
    assert (history.scored_at, history.scores, history.solved_at) == ((2, 4), (9.0, 4.0), 4)
    assert len(history.losses) == 4
    assert model.training and torch.is_grad_enabled()
    assert torch.equal(calls[-1], model.weight)  # scored after the update


def test_a_model_in_evaluation_mode_stays_there():
    model = linear().eval()
    run(model, every=1, score=lambda model: 0.0)
    assert not model.training


def test_solved_never():
    history = run(linear(), every=1, score=lambda model: 1.0, solved=lambda value: False)
    assert history.solved_at is None and len(history.losses) == 5


def test_defaults_score_every_fifty_steps():
    assert run(linear(), steps=101).scored_at == (50, 100)


def test_a_loss_that_is_not_finite_ends_training_before_the_update():
    model = linear((np.inf, 1.0))
    history = run(model, every=1)
    assert len(history.losses) == 1 and not np.isfinite(history.losses[0])
    assert history.scores == () and history.solved_at is None
    assert model.weight[0, 1] == 1.0


def test_an_exploding_run_ends_with_its_first_infinite_loss():
    history = run(linear(), steps=5000, lr=1e6, optimizer="sgd")
    assert np.isfinite(history.losses[:-1]).all() and not np.isfinite(history.losses[-1])
    assert len(history.losses) < 5000


def test_the_generator_decides_everything():
    models = [linear() for _ in range(3)]
    state = torch.get_rng_state()
    one, two = run(models[0]), run(models[1])
    assert one == two != run(models[2], rng=np.random.default_rng(4))
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(steps=0), "steps must be at least 1, got 0"),
        (dict(every=0), "every must be at least 1, got 0"),
        (dict(lr=0), "lr must be above 0, got 0"),
        (dict(lr=float("nan")), "lr must be above 0, got nan"),
        (dict(clip=0), "clip must be above 0, got 0"),
        (dict(optimizer="adagrad"), r"optimizer must be one of \['adam', 'sgd'\], got 'adagrad'"),
    ],
)
def test_senseless_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        run(linear(), **options)


def test_evaluate():
    model = torch.nn.Dropout(0.5)  # does nothing in evaluation mode
    x = np.array([[1.0, 2.0], [3.0, 5.0]])

    def measure(output, y):
        assert not torch.is_grad_enabled()
        return (output - y).sum()

    value = training.evaluate(model, x, np.ones((2, 2)), measure)
    assert isinstance(value, float) and value == 7
    assert model.training


def test_accuracy_and_cross_entropy_by_loops():
    rng = np.random.default_rng(0)
    for shape in [(5,), (3, 4), (2, 3, 2)]:
        logits, y = rng.normal(size=(*shape, 3)), rng.integers(0, 3, shape)
        hits, nats = [], []
        for place in np.ndindex(*shape):
            z = logits[place]
            hits.append(max(range(3), key=lambda k: z[k]) == y[place])
            nats.append(np.log(np.sum(np.exp(z))) - z[y[place]])
        pair = torch.tensor(logits), torch.tensor(y)
        assert training.accuracy(*pair).item() == pytest.approx(np.mean(hits), rel=1e-15)
        assert training.cross_entropy(*pair).item() == pytest.approx(np.mean(nats), rel=1e-13)


@pytest.mark.parametrize("measure", [training.accuracy, training.cross_entropy])
def test_labels_of_another_shape_are_refused(measure):
    message = r"\(2, 4, 3\) need labels of shape \(2, 4\), got \(4, 2\)"
    with pytest.raises(ValueError, match=message):
        measure(torch.zeros(2, 4, 3), torch.zeros(4, 2, dtype=torch.int64))


def test_importing_the_loop_does_not_import_torch():
    code = "import sys, dlbook.models, dlbook.models.training, dlbook.models.rnn; "
    code += "print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
