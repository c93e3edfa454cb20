"""A hands-free, eyes-closed session player: speaks each step, keeps the beat and listens, offline."""

__version__ = "0.1.0"
