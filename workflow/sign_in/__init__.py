"""Signing in: delays after wrong tries, known passwords, second factors, an office's own accounts."""
