"""The systems of Lin 2025 for microcalcifications: FPNNet with its rules, and SPPNet."""
