"""Stories: conditions, what is read and refused, how a story goes on, and what its character then knows."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from fakes import MARA, engines, talking
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.knowledge.embedding import SentenceModel, embedded
from runtime.lore import Lore
from runtime.memory import Memory, MemoryFailed
from runtime.memory.facts import Pair
from runtime.memory.sqlite import SqliteStore
from runtime.protocol import messages as m
from runtime.reload import Entry
from runtime.remarks import within
from runtime.safety import OutputCheck, SafetySettings
from runtime.story import BadStory, Progress, Story, fill
from runtime.story.doubts import doubts
from runtime.story.expression import BadCondition, Value, parse
from runtime.story.likeness import Likeness
from runtime.story.positions import Positions
from runtime.story.reading import read
from runtime.types import Line

CHARACTERS = Path(__file__).parents[1] / "characters"

Group = tuple[list[str], list[str], list[str]]
"""What a story waits for, what players say instead of it, and what is something else."""

DEVELOPMENT: list[Group] = [
    (
        ["Do you have any work for me?", "I need a job."],
        ["have you got a job for me", "I'm looking for work.", "is there anything I could do to earn money?",
         "Any work going?", "I could use some work", "got any jobs"],
        ["How long have you worked here?", "Your work is hard.", "My father had a job at the mill.",
         "I don't need a job.", "How much is a room?", "That is a good horse."],
    ),
    (
        ["I promise to keep your secret.", "Your secret is safe with me."],
        ["I won't tell anyone, I promise.", "i will keep it a secret", "I'll keep your secret.",
         "your secrets are safe with me"],
        ["What is your secret?", "Do you have a secret?", "I promise to pay tomorrow.", "Tell me a secret.",
         "The gate is safe.", "I will not keep your secret."],
    ),
    (
        ["Thank you, you are very kind.", "That stew was delicious."],
        ["thank you so much, that's very kind of you", "You're so kind.", "The stew was delicious!",
         "what a delicious stew", "that was a really tasty stew"],
        ["What is in the stew?", "The stew was cold.", "How much is the stew?", "You are not very kind.",
         "He is a kind of fisherman.", "I want stew."],
    ),
    (
        ["Where does the tunnel go?", "Is there a tunnel under the inn?"],
        ["is there a secret tunnel below this inn", "Where does that tunnel lead?",
         "I heard there's a tunnel under the inn.", "what about the tunnel under this house?"],
        ["Where does the road go?", "Is there a room in the inn?", "Where do you go at night?",
         "Is there a stable at the inn?", "What is under the bridge?"],
    ),
    (
        ["I will find your brother.", "I will look for Tom."],
        ["I'll look for your brother.", "I'm going to find Tom for you.", "let me find your brother",
         "I could search for your brother Tom."],
        ["Where is your brother?", "I have a brother, too.", "Tom is dead.", "I will look for a room.",
         "I will not look for Tom.", "Look at the tomcat."],
    ),
    (
        ["Yes, I will do it.", "I take the job.", "Count me in."],
        ["Okay, I'll do it.", "I'll take the job.", "I accept the job", "yes, I'll do that",
         "count me in, sergeant"],
        ["What does the job pay?", "No, I won't do it.", "I don't want the job.", "How do you do it?",
         "Who had the job before?", "I did it yesterday.", "Can I count on you?"],
    ),
    (
        ["I am your friend.", "We are friends now."],
        ["we're friends", "I'm a friend of yours", "You and me, we are friends.", "I'm your friend, Holt."],
        ["Who is your friend?", "I have no friends.", "Tansy is your friend.", "Do you have friends?",
         "We are not friends."],
    ),
]  # fmt: skip

HELD_OUT: list[Group] = [
    (
        ["Can I help you with anything?", "Let me carry your barrels."],
        ["Do you need any help?", "I can carry the barrels for you.", "can i help you",
         "Shall I carry your barrels?", "Let me help you with those barrels."],
        ["Can you help me?", "What is in the barrels?", "I can't help you.", "Who carries the barrels?",
         "The barrels are heavy.", "How much is a barrel of cider?"],
    ),
    (
        ["I am sorry about Tom.", "You must miss your brother."],
        ["I'm so sorry about your brother.", "do you miss your brother", "you must miss Tom a lot",
         "I'm sorry about what happened to Tom."],
        ["Who is Tom?", "What ship did your brother sail on?", "I'm sorry I'm late.", "I missed the boat.",
         "Is Tom older than you?"],
    ),
    (
        ["Open the gate for me.", "Let me in."],
        ["please open the gate", "Could you open the gate?", "let me in, please", "Can you let me in?"],
        ["When does the gate open?", "Who built the gate?", "Don't open the gate.", "The gate is old.",
         "I want to go home."],
    ),
    (
        ["I saw green lights on the water.", "There were lights in the harbour."],
        ["I saw some green lights at the harbour last night.", "there were strange lights on the water",
         "I've seen green lights."],
        ["Is the water cold?", "I saw a green hat.", "There were no lights in the harbour.",
         "There were boats in the harbour.", "Light the lamp, please."],
    ),
    (
        ["I found your ring.", "Here is your ring."],
        ["I've found your ring!", "here's the ring you lost", "look, I found your ring",
         "i have your ring here"],
        ["I lost my ring.", "Did the bell ring?", "I found a coin.", "What does your ring look like?",
         "I didn't find your ring."],
    ),
    (
        ["Shut up, you old hag.", "You are a liar."],
        ["You're lying to me, liar.", "shut up", "you're a dirty liar", "be quiet, old hag"],
        ["You are an old friend.", "I'm no liar.", "Shut the door, please.", "Who is the old woman?",
         "You are not a liar.", "You are a good cook."],
    ),
    (
        ["I want to learn to fight.", "Teach me to use a sword."],
        ["can you teach me how to fight", "Teach me sword fighting.", "I'd like to learn how to use a sword.",
         "show me how to fight with a sword"],
        ["I lost a fight.", "Where can I buy a sword?", "Who taught you to cook?", "I don't want to fight.",
         "Can I carry my sword inside?"],
    ),
]  # fmt: skip


def share(groups: list[Group], model: SentenceModel | None) -> tuple[float, float]:
    """Of what was meant: what was understood. Of what was not: what was taken for it."""
    right = wrong = meant = other = 0
    for sentences, yes, no in groups:
        likeness = Likeness(sentences, model)
        for text in (*yes, *no):
            found = bool(likeness.like(text, model.embed([text])[0] if model else None))
            right, wrong = right + (found and text in yes), wrong + (found and text in no)
        meant, other = meant + len(yes), other + len(no)
    return right / meant, wrong / other


@pytest.fixture(scope="session")
def model() -> SentenceModel:
    found = embedded()
    assert found is not None, "the sentence model is a dependency"
    return found


BELL = """
[variables]
trust = 0.0
has_key = false
where = "the inn"

