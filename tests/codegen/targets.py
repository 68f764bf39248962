# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Compilers and emulated processors on which exported models are tested.

Each program begins with a small start file of its own, so that nothing but a compiler
and an emulator is needed. The emulators end with, or print, the status of ``main``.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from skbit._utils.text import fill
from skbit.codegen._templates import (
    CORTEX_M,
    CORTEX_M_SCRIPT,
    CORTEX_M_SIZES,
)

WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Wsign-conversion",
    "-Wshadow",
    "-Werror",
]

_RISCV_START = """\
#include <stdint.h>
int main(void);
void start(void);
void leave(void);

__attribute__((naked, section(".start"))) void start(void)
{
    __asm volatile("la sp, stack_end\\n j leave");
}

void leave(void)
{
    uint32_t status = (uint32_t)main();
    /* The device that ends the emulator. */
    *(volatile uint32_t *)0x100000u = status == 0u ? 0x5555u : status << 16 | 0x3333u;
    for (;;) {
    }
}
"""
_RISCV_SCRIPT = """\
ENTRY(start)
SECTIONS
{
    . = 0x80000000;
    .text : { KEEP(*(.start)) *(.text*) *(.rodata*) *(.srodata*) }
    .data : { *(.data*) *(.sdata*) }
    .bss : { *(.bss*) *(.sbss*) *(COMMON) }
    stack_end = ALIGN(16) + 16K;
}
"""

# The status is written to the serial port. Then the processor sleeps, which ends the
# emulator.
_AVR_START = """\
#include <avr/io.h>
#include <avr/sleep.h>
#undef main
int program(void);
int main(void)
{
    int status = program();
    const char line[] = {(char)('A' + (status < 25 ? status : 25)), '\\n'};
    UCSR0B = (uint8_t)(1u << TXEN0);
    for (uint8_t i = 0u; i < 2u; i++) {
        while ((UCSR0A & (1u << UDRE0)) == 0u) {
        }
        UDR0 = (uint8_t)line[i];
    }
    while ((UCSR0A & (1u << TXC0)) == 0u) {
    }
    sleep_enable();
    sleep_cpu();
    return 0;
}
"""


@dataclass(frozen=True)
class Target:
    """A compiler and, unless its programs run here, an emulator.

    Parameters
    ----------
    compiler : list of str
        Its name and options.
    start, script : str
        The start file and the linker script; empty if the compiler has its own.
    emulator : list of str
        The command that runs a program, which is added; empty if it runs here.
    """

    compiler: list[str]
    start: str = ""
    script: str = ""
    emulator: tuple[str, ...] = ()

    @property
    def tools(self):
        return [self.compiler[0], *self.emulator[:1]]

    def compile(self, files, program, options=()):
        """Compile and link files; raise if there is a warning."""
        folder = Path(program).parent
        arguments = [*self.compiler, *WARNINGS, *options]
        if self.start:
            (folder / "start.c").write_text(self.start)
            files = [*files, folder / "start.c"]
        if self.script:
            (folder / "script.ld").write_text(self.script)
            arguments += ["-nostartfiles", "-T", folder / "script.ld"]
        done = subprocess.run(
            [*arguments, *files, "-o", program], capture_output=True, text=True
        )
        if done.returncode or done.stderr:
            raise RuntimeError(done.stderr)

    def call(self, program):
        """Run a program."""
        return subprocess.run(
            [*self.emulator, program], timeout=60, capture_output=True, text=True
        )

    def run(self, program):
        """Return the status of a program."""
        done = self.call(program)
        if self.emulator[:1] == ("simavr",):
            return ord(re.search(r"([A-Z])\.", done.stderr)[1]) - ord("A")
        return done.returncode


def _arm(processor, machine):
    return Target(
        ["arm-none-eabi-gcc", f"-mcpu={processor}", "-mthumb", "-std=c99", "-Os"],
        fill(CORTEX_M, version=""),
        fill(CORTEX_M_SCRIPT, version="", **CORTEX_M_SIZES),
        (
            *("qemu-system-arm", "-machine", machine, "-nographic", "-monitor", "none"),
            *("-semihosting-config", "enable=on,target=native", "-kernel"),
        ),
    )


_CHECKED = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
_CXX = ["-x", "c++", "-std=c++17"]
TARGETS = {
    "gcc": Target(["gcc", "-std=c99", "-O2", "-Wmissing-prototypes"]),
    "gcc-c11": Target(["gcc", "-std=c11", "-O3", "-Wmissing-prototypes"]),
    "gcc-checked": Target(["gcc", "-std=c99", *_CHECKED]),
    "g++": Target(["g++", *_CXX, "-O2"]),
    "clang": Target(["clang", "-std=c99", "-O2", "-Wmissing-prototypes"]),
    "clang++": Target(["clang++", *_CXX, "-O2"]),
    "cortex-m0": _arm("cortex-m0", "microbit"),
    "cortex-m4": _arm("cortex-m4", "mps2-an386"),
    "riscv32": Target(
        [
            *("riscv64-unknown-elf-gcc", "--specs=picolibc.specs", "-march=rv32imac"),
            *("-mabi=ilp32", "-std=c99", "-Os"),
            "-Wl,--no-warn-rwx-segments",
        ],
        _RISCV_START,
        _RISCV_SCRIPT,
        (
            *("qemu-system-riscv32", "-machine", "virt", "-bios", "none", "-nographic"),
            *("-monitor", "none", "-serial", "null", "-kernel"),
        ),
    ),
    "avr": Target(
        [
            *("avr-gcc", "-mmcu=atmega2560", "-std=gnu99", "-Os", "-Dmain=program"),
            "-Waddr-space-convert",
            # Of equal constants that are merged, it says that they are uninitialized.
            "-fno-ipa-icf-variables",
        ],
        _AVR_START,
        "",
        ("simavr", "-m", "atmega2560", "-f", "16000000"),
    ),
}


def missing_tools(name):
    """Return the tools of a target that are not installed."""
    return [tool for tool in TARGETS[name].tools if shutil.which(tool) is None]
