"""Contact data of N records whose people are known by construction, as canonical tables in a build file; and the floor: the same people by scipy.

Of 100 records 62 are a person's first one in the ATS, 28 are the CRM's (joined to it by email, LinkedIn, telephone or the ATS's id), 10 are repeated
ATS records that were merged, every other one over a merged record. One record in 100 also has the mailbox of an agency that 500 share.
"""

from __future__ import annotations

import duckdb

PEOPLE_SHARE, CRM_SHARE = 0.62, 0.28
AGENCY_HOLDERS = 500

_RULINGS = "(source_system varchar, candidate_id varchar, other_source_system varchar, other_candidate_id varchar, note varchar, valid_from date, valid_to date)"
_EMPTY = {
    "outreach_messages": "(source_system varchar, candidate_id varchar, recipient_address varchar, sent_at timestamp, observed_at timestamp)",
    "crm_activities": "(source_system varchar, candidate_id varchar, occurred_at timestamp)",
    "reviews": "(source_system varchar, candidate_id varchar, requested_at timestamp)",
}

#: k = number of the record, p = its person, kind = what it is.
_RECORDS = """
create temp table records as
select
    k,
    case when k < $people then k when k < $people + $crm then (k * 7919) % $people else (k // 2 * 7919) % $people end as p,
    case when k < $people then 'first' when k < $people + $crm then 'crm' else 'again' end as kind,
    case when k >= $people and k < $people + $crm then 'crm' else 'ats' end as source_system,
    cast(700000000 + k as varchar) as candidate_id,
    timestamp '2023-01-01' + to_minutes(cast(case when k < $people then k % 700000 else 700000 + k % 700000 end as integer)) as seen_at
from range($records) as r(k);

create schema run; create schema canonical; create schema staging;
create table run.run_clock as
select timestamp '2026-06-29 06:00:00' as as_of, timestamp '9999-01-01' as known_at, 'UTC' as time_zone;
create table canonical.candidates as select source_system, candidate_id, seen_at as created_at from records;
create table canonical.applications as select source_system, candidate_id, seen_at as applied_at from records where kind <> 'crm';
create table canonical.candidate_merges as
select
    source_system,
    candidate_id as from_candidate_id,
    cast(700000000 + case when k % 2 = 1 and k > $people + $crm then k - 1 else p end as varchar) as to_candidate_id,
    seen_at as merged_at
from records where kind = 'again';
create table canonical.candidate_contacts as
select source_system, candidate_id, contact_code, contact_value, timestamp '2026-06-29' as observed_at
from (
    select source_system, candidate_id, 'name' as contact_code, 'Person ' || p as contact_value from records
    union all
    select source_system, candidate_id, 'email', 'Person' || p || '@mail.example.com' from records where kind <> 'again' and (kind = 'first' or k % 10 < 5)
    union all
    select source_system, candidate_id, 'email', 'other' || k || '@gmail.com' from records where kind <> 'first'
    union all
    select source_system, candidate_id, 'linkedin', 'https://www.linkedin.com/in/person-' || p || '/' from records where (kind = 'first' and p % 2 = 0) or (kind = 'crm' and p % 2 = 0 and k % 10 >= 5)
    union all
    select source_system, candidate_id, 'phone', '+1 ' || lpad(cast(p as varchar), 10, '0') from records where (kind = 'first' and p % 2 = 1) or (kind = 'crm' and p % 2 = 1 and k % 10 in (5, 6))
    union all
    select source_system, candidate_id, 'candidate_id', cast(700000000 + p as varchar) from records where kind = 'crm' and k % 10 >= 5
    union all
    select source_system, candidate_id, 'email', 'desk' || (k // 100) // $holders || '@agency.example' from records where k % 100 = 0
);
"""


def write_contacts(connection: duckdb.DuckDBPyConnection, records: int) -> int:
    """The canonical tables that identity reads, in the connection's database. Returns the number of people."""
    people, crm = round(records * PEOPLE_SHARE), round(records * CRM_SHARE)
    for statement in _RECORDS.split(";"):
        if statement.strip():
            used = {"people": people, "crm": crm, "records": records, "holders": AGENCY_HOLDERS}
            connection.execute(statement, {name: value for name, value in used.items() if f"${name}" in statement})
    for name, columns in _EMPTY.items():
        connection.execute(f"create table canonical.{name} {columns}")
    for name in ("links", "splits"):
        connection.execute(f"create table staging.stg_config__identity_{name} {_RULINGS}")
    return people


def people_by_scipy(connection: duckdb.DuckDBPyConnection) -> int:
    """The floor, and the proof: connected components of the links that count (numbers are made already) and the records without any."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = connection.execute("select record_number, link_number from canonical.person_links where not is_refuted").fetchnumpy()
    records, nodes = np.unique(links["record_number"], return_inverse=True)
    hubs = np.unique(links["link_number"], return_inverse=True)[1] + len(records)
    size = len(records) + int(hubs.max(initial=len(records) - 1)) - len(records) + 1
    graph = coo_array((np.ones(len(nodes), dtype=np.int8), (nodes, hubs)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    [(total,)] = connection.execute("select count(*) from canonical.person_records").fetchall()
    return int(total) - len(records) + len(np.unique(labels[: len(records)]))
