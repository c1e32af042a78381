"""The version of the package; pyproject.toml says the same, and a test that both do."""

VERSION = "0.1.0"
