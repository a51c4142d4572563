"""A folder per kind of source, each with its entry `KIND`; `registry` finds them. No kind imports another."""
