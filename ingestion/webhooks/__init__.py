"""The webhook receiver: verifies a vendor's signature on the raw bytes, keeps the delivery durably, answers. It knows no payloads."""
