"""What a run did, in lines for the log: counts, medians, what was dropped and why."""
from typing import Dict, List

from ..engine.core.flags import WORDS, Flag


def network(result) -> List[str]:
    """Lines about a `network.pairing.NetworkResult`."""
    shortest, longest = result.baselines
    lines = [f"{len(result.pairs)} pairs of {len(result.dates)} dates, {shortest} to {longest} days apart"]
    if result.slowest_speed is not None:
        lines.append(f"The longest pair resolves motion from {result.slowest_speed:.2g} m/yr (eq. 6)")
    if len(result.components) > 1:
        parts = "; ".join(f"{min(c.dates)} to {max(c.dates)} ({len(c.dates)} dates)" for c in result.components)
        lines.append(f"The network has {len(result.components)} parts that no pair connects: {parts}. One time series "
                     "needs one part: allow longer baselines.")
    if result.isolated:
        lines.append("Dates without any pair: " + ", ".join(str(day) for day in result.isolated))
    if result.bridges:
        lines.append("Pairs that are the only link of their dates, so that their errors can't be noticed: "
                     f"{len(result.bridges)}")
    lines += [f"Left out {path}: {reason}" for path, reason in result.dropped]
    lines += [f"Combinations not paired, {reason}: {count}" for reason, count in result.refused.items()]
    return lines + list(result.notes)


def stack(result) -> List[str]:
    """Lines about a stack made pair by pair (`compute.pairs.StackResult`)."""
    again = f", {result.reused} were done before" if result.reused else ""
    lines = [f"{result.done} pairs done{again}: {result.stack}"]
    lines += [f"Pair {name} failed and is left out: {reason}" for name, reason in result.failed]
    return lines + flags(result.flags)


def flags(counts: Dict[int, int]) -> List[str]:
    """One line that says how many pixels are valid and why the others are not."""
    total = sum(counts.values())
    if not total:
        return []
    shares = ", ".join(f"{count / total:.1%} {WORDS[Flag(code)]}" for code, count in sorted(counts.items()) if count)
    return [f"Pixels: {shares}"]


def ramp(result) -> List[str]:
    """Lines about a `correction.deramp.DerampResult`."""
    ranges = ", ".join(f"{name} {value:.3f} m" for name, value in result.ramp.items())
    scales = ", ".join(f"{name} {value:.3f} m" for name, value in result.scale.items())
    return [f"Ramp removed, largest difference across the image: {ranges}",
            f"Spread left on stable ground: {scales}; {result.used:.0%} of the pixels decided"]


def destriped(result) -> List[str]:
    """Lines about a `correction.destripe.DestripeResult`."""
    steps = ", ".join(f"{name} {value:.3f} m" for name, value in result.steps.items())
    track = "" if result.angle is None else f"; track {result.angle:.1f}° from north"
    return [f"Shifts of {result.detectors} detectors removed, root mean square: {steps}{track}"]


def calmed(result) -> List[str]:
    """Lines about a `correction.jitter.JitterResult`."""
    waves = ", ".join(f"{name} {value:.3f} m" for name, value in result.amplitude.items())
    return [f"Waves removed, standard deviation: {waves}; track {result.angle:.1f}° from north"]


def shift(result) -> List[str]:
    """Lines about a `correction.reference.ReferenceResult`."""
    shifts = ", ".join(f"{name} {value:+.3f} m" for name, value in result.shift.items())
    return [f"Subtracted: {shifts}, from {result.pixels} pixels"]


def filtered(result) -> List[str]:
    """Lines about a `filtering.passes.FilterResult`."""
    removed = ", ".join(f"{count} {WORDS[Flag(flag)]}" for flag, count in result.removed.items()) or "nothing"
    return [f"Removed pixels: {removed}", f"Valid: {result.before or 0:.1%} before, {result.after or 0:.1%} after"]


def fused(result) -> List[str]:
    """Lines about a `fusion.fuse.FuseResult`."""
    return [f"Mean velocity from {result.pairs} pairs of {result.dates} dates; {result.solved} of {result.pixels} "
            "pixels have one", f"Median speed {result.median_speed:.3g} m/yr, median vector coherence "
                               f"{result.median_coherence:.2f}"]


def fitted(result) -> List[str]:
    """Lines about an `inversion.model.ModelResult`."""
    shares = ", ".join(f"{name} {share:.0%}" for name, share in result.significant.items())
    return [f"{result.fitted} of {result.pixels} pixels fitted with {', '.join(result.terms)}",
            f"Share of pixels where a parameter stands out (|t| > 2): {shares}"]


def series(result) -> List[str]:
    """Lines about an `inversion.invert.InvertResult`; its notes are in the log already."""
    return [f"Series: {result.series}", f"Pairs and scenes with their misclosures: {result.table}"]
