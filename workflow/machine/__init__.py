"""The engine: declared acts, guards, apply, refuse. It knows packs, not poverty."""
