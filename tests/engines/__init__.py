"""The three steps past one machine: bytes, faults, engines."""
