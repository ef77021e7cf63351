"""The chapter writes the network out; later chapters import it. Both are the same."""

import numpy as np
import pytest

from dlbook.models.rnn import rnn_backward, rnn_forward
from tests.notebooks import ROOT, Session, code_cells, read

FUNCTIONS = {"forward": "forward", "delta": "deltas", "weights": "backward"}  # by id of the cell


@pytest.fixture(scope="module")
def chapter():
    """The functions of the chapter, from the cells that define them."""
    session = Session()
    session.run("numpy", "import numpy as np")
    found = {cell.id: cell for cell in code_cells(read(ROOT / "chapters/memory/rnn-bptt.ipynb"))}
    for name, function in FUNCTIONS.items():
        session.run(name, found[name].source)
        assert hasattr(session.module, function), f"cell {name} defines no {function}"
    return session.module


def case(seed, T, D, H):
    rng = np.random.default_rng(seed)
    shapes = (T, D), (H,), (H, D), (H, H), (H,), (T, H)
    return [rng.normal(size=shape) for shape in shapes]


@pytest.mark.parametrize("sizes", [(7, 3, 5), (1, 2, 3), (4, 6, 1)])
def test_forward(chapter, sizes):
    x, h0, Wx, Wh, b, _ = case(0, *sizes)
    ours, theirs = chapter.forward(x, h0, Wx, Wh, b), rnn_forward(x, h0, Wx, Wh, b)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("sizes", [(7, 3, 5), (1, 2, 3), (4, 6, 1)])
def test_backward(chapter, sizes):
    x, h0, Wx, Wh, b, dh = case(1, *sizes)
    h = rnn_forward(x, h0, Wx, Wh, b)
    ours, theirs = (f(x, h, h0, dh, Wx, Wh) for f in (chapter.backward, rnn_backward))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)
