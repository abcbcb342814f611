"""What the figures depend on: processor, versions. Nothing that names a host or a path."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from core.c_core import FLAGS, compiler

PACKAGES = ("coopsim", "mesa", "numpy", "numba", "scipy", "pandas")
ROOT = Path(__file__).resolve().parents[2]


def facts() -> dict[str, Any]:
    """Return the facts about machine and software."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": _said("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "sources_changed": bool(_said("git", "-C", str(ROOT), "status", "--porcelain", "--", "src")),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "load": [round(value, 2) for value in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in PACKAGES},
        "compiler": (_said(compiler() or "cc", "--version") or "none").splitlines()[0],
        "flags": [flag for flag in FLAGS if flag not in ("-shared", "-fPIC")],
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _processor() -> str:
    """Return model, family and instruction sets, as far as Linux tells them."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    found = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    wide = next((name for name in ("avx512f", "avx2", "avx") if name in found.get("flags", "").split()), "no AVX")
    family = f"family {found['cpu family']} model {found['model']}, " if "cpu family" in found else ""
    return f"{found.get('model name', platform.machine())} ({family}{wide})"
