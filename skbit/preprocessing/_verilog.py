# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Encoders in Verilog, which compare a number with a limit in each clock cycle."""

import numpy as np

from skbit._utils.text import fill
from skbit._verilog.text import Stage, Writer, as_list, bits_of, memory
from skbit.preprocessing import PixelEncoder, ThermometerEncoder

_THERMOMETER = """\
module $name(
    input clk,
    input rst,
    input in_valid,
    input [7:0] in_data,
    output in_ready,
    output out_valid,
    output out_bit
);
    // The lowest number that sets each bit of a number.
$limits\
    reg [7:0] number;
    reg [$limit_top:0] place;
    reg [$bit_top:0] bit_number;
    reg running;
    assign in_ready = !running;
    assign out_valid = running;
    assign out_bit = {1'b0, number} >= LIMITS[place];
    always @(posedge clk) begin
        if (rst) begin
            running <= 0;
            place <= 0;
            bit_number <= 0;
        end else if (!running) begin
            number <= in_data;
            running <= in_valid;
        end else begin
            place <= place == $last_limit ? 0 : place + 1;
            bit_number <= bit_number == $last_bit ? 0 : bit_number + 1;
            running <= bit_number != $last_bit;
        end
    end
endmodule
"""

_PIXELS = """\
module $name(
    input clk,
    input rst,
    input in_valid,
    input [7:0] in_data,
    output in_ready,
    output out_valid,
    output out_bit
);
    // The lowest number that sets each bit of thresholds.
$limits\
    // Where the neighbours are: pixels in the memory, rows down and columns right.
$there\
$down\
$right\
    reg [7:0] image [0:$last_pixel];
    reg [7:0] read;
    reg [7:0] number;
    reg [$pixel_top:0] pixel;
    reg signed [$row_top:0] row;
    reg signed [$column_top:0] column;
    reg [$test_top:0] test;
    reg [1:0] state;
    localparam LOAD = 0, READ = 1, KEEP = 2, TEST = 3;

    // The neighbour of the next test is read a cycle ahead.
    wire [$test_top:0] next_test = state == TEST ? test + 1 : 0;
    wire [$test_top:0] step = test - $n_limits;
    wire [$test_top:0] next_step = next_test - $n_limits;
    wire signed [$pixel_sum:0] neighbour = $$signed({1'b0, pixel}) + $next_there;
    wire [$pixel_top:0] address = state == LOAD || state == READ
        ? pixel : neighbour[$pixel_top:0];
    wire signed [$row_top:0] row_there = row + $down_there;
    wire signed [$column_top:0] column_there = column + $right_there;
    wire is_inside = row_there >= 0 && row_there < $height
        && column_there >= 0 && column_there < $width;
    wire rises = is_inside && {2'b0, read} >= {2'b0, number} + $rise;
    assign in_ready = state == LOAD;
    assign out_valid = state == TEST;
    assign out_bit = $out_bit;
    always @(posedge clk) begin
        if (in_valid && state == LOAD)
            image[pixel] <= in_data;
        read <= image[address];
        if (rst) begin
            state <= LOAD;
            pixel <= 0;
            row <= 0;
            column <= 0;
            test <= 0;
        end else case (state)
            LOAD: if (in_valid) begin
                pixel <= pixel == $last_pixel ? 0 : pixel + 1;
                if (pixel == $last_pixel)
                    state <= READ;
            end
            READ: state <= KEEP;
            KEEP: begin
                number <= read;
                test <= 0;
                state <= TEST;
            end
            default: begin
                test <= test + 1;
                if (test == $last_test) begin
                    state <= pixel == $last_pixel ? LOAD : READ;
                    pixel <= pixel == $last_pixel ? 0 : pixel + 1;
                    column <= column == $last_column ? 0 : column + 1;
                    if (column == $last_column)
                        row <= row == $last_row ? 0 : row + 1;
                end
            end
        endcase
    end
endmodule
"""


def thermometer(encoder, name, scale):
    """Write a ThermometerEncoder."""
    if encoder.fitted_params_["curve"] == "raw":
        raise TypeError("There is no Verilog for ThermometerEncoder(curve='raw').")
    n_bits = encoder._n_levels
    limits = np.sort(scale.limits(encoder.thresholds_).astype(np.int64), axis=1)
    # The number of thresholds that set each bit, and the lowest number that passes it.
    n_passed = np.searchsorted(encoder.levels_, np.arange(n_bits), side="right")
    ends = np.full((len(limits), 1), 255)
    lowest = 1 + np.hstack([np.full((len(limits), 1), -1), limits, ends])
    return _compare(name, lowest[:, n_passed], encoder.n_features_in_)


def _compare(name, lowest, n_features):
    """Write comparisons with the lowest number for each bit, of features or of all."""
    n_bits = lowest.shape[1]
    if (lowest == lowest[0]).all():
        lowest = lowest[:1]
    code = fill(
        _THERMOMETER,
        name=name,
        limits=memory("LIMITS", 9, as_list(lowest)),
        limit_top=bits_of(lowest.size - 1) - 1,
        last_limit=lowest.size - 1,
        bit_top=bits_of(n_bits - 1) - 1,
        last_bit=n_bits - 1,
    )
    return Stage(code, name, n_features * n_bits, n_features * (n_bits + 1))


def pixels(encoder, name, scale):
    """Write a PixelEncoder of one channel."""
    if encoder._n_channels > 1:
        raise TypeError("There is no Verilog for PixelEncoder of several channels.")
    if scale.scalers:
        raise TypeError("There is no Verilog for scalers before PixelEncoder.")
    above, rise = encoder._limits(np.dtype(np.uint8))
    lowest = above[:, :1].T.astype(np.int64) + 1
    if rise is None:
        return _compare(name, lowest, encoder.n_features_in_)
    (height, width), steps = encoder.image_shape_, encoder._steps
    n_limits, n_steps, n = lowest.size, len(steps), height * width
    reach = int(np.abs(steps).max())
    there = steps[:, 0] * width + steps[:, 1]
    pixel_bits, n_tests = bits_of(n - 1), n_limits + n_steps
    sides = [2 + bits_of(side + reach) for side in (height, width)]
    out_bit = "rises"
    if n_limits:
        out_bit = f"test < {n_limits} ? {{1'b0, number}} >= LIMITS[test] : rises"
    code = fill(
        _PIXELS,
        name=name,
        limits=memory("LIMITS", 9, as_list(lowest)) if n_limits else "",
        there=memory("THERE", pixel_bits + 2, as_list(there)),
        down=memory("DOWN", sides[0], as_list(steps[:, 0])),
        right=memory("RIGHT", sides[1], as_list(steps[:, 1])),
        next_there="$signed(THERE[next_step])",
        down_there="$signed(DOWN[step])",
        right_there="$signed(RIGHT[step])",
        out_bit=out_bit,
        rise=f"10'd{int(rise[0]) + 1}",
        n_limits=n_limits,
        last_test=n_tests - 1,
        test_top=bits_of(n_tests) - 1,
        pixel_top=pixel_bits - 1,
        pixel_sum=pixel_bits + 1,
        row_top=sides[0] - 1,
        column_top=sides[1] - 1,
        last_pixel=n - 1,
        height=height,
        width=width,
        last_row=height - 1,
        last_column=width - 1,
    )
    return Stage(code, name, n * n_tests, n * (n_tests + 3))


WRITERS = {
    ThermometerEncoder: Writer(thermometer, is_first=True),
    PixelEncoder: Writer(pixels, is_first=True),
}
