# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitPatchEncoder in Verilog: one template competes for a patch in each clock cycle.

The templates of a patch compete twice: first for the lowest score that wins, and then
those that reach it mark the cells of the patch.
"""

import math

from skbit._utils.text import fill
from skbit._verilog.text import (
    Stage,
    Writer,
    as_number,
    bits_of,
    count_ones,
    memory,
)
from skbit.bits import unpack_bits
from skbit.feature_extraction import BitPatchEncoder

_PATCHES = """\
module $name(
    input clk,
    input rst,
    input in_valid,
    input in_bit,
    output out_valid,
    output out_bit
);
$count\
    // Of each template the score of patches without ones, and its bits.
$templates\
    reg [$pixel_bits_top:0] image [0:$last_pixel];
    reg [$n_cells_top:0] marked [0:$last_template];
    reg [$pixel_bits_top:0] word;
    reg [$pixel_bits_top:0] read;
    reg [$template_top:0] template;
    reg [$n_cells_top:0] marked_before;
    reg [$patch_top:0] patch;
    reg [$bit_top:0] bit_number;
    reg [$pixel_top:0] pixel;
    reg signed [$side_top:0] down;
    reg signed [$side_top:0] right;
    reg [$side_top:0] row;
    reg [$number_top:0] number;
    reg [$number_top:0] number_before;
    reg [$cell_top:0] cell_number;
    reg [$cell_top:0] cell_before;
    reg has_template;
    reg was_inside;
    reg [$score_top:0] best [0:$last_winner];
    reg [2:0] state;
    localparam LOAD = 0, CLEAR = 1, READ = 2, SHIFT = 3, COUNT = 4, RANK = 5, MARK = 6,
               ANSWER = 7;
    integer i;

    // A column of the patch is read from the image, or is padding.
    wire signed [$side_top:0] image_row = down + $$signed(row) - $top;
    wire signed [$side_top:0] image_column = right - $left;
    wire is_inside = image_row >= 0 && image_row < $height
        && image_column >= 0 && image_column < $width;
    wire [$pixel_top:0] address = image_row * $width + image_column;
    wire [$pixel_bits_top:0] pixel_there = was_inside ? read : 0;

    wire [$patch_top:0] shared
        = state == COUNT ? patch : patch & template[$patch_top:0];
    wire [$count_top:0] n_shared = count_ones(shared);
    // A score of 0 is that of no template.
    wire [$score_top:0] score = template[$template_top:$n_bits] + {n_shared, 1'b0} + 1;
    wire wins = score >= best[$last_winner];
    wire signed [$side_top:0] patch_right = right - $last_patch_column;
    wire [$n_cells_top:0] cells;
$cells\
    assign out_valid = state == ANSWER && has_template;
    assign out_bit = marked_before[cell_before];

    always @(posedge clk) begin
        read <= image[address];
        was_inside <= is_inside;
        template <= TEMPLATES[number];
        marked_before <= marked[number];
        number_before <= number;
        cell_before <= cell_number;
        if (rst) begin
            state <= LOAD;
            bit_number <= 0;
            pixel <= 0;
            number <= 0;
        end else case (state)
            LOAD: if (in_valid) begin
                bit_number <= bit_number == $last_pixel_bit ? 0 : bit_number + 1;
                if (bit_number == $last_pixel_bit) begin
                    image[pixel] <= $whole_word;
                    pixel <= pixel == $last_pixel ? 0 : pixel + 1;
                    if (pixel == $last_pixel)
                        state <= CLEAR;
                end else
                    word <= $whole_word;
            end
            CLEAR: begin
                marked[number] <= 0;
                number <= number == $last_template ? 0 : number + 1;
                down <= 0;
                right <= 0;
                row <= 0;
                if (number == $last_template)
                    state <= READ;
            end
            READ: state <= SHIFT;
            SHIFT: begin
                for (i = 0; i < $patch_height; i = i + 1)
                    if (row == i)
                        patch[i * $row_bits +: $row_bits]
                            <= (patch[i * $row_bits +: $row_bits] >> $pixel_bits)
                               | ({$row_bits{1'b0}} | pixel_there) << $last_column_bits;
                row <= row == $last_patch_row ? 0 : row + 1;
                state <= row == $last_patch_row ? COUNT : READ;
            end
            COUNT: begin
                for (i = 0; i < $n_winners; i = i + 1)
                    best[i] <= 0;
                has_template <= 0;
                number <= 0;
                if (right >= $last_patch_column && n_shared >= $min_ones)
                    state <= RANK;
                else begin
                    $advance
                end
            end
            RANK: begin
                has_template <= 1;
                number <= number == $last_template ? 0 : number + 1;
                if (has_template) begin
$rank\
                    if (number_before == $last_template) begin
                        has_template <= 0;
                        number <= 0;
                        state <= MARK;
                    end
                end
            end
            MARK: begin
                has_template <= 1;
                number <= number == $last_template ? 0 : number + 1;
                if (has_template) begin
                    if (wins)
                        marked[number_before] <= marked_before | cells;
                    if (number_before == $last_template) begin
                        $advance
                    end
                end
            end
            default: begin
                has_template <= 1;
                number <= number == $last_template ? 0 : number + 1;
                if (number == $last_template)
                    cell_number <= cell_number == $last_cell ? 0 : cell_number + 1;
                if (has_template && number_before == $last_template
                    && cell_before == $last_cell) begin
                    has_template <= 0;
                    number <= 0;
                    cell_number <= 0;
                    state <= LOAD;
                end
            end
        endcase
    end
endmodule
"""
_ADVANCE = """\
                has_template <= 0;
                number <= 0;
                cell_number <= 0;
                right <= right == $last_right ? 0 : right + 1;
                if (right == $last_right)
                    down <= down + 1;
                state <= right == $last_right && down == $last_down ? ANSWER : READ;
"""


def encode(encoder, name, n_bits):
    """Write a BitPatchEncoder with a stride of 1 and pooling by "or"."""
    geometry, levels = encoder._geometry(), tuple(encoder._levels)
    if geometry.n_image_bits != n_bits:
        raise ValueError(
            f"BitPatchEncoder was fitted on images of {geometry.n_image_bits} bits, "
            f"but the step before answers {n_bits}."
        )
    for parameter, is_written in (
        ("stride", geometry.stride == (1, 1)),
        ("pooling", levels == (1,)),
    ):
        if not is_written:
            value = encoder.fitted_params_[parameter]
            raise TypeError(
                f"There is no Verilog for BitPatchEncoder with {parameter}={value!r}, "
                "only for stride=1 and pooling='or'."
            )
    templates = unpack_bits(encoder.codebook_, geometry.n_patch_bits).astype(bool)
    n_templates = len(templates)
    n_cells = math.prod(geometry.grid_shape)
    parts = _parts(encoder, geometry, templates)
    (map_height, map_width), (height, width) = geometry.map_shape, geometry.patch_shape
    n_columns = map_width + width - 1
    cycles = map_height * n_columns * (2 * height + 1) + n_templates * (1 + n_cells)
    cycles += map_height * map_width * 2 * (n_templates + 1)
    code = fill(_PATCHES, name=name, **parts)
    return Stage(code, name, n_templates * n_cells, cycles)


def _parts(encoder, geometry, templates):
    """Return what the module of an encoder consists of."""
    n_templates, n_bits = templates.shape
    params, n_channels = encoder.fitted_params_, geometry.n_channels
    n_pixels = math.prod(geometry.image_shape)
    n_ones = templates.sum(axis=1)
    n_winners = min(params["n_winners"], n_templates)
    first_bits = bits_of(n_ones.max())
    score_bits = bits_of(2 * n_bits + int(n_ones.max()) + 1)
    words = [
        (int(n_ones.max() - ones) << n_bits) + as_number(template)
        for template, ones in zip(templates, n_ones, strict=True)
    ]
    n_cells = math.prod(geometry.grid_shape)
    whole = f"{{in_bit, word[{n_channels - 1}:1]}}" if n_channels > 1 else "in_bit"
    return {
        "count": count_ones("count_ones", n_bits),
        "templates": memory("TEMPLATES", n_bits + first_bits, words),
        "cells": _cells(geometry),
        "rank": _rank(n_winners),
        "whole_word": whole,
        "pixel_bits": n_channels,
        "pixel_bits_top": n_channels - 1,
        "last_pixel_bit": n_channels - 1,
        "bit_top": bits_of(n_channels - 1) - 1,
        "last_pixel": n_pixels - 1,
        "pixel_top": bits_of(n_pixels - 1) - 1,
        "n_cells_top": n_cells - 1,
        "last_cell": n_cells - 1,
        "cell_top": bits_of(n_cells - 1) - 1,
        "last_template": n_templates - 1,
        "number_top": bits_of(n_templates - 1) - 1,
        "template_top": n_bits + first_bits - 1,
        "n_bits": n_bits,
        "patch_top": n_bits - 1,
        "count_top": bits_of(n_bits) - 1,
        "score_top": score_bits - 1,
        "n_winners": n_winners,
        "last_winner": n_winners - 1,
        "min_ones": min(params["min_ones"], n_bits + 1),
        **_sides(geometry),
    }


def _sides(geometry):
    """Return the parts that follow from the sizes of image and patch."""
    (height, width), n_channels = geometry.image_shape, geometry.n_channels
    patch_height, patch_width = geometry.patch_shape
    map_height, map_width = geometry.map_shape
    last_column = map_width + patch_width - 2
    side = max(map_height + patch_height, last_column, height, width)
    ends = {"last_right": last_column, "last_down": map_height - 1}
    return {
        "advance": fill(_ADVANCE, **ends).strip(),
        "side_top": bits_of(side) + 1,
        "top": geometry.padding[0],
        "left": geometry.padding[1],
        "height": height,
        "width": width,
        "patch_height": patch_height,
        "last_patch_row": patch_height - 1,
        "last_patch_column": patch_width - 1,
        "last_column_bits": (patch_width - 1) * n_channels,
        "row_bits": patch_width * n_channels,
    }


def _cells(geometry):
    """Write which cells contain the patch."""
    tops, lefts = geometry.cell_starts()
    height, width = geometry.cell_shape
    lines = [
        f"    assign cells[{i * len(lefts) + j}] = down >= {top} && "
        f"down < {top + height} && patch_right >= {left} && "
        f"patch_right < {left + width};"
        for i, top in enumerate(tops)
        for j, left in enumerate(lefts)
    ]
    return "\n".join([*lines, ""])


def _rank(n_winners):
    """Write how a score finds its place among the best ones."""
    lines = ["if (score > best[0])", "    best[0] <= score;"]
    for i in range(1, n_winners):
        above = f"best[{i - 1}]"
        lines.append(f"if (score > best[{i}])")
        lines.append(f"    best[{i}] <= score > {above} ? {above} : score;")
    return "\n".join([*(" " * 20 + line for line in lines), ""])


WRITERS = {BitPatchEncoder: Writer(encode)}
