"""One module per verb of the command line; each has `command`. Thin: they read options, call one function, print what it returned."""
