"""What `funnelcast verify` looks at: one function per check, listed in registry.py."""
