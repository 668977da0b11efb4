"""`townsfolk voice`: consent to be cloned, signed and checked."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from runtime.voice.consent import (
    Consent,
    ConsentRefused,
    check,
    key_file,
    own_key,
    public,
    sign,
    trusted_keys,
)

app = typer.Typer(help="Voices and their owners.", no_args_is_help=True, add_completion=False)
consent = typer.Typer(help="Consent of who a voice is of.", no_args_is_help=True)
app.add_typer(consent, name="consent")
out = Console()

YEAR = 365
Recording = Annotated[Path, typer.Argument(help="The recording of the voice.", exists=True, dir_okay=False)]


@consent.command("sign")
def sign_command(
    recording: Recording,
    who: Annotated[str, typer.Option(help="Whose voice it is.")],
    to: Annotated[str, typer.Option(help="Who may use it.")],
    purpose: Annotated[list[str], typer.Option(help="For what; may be given more than once.")],
    days: Annotated[int, typer.Option(help="For how many days.", min=1)] = YEAR,
) -> None:
    """Write down, with your signature, that the owner of a voice lets it be cloned. You vouch for it."""
    today = date.today()
    given = Consent(
        who=who, to=to, purposes=purpose, given=today, expires=today + timedelta(days), sha256="0" * 64
    )
    try:
        private = own_key(create=True)
        assert private is not None
        file = sign(recording, given, private)
    except (ConsentRefused, OSError) as error:
        out.print(f"[red]{error}[/red]", soft_wrap=True, highlight=False)
        raise typer.Exit(1) from error
    out.print(f"{file}\nsigned with {key_file()}, whose public key is {public(private)}", highlight=False)


@consent.command("check")
def check_command(
    recording: Recording,
    purpose: Annotated[str, typer.Option(help="For what it is to be cloned.")] = "game",
    trust: Annotated[list[str] | None, typer.Option(help="A public key to trust, beside your own.")] = None,
) -> None:
    """May this voice be cloned here? Exit status 1 if not."""
    try:
        found = check(recording, purpose, trusted_keys(trust or ()))
    except ConsentRefused as error:
        out.print(f"[red]{error}[/red]", soft_wrap=True, highlight=False)
        raise typer.Exit(1) from error
    out.print(f"{found.who} lets {found.to} clone it for {', '.join(found.purposes)}, until {found.expires}")
