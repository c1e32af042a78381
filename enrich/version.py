"""The version of the package, stated here alone: the build reads it from this file."""

VERSION = "0.1.0"
