-- One row per day, from the first event's year to the end of the year after as_of.
select
    cast(null as date) as date_on,
    cast(null as date) as week_on,
    cast(null as date) as month_on,
    cast(null as date) as quarter_on,
    cast(null as integer) as year_number,
    cast(null as integer) as iso_weekday,
    cast(null as boolean) as is_working_day,
    cast(null as integer) as working_days_before
where false
