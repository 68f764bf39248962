# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Contents of the files that ``CSource.save`` writes."""

from collections.abc import Mapping
from string import Template

SELF_TEST = """\
/* Self-test of $name: written by skbit $version. */

#include <stdint.h>
${math}\
#include "$name.h"
#include "${name}_test.h"

${flash}
$tables
${buffers}static $type input[$size];

int ${name}_test(void)
{
${body}\
    return 0;
}
"""
ROWS = """\
    for (int row = 0; row < $n_rows; row++) {
        for (int i = 0; i < $size; i++) {
            input[i] = ROWS[row][i];
        }
${calls}\
    }
"""
LEARN = """\
        if (${name}_partial_fit(input, row % ${NAME}_N_CLASSES) != 1) {
            return row + 1;
        }
"""
RETURNED = """\
        if ($call != $RETURNED[row]) {
            return row + 1;
        }
"""
WRITTEN = """\
        for (int i = 0; i < $size; i++) {
            if ($function[i] != $WRITTEN[row][i]) {
                return row + 1;
            }
        }
"""

_TEST_HEADER = """\
/* Self-test of ${name}: written by skbit $version. */

#ifndef ${NAME}_TEST_H
#define ${NAME}_TEST_H

#ifdef __cplusplus
extern "C" {
#endif

/* Returns 0 if the model computes for $n_rows rows what Python computed, and otherwise
 * the number of the first row that differs, from 1 on. */
int ${name}_test(void);

#ifdef __cplusplus
}
#endif

#endif
"""
_MAIN = """\
/* Self-test of ${name}, as a program: written by skbit $version. */

#include "${name}_test.h"

int main(void)
{
    return ${name}_test();
}
"""

_CORTEX_M = """\
/* Start of a program on an emulated Cortex-M: written by skbit $version.
 *
 * The status of main ends the emulator (semihosting). A board without a debugger stops
 * at that instruction: use its own start file there. */

#include <stdint.h>
extern uint32_t data_begin[], data_end[], data_in_flash[], bss_end[], stack_end[];
int main(void);
void reset(void);

void reset(void)
{
    uint32_t block[2] = {0x20026u, 0u};
    uint32_t *from = data_in_flash;
    for (uint32_t *word = data_begin; word < data_end; word++) {
        *word = *from++;
    }
    for (uint32_t *word = data_end; word < bss_end; word++) {
        *word = 0u;
    }
    block[1] = (uint32_t)main();
    /* Semihosting: exit with a status. */
    __asm volatile("mov r0, #0x20\\n mov r1, %0\\n bkpt 0xab"
                   : : "r"(block) : "r0", "r1", "memory");
    for (;;) {
    }
}

extern uint32_t *const vectors[2];
__attribute__((section(".vectors"), used)) uint32_t *const vectors[2] = {
    stack_end, (uint32_t *)(uintptr_t)reset
};
"""

_CORTEX_M_SCRIPT = """\
/* The memory of an emulated Cortex-M: written by skbit $version. */
MEMORY
{
    flash (rx) : ORIGIN = 0, LENGTH = 256K
    ram (rwx) : ORIGIN = 0x20000000, LENGTH = 16K
}
SECTIONS
{
    .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) . = ALIGN(4); } > flash
    .ARM.exidx : { *(.ARM.exidx*) . = ALIGN(4); } > flash
    data_in_flash = LOADADDR(.data);
    .data : { data_begin = .; *(.data*) . = ALIGN(4); data_end = .; } > ram AT > flash
    .bss (NOLOAD) : { *(.bss*) *(COMMON) . = ALIGN(4); bss_end = .; } > ram
    stack_end = ORIGIN(ram) + LENGTH(ram);
}
"""

_CMAKE = """\
# Written by skbit $version.
cmake_minimum_required(VERSION 3.13)
project(${name} C)

add_library(${name} STATIC src/${name}.c)
target_include_directories(${name} PUBLIC src)
set_target_properties(${name} PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON)

# The self-test is built where this is the project, on a machine that can run it.
if(CMAKE_SOURCE_DIR STREQUAL CMAKE_CURRENT_SOURCE_DIR AND NOT CMAKE_CROSSCOMPILING)
  include(CTest)
  if(BUILD_TESTING)
    add_executable(${name}_test src/${name}_test.c test/main.c)
    target_link_libraries(${name}_test PRIVATE ${name})
    set_target_properties(${name}_test PROPERTIES C_STANDARD 99)
    add_test(NAME ${name}_test COMMAND ${name}_test)
  endif()
endif()
"""

