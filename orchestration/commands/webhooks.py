"""`funnelcast webhooks serve`: the receiver of vendors' webhooks."""

from __future__ import annotations

import click

from orchestration.commands.options import VerbGroup, Where, shared_options


@click.group("webhooks", cls=VerbGroup)
@shared_options
def command(where: Where) -> None:
    """Receive webhooks from sources."""


@command.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; put a TLS proxy in front of it.")
@click.option("--port", default=8766, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on; 0 picks a free one.")
@shared_options
def serve(where: Where, host: str, port: int) -> None:
    """Verify, store and answer deliveries to the sources that have `webhooks` in sources.yml. Runs until stopped, alongside any run."""
    home, config = where.load()
    from ingestion.webhooks.handlers import webhook_handlers
    from orchestration.run.logs import start_logging
    from orchestration.web.server import serve as serve_handlers

    handlers = webhook_handlers(config, home.spool)
    start_logging(home.prepare(), config)
    serve_handlers([handlers], config.company.web, host, port, title="Receiving webhooks", say=click.echo)
