# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Show what skbit does: ``python -m skbit``."""

if __name__ == "__main__":
    # Before the imports of the demonstration, which take a second or two.
    print("skbit compiles its kernels on their first use and keeps them.", flush=True)

    from skbit._demonstration import main

    main()
