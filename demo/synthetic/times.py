"""When each thing of an incident happened: the ribbon, and the times that stand in other records."""

from datetime import datetime, timedelta
from random import Random

from demo.synthetic.complete import Answers
from demo.synthetic.facts import Facts
from sync.core.times import instant

Times = dict[str, datetime]
ADVICE = ("phone_advice_to_officer", "radio_advice_to_officer")
POLICE = (*ADVICE, "face_to_face", "custody_ld_face_to_face", "custody_ld_remote")
CONVEYED = ("ed", "cafe", "ambulance", "arrest")


def times(facts: Facts, rng: Random) -> Times:
    """When each thing happened: the ribbon, and what stands in the other records."""

    def later(after: str, least: int, most: int) -> datetime:
        return at[after] + timedelta(minutes=rng.randint(least, most))

    at = {"call_received": facts.when}
    on_scene = facts.mode == "face_to_face"
    if facts.mode in POLICE:
        at["dispatched"] = later("call_received", 1, 6)
        at["first_officer_arrived"] = later("dispatched", 4, 20)
        at["mh_requested"] = later("first_officer_arrived", 1, 10)
    if on_scene:
        at["arrived"] = later("mh_requested", 8, 35)
    at["mh_engaged"] = later(
        "arrived" if on_scene else "mh_requested" if facts.mode in POLICE else "call_received", 1, 6
    )
    at["ended"] = later("mh_engaged", 30, 90) if on_scene else later("mh_engaged", 6, 35)
    last = "ended"
    if facts.detained:
        at["used"] = later("mh_engaged", 2, 12)
        at["departed_scene"] = later("ended", 1, 15)
        at["place"] = later("departed_scene", 10, 40)
        at["officers_released"] = at["place"] + timedelta(minutes=facts.detained.wait)
        at["handover_accepted"] = at["officers_released"] - timedelta(minutes=1)
        at["handover_offered"] = min(later("place", 1, 15), at["handover_accepted"])
        at["assessed"] = at["place"] + timedelta(minutes=facts.detained.assessed)
        at["finished"] = later("assessed", 30, 150)
        last = "officers_released"
    elif facts.outcome in CONVEYED:
        at["departed_scene"] = later("ended", 1, 10)
        at["handover_offered"] = later("departed_scene", 5, 30)
        at["handover_accepted"] = later("handover_offered", 2, 50)
        last = "handover_accepted"
    if facts.mode in POLICE and "officers_released" not in at:
        at["officers_released"] = later(last, 1, 8)
        last = "officers_released"
    at["cleared"] = later(last, 1, 15)
    return at


def ribbon(at: Times, names: tuple[str, ...], source: str = "tapped") -> Answers:
    return {name: {"at": instant(at[name]), "source": source} for name in names if name in at}
