"""The version of this program, as the record and every export name it."""

SOFTWARE_VERSION = "0.1.0"
