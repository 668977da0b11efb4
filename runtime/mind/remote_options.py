"""What can be set of a remote mind."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, field

from runtime.registry import Options

Seconds = Annotated[float, Meta(gt=0, le=600)]


class RemoteOptions(Options, frozen=True):
    """Of a server that speaks OpenAI's interface."""

    url: str = "http://127.0.0.1:8000/v1"
    """Where its interface begins; `/chat/completions` is added."""
    model: str = ""
    """What it calls the model; some serve only one, and want no name."""
    key_env: str = ""
    """The environment variable that holds the key; empty where none is needed. The key itself stands in no
    file and no log."""
    server: Literal["openai", "vllm", "llama.cpp"] = "openai"
    """What it understands beyond OpenAI's interface: to judge turns by the model, and to go on with a reply
    that was begun. Of `openai` turns are judged by their words."""
    connect: Seconds = 1.0
    """Seconds until it must be reached."""
    first: Seconds = 1.2
    """Seconds until the first words must come, all attempts together. A character that says nothing for
    longer seems not to have heard; a model that thinks first needs more, or must be told not to."""
    between: Seconds = 1.0
    """Seconds of silence in the middle of a reply: the voice has about as much in hand."""
    attempts: Annotated[int, Meta(ge=1, le=10)] = 3
    """How often it is asked before the first words."""
    warm: bool = False
    """Ask for one token of each character's prompt ahead of time. It costs what the server charges."""
    tools: bool = False
    """Offer what the scene lets characters do as tools, and do what the model calls; for models and servers
    that can. Otherwise the player's words decide."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What else every request holds: `{ min_p = 0.1 }`, `{ chat_template_kwargs = { … } }`."""
    omit: tuple[str, ...] = ()
    """What of a request this server refuses: `["frequency_penalty"]`."""
    tuned: dict[str, str] = field(default_factory=dict)
    """The model that speaks for a character by its id, where its adapter is served (vLLM names them so)."""
