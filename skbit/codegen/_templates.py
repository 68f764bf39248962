# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Contents of the files that ``CSource.save`` writes."""

SELF_TEST = """\
/* Self-test of $name: written by skbit $version. */

#include <stdint.h>
${math}\
#include "$name.h"
#include "${name}_test.h"

${flash}
$tables
${buffers}static $type input[$size];

const char *${name}_test_function;

static int differs(const char *function, int row)
{
    ${name}_test_function = function;
    return row + 1;
}

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
        (void)${name}_$function(input);
"""
LEARN_CLASS = """\
        if (${name}_$function(input, row % ${NAME}_N_CLASSES) != 1) {
            return differs("${name}_$function", row);
        }
"""
# By the function that learns.
LEARNING = {"partial_fit": LEARN_CLASS, "tune": LEARN_CLASS, "learn": LEARN}
RETURNED = """\
        if ($call != $RETURNED[row]) {
            return differs("${name}_$function$when", row);
        }
"""
WRITTEN = """\
        for (int i = 0; i < $size; i++) {
            if ($function[i] != $WRITTEN[row][i]) {
                return differs("${name}_$function$when", row);
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

/* Returns 0 if the model computes for $n_rows rows what Python computed. Otherwise it
 * returns the number of the first row that differs, from 1 on, and sets the name of the
 * function. */
int ${name}_test(void);
extern const char *${name}_test_function;

#ifdef __cplusplus
}
#endif

#endif
"""
_MAIN = """\
/* Self-test of ${name}, as a program: written by skbit $version.
 *
 * main returns 0 if the model computes what Python computed, and otherwise prints which
 * function differs, and in which row, and returns 1. */

#include "${name}_test.h"

#if defined(SEMIHOSTING)
/* That of cortex_m.c. */
void print_text(const char *text);
#elif defined(__unix__) || defined(__APPLE__) || defined(_WIN32)
#include <stdio.h>
static void print_text(const char *text)
{
    (void)fputs(text, stdout);
}
#else
/* A board prints in its own way. */
static void print_text(const char *text)
{
    (void)text;
}
#endif

int main(void)
{
    int row = ${name}_test();
    char digits[] = "     \\n";
    int first = 5;
    if (row == 0) {
        return 0;
    }
    do {
        first--;
        digits[first] = (char)('0' + row % 10);
        row /= 10;
    } while (row > 0 && first > 0);
    print_text(${name}_test_function);
    print_text(" differs in row ");
    print_text(digits + first);
    return 1;
}
"""

CORTEX_M = """\
/* Start of a program on an emulated Cortex-M: written by skbit $version.
 *
 * The status of main ends the emulator, and texts are printed by it (semihosting). A
 * board without a debugger stops there: it needs a start file of its own. */

#include <stdint.h>
extern uint32_t data_begin[], data_end[], data_in_flash[], bss_end[], stack_end[];
int main(void);
void print_text(const char *text);
void reset(void);

static void call_host(uint32_t number, const void *argument)
{
    __asm volatile("mov r0, %0\\n mov r1, %1\\n bkpt 0xab"
                   : : "r"(number), "r"(argument) : "r0", "r1", "memory");
}

void print_text(const char *text)
{
    call_host(4u, text);
}

void reset(void)
{
    uint32_t status[2] = {0x20026u, 0u};
    uint32_t *from = data_in_flash;
#ifdef __ARM_FP
    /* Coprocessors 10 and 11 are the floating point unit. */
    *(volatile uint32_t *)0xE000ED88u |= 0xF00000u;
#endif
    for (uint32_t *word = data_begin; word < data_end; word++) {
        *word = *from++;
    }
    for (uint32_t *word = data_end; word < bss_end; word++) {
        *word = 0u;
    }
    status[1] = (uint32_t)main();
    call_host(0x20u, status);
    for (;;) {
    }
}

extern uint32_t *const vectors[2];
__attribute__((section(".vectors"), used)) uint32_t *const vectors[2] = {
    stack_end, (uint32_t *)(uintptr_t)reset
};
"""

