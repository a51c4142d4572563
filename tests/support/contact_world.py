"""The worst contact data there is, as canonical tables: twelve candidates with expected people by hand, 500 more behind one agency's desk.

Used with rows of tests/support/random_worlds.py around it, so that whatever identity does, the rest of a company is there to be harmed.
"""

from __future__ import annotations

from typing import Any

AGENCY = 500
HEADER = "source_system,candidate_id,other_source_system,other_candidate_id,note,valid_from,valid_to\n"
LINKS = HEADER + "acme,maiden,acme,married,same passport,2026-01-01,\nacme,c1,acme,later,,2026-04-01,\n"
SPLITS = HEADER + "acme,father,acme,son,they share a telephone,,\n"
#: Candidates of each person that has more than one record, at 2026-04-01.
PEOPLE = [["c1", "c2"], ["father", "reused"], ["gone", "middle", "stays"], ["loop1", "loop2"], ["maiden", "married"]]
#: The same without the two files.
PEOPLE_UNRULED = [["c1", "c2"], ["father", "reused", "son"], ["gone", "middle", "stays"], ["loop1", "loop2"]]

#: candidate -> contacts
CONTACTS: dict[str, list[tuple[str, str]]] = {
    "c1": [("email", "Jo.Ann@gmail.com"), ("phone", "")],
    "c2": [("email", "joann+jobs@googlemail.com"), ("phone", "n/a")],
    "father": [("phone", "+49 30 555 0100"), ("email", "old@home.example")],
    "son": [("phone", "0049305550100")],
    # an address that belonged to somebody else before
    "reused": [("email", "old@home.example")],
    "maiden": [("email", "m@one.example")],
    "married": [("email", "m@two.example")],
    "later": [("email", "l@one.example")],
    "loop1": [],
    "loop2": [],
    # in no list: only applications and merges name it
    "gone": [],
    "stays": [("linkedin", "https://www.linkedin.com/in/Stays/")],
} | {f"agency{number}": [("email", "desk@agency.example"), ("phone", "020 7946 0000")] for number in range(AGENCY)}

_MERGES = [
    ("loop1", "loop2", "2026-01-01T00:00:00Z"),
    ("loop2", "loop1", "2026-01-02T00:00:00Z"),
    ("gone", "middle", "2026-01-01T00:00:00Z"),
    ("middle", "stays", "2026-01-02T00:00:00Z"),
    # has not happened yet
    ("later", "c1", "2026-04-01T00:00:00Z"),
]


def contact_tables() -> dict[str, list[dict[str, Any]]]:
    """Everybody applied once (`a-<candidate>`); eight got a message (`m-<candidate>`), one more names an address alone; five were reviewed."""
    listed = [candidate for candidate in CONTACTS if candidate != "gone"]
    day = {candidate: f"2026-02-{1 + number % 27:02d}T00:00:00Z" for number, candidate in enumerate(CONTACTS)}
    messages = [{"message_id": f"m-{c}", "sent_at": day[c], "candidate_id": c, "medium_code": "email"} for c in listed[:8]]
    messages.append({"message_id": "m-x", "sent_at": day["c1"], "recipient_address": "joann@gmail.com", "medium_code": "email"})
    return {
        "jobs": [{"job_id": "jc", "job_name": "Anything", "status_code": "open"}],
        "applications": [
            {"application_id": f"a-{c}", "candidate_id": c, "job_id": "jc", "applied_at": day[c], "status_code": "active"} for c in CONTACTS
        ],
        "candidates": [{"candidate_id": c, "created_at": day[c]} for c in listed],
        "candidate_contacts": [
            {"candidate_id": c, "contact_code": code, "contact_value": text} for c, contacts in CONTACTS.items() for code, text in contacts
        ],
        "candidate_merges": [{"from_candidate_id": one, "to_candidate_id": other, "merged_at": at} for one, other, at in _MERGES],
        "outreach_messages": messages,
        "reviews": [
            {"review_id": f"r-{c}", "job_id": "jc", "reviewer_id": "u1", "requested_at": day[c], "candidate_id": c} for c in listed[:5]
        ],
    }
