"""The composition root: the only package that knows both the core and the back ends."""
