"""`python -m runtime.face.training`: the steps from nothing to assets/face/mouth.onnx."""

from __future__ import annotations

from pathlib import Path

import torch
import typer

from runtime.face.training import corpus, export, recordings, sources, train

app = typer.Typer(help="Make the learned mouth.", add_completion=False, no_args_is_help=True)

FOLDER = Path(".cache/face")
ASSET = Path(__file__).parents[3] / "assets" / "face" / "mouth.onnx"


@app.command()
def data(folder: Path = FOLDER, only: str = "") -> None:
    """Have the synthetic voices speak, those whose names begin with `only`; what is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (minutes, source) in sources.sources().items():
        if name.startswith(only) and not (folder / f"{name}.npz").exists():
            seconds = corpus.save(folder / f"{name}.npz", sources.seconds(source(), 60 * minutes))
            typer.echo(f"{name}: {seconds / 60:.1f} min")


@app.command()
def align(net: Path, folder: Path = FOLDER) -> None:
    """Add voices whose sounds have no known times, placed by an earlier network."""
    judge = export.load(net)
    for name, source in recordings.sources().items():
        seconds = corpus.save(folder / f"{name}.npz", recordings.trusted(judge, source()))
        typer.echo(f"{name}: {seconds / 60:.1f} min")


@app.command(name="train")
def train_(
    folder: Path = FOLDER,
    out: Path = FOLDER / "mouth.pt",
    start: Path | None = None,
    iterations: int = 1500,
    copies: int = 1,
    peak: float = train.RATE,
    seed: int = 0,
) -> None:
    """Train on every voice in the folder, from nothing or from `start`; one seed, one network."""
    files = sorted(folder.glob("*.npz"))
    torch.save(train.train(files, iterations, seed, copies, start, peak).state_dict(), out)


@app.command(name="export")
def export_(net: Path = FOLDER / "mouth.pt", out: Path = ASSET) -> None:
    """Write the ONNX file that the program ships."""
    export.export(export.load(net), out)
    typer.echo(f"{out}: {out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    app()
