"""Answers from published tables: the questions of `funnelcast ask` (question.py says what one is, registry.py lists them), and past candidates."""
