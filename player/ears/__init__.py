"""Ears: from the microphone's samples to commands."""
