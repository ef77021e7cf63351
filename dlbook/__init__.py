"""Helpers of the book *Deep Learning, Checked*.

``evidence``  shows that an equation or a claim is true
``practice``  exercises that name the mistake
``models``    reference implementations that more than one chapter uses
``data``      real data from installed packages, and generators
``plotting``  the book's figure style and the slider figure
``site``      the Sphinx side; chapters never import it
"""

__version__ = "0.1.0"
