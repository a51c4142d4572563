"""The build: dbt in this process, what a run need not build, and the restricted files."""
