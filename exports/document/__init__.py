"""What a report is before it has a form: its document model, its charts as data, and how numbers and dates are spelled."""
