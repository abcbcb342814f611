"""The core subset of the model, written several ways; benchmarks/README.md states its rules."""
