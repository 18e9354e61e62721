"""The answers of all benchmarks as one document in Markdown, with a plot each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pipelines.benchmark.parts import HEAD
from pipelines.benchmark.plot import quality_by_time
from pipelines.benchmark.protocol import PROTOCOLS, Protocol
from pipelines.benchmark.published import Published, published
from pipelines.figures import Json
from pipelines.files import atomic_file

_HEAD = """\
# Benchmarks

Written by `recsys benchmark all`, which runs the command above each table on the data sets below one folder.
Every model is fitted in a process of its own; seconds are of {cores} shared cores and vary, the rest repeats. In brackets
are 95 % bootstrap intervals over viewers. Hyperparameters are chosen on validation parts, and by question, not by data
set: those of `models/next` for the one title after a history, of `models/rest` for the unordered rest of it, of `models/end` for
its last part, and of `models` for what is watched over the time to come. A published figure stands in a table only if it is of exactly
that test part, whose SHA-256 is given; none of them is a run of ours, and the source is where to look for it. The digest of a row is that of all its hyperparameters.
A section is of one run; those of protocols that a run leaves out stay as an earlier one wrote them.
"""

LARGEST, WORTH_TELLING = 4, 0.05
"""Functions of a profile that are told, and the least share of one."""


def write_document(target: Path, answers: Sequence[Json], cores: int) -> None:
    """Write the document, the plots into a folder of its name, and with them what ``notes/`` holds.

    Parameters
    ----------
    target : Path
        Such as ``docs/benchmarks.md``, beside which ``benchmarks/notes/<protocol>.md`` are taken up, each of which
        begins with a heading.
    answers : sequence of dict
        What the benchmarks wrote, in the order of the document. One without rows stands for a run that has no
        answer here: its section stays as it is in the document, if it is there.
    cores : int
    """
    folder = target.with_suffix("")
    notes = {
        path.stem: path.read_text().strip() for path in sorted((folder / "notes").glob("*.md"))
    }
    sections = [_HEAD.format(cores=cores).strip()]
    names = [answer["benchmark"] for answer in answers]
    earlier = _earlier(target)
    for place, answer in enumerate(answers):
        if "rows" in answer:
            sections.append(_drawn(answer, folder))
        else:
            sections.extend(filter(None, [earlier.get(_heading(answer))]))
        if answer["benchmark"] not in names[place + 1 :]:
            sections.extend(filter(None, [notes.pop(answer["benchmark"], "")]))
    _write(target, "\n\n".join([*sections, *notes.values()]) + "\n")


def _earlier(target: Path) -> dict[str, str]:
    """Return the sections of the document as it stands, by their headings; notes are sections too."""
    text = target.read_text() if target.exists() else ""
    parts = [part.strip() for part in re.split(r"^(?=##)", text, flags=re.MULTILINE)]
    return {part.partition("\n")[0]: part for part in parts}


def _drawn(answer: Json, folder: Path) -> str:
    """Return an answer's section, its plot written."""
    papers, plot = published(answer), folder / f"{slug(answer)}.svg"
    _write(plot, quality_by_time(answer, PROTOCOLS[answer["benchmark"]].plotted, papers))
    return _section(answer, papers, f"{folder.name}/{plot.name}")


def slug(answer: Json) -> str:
    """Return the name of an answer's files: the protocol, the data and whatever options were given."""
    return re.sub(
        r"[^a-z0-9]+", "-", " ".join([answer["benchmark"], answer["data"], *_options(answer)])
    )


def command(answer: Json) -> str:
    """Return the command that makes an answer."""
    options = "".join(f" {word}" for word in _options(answer))
    return f"recsys benchmark {answer['benchmark']} --data path/to/{answer['data']}{options}"


def _options(answer: Json) -> list[str]:
    given = answer.get("options", {})
    return [f"--{name.replace('_', '-')} {value}" for name, value in given.items()]


def _heading(answer: Json) -> str:
    name = answer["benchmark"].replace("-", " ").capitalize()
    options = "".join(f", {word.removeprefix('--')}" for word in _options(answer))
    return f"## {name}: {answer['data']}{options}"


