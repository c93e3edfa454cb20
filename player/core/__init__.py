"""The pure core: no clock, thread, file, log or third-party import."""
