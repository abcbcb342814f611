"""Mesa's room: agents over the columns, the model, the clock."""

from coopsim.model.model import CoopModel

__all__ = ["CoopModel"]
