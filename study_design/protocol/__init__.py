"""The protocol: study file, allocation, plan, washout, hanging."""