def _section(answer: Json, papers: Sequence[Published], plot: str) -> str:
    protocol, split = PROTOCOLS[answer["benchmark"]], answer["split"]
    cut = f" before {split['cut']}" if "cut" in split else ""
    facts = (
        f"Learned from {split['train_interactions']:,} interactions{cut} with {split['titles']:,} titles; "
        f"{split['viewers']:,} viewers asked, {split['cold_viewers']:,} of them new; "
        f"{split['held_out']:,} titles to find. {split['part'].capitalize()} part `{answer['test_sha256'][:16]}`."
    )
    parts = [
        _heading(answer),
        f"{protocol.about}\n```sh\n{command(answer)}\n```",
        facts,
        _rows(answer, protocol, papers),
        _refused(answer),
        f"![{protocol.plotted} against seconds of fitting]({plot})",
        _differences(answer, protocol),
        _parts(answer),
        _profiles(answer),
    ]
    return "\n\n".join(filter(None, parts))


def _rows(answer: Json, protocol: Protocol, papers: Sequence[Published]) -> str:
    shown = protocol.shown
    head = ("model", *shown, "fit, s", "score, s", "peak memory, MB", "digest")
    rows = [
        (
            f"*{paper.model}*, {paper.source}",
            *(f"{paper.metrics[name]:.3f}" if name in paper.metrics else "" for name in shown),
            *("",) * 4,
        )
        for paper in papers
    ]
    rows += [
        (
            one["model"],
            *(_interval(one["metrics"][name], one["intervals"][name]) for name in shown),
            f"{one['fit_seconds']:.1f}",
            f"{one['score_seconds']:.1f}",
            f"{one['peak_rss_bytes'] / 1e6:.0f}",
            f"`{one['digest']}`",
        )
        for one in answer["rows"]
    ]
    return _table(head, rows)


def _differences(answer: Json, protocol: Protocol) -> str:
    pairs: dict[tuple[str, str], dict[str, str]] = {}
    for one in answer["paired"]:
        found = pairs.setdefault((one["model"], one["rival"]), {})
        found[one["metric"]] = _interval(one["difference"], one["interval"], "+")
    if not pairs:
        return ""
    model = next(iter(pairs))[0]
    rows = [
        (rival, *(found[name] for name in protocol.compared)) for (_, rival), found in pairs.items()
    ]
    return f"{model} minus each rival over the same viewers:\n\n" + _table(
        ("rival", *protocol.compared), rows
    )


def _parts(answer: Json) -> str:
    found = answer.get("parts")
    if not found:
        return ""
    rows = [
        (
            one["part"],
            _interval(one["ndcg@10"], one["intervals"]["ndcg@10"]),
            _interval(one["added"], one["intervals"]["added"], "+"),
            f"{one['credited']:.0%}",
            f"{one['only']:.0%}",
        )
        for one in found["rows"]
    ]
    said = (
        f"What each part of {found['model']} adds, by viewers of the training part who taught it nothing, and whose "
        "titles were found:"
    )
    return f"{said}\n\n{_table(HEAD, rows)}"


def _profiles(answer: Json) -> str:
    rows = [
        (one["model"], ", ".join(f"`{name}` {share:.0%}" for name, share in _largest(one)))
        for one in answer["rows"]
        if one.get("profile")
    ]
    return (
        "Where fitting spends its time:\n\n" + _table(("model", "functions"), rows) if rows else ""
    )


def _largest(row: Json) -> list[tuple[str, float]]:
    shares = sorted(row["profile"].items(), key=lambda item: -item[1])
    return [(name, share) for name, share in shares[:LARGEST] if share >= WORTH_TELLING]


def _refused(answer: Json) -> str:
    return "\n".join(f"- {model} did not run: {why}." for model, why in answer["refused"].items())


def _interval(mean: float, interval: Sequence[float], sign: str = "") -> str:
    low, high = interval
    return f"{mean:{sign}.4f} [{low:{sign}.4f}, {high:{sign}.4f}]"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _write(path: Path, text: str) -> None:
    with atomic_file(path) as beside:
        beside.write_text(text)
