"""The page Pairs at work: the network is made in the background whenever scenes or limits change."""
from dataclasses import replace
from datetime import date
from typing import Optional

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine.network.settings import PairNetworkSettings, connection_text
from ..words import tr
from .pairs_page import PairsPage
from .records import duration, size
from .study import CUSTOM

#: Stages of a study and what the services call them.
_STAGES = {"matching": "matching", "correction": "correction", "filtering": "filters", "inversion": "inversion"}


def services():
    """{preset: settings of its service}."""
    from ...engine.workflows.settings import EARTHQUAKE, ICE, SLIDE
    return {"earthquake": EARTHQUAKE, "ice": ICE, "slide": SLIDE}


class PairsController(QObject):
    """Wires the page to the study. `changed` says that there is another network, or none."""
    changed = pyqtSignal()

    def __init__(self, hub, page: PairsPage):
        super().__init__(page)
        self.hub, self.page = hub, page
        self.network = self.problem = None
        self._data = None
        self._shown = None
        self._connections = [(page.settingsChanged, self.change), (page.presetChosen, self.take_preset),
                             (page.pairClicked, self.toggle), (page.datesJoined, self.join),
                             (page.editsCleared, self.clear_edits)]
        for signal, slot in self._connections:
            signal.connect(slot)

    def close(self) -> None:
        for signal, slot in self._connections:
            signal.disconnect(slot)

    @property
    def count(self) -> int:
        return len(self.network.pairs) if self.network else 0

    # the study

    def show(self, study) -> None:
        """Follow the study."""
        scenes = self.hub.scenes.used()
        span = (scenes[-1].date - scenes[0].date).days if len(scenes) > 1 else 0
        self.page.show_settings(study.network, study.preset, span)
        wanted = (tuple(scene.path for scene in scenes), study.network)
        if wanted != self._shown:
            self._shown = wanted
            self._ask(scenes, study.network)

    def again(self) -> None:
        """The matching changed: other costs, the same network."""
        self._draw()

    # what the user wants

    def change(self, settings: PairNetworkSettings) -> None:
        study = self.hub.store.study
        same = services().get(study.preset)
        kept = same is not None and (settings.limits, settings.direction, settings.unit) == (
            same.network.limits, same.network.direction, same.network.unit)
        self.hub.store.update(network=settings, preset=study.preset if kept else CUSTOM)

    def take_preset(self, name: str) -> None:
        """The settings of a service, of every stage; the split date and edits by hand stay."""
        study, service = self.hub.store.study, services().get(name)
        if service is None:
            self.hub.store.update(preset=name)
            self.page.show_settings(study.network, name, self._span())
            return
        now = study.network
        network = replace(service.network, split_date=now.split_date, max_cloud=now.max_cloud, drop=now.drop, add=now.add,
                          same_orbit=now.same_orbit)
        stages = {stage: getattr(service, name) for stage, name in _STAGES.items() if hasattr(service, name)}
        if "filtering" in stages and not study.dem:  # the slope of the ground is not known
            stages["filtering"] = replace(stages["filtering"], topography=False)
        self.hub.store.update(network=network, preset=name, fuse=hasattr(service, "fusion"), **stages)
        self.page.show_settings(network, name, self._span())
        self.hub.inform(tr("Matching, corrections and filters follow the preset, too."))

    def toggle(self, first: date, second: date) -> None:
        """Drop the pair of a line, or take it back."""
        edge, settings = (min(first, second), max(first, second)), self.hub.store.study.network
        if edge in settings.dropped:
            changed = replace(settings, drop=connection_text(settings.dropped - {edge}))
        elif edge in settings.added:
            changed = replace(settings, add=connection_text(settings.added - {edge}))
        else:
            changed = replace(settings, drop=connection_text(settings.dropped | {edge}))
        self.hub.store.update(network=changed)

    def join(self, first: date, second: date) -> None:
        """Add a pair that the limits are against."""
        edge, settings = (min(first, second), max(first, second)), self.hub.store.study.network
        if edge in settings.dropped:
            self.toggle(first, second)
        elif self.network is None or edge not in self.network.connections:
            self.hub.store.update(network=replace(settings, add=connection_text(settings.added | {edge})))

    def clear_edits(self) -> None:
        self.hub.store.update(network=replace(self.hub.store.study.network, drop="", add=""))

    # inside

    def _span(self) -> int:
        scenes = self.hub.scenes.used()
        return (scenes[-1].date - scenes[0].date).days if len(scenes) > 1 else 0

    def _ask(self, scenes, settings: PairNetworkSettings) -> None:
        if len(scenes) < 2:
            self.hub.live.stop("network")
            self._answered(None, tr("Tick at least two scenes on the page Scenes."))
            return
        self.hub.live.ask("network", _network, scenes, settings, then=lambda found: self._answered(found, ""),
                          otherwise=lambda words, _: self._answered(None, words))

    def _answered(self, found: Optional[tuple], problem: str) -> None:
        self.network, self._data = found if found else (None, None)
        self.problem = problem
        self._draw()
        self.changed.emit()

    def _draw(self) -> None:
        settings = self.hub.store.study.network
        if self.network is None:
            self.page.show_network(None, (), "", (), self.problem or "")
            return
        from ...engine.network import plot_data
        facts = [fact for fact in plot_data.facts(self.network) if fact[0] not in ("Pairs", "Dates", "Limits")]
        cost = self.hub.cost()
        if cost is not None:
            facts.append((tr("Expected run time"), duration(cost.seconds)))
            facts.append((tr("Expected disk space"), size(cost.bytes)))
        self.page.show_network(self._data, sorted(settings.dropped), "<b>" + plot_data.headline(self.network) + "</b>",
                               facts, _warning(self.network))


def _network(scenes, settings, progress):
    """In the background: (network, what to draw)."""
    from ...engine.network import pairing, plot_data
    network = pairing.run(scenes, settings, progress)
    return network, plot_data.plot_data(network)


def _warning(network) -> str:
    """What an expert would notice first."""
    if len(network.components) > 1:
        return tr("The network has {0} parts that no pair connects. One time series needs one part: allow longer "
                  "baselines, or click on two dates to add a pair.").format(len(network.components))
    if network.isolated:
        return tr("Dates in no pair: {0}.").format(len(network.isolated))
    if network.bridges:
        return tr("Dashed pairs are the only link of their dates, so their errors cannot be noticed: {0}.").format(
            len(network.bridges))
    return ""
