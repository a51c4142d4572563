"""What `funnelcast repair` can put right: one module per repair, listed in registry.py."""
