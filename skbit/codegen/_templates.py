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

_CMAKE = """\
# Written by skbit $version.
cmake_minimum_required(VERSION 3.13)
project(${name} C)

add_library(${name} STATIC src/${name}.c)
target_include_directories(${name} PUBLIC src)
set_target_properties(${name} PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON)

include(CTest)
if(BUILD_TESTING)
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

Machine code of up to 3 kB and about 200 bytes of stack come on top. Loops, addresses,
loads and stores are not counted as operations; a processor executes 2 to 11 times as
many instructions.

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
"""

FILES = {
    "src/{name}_test.h": _TEST_HEADER,
    "test/main.c": _MAIN,
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
