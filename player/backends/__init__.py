"""The only modules that import the libraries of sound, speech and hearing; each of them lazily."""
