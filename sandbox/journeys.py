"""The life of one application: which stages it visits and when, how it ends, with offers on the way.

A journey is drawn to its own end, as if nothing else happened; sandbox/requisitions.py cuts it when the position is filled.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox import catalogue
from sandbox.calendar import at_work
from sandbox.catalogue import Family
from sandbox.model import DAY, HOUR, Application, Closing, Job, OfferVersion, Reason, Visit
from sandbox.rng import Rng


@dataclass(frozen=True)
class Climate:
    """How the company's rates and times drift: `start` to `end` of the simulated years as 0..1."""

    start: int
    end: int

    def at(self, seconds: int) -> float:
        return min(1.0, max(0.0, (seconds - self.start) / (self.end - self.start)))

    def blend(self, seconds: int, first: float, last: float) -> float:
        return first + (last - first) * self.at(seconds)


def live(rng: Rng, application: Application, family: Family, climate: Climate, selectivity: dict[str | None, float]) -> None:
    """Fill visits, closings and offers of a new application, from its first stage to its end."""
    job, origin = application.job, application.source.origin_code
    first_lift, later_lift = catalogue.ORIGIN_LIFT[origin]
    index, moment = 0, application.applied_at
    if origin in ("sourced", "internal") and rng.chance(0.45):
        index = 1  # enters process at the screen, never reviewed as an application
    while True:
        stage = job.stages[index]
        visit = Visit(stage, moment)
        application.visits.append(visit)
        if stage.code == "offer":
            _negotiate(rng, application, family, climate, visit, moment)
            return
        lift = first_lift if index == 0 else later_lift
        drift = climate.blend(moment, 0.95, 1.1) if stage.code == "recruiter_screen" else climate.blend(moment, 1.02, 0.96)
        chance = min(0.97, family.advance[stage.code] * lift * drift * selectivity.get(stage.code, 1.0))
        stay, leave = catalogue.STAY_DAYS[stage.code]
        pace = family.speed * climate.blend(moment, 0.92, 1.2)
        if rng.chance(chance):
            moment = at_work(rng, moment + max(HOUR, rng.wait(stay * pace) * DAY))
            visit.exited_at = moment
            index = _next_stage(rng, application, index)
            if index == len(job.stages):  # hired straight from the last interview, nobody touched the Offer stage
                visit.exited_at = None
                _negotiate(rng, application, family, climate, visit, moment)
                return
            moment = application.visits[-1].exited_at or moment
        elif rng.chance(0.02):
            return  # nobody decides: waits until the position closes
        else:
            moment = at_work(rng, moment + max(HOUR, rng.wait(leave * pace) * DAY))
            visit.exited_at = moment
            if rng.chance(catalogue.WITHDRAWAL_SHARE[stage.code]):
                reason = _reason(rng.weighted(catalogue.WITHDRAWALS))
                application.closings.append(Closing(moment, "withdrawn", reason, application.recruiter))
            else:
                reason = _reason(rng.weighted(catalogue.REJECTIONS))
                decider = job.hiring_manager if stage.code in ("hm_review", "onsite") else application.recruiter
                application.closings.append(Closing(moment, "rejected", reason, decider))
            if not _after_the_end(rng, application, index):
                return
            moment = application.visits[-1].exited_at or moment
            index += 1


def _next_stage(rng: Rng, application: Application, index: int) -> int:
    """The stage after `index`: mostly the next, sometimes one is skipped, now and then the application goes back and comes again."""
    last = len(application.job.stages)
    if rng.chance(0.012) and index >= 2:
        return index - 1  # back
    if rng.chance(0.006):
        # Moved ahead by mistake and back the same day: the stage is entered twice, a later one briefly.
        entered = application.visits[-1].exited_at or 0
        ahead = application.job.stages[index + 1]
        if ahead.code != "offer" and index + 1 < last:
            application.visits.append(Visit(ahead, entered, entered + HOUR))
            application.visits.append(Visit(application.job.stages[index], entered + HOUR, entered + 3 * HOUR))
            application.visits.append(Visit(ahead, entered + 3 * HOUR, entered + DAY))
            return index + 2
    if application.job.stages[index].code != "offer" and rng.chance(0.06) and index + 2 < last - 1:
        return index + 2
    if index + 2 == last and rng.chance(0.04):
        return last
    return index + 1


def _after_the_end(rng: Rng, application: Application, index: int) -> bool:
    """Rare things after a rejection. True when the application was taken back and now goes on to the stage after `index`."""
    closing = application.closings[-1]
    if index + 2 >= len(application.job.stages):
        return False
    if rng.chance(0.004):
        closing.reopened_at = at_work(rng, closing.at + 3 * DAY)
        again = Visit(application.job.stages[index], closing.reopened_at, closing.reopened_at + 2 * HOUR)
        application.visits.append(again)
        return True
    if rng.chance(0.001):
        # Somebody drags the rejected candidate on in the board: a visit that enters after closing.
        after = closing.at + 4 * HOUR
        application.visits.append(Visit(application.job.stages[index + 1], after, after))
    return False


def _reason(name: str | None) -> Reason | None:
    return None if name is None else catalogue.REASON[name]


