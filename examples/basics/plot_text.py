# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""
================================================================
Hashed words are bits, and their weights can be read
================================================================

The :class:`~sklearn.feature_extraction.text.HashingVectorizer` of scikit-learn turns a
text into a sparse row of zeros and ones, which is the input of an
:class:`~skbit.naive_bayes.OttoScoreClassifier`. No vocabulary is stored. The weight of
a word is the evidence that it gives for a class.

The texts are the beginnings of the docstrings of five libraries, which have to be
installed. The classifier tells the library of a text, from which the names of the
libraries are removed.

See :ref:`classification`.
"""

# %%
# Collect the texts
# -----------------
# A text is what stands before the first heading of a docstring. Each text is used once.

import importlib
import inspect
import re

import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skbit import OttoScoreClassifier

modules = {
    "matplotlib": "axes axis colors figure lines patches pyplot text ticker transforms",
    "numpy": "fft linalg ma polynomial random strings",
    "pandas": "api.types plotting",
    "scipy": "integrate interpolate linalg ndimage optimize signal sparse stats",
    "sklearn": "cluster ensemble linear_model metrics model_selection preprocessing",
}
heading = re.compile(r"\n(?:Attributes|Examples|Notes|Parameters|Returns|See Also)\n-")
names = re.compile("|".join(modules))


def beginnings(library):
    """Return what the docstrings of a library begin with."""
    texts = {}
    for name in [library, *(f"{library}.{m}" for m in modules[library].split())]:
        public = vars(importlib.import_module(name)).items()
        objects = [thing for key, thing in public if key[0] != "_" and callable(thing)]
        for cls in filter(inspect.isclass, tuple(objects)):
            objects += [thing for key, thing in vars(cls).items() if key[0] != "_"]
        for thing in objects:
            owner = getattr(thing, "__module__", None) or library
            text = inspect.getdoc(thing)
            if owner.startswith(library) and text:
                text = names.sub(" ", heading.split(text)[0])
                if len(text.split()) >= 8:
                    texts[text] = library
    return texts


texts = {}
for library in modules:
    found = beginnings(library)
    texts |= found
    print(f"{library}: {len(found)} texts")
X, y = list(texts), list(texts.values())
X_train, X_val, y_train, y_val = train_test_split(
    X, y, test_size=0.3, random_state=0, stratify=y
)

# %%
# Fit the classifiers
# -------------------

vectorizer = HashingVectorizer(
    n_features=2**14,
    binary=True,
    norm=None,
    alternate_sign=False,
    token_pattern=r"[a-z]{2,}",
    dtype=np.uint8,
)
classifiers = {
    "words counted": OttoScoreClassifier(),
    "and tuned by ten passes": OttoScoreClassifier(max_iter=11, random_state=0),
    "logistic regression": LogisticRegression(max_iter=500),
}
models = {}
for name, classifier in classifiers.items():
    models[name] = make_pipeline(vectorizer, classifier).fit(X_train, y_train)
    print(f"{name}: accuracy {models[name].score(X_val, y_val):.3f}")

# %%
# Plot the words that speak for a library
# ---------------------------------------
# Words in at least ten texts and at most in a fifth of them are shown. The evidence of
# a word is its weight for a library, less the mean of its weights for all libraries. It
# is divided by ``precision``, so that it is in nats.

words, n_texts = np.unique(
    [word for text in X_train for word in {*vectorizer.build_analyzer()(text)}],
    return_counts=True,
)
words = words[(n_texts >= 10) & (n_texts <= len(X_train) / 5)]
classifier = models["and tuned by ten passes"][-1]
column = vectorizer.transform(words).indices
evidence = classifier.weights_[:, column] / classifier.precision
evidence -= evidence.mean(axis=0)

fig, axes = plt.subplots(1, 5, figsize=(11, 3.6), layout="constrained", sharex=True)
for ax, library, values, color in zip(
    axes, classifier.classes_, evidence, plt.get_cmap("tab10").colors, strict=False
):
    best = np.argsort(values)[-10:]
    ax.barh(words[best], values[best], color=color)
    ax.set_title(library)
    ax.tick_params(length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
fig.supxlabel("evidence of a word for the library (nats)")

plt.show()
