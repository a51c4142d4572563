"""Kind `greenhouse`: Greenhouse Harvest v3 and its webhooks."""

from ingestion.protocol.kind import Deliveries, SourceKind
from ingestion.protocol.signature import Scheme, signed_body
from ingestion.sources.greenhouse.streams import STREAMS

KIND = SourceKind(
    name="greenhouse",
    streams=STREAMS,
    connector="ingestion.sources.greenhouse.connector:Greenhouse",
    vendor="Greenhouse",
    credentials=("client_id", "client_secret", "user_id"),
    optional_credentials=("user_id",),
    keys=("token_url", "custom_fields", "sweep_limit"),
    is_service=True,
    # Greenhouse signs the body, Unicode escaped as sent: `Signature: sha256 <hex>`. No time is signed: an old delivery sent again cannot be told
    # from a late one, and changes nothing (it is the same content).
    scheme=Scheme(signed_body("signature", "sha256 ")),
    # What the lists leave out (free text, home addresses, files, pay), however deep it stands.
    deliveries=Deliveries(drop=frozenset({"addresses", "answers", "attachments", "custom_fields", "keyed_custom_fields", "notes"})),
)