def _negotiate(rng: Rng, application: Application, family: Family, climate: Climate, visit: Visit, start: int) -> None:
    """Offer versions from `start` on and what came of them; closes the application."""
    created = at_work(rng, start + rng.wait(0.6) * DAY)
    sent = at_work(rng, created + rng.wait(0.8) * DAY)
    starts = sent + rng.between(25, 70) * DAY
    offer = OfferVersion(1, created, sent, starts)
    application.offers.append(offer)
    answered = at_work(rng, sent + rng.wait(3.2 * climate.blend(sent, 0.9, 1.25)) * DAY)
    acceptance = family.acceptance * climate.blend(sent, 1.0, 0.86)
    if rng.chance(0.2):
        offer = _revise(rng, application, offer, answered, starts)
        answered = at_work(rng, (offer.sent_at or answered) + rng.wait(2.0) * DAY)
        acceptance = min(0.95, acceptance * 1.05)
    if rng.chance(acceptance):
        _accept(rng, application, offer, visit, answered)
        return
    kind = rng.weighted((("declined", 0.8), ("rescinded", 0.1), ("expired", 0.1)))
    offer.resolved_at, offer.outcome = answered, kind
    if kind == "declined":
        if rng.chance(0.12):
            # Declined and renegotiated: the application stays active and the next version is taken.
            offer = _revise(rng, application, offer, answered, starts)
            _accept(rng, application, offer, visit, at_work(rng, (offer.sent_at or answered) + rng.wait(1.5) * DAY))
            return
        share = climate.at(answered)
        table = tuple((name, first + (last - first) * share) for name, first, last in catalogue.DECLINES)
        _close(application, visit, answered, "withdrawn", _reason(rng.weighted(table)))
    elif kind == "rescinded":
        _close(application, visit, answered, "rejected", catalogue.OFFER_RESCINDED)
    else:
        offer.resolved_at = answered = max(answered, (offer.sent_at or 0) + 14 * DAY)
        _close(application, visit, answered, "closed", catalogue.OFFER_EXPIRED)


def _revise(rng: Rng, application: Application, offer: OfferVersion, moment: int, starts: int) -> OfferVersion:
    """The next version; the one before is superseded unless it was answered."""
    created = at_work(rng, moment + rng.between(1, 20) * 600)
    if offer.outcome is None:
        offer.deprecated_at = created
    revised = OfferVersion(offer.version + 1, created, at_work(rng, created + HOUR), starts)
    application.offers.append(revised)
    return revised


def _accept(rng: Rng, application: Application, offer: OfferVersion, visit: Visit, moment: int) -> None:
    """Hired at the moment of acceptance; a few never start (reneged) and end as withdrawn."""
    offer.resolved_at, offer.outcome = moment, "accepted"
    _close(application, visit, moment, "hired", None)
    if rng.chance(0.012):
        reneged = at_work(rng, moment + rng.between(6, 20) * DAY)
        application.closings[-1].reopened_at = reneged
        application.closings.append(Closing(reneged, "withdrawn", catalogue.REASON["Accepted another position"], application.recruiter))


def _close(application: Application, visit: Visit, moment: int, status_code: str, reason: Reason | None) -> None:
    if visit.exited_at is None:
        visit.exited_at = moment
    application.closings.append(Closing(moment, status_code, reason, application.recruiter))


def is_reneged(application: Application) -> bool:
    return any(closing.status_code == "hired" and closing.reopened_at is not None for closing in application.closings)


def cut(application: Application, moment: int, job: Job) -> None:
    """End everything at `moment` because the requisition closed: open ones are closed, what would have come later never happens."""
    if any(closing.status_code == "hired" and closing.at < moment for closing in application.closings):
        return
    drawn = application.closings[-1] if application.closings else None
    application.visits = [visit for visit in application.visits if visit.entered_at < moment]
    application.closings = [closing for closing in application.closings if closing.at < moment]
    for closing in application.closings:
        if closing.reopened_at is not None and closing.reopened_at >= moment:
            closing.reopened_at = None
    application.offers = [offer for offer in application.offers if offer.created_at < moment]
    for visit in application.visits:
        if visit.exited_at is not None and visit.exited_at > moment:
            visit.exited_at = None
    if application.closings and application.closings[-1].reopened_at is None:
        return
    for visit in application.visits:
        visit.exited_at = visit.exited_at or moment
    final = Closing(moment, "closed", catalogue.POSITION_FILLED if job.close_kind == "filled" else catalogue.CANCELLED, job.recruiter)
    if application.offers:
        _cut_offer(application.offers[-1], moment, final, drawn)
    application.closings.append(final)


def _cut_offer(offer: OfferVersion, moment: int, final: Closing, drawn: Closing | None) -> None:
    """The last offer version when the requisition closes at `moment`: answered, taken back, or never sent."""
    if offer.resolved_at is not None and offer.resolved_at < moment:
        # Answered, but nobody had closed the application yet: it closes for the reason the answer gave.
        final.status_code, final.reason = "withdrawn", catalogue.REASON["Accepted another position"]
        if drawn is not None and drawn.status_code != "hired":
            final.status_code, final.reason = drawn.status_code, drawn.reason
        return
    offer.outcome, offer.resolved_at, offer.deprecated_at = None, None, None
    if offer.sent_at is None or offer.sent_at >= moment:
        offer.sent_at, offer.deprecated_at = None, moment - 60
    else:
        offer.outcome, offer.resolved_at = "rescinded", moment - 60
        final.status_code, final.reason = "rejected", catalogue.OFFER_RESCINDED
