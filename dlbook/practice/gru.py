"""Exercises of the chapter on the GRU.

``step``        one step, with the reset before the matrix
``from_torch``  the states of torch.nn.GRU from its weights
``convert``     the weights of a gate that lets in, for a gate that keeps
``jacobian``    the derivative of one step by the old state
"""

import numpy as np

from .engine import Exercise, Mistake

__all__ = ["convert", "from_torch", "jacobian", "step"]


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _step(x, h, Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn):
    z = 1 / (1 + np.exp(-(Wz @ x + Uz @ h + bz)))
    r = 1 / (1 + np.exp(-(Wr @ x + Ur @ h + br)))
    n = np.tanh(Wn @ x + Un @ (r * h) + bn)
    return z * h + (1 - z) * n


def _step_with(candidate, mix=lambda z, h, n: z * h + (1 - z) * n):
    """A step with another candidate, of (x, h, r, Wn, Un, bn), or another mixture."""

    def version(x, h, Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn):
        z, r = _sigmoid(Wz @ x + Uz @ h + bz), _sigmoid(Wr @ x + Ur @ h + br)
        return mix(z, h, np.tanh(candidate(x, h, r, Wn, Un, bn)))

    return version


def _reset(x, h, r, Wn, Un, bn):
    return Wn @ x + Un @ (r * h) + bn


def _torch_step(*arguments):
    import torch

    x, h, Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn = (
        torch.tensor(np.asarray(a, dtype=float)) for a in arguments
    )
    z, r = torch.sigmoid(Wz @ x + Uz @ h + bz), torch.sigmoid(Wr @ x + Ur @ h + br)
    return torch.lerp(torch.tanh(Wn @ x + Un @ (r * h) + bn), h, z)


def _unit(seed, D, H):
    rng = np.random.default_rng(seed)
    shapes = [(D,), (H,), *[(H, D)] * 3, *[(H, H)] * 3, *[(H,)] * 3]
    return tuple(rng.normal(size=s) for s in shapes)


step = Exercise(
    "gru-step",
    _step,
    [_unit(0, 4, 6), _unit(1, 3, 2)],
    [
        Mistake(
            "update-reversed",
            _step_with(_reset, lambda z, h, n: (1 - z) * h + z * n),
            "Your update gate lets the new in. In this chapter z multiplies the old state and 1 - "
            "z the candidate.",
        ),
        Mistake(
            "reset-after",
            _step_with(lambda x, h, r, Wn, Un, bn: Wn @ x + r * (Un @ h) + bn),
            "You reset after the matrix product, as PyTorch does. Here the old state is "
            "multiplied by r before Un: a different model.",
        ),
        Mistake(
            "reset-on-input",
            _step_with(lambda x, h, r, Wn, Un, bn: Wn @ (np.resize(r, len(x)) * x) + Un @ h + bn),
            "The reset gate acts on the previous state, not on the input.",
        ),
        Mistake(
            "reset-forgotten",
            _step_with(lambda x, h, r, Wn, Un, bn: Wn @ x + Un @ h + bn),
            "The reset gate is computed and not used. Multiply the old state by r before Un.",
        ),
        Mistake(
            "candidate-bias-forgotten",
            _step_with(lambda x, h, r, Wn, Un, bn: Wn @ x + Un @ (r * h)),
            "The bias of the candidate is missing: with x = 0 and h = 0 the candidate would be 0 "
            "whatever bn is.",
        ),
        Mistake(
            "kept-part-reset",
            lambda x, h, Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn: (
                _step(x, h, Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn)
                - _sigmoid(Wz @ x + Uz @ h + bz) * (1 - _sigmoid(Wr @ x + Ur @ h + br)) * h
            ),
            "You reset the kept part too. The reset gate acts inside the candidate only; what is "
            "kept is z times the old state.",
        ),
    ],
    alternatives=(_torch_step,),
    task="Write gru_step(x, h, Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn) with the reset before Un.",
)


