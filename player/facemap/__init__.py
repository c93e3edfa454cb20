"""The face map: a routine's places, drawn in order on a face, as an SVG."""