CORTEX_M_SCRIPT = """\
/* The memory of an emulated Cortex-M: written by skbit $version. */
MEMORY
{
    flash (rx) : ORIGIN = 0, LENGTH = $flash_size
    ram (rwx) : ORIGIN = 0x20000000, LENGTH = $ram_size
}
ENTRY(reset)
SECTIONS
{
    .text : { KEEP(*(.vectors)) *(.text*) *(.rodata*) . = ALIGN(4); } > flash
    .ARM.exidx : { *(.ARM.exidx*) . = ALIGN(4); } > flash
    data_in_flash = LOADADDR(.data);
    .data : { data_begin = .; *(.data*) . = ALIGN(4); data_end = .; } > ram AT > flash
    .bss (NOLOAD) : { *(.bss*) *(COMMON) . = ALIGN(4); bss_end = .; } > ram
    end = .;
    stack_end = ORIGIN(ram) + LENGTH(ram);
}
"""
# Those of the board "microbit" of the emulator.
CORTEX_M_SIZES = {"flash_size": "256K", "ram_size": "16K"}

_CMAKE = """\
# Written by skbit $version.
cmake_minimum_required(VERSION 3.13)
project(${name} C)

add_library(${name} STATIC src/${name}.c)
target_include_directories(${name} PUBLIC src)
set_target_properties(${name} PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON)

# The self-test is built where this is the project, on a machine that can run it.
# Another project sets ${NAME}_BUILD_TEST before add_subdirectory to have it.
set(is_project OFF)
if(CMAKE_SOURCE_DIR STREQUAL CMAKE_CURRENT_SOURCE_DIR AND NOT CMAKE_CROSSCOMPILING)
  set(is_project ON)
endif()
if(NOT DEFINED ${NAME}_BUILD_TEST)
  set(${NAME}_BUILD_TEST $${is_project})
endif()
if(${NAME}_BUILD_TEST)
  include(CTest)
  add_executable(${name}_test src/${name}_test.c test/main.c)
  target_link_libraries(${name}_test PRIVATE ${name})
  set_target_properties(${name}_test PROPERTIES C_STANDARD 99)
  add_test(NAME ${name}_test COMMAND ${name}_test)
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
  int row = ${name}_test();
  if (row == 0) {
    Serial.println("passed");
  } else {
    Serial.print(${name}_test_function);
    Serial.print(" differs in row ");
    Serial.println(row);
  }
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
a processor executes up to several times as many instructions.

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
  project, `add_subdirectory` and link `${name}`; the self-test joins its tests if
  `${NAME}_BUILD_TEST` is on.
- Arduino: copy this folder to the folder `libraries` of the sketchbook. The example
  sketch runs the self-test.
- Zephyr: add this folder to `ZEPHYR_EXTRA_MODULES`, and set `CONFIG_${NAME}=y`.

## Self-test

`${name}_test()` in `src/${name}_test.c` computes $n_rows rows and compares what the
functions answer with the integers that Python computed. It returns 0 if all are equal.
`test/main.c` is a program that returns 0 as well, or else prints which function
differs, and in which row:

```sh
cc -std=c99 -O2 -I src src/*.c test/main.c -o test/run && test/run
```

The same on an emulated Cortex-M0:

```sh
arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb -std=c99 -Os -I src -nostartfiles \\
    -DSEMIHOSTING -T test/cortex_m.ld test/cortex_m.c test/main.c src/*.c \\
    -o test/run.elf
qemu-system-arm -machine microbit -nographic -monitor none \\
    -semihosting-config enable=on,target=native -kernel test/run.elf && echo passed
```

The rows of the self-test take flash of their own: leave `src/${name}_test.c` out to see
the size of the model. A folder holds one model.
"""

FILES = {
    "src/{name}_test.h": _TEST_HEADER,
    "test/main.c": _MAIN,
    "test/cortex_m.c": CORTEX_M,
    "test/cortex_m.ld": CORTEX_M_SCRIPT,
    "CMakeLists.txt": _CMAKE,
    "library.properties": _ARDUINO_LIBRARY,
    "examples/{name}/{name}.ino": _ARDUINO_SKETCH,
    "zephyr/module.yml": _ZEPHYR_MODULE,
    "zephyr/CMakeLists.txt": _ZEPHYR_CMAKE,
    "zephyr/Kconfig": _ZEPHYR_KCONFIG,
}
