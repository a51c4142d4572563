"""Who may read what is restricted: every reader of names or of the diversity file asks here first."""
