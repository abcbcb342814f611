"""What `run.py` measures, one module each; every one returns plain numbers for the JSON file."""
