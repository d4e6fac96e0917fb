"""Proxy-parent pairing (代理家长结对): recruit, vet, match a township in one go, keep the pair alive."""
