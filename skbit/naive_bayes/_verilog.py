# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""OttoScoreClassifier in Verilog, which adds the log-odds of a bit in each cycle."""

import numpy as np

from skbit._utils.text import fill
from skbit._verilog.text import Stage, Writer, as_list, bits_of, memory
from skbit.naive_bayes import OttoScoreClassifier

_SCORES = """\
module $name(
    input clk,
    input rst,
    input in_valid,
    input in_bit,
    output score_valid,
    output signed [$score_top:0] score,
    output reg out_valid,
    output reg [$label_top:0] label
);
    // The log-odds of each bit, of all classes side by side.
$weights\
    // The scores of rows without ones.
$offsets\
    reg [$word_top:0] weights;
    reg [$sums_top:0] sums;
    reg signed [$score_top:0] best;
    reg [$bit_top:0] place;
    reg [$label_top:0] class_number;
    reg answering;
    integer k;

    // Log-odds are read a cycle ahead.
    wire [$bit_top:0] next_place = !in_valid ? place
        : place == $last_bit ? 0 : place + 1;
    wire signed [$sum_top:0] first_sum = sums[$sum_top:0];
    wire signed [$score_top:0] shifted = first_sum;
    assign score_valid = answering;
    assign score = $$signed(OFFSETS[class_number]) + (shifted <<< $shift);
    always @(posedge clk) begin
        weights <= WEIGHTS[next_place];
        out_valid <= 0;
        if (rst) begin
            place <= 0;
            sums <= 0;
            answering <= 0;
            class_number <= 0;
        end else if (answering) begin
            // The sum of the next class moves to the first place.
            sums <= sums >> $sum_bits;
            if (class_number == 0 || score > best) begin
                best <= score;
                label <= class_number;
            end
            class_number <= class_number == $last_class ? 0 : class_number + 1;
            if (class_number == $last_class) begin
                answering <= 0;
                out_valid <= 1;
                sums <= 0;
            end
        end else if (in_valid) begin
            place <= next_place;
            answering <= place == $last_bit;
            if (in_bit)
                for (k = 0; k < $n_classes; k = k + 1)
                    sums[k * $sum_bits +: $sum_bits] <= sums[k * $sum_bits +: $sum_bits]
                        + {{$extension{weights[k * $weight_bits + $weight_top]}},
                           weights[k * $weight_bits +: $weight_bits]};
        end
    end
endmodule
"""


def score(classifier, name, n_bits):
    """Write an OttoScoreClassifier."""
    # Containers may have more bits than the step before answers.
    weights = classifier.weights_[:, :n_bits].astype(np.int64)
    n_classes = len(weights)
    ones = int(np.bitwise_or.reduce(weights, axis=None))
    shift = (ones & -ones).bit_length() - 1 if ones else 0
    weights >>= shift
    weight_bits = 1 + bits_of(max(weights.max(), -weights.min() - 1, 0))
    most = int(np.abs(weights).sum(axis=1).max())
    sum_bits = max(1 + bits_of(most), weight_bits + 1)
    offsets = classifier.offsets_
    highest = max(map(abs, as_list(offsets))) + (most << shift)
    score_bits = max(1 + bits_of(highest), sum_bits + 1)
    words = [
        sum((value % 2**weight_bits) << k * weight_bits for k, value in enumerate(bit))
        for bit in weights.T.tolist()
    ]
    code = fill(
        _SCORES,
        name=name,
        weights=memory("WEIGHTS", n_classes * weight_bits, words),
        offsets=memory("OFFSETS", score_bits, as_list(offsets)),
        score_top=score_bits - 1,
        label_top=bits_of(n_classes - 1) - 1,
        word_top=n_classes * weight_bits - 1,
        sums_top=n_classes * sum_bits - 1,
        sum_top=sum_bits - 1,
        sum_bits=sum_bits,
        extension=sum_bits - weight_bits,
        weight_bits=weight_bits,
        weight_top=weight_bits - 1,
        bit_top=bits_of(n_bits - 1) - 1,
        last_bit=n_bits - 1,
        last_class=n_classes - 1,
        n_classes=n_classes,
        shift=shift,
    )
    return Stage(code, name, 0, n_classes + 2, score_bits)


WRITERS = {OttoScoreClassifier: Writer(score, is_last=True)}