_ARDUINO_LIBRARY = """\
name=${name}
version=1.0.0
author=skbit
maintainer=skbit
sentence=A model that was written by skbit $version.
paragraph=It needs neither memory allocation nor floating-point arithmetic.
category=Data Processing
url=https://skbit.readthedocs.io
architectures=*
includes=${name}.h
"""
_ARDUINO_SKETCH = """\
// Runs the self-test of ${name}: written by skbit $version.

#include <${name}.h>
#include <${name}_test.h>

void setup() {
  Serial.begin(9600);
  Serial.println(${name}_test() == 0 ? "passed" : "failed");
}

void loop() {
}
"""

_ZEPHYR_MODULE = """\
# Written by skbit $version.
name: ${name}
build:
  cmake: zephyr
  kconfig: zephyr/Kconfig
"""
_ZEPHYR_CMAKE = """\
# Written by skbit $version.
if(CONFIG_${NAME})
  zephyr_library_named(${name})
  zephyr_library_sources(../src/${name}.c)
  zephyr_library_sources_ifdef(CONFIG_${NAME}_TEST ../src/${name}_test.c)
  zephyr_include_directories(../src)
endif()
"""
_ZEPHYR_KCONFIG = """\
# Written by skbit $version.
config ${NAME}
\tbool "The model ${name}"

config ${NAME}_TEST
\tbool "Self-test of the model ${name}"
\tdepends on ${NAME}
"""

README = """\
# ${name}

A model in C99, written by skbit $version. `src/${name}.h` describes its functions and
its input, $n_inputs numbers of type `$type`. `src/${name}.c` needs `<stdint.h>` and
nothing else.

| | |
|---|---|
| flash, constants | $flash_bytes bytes |
| RAM, static buffers | $ram_bytes bytes |
| operations of an inference, at most | $operations |

Machine code (0.5 to 2 kB on an ARM Cortex-M0, up to 3 kB on an AVR) and about 200 bytes
of stack come on top. Loops, addresses, loads and stores are not counted as operations;
a processor executes 2 to 11 times as many instructions.

Buffers are static: no function may be called from an interrupt or a thread while
another one runs.

## Compile

Add `src/${name}.c` to your program:

```sh
cc -std=c99 -O2 -c src/${name}.c
arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb -Os -c src/${name}.c
riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32 -Os -c src/${name}.c
avr-gcc -mmcu=atmega328p -Os -c src/${name}.c
```

It is C99, C11 and C++17. On an AVR, constants stay in flash if it is compiled as C with
GNU extensions (without `-std=c99`). They are then at most 64 kB, and an array at most
32 kB.

- CMake: `cmake -B build && cmake --build build && ctest --test-dir build`. In another
  project, `add_subdirectory` and link `${name}`.
- Arduino: copy this folder to the folder `libraries` of the sketchbook. The example
  sketch runs the self-test.
- Zephyr: add this folder to `ZEPHYR_EXTRA_MODULES`, and set `CONFIG_${NAME}=y`.

## Self-test

`${name}_test()` in `src/${name}_test.c` computes $n_rows rows and compares what the
functions answer with the integers that Python computed. It returns 0 if all are equal.
`test/main.c` is a program that returns the same:

```sh
cc -std=c99 -O2 -I src src/*.c test/main.c -o test/run && test/run
```

The same on an emulated Cortex-M0, whose status ends the emulator:

```sh
arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb -std=c99 -Os -I src -nostartfiles \\
    -T test/cortex_m.ld test/cortex_m.c test/main.c src/*.c -o test/run.elf
qemu-system-arm -machine microbit -nographic -monitor none \\
    -semihosting-config enable=on,target=native -kernel test/run.elf && echo passed
```

The rows of the self-test take flash of their own: leave `src/${name}_test.c` out to see
the size of the model. A folder holds one model.
"""

FILES = {
    "src/{name}_test.h": _TEST_HEADER,
    "test/main.c": _MAIN,
    "test/cortex_m.c": _CORTEX_M,
    "test/cortex_m.ld": _CORTEX_M_SCRIPT,
    "CMakeLists.txt": _CMAKE,
    "library.properties": _ARDUINO_LIBRARY,
    "examples/{name}/{name}.ino": _ARDUINO_SKETCH,
    "zephyr/module.yml": _ZEPHYR_MODULE,
    "zephyr/CMakeLists.txt": _ZEPHYR_CMAKE,
    "zephyr/Kconfig": _ZEPHYR_KCONFIG,
}


def fill(template: str, values: Mapping[str, object]) -> str:
    """Fill in a template, in which ``$name`` is a value."""
    return Template(template).substitute(values)
