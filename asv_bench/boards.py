# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Programs in C on emulated Cortex-M0 and M4: size, stack, instructions, labels.

Programs are compiled by ``arm-none-eabi-gcc -Os`` and run by ``qemu-system-arm``. With
``-icount shift=0`` an instruction takes a nanosecond of the emulator's clock, which the
timer SysTick of the board counts. The board is the MPS2 with a Cortex-M4 for both:
instructions of a Cortex-M0 are a subset of its own, and this board has flash enough
for any program.
"""

import ctypes
import re
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from skbit._utils.text import fill
from skbit.codegen._templates import CORTEX_M, CORTEX_M_SCRIPT

CPUS = {
    "m0": ["-mcpu=cortex-m0", "-mthumb"],
    "m4": ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"],
}
FLAGS = ["-std=c99", "-Os", "-ffunction-sections", "-fdata-sections"]
_LINK = [
    "--specs=nano.specs",
    "--specs=nosys.specs",
    "-nostartfiles",
    "-Wl,--gc-sections",
    "-Wl,-T,board.ld",
]
_QEMU = ["qemu-system-arm", "-M", "mps2-an386", "-icount", "shift=0"]
_QEMU += ["-display", "none", "-serial", "none", "-monitor", "none"]
_QEMU += ["-chardev", "stdio,id=host"]
_QEMU += ["-semihosting-config", "enable=on,target=native,chardev=host"]
# SysTick counts at 25 MHz, and an instruction takes a nanosecond.
_PER_TICK = 40

_MEMORY = {"flash_size": "4M", "ram_size": "4M", "version": ""}

# Prints the ticks of all inferences, the bytes of stack, and the labels.
_BOARD = """\
#include <stdint.h>
#include "inputs.h"
#define CONTROL (*(volatile uint32_t *)0xE000E010u)
#define RELOAD (*(volatile uint32_t *)0xE000E014u)
#define TICKS (*(volatile uint32_t *)0xE000E018u)
#define PAINT 0xA5A5A5A5u
#define PAINTED 16384
int model(const uint8_t *input);
void print_text(const char *text);
int main(void);

static void print(uint32_t number)
{
    char text[10] = "00000000\\n";
    for (int i = 7; i >= 0; i--) {
        text[i] = "0123456789abcdef"[number & 15u];
        number >>= 4;
    }
    print_text(text);
}

static int labels[N_INPUTS];

