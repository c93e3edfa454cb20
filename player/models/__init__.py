"""Vosk models: which there are, fetching one, where it is. The one part that uses the network."""
