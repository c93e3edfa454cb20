"""Ears: segments, the listening chain, echo cancelling, enrolment, the ears worker and its client."""
