"""Persona tuning: an adapter (LoRA) that makes the embedded language model speak as one character.

`python -m runtime.mind.tune characters/innkeeper` reads the character and its `dialogue.jsonl` and writes
`adapter.gguf` and its card, `adapter.md`, beside them. Needs the extra `tune` and no GPU.
"""

from __future__ import annotations

import datetime
import hashlib
import math
import os
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated

import rich.progress
import typer
from rich.console import Console

# Two threads that sleep at every layer of a model this small take half as long again as two that wait awake.
# OpenMP looks when it is loaded, so this comes first; who talks needs the opposite (runtime.mind.llama).
os.environ.setdefault("OMP_WAIT_POLICY", "active")
os.environ.setdefault("GOMP_SPINCOUNT", "infinite")

from runtime.character import BadCharacter, Character, load
from runtime.mind.llama import smollm2
from runtime.mind.prompt import system
from runtime.mind.repack import repacked
from runtime.mind.tuning import Settings, adapter
from runtime.mind.tuning.conversations import Conversation, mix, read, split
from runtime.mind.tuning.grounding import grounded
from runtime.mind.tuning.student import Batch, Student, batches

ADAPTER, CARD = "adapter.gguf", "adapter.md"
WARM_UP = 0.05
"""Share of the steps in which the rate rises: the first gradients of a fresh adapter point anywhere."""

NOISE = 0.02
"""Nats of the held-out loss that say nothing: some 160 exchanges are a small exam."""

LAST_RATE = 0.05
"""Share of the rate that the cosine ends at."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training is: steps taken and to take, and the mean held-out loss when it was last measured."""

    step: int
    steps: int
    held_out: float


DEFAULT = Settings()
Pairs = dict[tuple[int, str], adapter.Pair]
Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Card:
    """What an adapter was made of, and what came of it. Losses are nats a token on the held-out replies."""

    character: str
    base: str
    base_sha256: str
    trained_on: int
    held_out: int
    settings: Settings
    losses: tuple[float, ...]
    """Before training and after each epoch."""
    kept: int
    """The epoch whose adapter this is."""
    seconds: float
    machine: str
    date: str

    def __str__(self) -> str:
        """In Markdown."""
        s = self.settings
        before, after = self.losses[0], self.losses[self.kept]
        rows = {
            "base model": f"{self.base}, sha256 `{self.base_sha256}`",
            "dialogue": f"{self.trained_on} exchanges learned, {self.held_out} held out",
            "adapter": f"LoRA of rank {s.rank}, alpha {s.alpha}, from block {s.first} on, on "
            + ", ".join(s.layers),
            "training": f"AdamW, rate {s.rate:g} on a cosine, decay {s.decay:g}, {s.tokens} tokens a step, "
            f"at most {s.epochs} epochs, seed {s.seed}",
            "kept": f"epoch {self.kept}",
            "held-out loss": " → ".join(f"{loss:.3f}" for loss in self.losses) + " nats a token",
            "held-out perplexity": f"{math.exp(before):.1f} before, {math.exp(after):.1f} after",
            "took": f"{self.seconds:.0f} s on {self.machine}",
            "date": self.date,
        }
        table = "\n".join(f"| {what} | {value} |" for what, value in rows.items())
        return f"# Adapter of {self.character}\n\n| | |\n| --- | --- |\n{table}\n"


def tune(
    character: Character,
    folder: Path,
    out: Path,
    *,
    settings: Settings = DEFAULT,
    weights: Path | None = None,
    report: Report = lambda progress: None,
) -> Card:
    """Learn the dialogue in `folder` and the character's examples; write the adapter and its card into `out`.

    The same settings and dialogue give the same training on the same machine. Raises BadCharacter, and
    ModuleNotFoundError without the extra.
    """
    started = time.monotonic()
    weights = weights or repacked(smollm2())
    learned, held = split(grounded(character, folder, read(folder)), settings.seed)
    student = Student(weights, system(character), settings)
    pairs, losses, kept = _train(student, character, learned, held, settings, report)
    out.mkdir(parents=True, exist_ok=True)
    heads = student.base.config.num_attention_heads, student.base.config.num_key_value_heads
    adapter.write(out / ADAPTER, pairs, settings.alpha, *heads, name=character.name)
    with weights.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    card = Card(
        character=character.name,
        base=weights.name,
        base_sha256=sha256,
        trained_on=sum(map(len, learned)),
        held_out=sum(map(len, held)),
        settings=settings,
        losses=losses,
        kept=kept,
        seconds=time.monotonic() - started,
        machine=f"{os.cpu_count()} CPU cores ({platform.machine()})",
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )
    (out / CARD).write_text(str(card), encoding="utf-8")
    return card


def _train(
    student: Student,
    character: Character,
    learned: list[Conversation],
    held: list[Conversation],
    settings: Settings,
    report: Report,
) -> tuple[Pairs, tuple[float, ...], int]:
    """The adapter, the held-out loss before and after each epoch, and the epoch that is kept.

    Training ends when that loss has risen by more than NOISE, with the epoch before.
    """
    rng = Random(settings.seed)

    def seen(talks: Iterable[Conversation]) -> list[Batch]:
        rows = batches([student.encode(talk) for talk in talks], settings.tokens, rng)
        return [student.read(batch) for batch in rows]

    exam = seen(held)
    mixes = [seen(mix(character, learned, rng)) for _ in range(min(settings.mixes, settings.epochs))]
    epochs = [mixes[number % len(mixes)] for number in range(settings.epochs)]
    steps, step = sum(map(len, epochs)), 0
    best, losses, kept = student.pairs(), [student.measure(exam)], 0
    for lessons in epochs:
        for batch in rng.sample(lessons, len(lessons)):
            student.learn(batch, _rate(step / steps))
            step += 1
            report(Progress(step, steps, losses[-1]))
        losses.append(student.measure(exam))
        if losses[-1] > min(losses[1:]) + NOISE:
            break
        best, kept = student.pairs(), kept + 1
    return best, tuple(losses), kept


def _rate(done: float) -> float:
    """Share of the learning rate after `done` (0 to 1) of the steps: up in a line, down in a cosine."""
    falling = LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * done)) / 2
    return min(1.0, (done + WARM_UP / 10) / WARM_UP) * falling


def main(
    folder: Annotated[Path, typer.Argument(help="The character's folder.")],
    out: Annotated[Path | None, typer.Option(help="Where the adapter goes, if not there.")] = None,
    epochs: int = DEFAULT.epochs,
    rank: int = DEFAULT.rank,
    rate: float = DEFAULT.rate,
    threads: int = DEFAULT.threads,
) -> None:
    """Tune a character's adapter and write it beside its character.toml."""
    console = Console()
    settings = Settings(rank=rank, rate=rate, epochs=epochs, threads=threads)
    columns = *rich.progress.Progress.get_default_columns(), rich.progress.TextColumn("{task.fields[loss]}")
    try:
        with rich.progress.Progress(*columns, console=console) as bar:
            task = bar.add_task("learning", total=None, loss="")

            def report(at: Progress) -> None:
                bar.update(task, completed=at.step, total=at.steps, loss=f"held-out loss {at.held_out:.3f}")

            card = tune(load(folder), folder, out or folder, settings=settings, report=report)
    except (BadCharacter, ModuleNotFoundError) as error:
        console.print(f"[red]{error}[/]" + ("" if isinstance(error, BadCharacter) else " (the extra: tune)"))
        raise typer.Exit(1) from error
    console.print(str(card), markup=False)


if __name__ == "__main__":
    typer.run(main)
