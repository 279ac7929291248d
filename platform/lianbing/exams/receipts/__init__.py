"""Receipts: proof of what a closed attempt held; answer files for a network that stays away."""
