"""The reviews: counts, labels, and what is done about repetitions."""

from collections import Counter

import numpy as np
import pytest

from dlbook.data import Reviews, reviews
from dlbook.data.packages import find
from dlbook.data.reviews import SOURCES

ONCE, ALL = reviews(), reviews(unique=False)


def test_counts_and_types():
    assert isinstance(ONCE, Reviews)
    assert ONCE.y.dtype == np.int64 and len(ONCE.texts) == len(ONCE.y)
    assert [np.sum(ONCE.y == k) for k in (1, 0)] == [8332, 9031]
    assert [np.sum(ALL.y == k) for k in (1, 0)] == [16548, 18575]


def test_each_text_once_and_with_one_label():
    count = Counter(zip(ALL.texts, ALL.y.tolist(), strict=True))
    labels = Counter(text for text, _ in count)
    expected = {(text, label) for text, label in count if labels[text] == 1}
    assert set(zip(ONCE.texts, ONCE.y.tolist(), strict=True)) == expected
    assert len(set(ONCE.texts)) == len(ONCE.texts)


@pytest.mark.parametrize("label, first", [(1, 0), (0, 16548)])
def test_the_texts_are_those_of_the_file(label, first):
    lines = find(**SOURCES[label]).read_bytes().decode("utf-8").split("\n")
    filled = [line.strip() for line in lines if line.strip()]
    assert list(ALL.texts[first : first + len(filled)]) == filled
    assert set(ALL.y[first : first + len(filled)]) == {label}
