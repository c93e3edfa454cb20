"""The composition root: the only package that knows both sides; doctor, demonstration, enrolment."""
