"""Every claim of the book again, with more seeds: ``make replicate SEEDS=50``.

``chapter``   runs the code of one chapter
``__main__``  runs all chapters side by side, and goes on where it was stopped
``table``     what became of the verdicts
"""