int main(void)
{
    volatile uint32_t *below;
    __asm__ volatile("mov %0, sp" : "=r"(below));
    for (int i = 1; i <= PAINTED; i++) {
        below[-i] = PAINT;
    }
    RELOAD = 0xFFFFFFu;
    TICKS = 0u;
    CONTROL = 5u;
    while (TICKS == 0u) {
    }
    uint32_t before = TICKS;
    for (int i = 0; i < N_INPUTS; i++) {
        labels[i] = model(INPUTS + i * INPUT_SIZE);
    }
    uint32_t after = TICKS;
    /* Bit 16 tells that the timer has passed zero. */
    print(CONTROL & 0x10000u ? 0xFFFFFFFFu : before - after);
    int depth = PAINTED;
    while (depth > 0 && below[-depth] == PAINT) {
        depth--;
    }
    print(4u * (uint32_t)depth);
    for (int i = 0; i < N_INPUTS; i++) {
        print((uint32_t)labels[i]);
    }
    return 0;
}
"""

_ROWS = """\
#include <stdint.h>
int model(const uint8_t *input);
void run(const uint8_t *rows, int n, int size, int *labels);
void run(const uint8_t *rows, int n, int size, int *labels)
{
    for (int i = 0; i < n; i++) {
        labels[i] = model(rows + (long)i * size);
    }
}
"""
_NOTHING = """\
#include <stdint.h>
int model(const uint8_t *input);
int model(const uint8_t *input) { return input[0]; }
"""


@dataclass(frozen=True)
class Program:
    """C whose function ``int model(const uint8_t *input)`` returns a label.

    Parameters
    ----------
    files : dict of str to str
        Text by name of file.
    include : list of str
        Folders of headers.
    """

    files: Mapping[str, str]
    include: list[str] = field(default_factory=list)


NOTHING = Program({"model.c": _NOTHING})


def predict_rows(program, folder, X):
    """Compile a program for this machine and return its labels of rows of bytes."""
    X = np.ascontiguousarray(X, dtype=np.uint8)
    names = _write(folder, program.files | {"rows.c": _ROWS})
    flags = ["-std=c99", "-O1", "-fPIC", "-shared", "-o", "rows.so"]
    _run(["cc", *flags, *_includes(program), *names, "-lm"], folder)
    labels = np.empty(len(X), np.intc)
    library = ctypes.CDLL(str(Path(folder) / "rows.so"))
    library.run(
        ctypes.c_void_p(X.ctypes.data),
        len(X),
        X.shape[1],
        ctypes.c_void_p(labels.ctypes.data),
    )
    return labels


def build(program, folder, cpu, inputs, flags=()):
    """Compile and link a program with the inputs that it will be run on."""
    numbers = ",".join(map(str, np.asarray(inputs, dtype=np.uint8).ravel()))
    header = f"#define N_INPUTS {len(inputs)}\n#define INPUT_SIZE {inputs.shape[1]}\n"
    header += f"static const uint8_t INPUTS[] = {{{numbers}}};\n"
    board = {"board.c": _BOARD, "inputs.h": header}
    for name, template in {"start.c": CORTEX_M, "board.ld": CORTEX_M_SCRIPT}.items():
        board[name] = fill(template, **_MEMORY)
    names = _write(folder, program.files | board)
    command = ["arm-none-eabi-gcc", *CPUS[cpu], *FLAGS, *flags, *_LINK]
    command += [*_includes(program), *names, "-o", f"{cpu}.elf", "-lm"]
    _run(command, folder)
    return Path(folder) / f"{cpu}.elf"


def sizes(elf):
    """Return the bytes of flash and of static RAM of a linked program."""
    line = _run(["arm-none-eabi-size", str(elf)], None).splitlines()[1]
    text, data, bss = map(int, line.split()[:3])
    return text + data, data + bss


def run(elf):
    """Run a program; return its instructions, bytes of stack, and labels."""
    out = _run([*_QEMU, "-kernel", str(elf)], None, timeout=300)
    ticks, stack, *labels = (int(word, 16) for word in out.split())
    if ticks == 0xFFFFFFFF:
        raise OverflowError("The program takes longer than the timer counts.")
    return ticks * _PER_TICK, stack, np.array(labels)


def measure(program, folder, cpu, inputs):
    """Return figures of a program, less those of one that does nothing, and labels.

    Returns
    -------
    figures : dict
        Bytes of ``flash``, static ``ram`` and ``stack``, and ``instructions`` per
        inference, with the call.
    labels : ndarray of shape (n_inputs,)
    """
    nothing = Path(folder) / "nothing"
    nothing.mkdir(exist_ok=True)
    empty, elf = (
        build(NOTHING, nothing, cpu, inputs),
        build(program, folder, cpu, inputs),
    )
    instructions, stack, labels = run(elf)
    flash, ram = np.subtract(sizes(elf), sizes(empty))
    figures = {
        "flash": int(flash),
        "ram": int(ram),
        "stack": stack - run(empty)[1],
        "instructions": round(instructions / len(inputs)),
    }
    return figures, labels


def trace(elf):
    """Yield the address of each instruction that runs, in order.

    This is slow, so a program should run on one or two inputs.
    """
    command = [*_QEMU, "-singlestep", "-d", "exec,nochain", "-D", "/dev/stdout"]
    command += ["-kernel", str(elf)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            match = re.match(r"Trace 0: \S+ \[[0-9a-f]+/([0-9a-f]+)/", line)
            if match:
                yield int(match[1], 16)


def count_by_part(program, folder, cpu, inputs, name):
    """Count instructions per inference by the parts of a file of the program.

    A part begins with a comment ``---- title``. Functions before the first part, and
    those of the compiler, count for the part that calls them.

    Returns
    -------
    counts : dict of str to int
    """
    titles, part = [], ""
    for line in program.files[name].splitlines():
        match = re.match(r" \* ---- (.*)", line)
        part = match[1] if match else part
        titles.append(part)
    elf = build(program, folder, cpu, inputs, ["-g"])
    addresses = list(trace(elf))
    unique = sorted(set(addresses))
    command = ["arm-none-eabi-addr2line", "-e", str(elf)]
    lines = subprocess.run(
        command,
        input="\n".join(map(hex, unique)),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    parts = {}
    for address, place in zip(unique, lines, strict=True):
        path, number = place.split(" ")[0].rsplit(":", 1)
        known = path.endswith(f"/{name}") and number.isdigit()
        outside = path.endswith(("/board.c", "/start.c"))
        parts[address] = titles[int(number) - 1] if known else "-" if outside else ""
    counts, current = Counter(), "-"
    for address in addresses:
        current = parts[address] or current
        counts[current] += 1
    counts.pop("-", None)
    return {part: round(count / len(inputs)) for part, count in counts.items()}


def _write(folder, files):
    for name, text in files.items():
        (Path(folder) / name).write_text(text, encoding="utf8")
    return [name for name in files if name.endswith(".c")]


def _includes(program):
    return [f"-I{folder}" for folder in program.include]


def _run(command, folder, timeout=600):
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=timeout
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} ...: {done.stderr[-3000:]}")
    return done.stdout
