# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""BitSelector in Verilog: a bit passes in the cycle in which it comes, or becomes 0."""

from skbit._utils.text import fill
from skbit._verilog.text import Stage, Writer, as_list, bits_of, memory
from skbit.feature_selection import BitSelector

_SELECT = """\
module $name(
    input clk,
    input rst,
    input in_valid,
    input in_bit,
    output out_valid,
    output out_bit
);
    // Whether each bit is kept.
$kept\
    reg [$place_top:0] place;
    assign out_valid = in_valid;
    assign out_bit = in_bit && KEPT[place];
    always @(posedge clk) begin
        if (rst)
            place <= 0;
        else if (in_valid)
            place <= place == $last ? 0 : place + 1;
    end
endmodule
"""


def select(selector, name, n_bits):
    """Write a BitSelector."""
    code = fill(
        _SELECT,
        name=name,
        kept=memory("KEPT", 1, as_list(selector.support_[:n_bits])),
        place_top=bits_of(n_bits - 1) - 1,
        last=n_bits - 1,
    )
    return Stage(code, name, n_bits, 0)


WRITERS = {BitSelector: Writer(select)}
