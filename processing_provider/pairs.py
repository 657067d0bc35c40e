"""Toolbox group Pairs."""
from ..engine.network.settings import PairNetworkSettings
from . import summaries
from .base import Outcome, StageAlgorithm
from .groups import Group
from .outputs import FileDestination, NumberResult, TableDestination
from .ports import Table


class PairNetwork(StageAlgorithm):
    """Which scenes are matched with which."""
    ID, LABEL, GROUP, SETTINGS = "pairnetwork", "Pair network", Group.PAIRS, PairNetworkSettings
    HELP = ("Chooses the pairs of scenes to match: by temporal baseline in days or acquisitions, direction of time, "
            "and a date that every pair must bridge. Tells whether the network holds together: parts that no pair "
            "connects can't be joined into one time series.")
    SOURCE = "Provost et al. 2022, section 2.1"
    TAGS = ("baseline", "network", "split date", "forward", "backward")
    INPUTS = (Table("INPUT", "Scenes", kind="scenes"),)
    OUTPUTS = (TableDestination("OUTPUT", "Pairs", kind="pairs"),
               FileDestination("PLOT", "Baseline plot", "The network over time, as HTML or PNG."))
    RESULTS = (NumberResult("COUNT", "Number of pairs"),)

    def stage(self, run):
        from ..engine.network import pairing
        network = pairing.run(run.values["INPUT"], run.settings, run.progress)
        if run.outputs["PLOT"]:
            from ..engine.network import plots
            plots.write_plot(network, run.outputs["PLOT"])
        return Outcome({"COUNT": len(network.pairs)}, {"OUTPUT": network.pairs}, summaries.network(network))


ALGORITHMS = (PairNetwork,)