def _from_torch(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    h, states = h0, []
    for x_t in x:
        ir, iz, i_n = np.split(weight_ih @ x_t + bias_ih, 3)
        hr, hz, h_n = np.split(weight_hh @ h + bias_hh, 3)
        r, z = 1 / (1 + np.exp(-ir - hr)), 1 / (1 + np.exp(-iz - hz))
        h = z * h + (1 - z) * np.tanh(i_n + r * h_n)
        states.append(h)
    return np.array(states)


def _torch_like(order=(0, 1, 2), merged=False, before=False, reverse=False):
    """torch's GRU with one thing different."""

    def version(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
        h, states, H = h0, [], len(h0)
        for x_t in x:
            a, b = np.split(weight_ih @ x_t + bias_ih, 3), np.split(weight_hh @ h + bias_hh, 3)
            (ir, iz, i_n), (hr, hz, h_n) = ([c[k] for k in order] for c in (a, b))
            r, z = _sigmoid(ir + hr), _sigmoid(iz + hz)
            inner = r * h_n
            if merged:
                inner = r * (h_n - bias_hh[2 * H :]) + bias_hh[2 * H :]
            if before:
                inner = weight_hh[2 * H :] @ (r * h) + bias_hh[2 * H :]
            n = np.tanh(i_n + inner)
            h = (1 - z) * h + z * n if reverse else z * h + (1 - z) * n
            states.append(h)
        return np.array(states)

    return version


def _by_cell(x, h0, weight_ih, weight_hh, bias_ih, bias_hh):
    import torch

    x, h, *weights = (
        torch.tensor(np.asarray(a, dtype=float))
        for a in (x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    )
    cell = torch.nn.GRUCell(x.shape[1], len(h)).double()
    for parameter, value in zip(cell.parameters(), weights, strict=True):
        parameter.data = value
    states = []
    for x_t in x:
        h = cell(x_t, h)
        states.append(h.detach())
    return torch.stack(states)


def _layer(seed, T, D, H):
    rng = np.random.default_rng(seed)
    shapes = [(T, D), (H,), (3 * H, D), (3 * H, H), (3 * H,), (3 * H,)]
    return tuple(rng.normal(size=s) for s in shapes)


from_torch = Exercise(
    "gru-from-torch",
    _from_torch,
    [_layer(0, 7, 5, 6), _layer(1, 3, 2, 4)],
    [
        Mistake(
            "biases-merged",
            _torch_like(merged=True),
            "You added both biases of the candidate outside the reset. The second one belongs "
            "inside: r * (U h + c).",
        ),
        Mistake(
            "gate-order",
            _torch_like(order=(1, 0, 2)),
            "You split the rows as z, r, n. PyTorch stacks the reset gate first: r, z, n.",
        ),
        Mistake(
            "reset-before",
            _torch_like(before=True),
            "You reset the state before the matrix, as the paper does. PyTorch multiplies first "
            "and resets after.",
        ),
        Mistake(
            "update-reversed",
            _torch_like(reverse=True),
            "In PyTorch z multiplies the old state and 1 - z the candidate; yours is the other "
            "way round.",
        ),
        Mistake(
            "last-state-only",
            lambda *case: _from_torch(*case)[-1:],
            "You returned the last state only. The task asks for all T states, one in each row.",
        ),
    ],
    alternatives=(_by_cell,),
    task="Write gru_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh) -> states (T, H).",
)


def _convert(x, h, n, Wu, Uu, bu):
    z = 1 / (1 + np.exp(Wu @ x + Uu @ h + bu))
    return -Wu, -Uu, -bu, z * h + (1 - z) * n


def _converted(signs, mixed=lambda u, h, n: (1 - u) * h + u * n):
    """A conversion with these signs and this mixture of old state and candidate."""

    def version(x, h, n, Wu, Uu, bu):
        u = _sigmoid(Wu @ x + Uu @ h + bu)
        return *(s * a for s, a in zip(signs, (Wu, Uu, bu), strict=True)), mixed(u, h, n)

    return version


def _gate(seed, D, H):
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(size=s) for s in ((D,), (H,), (H,), (H, D), (H, H), (H,)))


convert = Exercise(
    "gru-convert",
    _convert,
    [_gate(0, 4, 6), _gate(1, 3, 2)],
    [
        Mistake(
            "unchanged",
            _converted((1, 1, 1)),
            "The weights were not changed, but u and 1 - u are different gates. Since 1 - "
            "sigma(a) = sigma(-a), turn their sign.",
        ),
        Mistake(
            "bias-kept",
            _converted((-1, -1, 1)),
            "The bias stands inside the sigmoid too. Turn its sign with those of the matrices.",
        ),
        Mistake(
            "one-minus",
            lambda x, h, n, Wu, Uu, bu: (
                1 - Wu,
                1 - Uu,
                1 - bu,
                _convert(x, h, n, Wu, Uu, bu)[3],
            ),  # fmt: skip
            "1 - sigma(a) is sigma(-a), not sigma(1 - a): turn the sign of the weights, do not "
            "subtract them from one.",
        ),
        Mistake(
            "turned-twice",
            _converted((-1, -1, -1), lambda u, h, n: u * h + (1 - u) * n),
            "The weights are right, the state is not. Perhaps the gate was turned twice: u lets "
            "the candidate in, so z = 1 - u multiplies the old state.",
        ),
    ],
    alternatives=(_converted((-1, -1, -1)),),
    returns=("Wz", "Uz", "bz", "h_new"),
    task="Write to_keep_convention(x, h, n, Wu, Uu, bu): weights of z = 1 - u, and the new state.",
)


def _jacobian(x, h, Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn):
    z = 1 / (1 + np.exp(-(Wz @ x + Uz @ h + bz)))
    r = 1 / (1 + np.exp(-(Wr @ x + Ur @ h + br)))
    n = np.tanh(Wn @ x + Un @ (r * h) + bn)
    inner = np.diag(r) + (h * r * (1 - r))[:, None] * Ur
    update = ((h - n) * z * (1 - z))[:, None] * Uz
    return np.diag(z) + update + ((1 - z) * (1 - n**2))[:, None] * (Un @ inner)


def _jacobian_with(update=1.0, reset=1.0, elementwise=False, slope=True):
    """The Jacobian with factors on two of its terms, or with another product."""

    def version(x, h, Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn):
        z, r = _sigmoid(Wz @ x + Uz @ h + bz), _sigmoid(Wr @ x + Ur @ h + br)
        n = np.tanh(Wn @ x + Un @ (r * h) + bn)
        inner = np.diag(r) + reset * (h * r * (1 - r))[:, None] * Ur
        product = Un * inner if elementwise else Un @ inner
        gain = (1 - z) * ((1 - n**2) if slope else 1)
        return np.diag(z) + update * ((h - n) * z * (1 - z))[:, None] * Uz + gain[:, None] * product

    return version


def _autograd_jacobian(x, h, *weights):
    import torch

    x, *weights = (torch.tensor(np.asarray(a, dtype=float)) for a in (x, *weights))
    Wz, Wr, Wn, Uz, Ur, Un, bz, br, bn = weights

    def one(h):
        z, r = torch.sigmoid(Wz @ x + Uz @ h + bz), torch.sigmoid(Wr @ x + Ur @ h + br)
        return torch.lerp(torch.tanh(Wn @ x + Un @ (r * h) + bn), h, z)

    return torch.autograd.functional.jacobian(one, torch.tensor(np.asarray(h, dtype=float)))


jacobian = Exercise(
    "gru-jacobian",
    _jacobian,
    [_unit(2, 4, 5), _unit(3, 2, 3)],
    [
        Mistake(
            "no-reset-term",
            _jacobian_with(reset=0.0),
            "The reset gate listens to h as well. With Ur = 0 your answer is right; in general "
            "the term with r (1 - r) Ur is missing.",
        ),
        Mistake(
            "sign-of-update",
            _jacobian_with(update=-1.0),
            "The term of the update gate has the wrong sign. Where z keeps the old state it "
            "carries h - n.",
        ),
        Mistake(
            "no-update-term",
            _jacobian_with(update=0.0),
            "The update gate listens to h too: the term with (h - n) z (1 - z) Uz is missing.",
        ),
        Mistake(
            "elementwise",
            _jacobian_with(elementwise=True),
            "Un and the inner derivative are multiplied entry by entry. The chain rule wants a "
            "matrix product there.",
        ),
        Mistake(
            "tanh-slope-forgotten",
            _jacobian_with(slope=False),
            "The slope of tanh is missing: the candidate's rows carry the factor 1 - n^2.",
        ),
        Mistake(
            "transposed",
            lambda *case: _jacobian(*case).T,
            "This is the transpose. Row i holds the derivatives of entry i of the new state.",
        ),
    ],
    alternatives=(_autograd_jacobian,),
    task="Write gru_jacobian(x, h, Wz, ..., bn): dh_t/dh_{t-1}, shape (H, H).",
)
