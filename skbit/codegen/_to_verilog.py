# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""The entry point of Verilog: a fitted pipeline as a chain of modules."""

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skbit._c.scale import SCALERS, Scale
from skbit._c.text import identifier
from skbit._utils.registry import collect
from skbit._utils.steps import steps_of, without_searches
from skbit._utils.text import fill
from skbit._verilog.text import Stage, bits_of, comment
from skbit.bits import n_containers

# Keywords of Verilog-2005.
_KEYWORDS = """
always and assign automatic begin buf bufif0 bufif1 casex casez cell cmos config
deassign defparam design disable edge end endcase endconfig endfunction endgenerate
endmodule endprimitive endspecify endtable endtask event force forever fork function
generate genvar highz0 highz1 ifnone incdir include initial inout input instance
integer join large liblist library localparam macromodule medium module nand negedge
nmos nor noshowcancelled not notif0 notif1 or output parameter pmos posedge
primitive pull0 pull1 pulldown pullup pulsestyle_onevent pulsestyle_ondetect rcmos
real realtime reg release repeat rnmos rpmos rtran rtranif0 rtranif1 scalared
showcancelled small specify specparam strong0 strong1 supply0 supply1 table task
time tran tranif0 tranif1 tri tri0 tri1 triand trior trireg use uwire vectored wait
wand weak0 weak1 wire wor xnor xor case default else for if signed unsigned while
"""
_TOP = """\
module $name(
    input clk,
    input rst,
    input in_valid,
    input [7:0] in_data,
    output in_ready,
    output score_valid,
    output signed [$score_top:0] score,
    output out_valid,
    output [$label_top:0] label
);
    reg [$count_top:0] n_taken;
    reg is_full;
    wire is_ready;
    assign in_ready = is_ready && !is_full;
    wire taken = in_valid && in_ready;
$wires\
$stages\
    always @(posedge clk) begin
        if (rst || out_valid) begin
            n_taken <= 0;
            is_full <= 0;
        end else if (taken) begin
            n_taken <= n_taken + 1;
            is_full <= n_taken == $last_number;
        end
    end
endmodule
"""
_FIRST = """\
    $module first(
        .clk(clk), .rst(rst), .in_valid(taken), .in_data(in_data),
        .in_ready(is_ready), .out_valid(valid0), .out_bit(bit0)
    );
"""
_MIDDLE = """\
    $module middle$i(
        .clk(clk), .rst(rst), .in_valid(valid$before), .in_bit(bit$before),
        .out_valid(valid$i), .out_bit(bit$i)
    );
"""
_LAST = """\
    $module last(
        .clk(clk), .rst(rst), .in_valid(valid$before), .in_bit(bit$before),
        .score_valid(score_valid), .score(score), .out_valid(out_valid), .label(label)
    );
"""
_BENCH = """\
module ${name}_test;
    reg clk = 0;
    reg rst = 1;
    reg in_valid = 0;
    reg [7:0] in_data = 0;
    wire in_ready, score_valid, out_valid;
    wire signed [$score_top:0] score;
    wire [$label_top:0] label;
    $name model(clk, rst, in_valid, in_data, in_ready, score_valid, score, out_valid,
        label);
    reg [7:0] inputs [0:$last_input];
    reg signed [$score_top:0] expected [0:$last_score];
    integer place = 0;
    integer n_scores = 0;
    integer n_labels = 0;
    integer n_wrong = 0;
    integer cycle = 0;
    integer k;
    integer best;
    initial begin
$numbers\
    end
    always #5 clk = !clk;
    // Signals change between the edges that the model sees.
    always @(negedge clk) begin
        cycle = cycle + 1;
        rst <= cycle < 4;
        if (in_valid && was_ready)
            place = place + 1;
        in_valid <= !rst && place < $n_inputs;
        in_data <= inputs[place < $n_inputs ? place : 0];
    end
    reg was_ready = 0;
    always @(posedge clk) begin
        was_ready <= in_ready;
        if (!rst && score_valid) begin
            if (score !== expected[n_scores])
                n_wrong = n_wrong + 1;
            n_scores = n_scores + 1;
        end
        if (!rst && out_valid) begin
            best = 0;
            for (k = 1; k < $n_classes; k = k + 1)
                if (expected[n_labels * $n_classes + k]
                    > expected[n_labels * $n_classes + best])
                    best = k;
            if (label !== best[$label_top:0])
                n_wrong = n_wrong + 1;
            n_labels = n_labels + 1;
            if (n_labels == $n_rows) begin
                $$display("%0d of %0d rows, %0d scores: %0d differ, %0d cycles a row",
                    n_labels, $n_rows, n_scores, n_wrong, cycle / $n_rows);
                $$finish;
            end
        end
        if (cycle > $limit) begin
            $$display("No answer after %0d cycles.", cycle);
            $$finish;
        end
    end
endmodule
"""


