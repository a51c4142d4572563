"""From a report that is due to a message that was sent, once: subscriptions, the delivery ledger, the courier, notices to the owner."""
