"""The weekly funnel in words: offers, where hires come from, and outreach."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from exports.document import ties, words
from exports.document.model import Block, Bullet, Bullets, Cell, Column, Section, Table
from exports.editions.absence import NotLoaded
from exports.editions.offers_by_quarter import acceptance_table
from exports.editions.requisitions import requisition_names
from exports.editions.weekly_funnel.view import OpenOffer, WeeklyFunnel
from exports.editions.weekly_funnel.words_people import person
from exports.editions.weekly_funnel.words_week import for_scope

LISTED_OFFERS, SHOWN_SOURCES = 6, 5
UNNAMED_SOURCE = "A source without a name"


def offers(view: WeeklyFunnel) -> Section:
    title = "Offers"
    if isinstance(view.quarters, NotLoaded):
        return view.quarters.section("offers", title)
    if not view.quarters:
        why = f"no offer {for_scope(view)}has been extended yet"
        if view.standing.offer_count:
            reached = words.of_them(view.standing.offer_count, "application has", "applications have")
            why = f"no offer {for_scope(view)}is recorded, although {reached} reached the stage Offer in the last 12 months"
        return Section("offers", title, f"No data, because {why}.")
    latest = view.quarters[-1]
    if latest.decided_count:
        meaning = (
            f"Of the decided offers first extended in {words.quarter(latest.quarter)}, {latest.accepted_count} of {latest.decided_count} "
            f"were accepted ({words.percent(latest.acceptance_rate)}); {words.of_them(latest.open_count, 'is', 'are')} still open."
        )
    else:
        meaning = f"No offer of {words.quarter(latest.quarter)} has been decided yet ({latest.extended_count} extended)."
    blocks: list[Block] = [acceptance_table(view.quarters)]
    if view.open_offers:
        shown = view.open_offers[:LISTED_OFFERS]
        names = requisition_names(shown, has_jobs=view.has_jobs)
        blocks.append(
            Bullets(
                tuple(_open_offer(view, offer, name) for offer, name in zip(shown, names, strict=True)),
                words.rest(len(view.open_offers) - LISTED_OFFERS, "more open offer", "more open offers"),
            )
        )
    return Section("offers", title, meaning, tuple(blocks))


def _open_offer(view: WeeklyFunnel, offer: OpenOffer, name: str) -> Bullet:
    recruiter = person(view, offer.recruiter_name, has_one=offer.has_recruiter, nobody="no recruiter named")
    if offer.extended_at is None:
        return Bullet(f"{name}: open", f"extended on an unknown day; next step: {recruiter}")
    extended = offer.extended_at.replace(tzinfo=UTC)
    day = extended.astimezone(ZoneInfo(view.provenance.time_zone))
    return Bullet(
        f"{name}: open for {words.plural((view.provenance.as_of - extended).days, 'day')}",
        f"extended {day.day} {day:%B}; next step: {recruiter}",
    )


def sources(view: WeeklyFunnel) -> Section:
    title = "Where hires come from"
    if isinstance(view.sources, NotLoaded):
        return view.sources.section("sources", title)
    if not view.sources:
        why = f"nobody {for_scope(view)}has been hired yet"
        if view.standing.hired_count:
            why = f"of none of the {words.plural(view.standing.hired_count, 'hire')} {for_scope(view)}is it known when they applied"
        return Section("sources", title, f"No data, because {why}.")
    first, shown = view.sources[0], view.sources[:SHOWN_SOURCES]
    table = Table(
        f"Hires among those who applied in {words.quarter(first.quarter)}, by source",
        (Column("Source"), Column("Hires", True), Column("Of all hires", True)),
        tuple(
            (
                Cell(row.source_name or UNNAMED_SOURCE, words.plural(row.applications_count, "application")),
                Cell(words.count(row.hires_count)),
                Cell(words.percent(row.hire_share_rate)),
            )
            for row in shown
        ),
        words.rest(len(view.sources) - len(shown), "more source", "more sources"),
    )
    top = ties.at_the_top(view.sources, lambda row: row.hires_count)
    hires = words.plural(first.hires_count, "hire") + (" each" if len(top) > 1 else "")
    meaning = f"{ties.named([row.source_name or UNNAMED_SOURCE for row in top])} brought the most: {hires} so far among those who applied in {words.quarter(first.quarter)}."
    return Section("sources", title, meaning, (table,))


def outreach(view: WeeklyFunnel) -> Section:
    title = "Outreach content that gets replies"
    if isinstance(view.links, NotLoaded):
        return view.links.section("outreach", title)
    if not view.links:
        return Section("outreach", title, "No data, because no link in outreach messages has been clicked by ten people yet.")
    best = view.links[0]
    table = Table(
        "Links by replies per person who clicked; without scheduling and LinkedIn links; the whole company",
        (Column("Link"), Column("Replied of clicked", True)),
        tuple(
            (
                Cell(row.link, f"sent to {words.count(row.recipients_count)}"),
                Cell(
                    words.percent(row.replied_rate_per_clicked),
                    f"{words.count(row.replied_and_clicked_count)} of {words.count(row.clicked_count)}",
                ),
            )
            for row in view.links
        ),
    )
    return Section("outreach", title, f"{words.percent(best.replied_rate_per_clicked)} of those who clicked {best.link} replied.", (table,))
