"""What SQL cannot say well: numeric code of the Python models. Pure functions of numbers; knows neither dbt nor a database."""
