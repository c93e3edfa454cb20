"""Vosk models: which there are, fetching one, where it is. The one part that uses the network."""

from player.models.fetch import get_model
from player.models.store import Listed, find_default, list_models, model_path

__all__ = ["Listed", "find_default", "get_model", "list_models", "model_path"]