@dataclass(frozen=True)
class VerilogSource:
    """A model as Verilog-2005.

    ``str`` gives the text.

    Read more in the :ref:`User Guide <verilog>`.

    Parameters
    ----------
    name : str
        Name of the module, and prefix of those that it consists of.

    text : str
        The modules.

    cycles : int
        Clock cycles per row, at most.

    score_bits : int
        Bits of a score.

    model : estimator
        The fitted pipeline.

    See Also
    --------
    to_verilog : Writes a fitted pipeline as Verilog.
    """

    name: str
    text: str = field(repr=False)
    cycles: int
    score_bits: int
    model: Any = field(repr=False)

    def __str__(self) -> str:
        return self.text

    def test_bench(self, X: ArrayLike) -> str:
        """Write a test bench, which compares scores and classes with those of Python.

        It prints how many of them differ, and ends the simulation.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of whole numbers from 0 to 255.

        Returns
        -------
        text : str
            A module ``name_test``.

        Raises
        ------
        ValueError
            If X holds other numbers, or has no rows.
        """
        X = np.asarray(X)
        bytes_of = X.astype(np.uint8)
        if len(X) == 0 or not np.array_equal(bytes_of, X):
            raise ValueError("X must have rows of whole numbers from 0 to 255.")
        *steps, classifier = steps_of(self.model)
        bits = X
        for step in steps:
            bits = step.transform(bits)
        scores = classifier.integer_scores(bits)
        width = self.score_bits
        lines = [
            f"        inputs[{i}] = {number};"
            for i, number in enumerate(bytes_of.ravel())
        ]
        lines += [
            f"        expected[{i}] = {width}'h{int(number) % 2**width:x};"
            for i, number in enumerate(scores.ravel())
        ]
        return fill(
            _BENCH,
            name=self.name,
            numbers="\n".join([*lines, ""]),
            score_top=width - 1,
            label_top=bits_of(scores.shape[1] - 1) - 1,
            last_input=X.size - 1,
            n_inputs=X.size,
            last_score=scores.size - 1,
            n_rows=len(X),
            n_classes=scores.shape[1],
            limit=len(X) * (self.cycles + 2 * X.shape[1] + 64),
        )


def to_verilog(estimator: Any, name: str = "model") -> VerilogSource:
    """Write a fitted pipeline as Verilog-2005, for FPGAs and chips.

    The text is a chain of synthesizable modules with one clock. Constants lie in
    memories, which synthesis maps to block RAM or to logic, and one bit or one template
    is processed in each cycle, so models of any size take few gates.

    Read more in the :ref:`User Guide <verilog>`.

    Parameters
    ----------
    estimator : Pipeline
        Fitted. Scalers or none, a :class:`~skbit.preprocessing.ThermometerEncoder`; or
        a :class:`~skbit.preprocessing.PixelEncoder` of one channel; then any number of
        :class:`~skbit.feature_extraction.BitPatchEncoder` with ``stride=1`` and
        ``pooling="or"`` and :class:`~skbit.feature_selection.BitSelector`; then a
        :class:`~skbit.naive_bayes.OttoScoreClassifier`.

    name : str, default="model"
        Name of the module, an identifier.

    Returns
    -------
    source : VerilogSource
        The text. Its ``test_bench`` compares a simulation with Python.

    Raises
    ------
    TypeError
        If there is no Verilog for an estimator, or not for its place in the pipeline.

    ValueError
        If ``name`` is no identifier or a keyword of Verilog, or the model was not
        fitted on bytes.

    See Also
    --------
    to_c : Writes a fitted model as C99.

    Notes
    -----
    The module takes the features of a row one by one, as bytes on ``in_data``, in
    cycles in which ``in_valid`` and ``in_ready`` are 1. It answers the scores of the
    classes one by one on ``score`` while ``score_valid`` is 1, and then the place of
    the class in ``classes_`` on ``label`` for one cycle, in which ``out_valid`` is 1.
    The next row is taken after that. ``rst`` is synchronous and must be 1 for a cycle
    before the first row.

    Scores are those of
    :meth:`~skbit.naive_bayes.OttoScoreClassifier.integer_scores`, and the sums have as
    many bits as they need, so they cannot overflow.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from skbit import OttoScoreClassifier, ThermometerEncoder
    >>> from skbit.codegen import to_verilog
    >>> X, y = load_digits(return_X_y=True)
    >>> model = make_pipeline(
    ...     ThermometerEncoder(feature_range=(0, 16)),
    ...     OttoScoreClassifier(max_iter=11, weight_bits=2, random_state=0),
    ... ).fit(X, y)
    >>> source = to_verilog(model, "digits")
    >>> source.cycles
    652
    """
    name = identifier(name)
    if name in _KEYWORDS.split():
        raise ValueError(f"name must be no keyword of Verilog, got {str(name)!r}.")
    estimator = without_searches(estimator)
    if hasattr(estimator, "refit"):  # Fitted searches have been replaced.
        check_is_fitted(estimator)
    steps = steps_of(estimator)
    scalers = []
    while steps and type(steps[0]) in SCALERS:
        scalers.append(steps.pop(0))
    if not isinstance(estimator, Pipeline) or len(steps) < 2:
        raise TypeError(
            "Verilog is written of a pipeline of an encoder, steps of bits, and a "
            f"classifier, got {type(estimator).__name__}."
        )
    writers = collect("_verilog", "WRITERS")
    stages: list[Stage] = []
    for place, step in enumerate(steps):
        _check(step, writers, place == 0, place == len(steps) - 1)
        module = f"{name}_stage{place}"
        if place == 0:
            scale = Scale(scalers, step.n_features_in_, "uint8", False)
            try:
                scale.check_range(step, step.data_min_, step.data_max_)
            except ValueError as error:
                raise ValueError(
                    f"{type(step).__name__} was not fitted on bytes, but the input of "
                    "Verilog is bytes. Fit the model on whole numbers from 0 to 255."
                ) from error
            stages.append(writers[type(step)].write(step, module, scale))
        else:
            n_bits = stages[-1].n_bits
            _check_size(step, n_bits)
            stages.append(writers[type(step)].write(step, module, n_bits))
    return _assemble(name, estimator, steps, stages)


