"""The four-view system of Zhou 2023."""
