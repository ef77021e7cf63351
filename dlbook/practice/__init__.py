"""Exercises that name the mistake.

``engine``   Exercise, Mistake, Result
``running``  runs a learner's function so that nothing gets out
``values``   plain copies of values, and where two of them disagree
``scalars``  Python's numbers, truth values and texts
``arrays``   NumPy's arrays; imported only where there is one
``probing``  patterns in wrong answers
``live``     runs an exercise where there is no notebook
one module per chapter, such as ``rnn_bptt``, with its exercises
"""

from .engine import MIME, Exercise, ExerciseError, Mistake, Result

__all__ = ["MIME", "Exercise", "ExerciseError", "Mistake", "Result"]