def _check(step: Any, writers: dict[Any, Any], is_first: bool, is_last: bool) -> None:
    """Raise if there is no Verilog for an estimator, or not at its place."""
    if type(step) not in writers:
        names = ", ".join(kind.__name__ for kind in writers)
        raise TypeError(
            f"There is no Verilog for {type(step).__name__}, only for {names}."
        )
    step._check_fitted()
    writer = writers[type(step)]
    if (writer.is_first, writer.is_last) != (is_first, is_last):
        place = "first" if writer.is_first else "last" if writer.is_last else "middle"
        raise TypeError(f"{type(step).__name__} can only be a {place} step in Verilog.")


def _check_size(step: Any, n_bits: int) -> None:
    """Raise if a step was fitted on another number of bits."""
    is_packed = step.input_format_ == "packed"
    expected = n_containers(n_bits) if is_packed else n_bits
    if step.n_features_in_ != expected:
        raise ValueError(
            f"{type(step).__name__} was fitted on {step.n_features_in_} columns, but "
            f"the step before answers {expected}."
        )


def _assemble(
    name: str, estimator: Any, steps: list[Any], stages: list[Stage]
) -> VerilogSource:
    """Join stages by a module, with a comment on top."""
    *others, last = stages
    parts = [fill(_FIRST, module=others[0].name)]
    for i, stage in enumerate(others[1:], 1):
        parts.append(fill(_MIDDLE, module=stage.name, i=i, before=i - 1))
    parts.append(fill(_LAST, module=last.name, before=len(others) - 1))
    wires = "".join(f"    wire valid{i}, bit{i};\n" for i in range(len(others)))
    n_features = steps[0].n_features_in_
    n_classes = len(steps[-1].classes_)
    top = fill(
        _TOP,
        name=name,
        wires=wires,
        stages="".join(parts),
        count_top=bits_of(n_features) - 1,
        last_number=n_features - 1,
        score_top=last.score_bits - 1,
        label_top=bits_of(n_classes - 1) - 1,
    )
    head = [
        f"{name}: written by skbit {version('skbit')} from",
        *(f"    {line}" for line in repr(estimator).splitlines()),
        "",
        f"Input: {n_features} bytes on in_data, one in each cycle in which in_valid",
        f"and in_ready are 1. Output: the scores of {n_classes} classes on score, one",
        "in each cycle in which score_valid is 1, then the place of the class on label",
        "in the cycle in which out_valid is 1. rst is synchronous; it is 1 for a cycle",
        "at the start.",
    ]
    text = "\n".join([comment(head), top, *(stage.code for stage in stages)])
    cycles = n_features + sum(stage.cycles for stage in stages)
    return VerilogSource(name, text, cycles, last.score_bits, estimator)
