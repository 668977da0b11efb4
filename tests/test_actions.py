"""Actions: what a game offers, what is chosen, how it is written, and what becomes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.actions import Score, score
from benchmarks.actions import settings as scenes
from runtime.actions import (
    Choice,
    Cues,
    Offer,
    Script,
    Selector,
    about,
    grammar,
    parse,
    parse_cue,
    parse_tool,
    tools,
    valid,
)
from runtime.actions.form import clause
from runtime.actions.numbers import numbers
from runtime.actions.parameters import told
from runtime.actions.results import done
from runtime.actions.split import clauses
from runtime.knowledge.embedding import embedded
from runtime.protocol import messages as m
from runtime.protocol.errors import ProtocolError
from runtime.scene.scene import Scene

NPC = "mara"
DRINKS = m.Parameter(kind="choice", choices=["ale", "red wine"], default="ale")
POUR = m.Verb(
    name="pour",
    targets=["cup"],
    parameters={"drink": DRINKS, "amount": m.Parameter(kind="integer", default=1.0)},
    examples=["Pour me an ale.", "I'm thirsty.", "Fill my cup with wine."],
    needs={"full": False},
    gates=True,
)
OPEN = m.Verb(
    name="open", targets=["door"], needs={"open": False}, examples=["Open the door."], when="before"
)
CLOSE = m.Verb(name="close", targets=["door"], needs={"open": True}, examples=["Close the door."])
SEND = m.Verb(name="send", parameters={"to": m.Parameter(kind="text")}, examples=["Send it to Pier 4."])
BOW = m.Verb(name="bow", when="after", npcs=[NPC], examples=["Bow."])
OFFER = Offer([POUR, OPEN, CLOSE, SEND, BOW])


def around(**changes: Any) -> Scene:
    scene = Scene()
    entities = [
        m.Entity(id="cup_1", kind="cup", name="the red cup", state={"full": False}),
        m.Entity(id="cup_2", kind="cup", name="the blue cup", state={"full": True}),
        m.Entity(id="front door", kind="door", name="the front door", state={"open": False}),
        m.Entity(id="back_door", kind="door", name="the back door", state={"open": True}),
        m.Entity(id="hatch", kind="door", name="the hatch", visible_to=["holt"]),
    ]
    scene.apply(m.Scene(entities=entities, **changes))
    return scene


def choice(text: str) -> Choice:
    found = parse(text, OFFER)
    assert found is not None
    return found


# ---------------------------------------------------------------- offers


def parameter(**fields: Any) -> m.Verb:
    return m.Verb(name="go", parameters={"way": m.Parameter(**fields)})


@pytest.mark.parametrize(
    ("verbs", "wrong"),
    [
        ([m.Verb(name="go"), m.Verb(name="Go")], "twice"),
        ([m.Verb(name="go to")], "letters"),
        ([m.Verb(name="none")], "taken"),
        ([m.Verb(name="go", parameters={"target": m.Parameter(kind="flag")})], "taken"),
        ([m.Verb(name="go", targets=[])], "no kinds"),
        ([m.Verb(name="go", needs={"open": True})], "needs a state"),
        ([parameter(kind="choice")], "without `choices`"),
        ([parameter(kind="number", choices=["a"])], "has `choices`"),
        ([parameter(kind="choice", choices=["a", "A"])], "twice"),
        ([parameter(kind="choice", choices=["a"], default="b")], "default"),
        ([parameter(kind="integer", default=1.5)], "default"),
        ([parameter(kind="number", default=True)], "default"),
        ([parameter(kind="flag", default=1.0)], "default"),
        ([parameter(kind="text", default=2.0)], "default"),
        ([parameter(kind="number", default=float("nan"))], "default"),
    ],
)
def test_an_offer_that_cannot_be_kept_is_refused(verbs: list[m.Verb], wrong: str) -> None:
    with pytest.raises(ProtocolError, match=re.escape(wrong)) as error:
        Offer(verbs)
    assert error.value.code == "bad_actions"


# ---------------------------------------------------------------- validity


def test_what_is_written_out_is_completed_and_valid() -> None:
    made = choice("pour(cup_1, drink=ALE)")
    assert made == Choice("pour", "cup_1", {"drink": "ale", "amount": 1}, "with", True)
    assert valid(made, OFFER, around(), NPC)


@pytest.mark.parametrize(
    "made",
    [
        Choice("dance"),
        Choice("pour", "cup_9", {"drink": "ale", "amount": 1}, gates=True),
        Choice("pour", "front door", {"drink": "ale", "amount": 1}, gates=True),
        Choice("pour", "cup_2", {"drink": "ale", "amount": 1}, gates=True),  # full
        Choice("pour", None, {"drink": "ale", "amount": 1}, gates=True),
        Choice("pour", "cup_1", {"drink": "ale", "amount": 1}),  # does not gate as declared
        Choice("pour", "cup_1", {"drink": "milk", "amount": 1}, gates=True),
        Choice("pour", "cup_1", {"drink": "ale", "amount": True}, gates=True),
        Choice("pour", "cup_1", {"drink": "ale", "amount": 1e12}, gates=True),
        Choice("pour", "cup_1", {"drink": "ale"}, gates=True),
        Choice("pour", "cup_1", {"drink": "ale", "amount": 1, "to": "x"}, gates=True),
        Choice("open", "hatch", when="before"),  # unseen
        Choice("open", "back_door", when="before"),  # open already
        Choice("send", None, {"to": "x" * 65}),
        Choice("send", "cup_1", {"to": "x"}),
    ],
)
def test_what_is_not_possible_is_not_valid(made: Choice) -> None:
    assert not valid(made, OFFER, around(), NPC)


def test_who_may_not_does_not() -> None:
    assert valid(choice("bow()"), OFFER, around(), NPC)
    assert not valid(choice("bow()"), OFFER, around(), "holt")


# ---------------------------------------------------------------- forms of speech


@pytest.mark.parametrize(
    ("said", "form", "core"),
    [
        ("Could you please open the door?", "order", "open the door"),
        ("Open the door, will you?", "order", "open the door"),
        ("I want you to open it.", "order", "open it"),
        ("Would you mind opening the door?", "order", "open the door"),
        ("Why don't you sing?", "order", "sing"),
        ("Take a look at this.", "order", "look at this"),
        ("I'd like an ale.", "wish", "i would like an ale"),
        ("An ale, please.", "wish", "an ale"),
        ("Did you open the door?", "ask", "did you open the door"),
        ("Who opens the gate?", "ask", "who opens the gate"),
        ("Tell me about the door.", "ask", "tell me about the door"),
        ("I opened the door.", "tell", "i opened the door"),
        ("I like ale.", "tell", "i like ale"),
        ("Don't open the door.", "refuse", "do not open the door"),
        ("Please do not open it.", "refuse", "do not open it"),
        ("If he comes, open the door.", "refuse", "if he comes, open the door"),
    ],
)
def test_the_form_of_a_clause(said: str, form: str, core: str) -> None:
    read = clause(said, {"open", "sing"})
    assert (read.form, read.core) == (form, core)


def test_steps_are_split_and_questions_are_not() -> None:
    heads = {"open", "close", "pour"}
    steps = clauses("Open the window and then pour me an ale. Close the door, please.", heads)
    assert [step.core for step in steps] == ["open the window", "pour me an ale", "close the door"]
    assert len(clauses("Did you open the door and close the window?", heads)) == 1
    assert len(clauses("Don't open the door and close the window.", heads)) == 1
    assert [c.core for c in clauses("It's dark, open the door.", heads)] == ["it is dark", "open the door"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("two ales and twenty five pies", [2, 25]),
        ("two, three", [2, 3]),
        ("two hundred and five", [205]),
        ("9.5 credits", [9.5]),
        ("a dozen", [12]),
        ("fill this one", []),
        ("one ale", [1]),
        ("123456789012", []),
    ],
)
def test_numbers_in_words(said: str, found: list[float]) -> None:
    assert numbers(said) == found


def test_parameters_are_taken_from_what_is_said() -> None:
    assert told(POUR, "Pour three cups of red wine") == {"drink": "red wine", "amount": 3}
    assert told(POUR, "Pour something") == {}
    assert told(SEND, "Could you send it to 12 Canal Street, please?") == {"to": "12 Canal Street"}
    quiet = m.Verb(name="go", parameters={"quietly": m.Parameter(kind="flag")})
    assert told(quiet, "Go quietly.") == {"quietly": True}
    assert told(quiet, "Do it, but not quietly.") == {"quietly": False}


# ---------------------------------------------------------------- selection


@pytest.fixture(scope="module")
def prepared() -> dict[str, Selector]:
    model = embedded()
    assert model is not None, "the sentence model is a dependency"
    made = {name: Selector(Offer(one.verbs), model) for name, one in scenes().items()}
    for selector in made.values():
        selector.prepare()
    return made


@pytest.fixture(scope="module")
def held_out(prepared: dict[str, Selector]) -> Score:
    total = Score()
    for name, setting in scenes().items():
        one = score(setting, prepared[name], held_out=True)
        for field in ("requests", "right", "told", "idle", "acted", "invalid"):
            setattr(total, field, getattr(total, field) + getattr(one, field))
        total.wrong += one.wrong
    return total


def test_requests_are_understood(held_out: Score) -> None:
    """95 of the 100 that nothing was fitted on, when this was written."""
    assert held_out.requests == 100
    assert held_out.right >= 92, held_out.wrong
    assert held_out.told >= 92, held_out.wrong


def test_small_talk_asks_for_nothing(held_out: Score) -> None:
    """1 of 120 led to an action, when this was written."""
    assert held_out.idle == 120
    assert held_out.acted <= 3, held_out.wrong
    assert held_out.invalid == 0


def test_the_two_sets_share_no_line() -> None:
    for one in scenes().values():
        development = {line[0].lower() for line in one.development} | set(one.development_idle)
        examples = {text.lower() for verb in one.verbs for text in verb.examples}
        tested = {line[0].lower() for line in one.held_out} | set(one.held_out_idle)
        assert not tested & (development | examples)


def test_a_thing_that_is_not_there_is_not_replaced(prepared: dict[str, Selector]) -> None:
    inn = scenes()["inn"]
    assert prepared["inn"].select("Open the trunk.", inn.around(), inn.npc) == []
    assert prepared["inn"].select("Close the front door.", inn.around(), inn.npc) == []  # it is shut


def test_an_offer_works_before_it_is_prepared() -> None:
    scene = around()
    (made,) = Selector(OFFER, None).select("Open the front door.", scene, NPC)
    assert (made.verb, made.target) == ("open", "front door")
    assert Selector(OFFER, None).select("Did you open the front door?", scene, NPC) == []
    assert Selector(Offer(), None).select("Open the door.", scene, NPC) == []


# ---------------------------------------------------------------- models that can say it themselves


@pytest.mark.parametrize(
    "text",
    [
        "none", "", "pour", "pour()x", "pour(cup_1", "dance()", "pour(cup_1, cup_2)",
        "pour(cup_1, drink=milk)",
        "pour(cup_1, drink=ale, drink=ale)", "pour(cup_1, amount=1e999)", "pour(cup_1, amount=nan)", "send()",
        "pour(drink=ale, cup_1)", 'send(to="open)', "pour(" + "x" * 5000 + ")",
    ],
)  # fmt: skip
def test_malformed_calls_are_none(text: str) -> None:
    made = parse(text, OFFER)
    assert made is None or not valid(made, OFFER, around(), NPC)


def test_a_grammar_offers_what_is_possible_now() -> None:
    made = grammar(OFFER, around(), "holt")
    assert made.startswith('root ::= "none" | "pour(" ("cup_1") ')
    assert r'"open(" ("\"front door\"" | "hatch") ")"' in made
    assert "cup_2" not in made
    assert "bow(" not in made
    assert '"send(" "to=" text ")"' in made


def test_tools_are_what_is_possible_now() -> None:
    made = {tool["function"]["name"]: tool["function"]["parameters"] for tool in tools(OFFER, around(), NPC)}
    assert list(made) == ["pour", "open", "close", "send", "bow"]
    assert made["pour"]["properties"]["target"] == {"type": "string", "enum": ["cup_1"]}
    assert made["pour"]["required"] == ["target"]
    assert made["send"]["required"] == ["to"]
    assert parse_tool("pour", '{"target": "cup_1", "amount": 2}', OFFER) == choice("pour(cup_1, amount=2)")
    for arguments in ("[]", "{", '{"target": 3}', '{"target": "cup_1", "amount": ' + "9" * 400 + "}"):
        assert parse_tool("pour", arguments, OFFER) is None


def cued(text: str, piece: int = 1) -> list[str | Choice]:
    cues = Cues(OFFER, around(), NPC)
    made: list[str | Choice] = []
    for at in range(0, len(text), piece):
        made += cues.feed(text[at : at + piece])
    joined: list[str | Choice] = []
    for one in [*made, *cues.finish()]:
        if joined and isinstance(one, str) and isinstance(joined[-1], str):
            joined[-1] += one
        else:
            joined.append(one)
    return joined


def test_cues_keep_their_place_in_the_sentence() -> None:
    poured, opened = choice("pour(cup_1)"), choice('open("front door")')
    assert cued('Here <pour cup_1> you are. [open "front door"]Out!') == [
        "Here ", poured, " you are. ", opened, "Out!",
    ]  # fmt: skip
    assert cued("<pour(cup_1, drink=ale)>") == [poured]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("3 < 4 and [", "3 < 4 and ["),
        ("a <pour cup_9>b [smiles] c</i>", "a b  c"),
        ("left <open", "left "),
        ("lost <pour cup\nfound", "lost \nfound"),
        ("<<pour cup_9>", "<"),
    ],
)
def test_what_is_in_brackets_is_never_spoken(text: str, spoken: str) -> None:
    assert "".join(one for one in cued(text) if isinstance(one, str)) == spoken
    assert all(isinstance(one, str) for one in cued(text))


# ---------------------------------------------------------------- nothing invalid, whatever comes


NAMES = st.text("abcXYZ_-09", min_size=1, max_size=6).map(lambda text: f"v{text}")
STATES = st.one_of(st.booleans(), st.floats(-5, 5), st.text(max_size=5))
ENTITIES = st.builds(
    m.Entity,
    id=st.sampled_from(["a", "b c", 'd"e', "f)", "mara", "ü"]),
    kind=st.sampled_from(["cup", "Door", "player"]),
    name=st.sampled_from(["", "the red cup", "the door"]),
    state=st.dictionaries(st.sampled_from(["open", "full"]), STATES, max_size=2),
    visible_to=st.sampled_from([None, None, [], [NPC], ["holt"]]),
)
PARAMETERS = st.one_of(
    st.builds(m.Parameter, kind=st.just("choice"), choices=st.just(["ale", "red wine"])),
    st.builds(m.Parameter, kind=st.sampled_from(["text", "number", "integer", "flag"])),
    st.builds(m.Parameter, kind=st.just("integer"), default=st.just(2.0)),
)
VERBS = st.builds(
    m.Verb,
    name=NAMES,
    examples=st.lists(
        st.sampled_from(["Open the door.", "I'm thirsty.", "Pour me an ale.", "?!"]), max_size=3
    ),
    targets=st.sampled_from([None, ["cup"], ["door", "player"]]),
    parameters=st.dictionaries(NAMES, PARAMETERS, max_size=2),
    npcs=st.sampled_from([None, [NPC], ["holt"]]),
    gates=st.booleans(),
)
_SAID = "open the red cup door please pour me two ale and then , it ? I'm thirsty to Open the door."
WORDS = tuple(_SAID.split())
LINES = st.one_of(
    st.sampled_from(["Open the door.", "Pour me an ale, then open it.", "I'm thirsty, two ales please."]),
    st.text(max_size=60),
    st.lists(
        st.sampled_from(WORDS),
        max_size=14,
    ).map(" ".join),
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Offer, Scene]:
    """Half of them hold what the lines speak of, so that something is chosen."""
    verbs = draw(st.lists(VERBS, max_size=4, unique_by=lambda verb: verb.name.casefold()))
    if draw(st.booleans()):
        verbs += list(OFFER)
    entities = {entity.id: entity for entity in draw(st.lists(ENTITIES, max_size=5))}
    if draw(st.booleans()):
        entities |= around().entities
    scene = Scene()
    scene.apply(m.Scene(entities=list(entities.values()), attention=next(iter(entities), None)))
    return _offer(verbs), scene


def _offer(verbs: list[m.Verb]) -> Offer:
    try:
        return Offer(verbs)
    except ProtocolError:  # parameters that differ in case only
        return OFFER


@settings(max_examples=150, deadline=None)
@given(worlds(), LINES, st.text(max_size=40))
def test_nothing_invalid_is_ever_sent(world: tuple[Offer, Scene], line: str, hostile: str) -> None:
    offer, scene = world
    made = Selector(offer, None).select(line, scene, NPC)
    assert len(made) <= 3
    assert all(valid(one, offer, scene, NPC) for one in made)
    cues = Cues(offer, scene, NPC)
    verb = next(iter(offer)).name if len(offer) else "x"
    for one in [*cues.feed(f"<{verb} {hostile}> {hostile}[{verb} a]"), *cues.finish()]:
        assert isinstance(one, str) or valid(one, offer, scene, NPC)
    written = [
        parse(f"{verb}({hostile})", offer),
        parse_cue(hostile, offer),
        parse_tool(verb, hostile, offer),
    ]
    part = Script().part(1, NPC, [*made, *(one for one in written if one)], offer, scene)
    for sent in part.cues(0, 0, 100, True):
        told_of = offer.get(sent.verb)
        assert told_of is not None
        assert sent.target is None or any(e.id == sent.target for e in scene.visible(NPC))
        assert sent.parameters.keys() == told_of.parameters.keys()


@settings(max_examples=80, deadline=None)
@given(worlds())
def test_every_target_of_a_grammar_is_read_back(world: tuple[Offer, Scene]) -> None:
    offer, scene = world
    for tool in tools(offer, scene, NPC):
        name, schema = tool["function"]["name"], tool["function"]["parameters"]
        if "target" in schema["required"] and len(schema["required"]) == 1:
            for target in schema["properties"]["target"]["enum"]:
                made = parse_tool(name, f'{{"target": {_json(target)}}}', offer)
                assert made is not None
                assert valid(made, offer, scene, NPC)
                assert parse(f"{name}({_json(target)})", offer) == made


def _json(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


# ---------------------------------------------------------------- scripts


def part_of(script: Script, *calls: str, scene: Scene | None = None) -> Any:
    return script.part(7, NPC, [choice(text) for text in calls], OFFER, scene or around())


def test_actions_are_placed_where_they_belong() -> None:
    part = part_of(Script(), 'open("front door")', "pour(cup_1)", "bow()")
    first, second = part.cues(0, 0, 1000, False), part.cues(1, 1000, 3000, True)
    assert [(a.action, a.verb, a.at) for a in first] == [(1, "open", 0), (2, "pour", 1000)]
    assert [(a.action, a.verb, a.at) for a in second] == [(3, "bow", 3000)]
    assert first[1].reply == 7
    assert first[1].parameters == {"drink": "ale", "amount": 1}


def test_what_is_to_happen_second_is_never_first() -> None:
    part = part_of(Script(), "bow()", 'open("front door")')
    assert part.cues(0, 0, 1000, False) == []
    assert [a.verb for a in part.cues(1, 1000, 2000, True)] == ["bow", "open"]


def test_a_cue_is_placed_within_its_line() -> None:
    part = part_of(Script())
    part.cue(choice("pour(cup_1)"), 1, 0.25)
    part.cue(choice("bow()"), 9)
    assert part.cues(0, 0, 1000, False) == []
    assert [(a.verb, a.at) for a in part.cues(1, 1000, 2000, True)] == [("pour", 1250), ("bow", 2000)]


def test_what_has_become_impossible_is_not_sent() -> None:
    scene = around()
    part = part_of(Script(), "pour(cup_1)", scene=scene)
    scene.apply(m.Scene(replace=False, gone=["cup_1"]))
    assert part.cues(0, 0, 1000, True) == []


def test_speech_waits_for_a_gate_and_not_for_ever() -> None:
    script = Script()
    part = part_of(script, "pour(cup_1)")
    part.cues(0, 0, 1000, False)
    assert part.held(500, 0.0) == 0  # what is said before it waits for nothing
    assert part.held(1000, 20.0) == 10
    assert part.held(1000, 25.0) == 5
    assert part.held(1000, 31.0) == 0
    other = part_of(script, "pour(cup_1)")
    other.cues(0, 0, 1000, False)
    assert other.held(1000, 0.0) == 10
    script.result(m.ActionResult(action=2, ok=True))
    assert other.held(1000, 0.1) == 0


def test_a_cancel_voids_what_has_not_begun() -> None:
    script = Script()
    part = part_of(script, 'open("front door")', "pour(cup_1)", "bow()")
    part.cues(0, 0, 1000, False)
    part.cancelled(600)
    assert part.cues(1, 1000, 2000, True) == []
    assert part.finish(2000) == []
    assert part.held(1000, 0.0) == 0
    assert script.result(m.ActionResult(action=1, ok=True)) is not None
    assert script.result(m.ActionResult(action=2, ok=True)) is None
    assert len(script.remarks(NPC)) == 1


@pytest.mark.parametrize("number", [0, 2, 10**9])
def test_a_result_of_nothing_is_refused(number: int) -> None:
    script = Script()
    part_of(script, "bow()").cues(0, 0, 1, True)
    with pytest.raises(ProtocolError) as error:
        script.result(m.ActionResult(action=number, ok=True))
    assert error.value.code == "unknown_action"


def test_a_result_that_comes_twice_is_refused() -> None:
    script = Script()
    part_of(script, "bow()").cues(0, 0, 1, True)
    script.result(m.ActionResult(action=1, ok=True))
    with pytest.raises(ProtocolError, match="ended already"):
        script.result(m.ActionResult(action=1, ok=False))


def test_results_become_remarks_and_fade() -> None:
    script = Script()
    part_of(script, 'open("front door")', "pour(cup_1)", "bow()").cues(0, 0, 1000, True)
    results = [
        m.ActionResult(action=1, ok=True),
        m.ActionResult(action=2, ok=False, text="The barrel is (empty)\n."),
        m.ActionResult(action=3, ok=True, text="everybody laughs"),
    ]
    assert [remark.text for one in results if (remark := script.result(one))] == [
        "You have opened the front door.",
        "You could not pour the red cup, with ale, amount 1: the barrel is empty.",
        "Everybody laughs.",
    ]
    weights = []
    while remarks := script.remarks(NPC):
        weights.append(remarks[0].weight)
        script.turned()
    assert weights == pytest.approx([0.9, 0.54, 0.324])
    assert script.remarks("holt") == []


def test_only_the_latest_results_are_kept() -> None:
    script = Script()
    for number in range(1, 301):
        part_of(script, "bow()").cues(0, 0, 1, True)
        if number != 1:
            script.result(m.ActionResult(action=number, ok=True, text=f"bow {number}"))
    assert [remark.text for remark in script.remarks(NPC)] == [f"Bow {n}." for n in (300, 299, 298, 297)]
    with pytest.raises(ProtocolError, match="long ago"):
        script.result(m.ActionResult(action=1, ok=True))


def test_what_is_about_to_happen_can_be_told() -> None:
    names = {"front door": "the front door"}
    assert about(choice('open("front door")'), names) == "You are about to open the front door."


@pytest.mark.parametrize(
    ("verb", "participle"),
    [("pour", "poured"), ("go_to", "gone to"), ("wipe", "wiped"), ("carry", "carried"), ("drop", "dropped"),
     ("open", "opened"), ("put_out", "put out"), ("Ring", "rung"), ("play", "played"), ("cook", "cooked")],
)  # fmt: skip
def test_participles(verb: str, participle: str) -> None:
    assert done(verb) == participle
