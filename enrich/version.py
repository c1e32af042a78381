"""The version of the package; pyproject.toml states the same, which a test checks."""

VERSION = "0.1.0"
