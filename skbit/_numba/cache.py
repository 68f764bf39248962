# Authors: The skbit developers
# SPDX-License-Identifier: BSD-3-Clause
"""Machine code on disk, which fits the sources of all kernels or is not used.

numba stamps the code of a function with the file that the function stands in. Kernels
inline functions of other files, so after an upgrade numba would run parts of the
earlier version. Here the name of a file contains a digest of the sources of all
kernels. It also contains a digest of everything else that machine code depends on (the
types of the arguments, the processor, numba and its settings), so that processes which
compile side by side never write different code to one file. A file begins with a
checksum of the rest: one that is truncated or damaged is compiled anew.
"""

import contextlib
import functools
import hashlib
import os
import pickle
import tempfile
import time
import warnings
from importlib import resources
from pathlib import Path

import llvmlite
import numba
from numba.core.caching import FunctionCache

_CHECKSUM_BYTES = 32
# How names of files begin while they are written, and after how many seconds such a
# file was left behind by a process that was killed.
_UNFINISHED = "skbit-unfinished-"
_LEFT_BEHIND = 3600


def _digest(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest


def digest_of_sources():
    """Return a digest of the sources of all kernels, as 16 hexadecimal digits."""
    package = resources.files("skbit")
    folders = [package / "_numba", *(part / "_kernels" for part in package.iterdir())]
    sources = [
        (folder.name, file.name, file.read_bytes())
        for folder in folders
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name.endswith(".py")
    ]
    return _digest(*(source for _, _, source in sorted(sources))).hexdigest()[:16]


_SOURCES = digest_of_sources()


class _CodeFiles:
    """The files of one kernel; what numba's cache reads from and writes to."""

    def __init__(self, folder, name):
        self._folder, self._name = Path(folder), name

    def _path(self, key):
        settings = (
            numba.config.BOUNDSCHECK,
            numba.config.OPT,
            numba.config.LOOP_VECTORIZE,
            numba.config.SLP_VECTORIZE,
            numba.config.DEBUGINFO_DEFAULT,
        )
        everything = key, settings, numba.__version__, llvmlite.__version__
        code = _digest(repr(everything).encode()).hexdigest()[:16]
        return self._folder / f"{self._name}.skbit-{_SOURCES}-{code}.nbc"

    def load(self, key):
        """Return what was saved under a key, or None."""
        try:
            content = self._path(key).read_bytes()
        except OSError:
            return None
        checksum, data = content[:_CHECKSUM_BYTES], content[_CHECKSUM_BYTES:]
        if _digest(data).digest() != checksum:
            return None
        return pickle.loads(data)

    def save(self, key, data):
        """Save machine code, whole or not at all."""
        data = pickle.dumps(data, protocol=pickle.HIGHEST_PROTOCOL)
        try:
            _prune(self._folder)
            handle, path = tempfile.mkstemp(dir=self._folder, prefix=_UNFINISHED)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_digest(data).digest() + data)
                os.replace(path, self._path(key))
            except BaseException:
                Path(path).unlink(missing_ok=True)
                raise
        except OSError as error:
            warn_of_no_cache(error)

    def flush(self):
        """Remove all code of this kernel."""
        for path in self._folder.glob(f"{self._name}.skbit-*.nbc"):
            path.unlink(missing_ok=True)


@functools.cache
def _prune(folder):
    """Remove, once, the code of other versions of the sources."""
    for path in folder.glob("*.skbit-*.nbc"):
        if f".skbit-{_SOURCES}-" not in path.name:
            path.unlink(missing_ok=True)
    for path in folder.glob(f"{_UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _LEFT_BEHIND:
                path.unlink()


class KernelCache(FunctionCache):
    """The cache of a kernel's machine code.

    Raises
    ------
    RuntimeError
        If no folder is writable, as in read-only images.
    """

    def __init__(self, function):
        super().__init__(function)
        self._cache_file = _CodeFiles(self._cache_path, self._impl.filename_base)

    def _save_overload(self, sig, data):
        try:
            super()._save_overload(sig, data)
        except OSError as error:
            warn_of_no_cache(error)


_has_warned = False


def warn_of_no_cache(reason):
    """Say, once, what it costs that machine code cannot be kept."""
    global _has_warned
    if not _has_warned:
        _has_warned = True
        warnings.warn(
            "The compiled kernels of skbit cannot be kept on disk, so every process "
            "compiles those that it uses anew, which takes some seconds for each "
            "estimator. Set NUMBA_CACHE_DIR to a folder that is writable. "
            f"({reason})",
            RuntimeWarning,
            stacklevel=2,
        )
