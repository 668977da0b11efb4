"""What can go wrong on the wire: stable codes, what each means, and what to do about it."""

from __future__ import annotations

from runtime.protocol.messages import Error

ERRORS: dict[str, tuple[str, str]] = {
    "bad_json": ("A text message is not valid JSON.", "Send one JSON object per text message, in UTF-8."),
    "unknown_message": (
        "The `type` of a message is not known.",
        "Compare the spelling with docs/protocol.md.",
    ),
    "bad_message": ("A field is missing, unknown, or of the wrong type.", "The message names the field."),
    "protocol_version": ("Client and server speak different versions.", "Update the older of the two."),
    "hello_expected": ("Something came before `hello`.", "Send `hello` first and wait for `ready`."),
    "hello_repeated": ("`hello` came twice.", "Open another connection for another session."),
    "hello_timeout": ("No `hello` came in time.", "Send `hello` as soon as the connection is open."),
    "unknown_character": ("There is no character of this id.", "`ready.cast` lists the ids."),
    "unknown_language": (
        "`player.language` is no language known, or none that the server has.",
        "Use a BCP 47 tag that the message names, or leave the field out.",
    ),
    "unknown_place": (
        "`direct` names something that no `place` has put anywhere, or too many were put.",
        "Send `place` first; 256 are kept for each character.",
    ),
    "bad_scene": (
        "The scene contradicts itself or is too large.",
        "The message names the entity; the scene stays as it was.",
    ),
    "bad_actions": (
        "A verb that is offered contradicts itself.",
        "The message names the verb; what was offered before stays.",
    ),
    "unknown_action": (
        "`result` names an action that was never begun, or has ended.",
        "Send one `result` for each `action`, with its number.",
    ),
    "unknown_reply": ("`playback` names a reply that was never made.", "Use the ids of `reply` messages."),
    "bad_media": (
        "A binary packet is not what its header says.",
        "Check the packet layout in docs/protocol.md.",
    ),
    "no_consent": (
        "A camera frame or a face came from a player who has not agreed to be looked at.",
        "Ask the player, and set `player.camera` in `hello`.",
    ),
    "no_eyes": (
        "The server cannot look at camera frames.",
        "Install the extra `perception` and its models; see docs/perception.md.",
    ),
    "too_large": ("A message or packet is over the limit.", "`ready.limits` has the limits; split it."),
    "too_fast": ("More audio came than time has passed.", "Send the microphone at its own pace."),
    "busy": (
        "The server has as many sessions as it takes, or its models are behind.",
        "Try again later or use another server.",
    ),
    "not_ready": ("The models are still being loaded.", "Wait until /readyz answers 200."),
    "ears_failed": ("Speech could not be recognised.", "Say it again; the server's log has the cause."),
    "reply_failed": ("A reply broke off.", "Ask again; the server's log has the cause."),
    "slow_client": ("The client does not read what it is sent.", "Read messages as they come."),
    "closing": ("The server is going down.", "Connect again later."),
}


class ProtocolError(Exception):
    """A fault of the other side, as it will be told to it."""

    def __init__(self, code: str, message: str, *, fatal: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.fatal = fatal

    def told(self) -> Error:
        """The message for the client."""
        return Error(code=self.code, message=str(self), hint=ERRORS[self.code][1], fatal=self.fatal)
