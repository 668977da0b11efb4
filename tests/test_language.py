"""Languages: facts, sentences, numbers in words, captions, detection, sounds, texts, interpreting."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from fakes import MARA, ScriptedMind
from msgspec.structs import replace

from runtime.cards.toml import written
from runtime.character import Character, Example, Told, Voice, load
from runtime.check.gathering import gathered
from runtime.check.language import told as told_findings
from runtime.ears.ending import Ending
from runtime.face.visemes import VISEMES
from runtime.flow import Stream
from runtime.interruption import meant, verdict
from runtime.language import caption, detect, of, readable, split
from runtime.language.captions import columns
from runtime.language.facts import tags
from runtime.language.interpreter import Interpreter, translation
from runtime.language.phrases import rules
from runtime.language.sentences import clauses, join, tidy
from runtime.language.spoken import Spoken, wanted
from runtime.language.told import has_words, told_in
from runtime.mind.lines import Lines
from runtime.mind.prompt import prefix
from runtime.types import Message, Prompt

CHARACTERS = Path(__file__).parents[1] / "characters"
WRITTEN: dict[str, Any] = {
    "name": "Mara",
    "description": "An innkeeper.",
    "personality": "You keep an inn.",
    "greeting": "Come in.",
    "at_a_loss": "Let me think.",
}


def test_every_language_whisper_hears_is_known():
    codes = pytest.importorskip("faster_whisper.tokenizer")._LANGUAGE_CODES
    assert {of(tag).code for tag in tags()} == set(codes)


@pytest.mark.parametrize(
    ("tag", "known", "script", "code"),
    [
        ("en-GB", "en", "Latn", "en"),
        ("zh_CN", "zh", "Hans", "zh"),
        ("zh-TW", "zh-Hant", "Hant", "zh"),
        ("cmn", "zh", "Hans", "zh"),
        ("nb", "no", "Latn", "no"),
        ("jv", "jv", "Latn", "jw"),
    ],
)
def test_tags(tag: str, known: str, script: str, code: str):
    found = of(tag)
    assert (found.tag, found.script, found.code) == (known, script, code)
    assert of("zh").spaced is False
    assert of("he").rightward is False


def test_a_tag_nobody_knows_is_refused():
    with pytest.raises(ValueError, match="klingon"):
        of("klingon")


@pytest.mark.parametrize(
    ("tag", "text", "sentences"),
    [
        ("zh", "你好！你要什么？我有3.5斤鱼……走吧", ["你好！", "你要什么？", "我有3.5斤鱼……", "走吧"]),
        ("zh", "“走吧。”他说。", ["“走吧。”", "他说。"]),
        ("ja", "はい。「行こう！」と言った。", ["はい。", "「行こう！」", "と言った。"]),
        ("en", 'Dr. Fenn paid 3.50. "Go." He left...', ["Dr. Fenn paid 3.50.", '"Go."', "He left..."]),
        ("hi", "नमस्ते। आप कैसे हैं?", ["नमस्ते।", "आप कैसे हैं?"]),
        ("en", "What?! No.", ["What?!", "No."]),
    ],
)
def test_sentences(tag: str, text: str, sentences: list[str]):
    assert split(text, tag) == sentences


def test_clauses_and_joining():
    assert clauses("我有面包、奶酪，还有3:30的鱼。", "zh") == ["我有面包、", "奶酪，", "还有3:30的鱼。"]
    assert join(["你好，", "世界", "OK", "then"]) == "你好，世界OK then"
    assert tidy("你好, 世界 . It is 3, here.") == "你好，世界。It is 3, here."
    assert tidy("밥을 먹었어, 정말.") == "밥을 먹었어, 정말."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("123", "一百二十三"),
        ("10", "十"),
        ("110 305 1001 10010", "一百一十 三百零五 一千零一 一万零一十"),
        ("100000000", "一零零零零零零零零"),
        ("20000", "两万"),
        ("12000", "一万二千"),
        ("2026年11月22日", "二零二六年十一月二十二日"),
        ("2026-11-22", "二零二六年十一月二十二日"),
        ("3:30", "三点三十分"),
        ("8:05", "八点零五分"),
        ("2:00", "两点整"),
        ("2点", "两点"),
        ("12%", "百分之十二"),
        ("3.14", "三点一四"),
        ("-5℃", "负五摄氏度"),
        ("2个苹果，12个梨", "两个苹果，十二个梨"),
        ("第2名", "第二名"),
        ("13800138000", "幺三八零零幺三八零零零"),
        ("1/3", "三分之一"),
        ("¥12.50", "十二元五角"),
        ("$3", "三美元"),
        ("3-5天", "三到五天"),
        ("007", "零零七"),
    ],
)
def test_chinese_is_read(text: str, said: str):
    assert readable(text, "zh") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("123", "one hundred twenty-three"),
        ("1,234,567", "one million two hundred thirty-four thousand five hundred sixty-seven"),
        ("2026-11-22", "November twenty-second, twenty twenty-six"),
        ("May 1st", "May first"),
        ("in 1905", "in nineteen oh five"),
        ("In 2005, 3 came.", "In two thousand five, three came."),
        ("3:30 pm", "three thirty p m"),
        ("at 10:00", "at ten o'clock"),
        ("12.5%", "twelve point five percent"),
        ("$1,250.50", "one thousand two hundred fifty dollars and fifty cents"),
        ("£1", "one pound"),
        ("$3 million", "three million dollars"),
        ("21st, 12th", "twenty-first, twelfth"),
        ("call 555-0199", "call five five five, zero one nine nine"),
        ("5-6 days", "five to six days"),
        ("3 kg", "three kilograms"),
        ("-5", "minus five"),
        ("Mr. Holt & Dr. Fenn", "Mister Holt and Doctor Fenn"),
        ("plain words.", "plain words."),
    ],
)
def test_english_is_read(text: str, said: str):
    assert readable(text, "en") == said


def test_other_languages_read_whole_numbers():
    pytest.importorskip("num2words")
    assert readable("Ich habe 21 Äpfel.", "de") == "Ich habe einundzwanzig Äpfel."
    assert readable("3.14", "de") == "3.14"
    assert readable("21", "mi") == "21"


def test_captions_break_where_they_may():
    text = "你好，欢迎来到我的小店。今天的天气很好，我们去河边走走吧，看看那里有没有鱼。"
    lines = caption(text, "zh")
    assert "".join(lines) == text
    assert max(map(columns, lines)) <= 32
    assert not any(line[0] in "，。！？" for line in lines)
    text = "The wolves came down from the mountain last winter, and nobody left the house."
    words = text.split()
    lines = caption(words, "en")
    assert " ".join(lines).split() == words
    assert max(map(len, lines)) <= 42
    assert min(map(len, lines)) > 25  # of about one length
    assert caption("他说「好」。", "zh", 8) == ["他说", "「好」。"]
    assert [len(line) for line in caption("x" * 50, "en", 20)] == [20, 20, 10]
    assert caption("", "en") == []


@pytest.mark.parametrize("library", [True, False])
@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("你好吗", "zh"),
        ("你們來這裡做什麼", "zh-Hant"),
        ("こんにちは、元気", "ja"),
        ("안녕", "ko"),
        ("where is the blacksmith?", "en"),
        ("Wo ist der Schmied?", "de"),
        ("où est le forgeron, je ne le trouve pas", "fr"),
        ("¿dónde está el herrero?", "es"),
        ("Где кузнец? Я не вижу его.", "ru"),
        ("我要一个sandwich", "zh"),
        ("123 ?!", ""),
    ],
)
def test_a_typed_line_tells_its_language(text: str, tag: str, library: bool, monkeypatch: pytest.MonkeyPatch):
    if library:
        pytest.importorskip("py3langid")
    else:
        monkeypatch.setattr("runtime.language.detection.find_spec", lambda name: None)
    assert detect(text, ["en", "zh", "zh-Hant", "ja", "ko", "de", "fr", "es", "ru"]) == tag


def test_only_what_may_be_is_detected():
    assert detect("你好", ["ja", "en"]) == "ja"
    assert detect("привет", ["en", "zh"]) == "en"
    assert detect("안녕하세요") == "ko"


def test_chinese_sounds():
    pytest.importorskip("pypinyin")
    from runtime.language import mandarin

    assert mandarin.ipa("你好，欢迎。") == "ni↗xau↓, xwa→ni↗ŋ."
    spelled = [s for s in mandarin.syllables("银行 行走 一个") if isinstance(s, mandarin.Syllable)]
    assert [s.tone for s in spelled] == ["2", "2", "2", "3", "2", "4"]
    assert mandarin.syllables("OK吗")[0] == "OK"
    found = mandarin.phones("爸爸妈妈", 1.0, 2.0)
    assert [phone.symbol for phone in found] == list("bɑbɑmɑmɑ")
    assert found[0].start == 1.0
    assert found[-1].end == pytest.approx(2.0)
    assert mandarin.phones("OK", 0.0, 1.0) == ()


def test_all_chinese_sounds_have_a_mouth():
    from runtime.language.mandarin import FACE_FINAL, FACE_INITIAL

    assert set("".join([*FACE_INITIAL.values(), *FACE_FINAL.values()])) <= set(VISEMES)


def test_every_syllable_of_mandarin_is_known():
    pytest.importorskip("pypinyin")
    from runtime.language import mandarin

    common = "".join(map(chr, range(0x4E00, 0x9FA6)))
    read = mandarin.syllables(common)
    assert sum(isinstance(one, mandarin.Syllable) for one in read) / len(common) > 0.99
    assert mandarin.ipa("略女军二日自") == "lɥe↘ny↓ʨy→nɚ↘ɻɨ↘ʦɨ↘"


def test_a_character_speaks_what_it_was_told():
    told = {"zh": Told(name="玛拉", greeting="快进来。", voice=Voice(name="zf"), never=["人工智能"])}
    written = replace(MARA, language=told, adapter="adapter.gguf")
    mara = told_in(written, "zh-CN")
    assert (mara.name, mara.greeting, mara.voice.name, mara.id) == ("玛拉", "快进来。", "zf", "mara")
    assert mara.never == [*MARA.never, "人工智能"]
    assert (mara.speaks, mara.adapter) == ("zh", "")  # the adapter has learned English
    assert prefix(mara)[0].text == f"{MARA.personality}\n{rules('zh')}"
    assert told_in(written, "en-GB") is written
    assert told_in(written, "zh-TW").greeting == "快进来。"
    german = told_in(written, "de")
    assert german.greeting == MARA.greeting
    assert "German" in prefix(german)[0].text
    assert "中文" in rules("zh")
    assert has_words(written, "zh-Hant")
    assert not has_words(written, "de")


def test_a_character_file_takes_languages_and_refuses_what_is_none():
    told = msgspec.convert({**WRITTEN, "language": {"zh": {"greeting": "快进来。"}}}, Character)
    assert told.language["zh"].greeting == "快进来。"
    with pytest.raises(msgspec.ValidationError, match="klingon"):
        msgspec.convert({**WRITTEN, "language": {"klingon": {}}}, Character)
    with pytest.raises(msgspec.ValidationError, match="elvish"):
        msgspec.convert({**WRITTEN, "speaks": "elvish"}, Character)
    with pytest.raises(msgspec.ValidationError, match="greting"):
        msgspec.convert({**WRITTEN, "language": {"zh": {"greting": "x"}}}, Character)


def test_a_language_is_kept_when_a_character_is_written_down():
    told = Told(name="玛拉", examples=[Example("你好。", "快进来。")], personality="你开客栈。\n你爱笑。")
    mara = replace(MARA, id="", language={"zh": told})
    assert msgspec.toml.decode(written(mara), type=Character) == mara


@pytest.mark.parametrize("folder", sorted(CHARACTERS.iterdir()), ids=lambda folder: folder.name)
def test_the_characters_that_come_along_are_told_in_chinese(folder: Path):
    character = load(folder)
    chinese = character.language["zh"]
    assert all(getattr(chinese, key) for key in chinese.__struct_fields__ if key != "voice")
    assert not [found for found in told_findings(gathered(folder)) if found.severity != "note"]
    assert len(chinese.deflections) == len(character.deflections)
    assert len(chinese.examples) == len(character.examples)
    speaker = told_in(character, "zh")
    for text in (speaker.greeting, speaker.at_a_loss, *speaker.deflections):
        splitter = Lines(speaker.name, language="zh")
        assert "".join(line.text for line in splitter.feed(text) + splitter.finish()) == text


def test_what_is_wrong_with_a_language_is_found(tmp_path: Path):
    lines = [f"{key} = {value!r}" for key, value in WRITTEN.items()]
    table = [
        "[language.zh]",
        'greeting = "Come in, the fire is warm."',
        'never = ["机器"]',
        'care = "我是机器。"',
    ]
    (tmp_path / "character.toml").write_text("\n".join([*lines, *table]), encoding="utf-8")
    found = {(one.severity, one.line) for one in told_findings(gathered(tmp_path))}
    head = len(lines) + 1
    assert found == {("warning", head), ("warning", head + 1), ("error", head + 3)}


@pytest.mark.parametrize(
    ("lines", "tags"),
    [
        (["你好"], ["zh"]),  # nothing has shown yet what the player speaks
        (["Good evening.", "你好", "今天有什么吃的？"], ["en", "en", "zh"]),
        (
            ["Good evening.", "今天有什么吃的？", "ok", "ok thanks", "再来一碗。"],
            ["en", "zh", "zh", "zh", "zh"],
        ),
        (["今天有什么吃的？", "What does 铜板 mean, please?", "好的"], ["zh", "en", "en"]),
        (["来碗面。", "Mara Fenn", "123", "好吃吗？", "Mara Fenn"], ["zh", "zh", "zh", "zh", "zh"]),
        (["来碗面。", "thank you", "see you"], ["zh", "zh", "en"]),
        (["Wo ist der Wirt?"], ["en"]),  # no language of this server
    ],
)
def test_one_stray_word_does_not_change_the_language(lines: list[str], tags: list[str]):
    spoken = Spoken("en", ("en", "zh"))
    found = []
    for line in lines:
        before = spoken.tag
        assert spoken.hears(line) == (spoken.tag != before)
        found.append(spoken.tag)
    assert found == tags


def test_what_the_recogniser_tells_goes_before_what_the_words_show():
    spoken = Spoken("en", ("en", "de", "zh", "zh-Hant"))
    assert spoken.hears("ist das dein Ernst", "de")
    assert spoken.tag == "de"
    assert not spoken.hears("こんにちは、元気ですか", "ja")  # no language of this server
    assert spoken.hears("你們來這裡做什麼", "zh")
    assert spoken.tag == "zh-Hant"


def test_a_language_that_is_asked_for_stays():
    spoken = wanted("zh-CN", ("en", "zh"))
    assert not spoken.hears("Where is the blacksmith?")
    assert spoken.tag == "zh"
    assert wanted("", ("zh", "en")).tag == "zh"
    assert wanted("", ()).tag == ""
    assert wanted("fr", ()).tag == "fr"
    with pytest.raises(ValueError, match="klingon"):
        wanted("klingon", ())
    with pytest.raises(ValueError, match="there are en, zh"):
        wanted("fr", ("en", "zh"))


class Dictionary(ScriptedMind):
    """Translates what it knows, and answers everything else with its text."""

    known: ClassVar = {
        "你好。": "Hello.",
        "有鱼吗？": "Is there fish?",
        "One copper.": "一个铜板。",
        "Sit down.": "坐吧。",
    }

    async def __call__(self, prompt: Prompt) -> Stream[str]:
        self.prompts.append(prompt)
        asked = prompt.messages[-1].text
        self.open += 1
        try:
            if prompt.prefix and prompt.prefix[0].text.startswith("You translate"):
                yield self.known.get(asked, "")
            else:
                for piece in self.text.split("|"):
                    yield piece
        finally:
            self.open -= 1


async def test_meaning_is_carried_across():
    mind = Dictionary("One cop|per. Sit| down.")
    interpreter = Interpreter(mind, "zh", "en", names=("Mara",))
    prompt = Prompt(
        (Message("system", "You keep an inn."),), (Message("user", "(It rains.)\n你好。有鱼吗？"),)
    )
    assert [piece async for piece in interpreter(prompt)] == ["一个铜板。", "坐吧。"]
    told = next(p for p in mind.prompts if p.prefix == prompt.prefix)
    assert told.messages == (Message("user", "(It rains.)\nHello. Is there fish?"),)
    assert "Mara" in mind.prompts[0].prefix[0].text


async def test_history_is_not_translated_again():
    mind = Dictionary("Sit down.")
    interpreter = Interpreter(mind, "zh", "en")
    first = Prompt((), (Message("user", "你好。"),))
    replies = [piece async for piece in interpreter(first)]
    asked = len(mind.prompts)
    later = Prompt((), (*first.messages, Message("assistant", replies[0]), Message("user", "有鱼吗？")))
    assert [piece async for piece in interpreter(later)] == ["坐吧。"]
    assert len(mind.prompts) - asked == 2  # the new words, and the answer; all else is known
    assert [m.text for m in mind.prompts[-1].messages] == ["Hello.", "Sit down.", "Is there fish?"]


async def test_what_is_not_translated_stays_and_nothing_stays_open():
    mind = Dictionary("Sit down. One copper. Unknown words.")
    interpreter = Interpreter(mind, "zh", "en")
    async with aclosing(interpreter(Prompt((), (Message("user", "啊"),)))) as pieces:
        assert await anext(pieces) == "坐吧。"
    assert mind.open == 0
    assert mind.prompts[-2].messages[-1].text == "啊"
    await interpreter.warm(Prompt((Message("system", "x"),), (Message("user", "没有说过"),)))
    assert mind.warmed[-1].messages == ()
    assert await interpreter.ends(Prompt((), ())) == mind.likely


def test_the_prompt_of_a_translation_shows_what_is_wanted():
    prompt = translation("有鱼吗？", "zh", "en")
    assert [m.role for m in prompt.prefix] == ["system", *["user", "assistant"] * 3]
    assert prompt.temperature == 0
    assert translation("x", "mi", "en").prefix[1:] == ()


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("今天有什么吃的？", 0.15, 0.3),
        ("来一碗面。", 0.4, 0.6),
        ("来一碗面", 0.6, 0.8),
        ("你好吗", 0.4, 0.6),
        ("我要一碗面，", 1.5, 1.7),
        ("我想问一下因为", 1.5, 1.7),
    ],
)
def test_a_chinese_turn_ends_by_its_marks(text: str, least: float, most: float):
    ending = Ending()
    ending.begin()
    ending.words(text)
    assert least < ending.enough < most


def test_chinese_signs_of_listening_do_not_interrupt():
    assert meant("嗯嗯，好的") == []
    assert meant("等等", 0.3) == ["等等"]
    assert meant("客", 0.3) == []
    assert verdict("我不要面", 0.5, settled=False, begun=True, remaining=5) == "cut"
    assert verdict("哈哈哈", 0.9, settled=True, begun=True, remaining=5) == "go on"
