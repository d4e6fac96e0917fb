"""Matching: which child gets which proxy parent. Pure: people in, pairs out; numpy and scipy are imported when something is to be solved."""

from __future__ import annotations

from careflow_pairing.matching.explaining import Explanation, Possible, Taken, explain
from careflow_pairing.matching.matcher import match
from careflow_pairing.matching.people import Kept, Matching, Need, Pair, Proxy, Rules
from careflow_pairing.matching.rules import unable, unfit, waiting

__all__ = ["Explanation", "Kept", "Matching", "Need", "Pair", "Possible", "Proxy", "Rules", "Taken", "explain", "match", "unable", "unfit", "waiting"]
