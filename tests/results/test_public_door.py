"""What `import coopsim` offers, and what it does not load."""

import subprocess
import sys

import pytest

import coopsim


def test_every_name_behind_the_door_exists():
    for name in coopsim.__all__:
        assert getattr(coopsim, name) is not None
    assert set(coopsim.__all__) <= set(dir(coopsim))
    assert coopsim.__version__.count(".") == 2


def test_importing_loads_neither_mesa_nor_pandas_nor_numpy():
    code = "import coopsim, sys; print({'mesa', 'pandas', 'numpy', 'matplotlib'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_drawing_does_not_load_pyplot():
    code = "import coopsim.analysis.figures, sys; print('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_an_unknown_name():
    with pytest.raises(AttributeError, match="module 'coopsim' has no attribute 'simulate'"):
        _ = coopsim.simulate
