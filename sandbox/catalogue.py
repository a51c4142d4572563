"""What the simulated company is made of before anything happens: departments, offices, job families, stage plans, sources, reasons.

Everything here is invented. The numbers are rates and times of the first day; sandbox/journeys.py lets them drift.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.model import Department, Office, Reason, Source

ENGINEERING = Department(101, "Engineering")
PRODUCT = Department(102, "Product")
SALES = Department(103, "Sales")
CUSTOMER_SUCCESS = Department(104, "Customer Success")
PLATFORM = Department(105, "Platform Engineering", parent=ENGINEERING)
DEPARTMENTS = (ENGINEERING, PRODUCT, SALES, CUSTOMER_SUCCESS, PLATFORM)

AUSTIN = Office(201, "Austin", "Austin, Texas, United States")
NEW_YORK = Office(202, "New York", "New York, New York, United States")
BERLIN = Office(203, "Berlin", "Berlin, Germany")
OFFICES = (AUSTIN, NEW_YORK, BERLIN)

#: (stage name in the ATS, canonical stage; None = a name that the shipped mapping leaves unmapped)
PLANS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "engineering": (
        ("Application Review", "applied"),
        ("Recruiter Phone Screen", "recruiter_screen"),
        ("Hiring Manager Review", "hm_review"),
        ("Technical Phone Interview", "phone_interview"),
        ("Onsite", "onsite"),
        ("Reference Check", "reference_check"),
        ("Offer", "offer"),
    ),
    "data": (
        ("Application Review", "applied"),
        ("Recruiter Phone Screen", "recruiter_screen"),
        ("Technical Phone Interview", "phone_interview"),
        ("Take Home Test", "assessment"),
        ("Virtual Onsite", "onsite"),
        ("Offer", "offer"),
    ),
    "product": (
        ("Application Review", "applied"),
        ("Recruiter Phone Screen", "recruiter_screen"),
        ("Hiring Manager Review", "hm_review"),
        ("Hiring Manager Interview", "phone_interview"),
        ("Case Study", "assessment"),
        ("Onsite", "onsite"),
        ("Offer", "offer"),
    ),
    "sales": (
        ("Application Review", "applied"),
        ("Phone Screen", "recruiter_screen"),
        ("Resume Review by Manager", "hm_review"),
        ("Hiring Manager Interview", "phone_interview"),
        ("Sales Panel", "onsite"),
        ("Reference Check", "reference_check"),
        ("Offer", "offer"),
    ),
    "success": (
        ("Application Review", "applied"),
        ("Phone Screen", "recruiter_screen"),
        ("Resume Review by Manager", "hm_review"),
        ("Team Interview", "onsite"),
        ("Offer", "offer"),
    ),
}

#: An extra stage of leadership searches, just before the offer; no mapping knows it.
LEADERSHIP_STAGE = "Executive Coffee Chat"

#: Interview slots of a stage: (name, minutes, kind), kind as Greenhouse's scheduling_type.
SLOTS: dict[str, tuple[tuple[str, int, str], ...]] = {
    "recruiter_screen": (("Recruiter call", 30, "needs_scheduling"),),
    "phone_interview": (("Phone interview", 60, "needs_scheduling"),),
    "assessment": (("Exercise", 120, "take_home_test"),),
    "onsite": (("Skills", 60, "needs_scheduling"), ("Collaboration", 45, "needs_scheduling"), ("Hiring manager", 45, "needs_scheduling")),
}

#: Median days in a stage for those who move on, and for those who leave, at speed 1.
STAY_DAYS: dict[str | None, tuple[float, float]] = {
    "applied": (2.6, 6.0),
    "recruiter_screen": (3.6, 6.0),
    "hm_review": (2.4, 4.2),
    "phone_interview": (4.8, 6.4),
    "assessment": (5.0, 6.5),
    "onsite": (6.4, 7.5),
    "reference_check": (3.0, 4.0),
    "offer": (4.0, 5.0),
    None: (4.0, 5.0),
}

#: Share of those who leave a stage by their own will.
WITHDRAWAL_SHARE: dict[str | None, float] = {
    "applied": 0.03,
    "recruiter_screen": 0.16,
    "hm_review": 0.10,
    "phone_interview": 0.18,
    "assessment": 0.34,
    "onsite": 0.24,
    "reference_check": 0.40,
    None: 0.3,
}


@dataclass(frozen=True)
class Family:
    """A job family. `advance`: chance to leave each stage upward; `weekly`: applicants per week of a new requisition."""

    name: str
    department: Department
    plan: str
    weekly: float
    advance: dict[str | None, float]
    speed: float
    acceptance: float
    share: float
    openings: tuple[tuple[int, float], ...]
    offices: tuple[tuple[Office, float], ...]
    sourcing: float  # people contacted per week by the sourcer
    titles: tuple[tuple[str, float], ...]  # level code, weight


EVERY_LEVEL = (("entry", 0.15), ("mid", 0.45), ("senior", 0.32), ("leadership", 0.08))
JUNIOR = (("entry", 0.6), ("mid", 0.35), ("senior", 0.05))
ONE = ((1, 0.85), (2, 0.15))
SOME = ((1, 0.6), (2, 0.28), (3, 0.12))


def _rates(applied: float, screen: float, review: float, phone: float, task: float, onsite: float) -> dict[str | None, float]:
    codes = ("applied", "recruiter_screen", "hm_review", "phone_interview", "assessment", "onsite")
    rates: dict[str | None, float] = dict(zip(codes, (applied, screen, review, phone, task, onsite), strict=True))
    return rates | {"reference_check": 0.94, None: 0.9}


FAMILIES = (
    Family("Software Engineer", ENGINEERING, "engineering", 15, _rates(0.18, 0.58, 0.76, 0.46, 0.6, 0.36), 1.0, 0.78, 0.24, SOME,
           ((AUSTIN, 0.5), (NEW_YORK, 0.3), (BERLIN, 0.2)), 9, EVERY_LEVEL),
    Family("Site Reliability Engineer", PLATFORM, "engineering", 9, _rates(0.2, 0.56, 0.74, 0.44, 0.6, 0.36), 1.15, 0.76, 0.08, ONE,
           ((AUSTIN, 0.6), (BERLIN, 0.4)), 8, EVERY_LEVEL),
    Family("Data Engineer", PLATFORM, "data", 12, _rates(0.17, 0.54, 0.7, 0.5, 0.62, 0.38), 1.05, 0.8, 0.1, ONE,
           ((AUSTIN, 0.5), (NEW_YORK, 0.5)), 5, EVERY_LEVEL),
    Family("Product Manager", PRODUCT, "product", 18, _rates(0.15, 0.55, 0.62, 0.5, 0.66, 0.38), 1.1, 0.82, 0.12, ONE,
           ((NEW_YORK, 0.6), (AUSTIN, 0.25), (BERLIN, 0.15)), 5, EVERY_LEVEL),
    Family("Product Designer", PRODUCT, "product", 14, _rates(0.14, 0.55, 0.66, 0.5, 0.7, 0.4), 1.0, 0.84, 0.07, ONE,
           ((NEW_YORK, 0.7), (BERLIN, 0.3)), 3, EVERY_LEVEL),
    Family("Account Executive", SALES, "sales", 12, _rates(0.22, 0.55, 0.7, 0.48, 0.6, 0.42), 0.8, 0.8, 0.14, SOME,
           ((NEW_YORK, 0.5), (BERLIN, 0.35), (AUSTIN, 0.15)), 5, EVERY_LEVEL),
    Family("Sales Development Representative", SALES, "sales", 17, _rates(0.24, 0.5, 0.74, 0.45, 0.6, 0.45), 0.65, 0.86, 0.1, SOME,
           ((AUSTIN, 0.6), (NEW_YORK, 0.4)), 0, JUNIOR),
    Family("Customer Success Manager", CUSTOMER_SUCCESS, "success", 13, _rates(0.19, 0.5, 0.6, 0.6, 0.6, 0.3), 0.85, 0.84, 0.09, ONE,
           ((AUSTIN, 0.5), (NEW_YORK, 0.25), (BERLIN, 0.25)), 2, EVERY_LEVEL),
    Family("Support Specialist", CUSTOMER_SUCCESS, "success", 18, _rates(0.17, 0.48, 0.66, 0.6, 0.6, 0.32), 0.7, 0.88, 0.06, SOME,
           ((AUSTIN, 0.8), (BERLIN, 0.2)), 0, JUNIOR),
)  # fmt: skip

LEVEL_PREFIX = {"entry": "Junior ", "mid": "", "senior": "Senior ", "leadership": "Head of "}

SOURCES = (
    Source(301, "Company Careers Page", "Company marketing", "careers_site", "applied"),
    Source(302, "LinkedIn (Ad Posting)", "Third-party boards", "job_board", "applied"),
    Source(303, "Indeed", "Third-party boards", "job_board", "applied"),
    Source(304, "Glassdoor", "Third-party boards", "job_board", "applied"),
    Source(305, "University Career Fair", "Attend events", "event", "applied"),
    Source(306, "Gem (Prospecting)", "Prospecting", "outreach", "sourced"),
    Source(307, "LinkedIn (Prospecting)", "Prospecting", "outreach", "sourced"),
    Source(308, "Referral", "Referrals", "referral", "referred"),
    Source(309, "Internal Applicant", "Internal", "internal", "internal"),
    Source(310, "Bright Search Partners", "Agencies", "agency", "agency"),
    Source(311, "Lone Star Talent", "Agencies", "agency", "agency"),
    # Nobody mapped this one: it shows as unmapped and counts as applied.
    Source(312, "Hackathon Booth", "Attend events", "unmapped", "applied"),
)
GEM_SOURCE = SOURCES[5]
#: Where applications that nobody sourced come from.
INBOUND = ((0, 30.0), (1, 31.0), (2, 14.0), (3, 6.0), (4, 4.0), (6, 4.0), (7, 6.5), (8, 1.0), (9, 1.6), (10, 1.4), (11, 0.5))

#: How much likelier than an applicant the others are to pass the first review, and every later stage.
ORIGIN_LIFT = {"applied": (1.0, 1.0), "sourced": (3.6, 1.02), "referred": (2.6, 1.12), "agency": (2.2, 1.0), "internal": (3.4, 1.2)}

WE, THEY, NONE, SECURITY = "WE_REJECTED_THEM", "THEY_REJECTED_US", "NONE_SPECIFIED", "SECURITY_CONCERN"
REASON_TYPES = {WE: (1, "We rejected them"), THEY: (2, "They rejected us"), NONE: (3, "None specified"), SECURITY: (4, "Security concern")}

REASONS = (
    Reason(1, "Lacking skill(s)/qualification(s)", WE, "company", None, is_default=True),
    Reason(2, "Lacking technical expertise", WE, "company", None, is_default=True),
    Reason(3, "Overqualified", WE, "company", None, is_default=True),
    Reason(4, "Didn't like offer", THEY, "candidate", "other_specified", is_default=True),
    Reason(5, "Accepted another position", THEY, "candidate", "competing_offer", is_default=True),
    Reason(401, "Position filled", NONE, "neither", None),
    Reason(402, "Requisition cancelled", NONE, "neither", None),
    Reason(403, "Offer expired", NONE, "neither", None),
    Reason(404, "Offer rescinded", WE, "company", None),
    Reason(405, "Not a match for the level", WE, "company", None),
    Reason(406, "Communication", WE, "company", None),
    Reason(407, "Failed reference or background check", SECURITY, "company", None, is_conduct=True),
    Reason(408, "Misrepresentation", WE, "company", None, is_conduct=True),
    Reason(411, "Compensation - base salary", THEY, "candidate", "comp_base"),
    Reason(412, "Compensation - equity or bonus", THEY, "candidate", "comp_equity_bonus"),
    Reason(413, "Counter offer from current employer", THEY, "candidate", "counter_offer"),
    Reason(414, "Role scope or level", THEY, "candidate", "role_scope_level"),
    Reason(415, "Location or relocation", THEY, "candidate", "location_relocation"),
    Reason(416, "Remote policy", THEY, "candidate", "remote_flex"),
    Reason(417, "Process too slow", THEY, "candidate", "process_speed_experience"),
    Reason(418, "Personal timing", THEY, "candidate", "personal_timing"),
    Reason(419, "Candidate unresponsive", THEY, "candidate", "unresponsive"),
    Reason(420, "Visa or work permit", THEY, "candidate", "visa_legal"),
    Reason(421, "Benefits", THEY, "candidate", "benefits"),
    Reason(422, "Other", THEY, "candidate", "unknown"),
    # What recruiters pick to say nothing: an empty reason that still has a direction (without one nobody knows who ended it).
    Reason(424, "No reason given", THEY, "candidate", "unknown"),
    # Nobody mapped this one: its direction is known from its type, its decline code is not.
    Reason(423, "Dog-friendly office elsewhere", THEY, "candidate", None),
)
REASON = {reason.name: reason for reason in REASONS}
POSITION_FILLED, CANCELLED = REASON["Position filled"], REASON["Requisition cancelled"]
OFFER_EXPIRED, OFFER_RESCINDED = REASON["Offer expired"], REASON["Offer rescinded"]

#: Reasons of a company's rejection: (name, weight); None = the recruiter left it empty.
REJECTIONS: tuple[tuple[str | None, float], ...] = (
    ("Lacking skill(s)/qualification(s)", 46), ("Lacking technical expertise", 20), ("Overqualified", 6), ("Not a match for the level", 16),
    ("Communication", 8), ("Misrepresentation", 0.4), ("Failed reference or background check", 0.4), (None, 3),
)  # fmt: skip
#: Reasons of a candidate's withdrawal before an offer.
WITHDRAWALS: tuple[tuple[str | None, float], ...] = (
    ("Accepted another position", 24), ("Candidate unresponsive", 22), ("Process too slow", 12), ("Compensation - base salary", 10),
    ("Personal timing", 9), ("Role scope or level", 7), ("Remote policy", 6), ("Location or relocation", 4), ("Visa or work permit", 2), ("Other", 4),
)  # fmt: skip
#: Reasons of a declined offer in the first and in the last month; they drift from one to the other.
DECLINES: tuple[tuple[str | None, float, float], ...] = (
    ("Accepted another position", 24, 18), ("Compensation - base salary", 12, 26), ("Compensation - equity or bonus", 8, 9),
    ("Counter offer from current employer", 9, 9), ("Role scope or level", 8, 4), ("Remote policy", 4, 12), ("Location or relocation", 5, 4),
    ("Process too slow", 6, 5), ("Personal timing", 5, 3), ("Benefits", 2, 1), ("Didn't like offer", 5, 2), ("Other", 16, 12), ("No reason given", 11, 8),
    ("Dog-friendly office elsewhere", 1.5, 1.5),
)  # fmt: skip

_FIRST = (
    "Ada Alba Amir Anouk Arlo Asha Bela Boris Bruno Carla Celia Chidi Dana Dario Devi Dilan Edda Elio Emre Esme Fadi Fleur Goran Greta Hana "
    "Hugo Ida Ilya Imani Ines Jalal Jana Joris Juno Kaito Kamil Keira Lars Leila Linus Lotta Mael Maren Mika Mina Nadia Nico Noor Odile Olav "
    "Oona Pavel Petra Priya Quinn Rafe Rania Remi Rosa Ruben Saara Samir Selma Soren Tamar Tariq Tessa Timo Uma Vera Viggo Wanda Xenia Yara Yusuf Zora"
)
_LAST = (
    "Abara Albrecht Andor Aster Baird Balogh Barros Bexley Birch Brandt Calder Castell Chowdry Corvin Dahl Darrow Delgada Dray Ebner Eklund "
    "Elmore Farrow Fenwick Ferro Fjord Galloway Garrick Gissing Haddon Halloran Hart Hollis Ibsen Idowu Jarvis Joubert Kadir Kessler Kinsey "
    "Kovac Lachance Larkin Lindqvist Lowell Maddox Marlow Mbeki Merrow Moreau Nakano Navarro Norwood Oakes Okafor Orsini Pace Pemberton Pryor "
    "Quill Radley Rask Rowan Sable Sandoval Sato Sorrel Stroud Tallis Thorne Tolland Ueda Ulrich Vance Verne Voss Wexler Whitlock Wren Yates Zeller"
)
FIRST_NAMES, LAST_NAMES = tuple(_FIRST.split()), tuple(_LAST.split())
EMPLOYERS = (
    "Acme Robotics",
    "Bluebird Bank",
    "Cobalt Freight",
    "Dune Media",
    "Everline Health",
    "Foxglove Retail",
    "Granite Games",
    "Harbor Labs",
)
