# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graphs on all test images of MNIST: what differs, how long an image takes."""

import numpy as np
from onnxruntime import InferenceSession, SessionOptions

from examples.reproduce.c_export import classifier
from examples.reproduce.figures import SEEDS, Figure, images
from examples.reproduce.speed import in_turns
from skbit import BitWTAClusterer
from skbit.onnx import to_onnx


def session(onnx_model):
    options = SessionOptions()
    options.intra_op_num_threads = 1
    return InferenceSession(onnx_model.SerializeToString(), options)


def parity(quick):
    """Count what differs between Python and onnxruntime."""
    X_test = images("MNIST", quick)[2]
    for n_components in (50, 512, 2048):
        model = classifier(n_components, 1, quick)
        onnx_model = to_onnx(model, X_test)
        label, scores = session(onnx_model).run(None, {"X": X_test})
        bits = model[:-1].transform(X_test)
        for what, found, expected in (
            ("labels", label, model.predict(X_test)),
            ("integer scores", scores, model[-1].integer_scores(bits)),
        ):
            yield Figure(
                f"H = {n_components}: {what} of {found.size:,}",
                (int(np.sum(found != expected)),),
                "differ",
                0,
                {"H": n_components, "score": what},
                SEEDS[:1],
            )
        yield Figure(
            f"H = {n_components}: size of the file",
            (onnx_model.ByteSize() / 2**20,),
            "MiB",
            setting={"H": n_components},
        )
    X, _, X_test, _ = images("MNIST", quick)
    X, X_test = X > 127, X_test > 127
    model = BitWTAClusterer(256, random_state=0).fit(X)
    label, scores, pattern = session(to_onnx(model, X_test)).run(None, {"X": X_test})
    for what, found, expected in (
        ("labels", label, model.predict(X_test)),
        ("scores", scores, model.transform(X_test)),
        ("bits recalled", pattern, model.recall(X_test)),
    ):
        yield Figure(
            f"clusterer, 256 neurons: {what} of {found.size:,}",
            (int(np.sum(found != expected)),),
            "differ",
            0,
        )


def latency(quick):
    """Time single images in Python and in onnxruntime, one thread, in turns."""
    image = images("MNIST", quick)[2][:1]
    for n_components in (50, 512, 2048):
        model = classifier(n_components, 0, quick)
        run = session(to_onnx(model, image)).run

        def by_python(model=model):
            model.predict(image)

        def by_onnxruntime(run=run):
            run(None, {"X": image})

        by_python(), by_onnxruntime()
        times = in_turns(by_python, by_onnxruntime, n_runs=200)[:2]
        for name, time in zip(("Python", "onnxruntime"), times, strict=True):
            yield Figure(
                f"H = {n_components}: one image in {name}",
                (1000 * np.median(time),),
                "ms",
                # The claim about an executable graph.
                0.1 if (name, n_components) == ("onnxruntime", 50) else None,
                {"H": n_components, "by": name},
            )


MEASUREMENTS = {"onnx-parity": parity, "onnx-latency": latency}