[[section]]
id = "start"
goal = "You want to know {player}."
next = ["bell", "angry"]

[[section]]
id = "bell"
says = ["What happened to the bell?"]
when = "trust >= 0.3"
goal = "You speak of the bell in {where}."
reveal = ["The bell rang {player} awake."]
hide = ["green lights"]
say = ["One.", "Two."]
hooks = ["quest.bell.started"]
set = { has_key = true }
next = ["start", "end"]

[[section]]
id = "angry"
event = ["The player breaks a cup."]
priority = 2
next = ["start"]

[[section]]
id = "end"
result = ["open"]
when = "seconds > 10 and turns >= 1"
drop = ["cellar is locked"]

[[trigger]]
says = ["thank you"]
add = { trust = 0.1 }
once = false

[[trigger]]
within = ["bell"]
failed = ["open"]
hooks = ["door.stuck"]
"""


def bell() -> Progress:
    progress = Progress(Story.parse(BELL))
    progress.begin(0)
    return progress


def trusted(progress: Progress) -> Progress:
    for _ in range(3):
        progress.heard("thank you")
    return progress


# Conditions

VALUES: dict[str, Value] = {"trust": 0.5, "key": True, "name": "Ann", "visits": 2.0}


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("trust > 0.3 and key and visits >= 2", True),
        ("not key or trust == 0.5", True),
        ("not (key or trust == 0.5)", False),
        ("name == 'Ann' and name != \"Bob\"", True),
        ("key == false", False),
        ("trust < -1 or visits<=1", False),
        ("key or key and false", True),
        ("0.5 == trust", True),
    ],
)
def test_a_condition_holds_or_not(text: str, so: bool) -> None:
    assert parse(text, VALUES).holds(VALUES) is so


@pytest.mark.parametrize(
    ("text", "what", "column"),
    [
        ("trust >", "expected a name", 8),
        ("trust", "this is a number", 1),
        ("key and trust", "this is a number", 9),
        ("trust = 1", "`=` means nothing", 7),
        ("coins > 1", "`coins` is not declared", 1),
        ("key > 1", "a flag cannot be compared with a number", 5),
        ("name < 'B'", "`<` compares numbers", 6),
        ("(key", "a `)` is missing", 5),
        ("key key", "expected `and`", 5),
        ("__import__('os')", "`__import__` is not declared", 1),
        ("(" * 99 + "key" + ")" * 99, "brackets within brackets", 34),
        ("not " * 99 + "key", "brackets within brackets", 133),
        ("", "expected a name", 1),
        ("key or " * 99 + "key", "longer than", 501),
    ],
)
def test_a_condition_that_is_wrong_says_where(text: str, what: str, column: int) -> None:
    with pytest.raises(BadCondition, match=None) as error:
        parse(text, VALUES)
    assert what in str(error.value)
    assert error.value.column == column


@given(st.text("truekyandornm()<>=!'\". 0123456789-", max_size=60) | st.text(max_size=40))
def test_a_condition_is_understood_or_refused(text: str) -> None:
    try:
        sound = parse(text, VALUES).holds(VALUES) in (True, False)
    except BadCondition as error:
        sound = 1 <= error.column <= len(text) + 1
    assert sound


# Templates


def test_names_in_braces_are_filled_in() -> None:
    values: dict[str, Value] = {"player": "{coins}", "coins": 3.0, "paid": True, "share": 0.25}
    assert fill("{player} has {coins}, {share}, {paid}, {gold_key}, {}", values) == (
        "{coins} has 3, 0.25, yes, gold key, {}"
    )


# Reading


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('next = ["start", "end"]', 'next = ["start", "ende"]', 22, "there is no section `ende`"),
        ('next = ["start", "end"]', 'next = [\n  "start",\n  "ende",\n]', 24, "there is no section `ende`"),
        ("trust >= 0.3", "trust >= ", 15, "when: expected a name"),
        ('goal = "You want to know {player}."', 'goal = "{coins}"', 9, "`coins` is not declared"),
        ("The bell rang {player}", "The bell rang {plyer}", 17, "`plyer` is not declared"),
        ('id = "angry"', 'id = "bell"', 25, "two sections `bell`"),
        ("priority = 2", 'priorty = "2"', 27, "unknown field `priorty`"),
        ("priority = 2", 'priority = "2"', 27, "Expected `float`"),
        ("set = { has_key = true }", "set = { has_key = 1 }", 21, "`has_key` is a flag, not 1"),
        ("set = { has_key = true }", "set = { hat = 1 }", 21, "`hat` is not declared"),
        ("set = { has_key = true }", "set = { turns = 1 }", 21, "`turns` is given by the runtime"),
        ("add = { trust = 0.1 }", 'add = { where = 0.1 }', 38, "`where` is a text"),
        ('where = "the inn"', 'where = "the inn"\nplayer = "x"', 6, "cannot be declared"),
        ('where = "the inn"', 'where = "the inn"\nor = "x"', 6, "`or` is no name"),
        ('where = "the inn"', "where = [1]", 2, "Expected"),
        ('within = ["bell"]', 'within = ["ball"]', 42, "there is no section `ball`"),
        ('failed = ["open"]', "", 41, "nothing brings it about"),
        ('id = "end"', "id = end", 31, "is no TOML"),
        ('hide = ["green lights"]', 'hide = [""]', 18, "length"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, what: str) -> None:
    assert old in BELL
    (tmp_path / "story.toml").write_text(BELL.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadStory) as error:
        Story.load(tmp_path)
    assert f"{tmp_path / 'story.toml'}:{line}: " in str(error.value)
    assert what in str(error.value)


def test_all_mistakes_are_named_at_once() -> None:
    wrong = BELL.replace("trust >= 0.3", "trust >= ").replace('"start", "end"', '"a", "b"')
    with pytest.raises(BadStory) as error:
        Story.parse(wrong, name="s.toml")
    assert [line.split(": ")[0] for line in str(error.value).split("\n")] == [
        "s.toml:15",
        "s.toml:22",
        "s.toml:22",
    ]


def test_a_character_may_have_no_story(tmp_path: Path) -> None:
    assert Story.load(tmp_path) is None


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_story_or_a_bad_story(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "story.toml").write_bytes(content)
    with pytest.raises(BadStory, match=r"story\.toml:\d+: "):
        Story.load(folder)


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_story_is_read_or_refused(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(BELL)))
    end = data.draw(st.integers(start, min(len(BELL), start + 30)))
    text = BELL[:start] + data.draw(st.text('[]{}"=\n x1', max_size=8)) + BELL[end:]
    script, problems = read(text)
    assert script is not None or problems
    assert all(1 <= problem.line <= text.count("\n") + 1 for problem in problems)
    if script is not None and not problems:
        doubts(script, text)


def test_lines_are_found_behind_strings_and_brackets() -> None:
    text = 'a = """\n[[b]]\nc = 1\n"""\n[[b]]\n"c" = [ # [\n  "]",\n\n  { d = "x" }]\n'
    text += "[b.e]\nf = 1\n[[b]]\nc = 2\n"
    at = Positions(text)
    assert at.line("a") == 1
    assert at.line("b", 0, "c", 0) == 7
    assert at.line("b", 0, "c", 1, "d") == 9
    assert at.line("b", 0, "e", "f") == 11
    assert at.line("b", 1, "c") == 13
    assert at.line("nowhere") == 1


def test_what_is_hardly_meant_is_doubted() -> None:
    text = BELL.replace('next = ["start", "end"]', 'next = ["start"]').replace(
        "You want to know {player}.", "You saw green lights."
    )
    script, problems = read(text)
    assert script is not None
    assert not problems
    assert [(p.line, p.severity, p.text) for p in doubts(script, text) if p.severity != "note"] == [
        (9, "warning", "goal says `green lights`, which `bell` hides until then"),
        (30, "warning", "no path leads to `end`"),
    ]
    quiet = BELL.replace("add = { trust = 0.1 }", 'hooks = ["x"]').replace(
        "[variables]", "[variables]\nold = 1"
    )
    script, _ = read(quiet)
    assert script is not None
    assert [(p.line, p.severity) for p in doubts(script, quiet)] == [
        (3, "note"),  # nothing uses it
        (4, "note"),  # only the game can change it
        (5, "note"),  # set, and never asked for
    ]


def test_the_example_of_the_manual_is_a_story() -> None:
    manual = (CHARACTERS.parent / "docs" / "story.md").read_text(encoding="utf-8")
    text = manual.split("```toml\n")[1].split("```")[0]
    assert Story.parse(text).first.next == ["tunnel"]
    assert doubts(Story.parse(text).script, text) == []


# Playing


def test_it_goes_on_when_cue_and_condition_meet() -> None:
    progress = bell()
    assert progress.heard("What happened to the bell?") is None
    step = progress.heard("thank you")
    assert step is not None
    assert (step.section, step.entered, step.variables) == ("start", False, {"trust": 0.1})
    trusted(progress)
    step = progress.heard("what happened to that bell")
    assert step is not None
    assert (step.section, step.hooks, step.entered) == ("bell", ("quest.bell.started",), True)
    assert step.variables == {"has_key": True}
    assert progress.variables["turns"] == 0


def test_tenths_add_up() -> None:
    assert trusted(bell()).variables["trust"] == 0.3


def test_the_higher_priority_goes_first() -> None:
    both = BELL.replace('says = ["What happened to the bell?"]', 'event = ["The player breaks a cup."]')
    progress = Progress(Story.parse(both))
    progress.set({"trust": 1.0})
    step = progress.event("the player breaks the cup")
    assert step is not None
    assert step.section == "angry"


def test_results_time_and_turns() -> None:
    progress = trusted(bell())
    progress.heard("What happened to the bell?", now=5)
    assert progress.result("open", now=20) is None, "nobody spoke since"
    stuck = progress.result("open", ok=False, now=20)
    assert stuck is not None
    assert stuck.hooks == ("door.stuck",)
    assert progress.result("open", ok=False, now=20) is None, "once"
    progress.heard("hm", now=14)
    assert progress.result("open", now=15) is None, "10 s are not past"
    step = progress.result("open", now=15.5)
    assert step is not None
    assert step.section == "end"
    assert progress.hidden().withholds("The cellar is locked at night.")


def test_time_alone_can_pass() -> None:
    progress = Progress(Story.parse(BELL.replace('result = ["open"]', "").replace(" and turns >= 1", "")))
    trusted(progress).heard("What happened to the bell?", now=1)
    assert progress.passed(11) is None
    step = progress.passed(11.5)
    assert step is not None
    assert step.section == "end"


def test_the_game_sets_what_the_story_knows() -> None:
    progress = bell()
    progress.set(
        {"trust": 0.5, "has_key": "yes", "nobody": 1.0, "turns": 9.0, "player": "Ann", "where": "a\nb"}
    )
    assert progress.variables["trust"] == 0.5
    assert progress.variables["has_key"] is False
    assert progress.variables["turns"] == 0
    assert "nobody" not in progress.variables
    assert progress.fill("{player} {where}") == "Ann a b"


def test_what_it_is_aware_of() -> None:
    progress = trusted(bell())
    progress.heard("hello")
    assert [(r.text, r.weight) for r in progress.remarks()] == [("You want to know traveller.", 0.45)]
    progress.heard("What happened to the bell?")
    assert [(r.text, r.weight, r.source) for r in progress.remarks()] == [
        ("The bell rang traveller awake.", 0.9, "story"),
        ("You speak of the bell in the inn.", 0.7, "story"),
        ("One.", 0.4, "story"),
    ]
    for _ in range(3):
        progress.heard("hm")
    assert [(r.text, r.weight) for r in progress.remarks()] == [
        ("You speak of the bell in the inn.", 0.45), ("Two.", 0.4), ("The bell rang traveller awake.", 0.3),
    ]  # fmt: skip
    progress.heard("the bell?")
    assert progress.remarks()[0].text == "The bell rang traveller awake."
    assert within(progress.remarks(), 40)


def test_what_it_keeps_to_itself() -> None:
    progress = bell()
    hidden = progress.hidden()
    assert hidden.withholds("You saw three Green Lights.")
    assert not hidden.withholds("You saw three greenish lights.")
    assert not OutputCheck(SafetySettings(), hidden.words).passes(
        Line("I saw green lights.", "I saw green lights.")
    )
    trusted(progress).heard("What happened to the bell?")
    assert progress.hidden().words == ()
    assert not progress.hidden().withholds("You saw three green lights.")


def test_peeking_changes_nothing() -> None:
    progress = trusted(bell())
    before = progress.state(), progress.remarks(), progress.hidden()
    ahead = progress.peek("What happened to the bell?", now=3)
    assert ahead.step is not None
    assert ahead.step.section == "bell"
    assert ahead.hidden.words == ()
    assert (progress.state(), progress.remarks(), progress.hidden()) == before
    assert progress.heard("What happened to the bell?", now=3) == ahead.step
    assert progress.remarks() == ahead.remarks


def test_it_lives_on_in_another_session() -> None:
    progress = trusted(bell())
    progress.heard("What happened to the bell?", now=5)
    progress.passed(9)
    later = Progress(Story.parse(BELL))
    assert later.restore(progress.state())
    step = later.begin(1000)
    assert (step.section, step.hooks, later.variables["visits"]) == ("bell", (), 2)
    assert later.variables["has_key"] is True
    later.passed(1001)
    assert later.variables["seconds"] == 5


class Shelf:
    """A library of one character with one story."""

    def __init__(self, story: Story) -> None:
        self.entries = {MARA.id: Entry(MARA, None, story)}

    def newest(self, entry: Entry) -> Entry:
        return entry


async def test_a_player_who_returns_goes_on_in_it(tmp_path: Path) -> None:
    memory = Memory.open(tmp_path / "memory.db")
    lore = Lore(Shelf(bell().story), memory)  # type: ignore[arg-type]
    for beats, said in (
        (["start", "bell"], ["thank you", "thank you", "thank you", "What happened to the bell?"]),
        (["bell"], ["thank you"]),  # it goes on where it was: the game is told, and nothing is begun anew
    ):
        async with talking(engines(lore=lore)) as (player, _):
            for number, text in enumerate(said, 1):
                player.says(m.Say(text=text))
                await player.until(m.Done, number)
        assert [beat.section for beat in player.got(m.Beat)] == beats
        began = "start" in beats
        assert player.got(m.Beat)[-1].hooks == (["quest.bell.started"] if began else [])
    (entry,) = await memory.export(MARA.id)
    assert (entry["story"]["section"], entry["story"]["variables"]["visits"]) == ("bell", 2)
    assert entry["story"]["variables"]["has_key"] is True
    assert await memory.forget(MARA.id) > 1
    async with talking(engines(lore=lore)) as (player, _):
        assert (await player.until(m.Beat)).section == "start"
    await memory.close()


async def test_a_story_that_could_not_be_read_is_not_written_over(tmp_path: Path) -> None:
    class Broken(SqliteStore):
        def place(self, pair: Pair) -> str:
            raise MemoryFailed("no")

    SqliteStore(tmp_path / "memory.db").put(Pair(MARA.id, "player"), '{"section": "bell"}')
    memory = Memory(Broken(tmp_path / "memory.db"))
    async with talking(engines(lore=Lore(Shelf(bell().story), memory))) as (player, _):  # type: ignore[arg-type]
        assert (await player.until(m.Beat)).section == "start"
        player.says(m.Say(text="thank you"))
        await player.until(m.Done)
    await memory.close()
    assert SqliteStore(tmp_path / "memory.db").place(Pair(MARA.id, "player")) == '{"section": "bell"}'


def test_a_story_may_change_under_a_session() -> None:
    progress = trusted(bell())
    progress.heard("What happened to the bell?", now=5)
    text = BELL.replace('id = "bell"', 'id = "the bell"').replace('"bell", "angry"', '"the bell", "angry"')
    text = text.replace('within = ["bell"]', "").replace("has_key = ", "has_key = 0 #", 1)
    moved = progress.onto(Story.parse(text.replace("set = { has_key = true }", "")))
    assert moved.section == "start"
    assert moved.variables["trust"] == 0.3
    assert moved.variables["has_key"] == 0
    assert progress.onto(progress.story).state() == progress.state()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda values: (
        st.lists(values, max_size=3)
        | st.dictionaries(st.sampled_from(["section", "visited", "variables", "x"]), values)
    ),
)


@given(st.text(max_size=60) | JSON.map(json.dumps))
def test_any_state_is_restored_or_left(state: str) -> None:
    progress = bell()
    assert not progress.restore(state)
    assert progress.section == "start"


def test_a_state_from_elsewhere_does_no_harm() -> None:
    progress = bell()
    variables = {"trust": "high", "turns": -5.0, "a": 1.0, "visits": 1e300}
    state = {"section": "gone", "visited": ["start", "x"], "variables": variables, "happened": [1, 2]}
    assert progress.restore(json.dumps(state))
    assert progress.section == "start"
    assert progress.variables == Progress(progress.story).variables


MOVES = st.lists(
    st.tuples(st.just("heard"), st.sampled_from(["thank you", "What happened to the bell?", "hm"]))
    | st.tuples(st.just("event"), st.sampled_from(["The player breaks a cup.", "Rain."]))
    | st.tuples(st.just("result"), st.sampled_from(["open", "x"]))
    | st.tuples(st.just("set"), st.dictionaries(st.sampled_from(["trust", "has_key", "player", "z"]),
                st.booleans() | st.floats() | st.text(max_size=9), max_size=3)),
    max_size=25,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(MOVES, st.lists(st.floats(0, 20), min_size=25, max_size=25))
def test_the_same_happenings_lead_to_the_same_place(
    moves: list[tuple[str, object]], pauses: list[float]
) -> None:
    one, two = bell(), bell()
    now = 0.0
    for (kind, value), pause in zip(moves, pauses, strict=False):
        now += pause
        assert getattr(one, kind)(value, now=now) == getattr(two, kind)(value, now=now)
        revived = Progress(one.story)
        assert revived.restore(one.state())
        assert (revived.section, revived.hidden()) == (one.section, one.hidden())
        assert all(0 <= remark.weight <= 1 for remark in one.remarks())
        trust = one.variables["trust"]
        assert isinstance(trust, float)
        assert math.isfinite(trust)
    assert one.state() == two.state()


# What players mean


def test_it_understands_what_is_meant(model: SentenceModel) -> None:
    right, wrong = share(DEVELOPMENT, model)
    assert (right >= 0.74, wrong <= 0.08) == (True, True), (right, wrong)
    right, wrong = share(HELD_OUT, model)
    assert (right >= 0.85, wrong <= 0.1) == (True, True), (right, wrong)


def test_without_the_model_words_must_do() -> None:
    right, wrong = share([*DEVELOPMENT, *HELD_OUT], None)
    assert right >= 0.2
    assert wrong <= 0.06


def test_a_topic_is_a_word() -> None:
    likeness = Likeness(["tunnel", "the bell"])
    assert likeness.like("I don't like tunnels.") == {"tunnel"}
    assert likeness.like("The bells!") == {"the bell"}
    assert not likeness.like("a funnel and a bell")


# The stories that come along


def said(progress: Progress, model: SentenceModel, *texts: str) -> list[str]:
    """The sections entered."""
    steps = [progress.heard(text, model.embed([text])[0]) for text in texts]
    return [step.section for step in steps if step and step.entered]


def test_mara_tells_of_tom_and_then_of_the_tunnel(model: SentenceModel) -> None:
    story = Story.load(CHARACTERS / "innkeeper", model)
    assert story is not None
    progress = Progress(story)
    progress.begin()
    progress.set({"player": "Robin"})
    assert said(progress, model, "Where does the tunnel go?", "What's in your cellar?") == []
    assert progress.hidden().withholds("There is an old tunnel in your cellar.")
    assert not progress.hidden().withholds("When somebody asks about a tunnel you know of none.")
    assert said(progress, model, "Can I help you with something?", "I'm sorry about Tom.") == ["guest"]
    assert said(progress, model, "thank you, that's very kind of you") == ["tom"]
    assert any("Grey Heron" in remark.text for remark in progress.remarks())
    assert said(progress, model, "I promise I'll keep your secret.", "where does the tunnel go") == ["tunnel"]
    assert not progress.hidden().withholds("There is an old tunnel in your cellar.")
    assert progress.hidden().withholds("When somebody asks about a tunnel you know of none.")
    assert "You tell Robin in a low voice what is in your cellar." in {r.text for r in progress.remarks()}
    step = progress.event("The player comes back from the tunnel.")
    assert step is not None
    assert step.hooks == ("quest.tunnel.done",)


def test_holt_pays_who_watches_the_harbour(model: SentenceModel) -> None:
    story = Story.load(CHARACTERS / "guard", model)
    assert story is not None
    progress = Progress(story)
    progress.begin()
    assert said(progress, model, "How is the watch?", "Do you have work for me?", "Yes, I'll do it.") == [
        "offer",
        "watching",
    ]
    step = progress.set({"seen": "green lights"})
    assert step is not None
    assert step.variables == {"reports": 1.0}
    assert "You know by now that traveller saw green lights at the harbour." in {
        r.text for r in progress.remarks()
    }
    paid = progress.result("pay")
    assert paid is not None
    assert "coins.pay.2" in paid.hooks
