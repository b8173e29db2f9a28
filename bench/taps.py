"""Tap to visible answer, timed inside the page; and what the phone app weighs meanwhile.

The floor, a bare Flet app in a page of the same browser, is tapped in turn with the app, so that a busy minute touches
both. Needs Chromium.
"""

from playwright.sync_api import Browser

from bench.figures import Figure, Run, median, memory_mb, percentile, span
from bench.recorded import centre
from sync.domain.catalogue.contact.form import Mode
from sync.domain.catalogue.incident import Nature, SourceOfContact
from sync.domain.forms import YesNo
from tests.steps.play.nurse import Nurse
from tools.chromium import PHONE, chromium
from tools.drive import Screen
from tools.world import Process, window

AREA, TARGET_MS, TARGET_MB = "Tap to answer", 100.0, 200.0
CHOICES = (f"answer-nature-{Nature.PRIMARY.value}", f"answer-nature-{Nature.SECONDARY.value}")
ROUNDS, ROUND_MS = 4, 7000  # the app and the floor take turns; a round ends early when the machine is very busy
SLOW = 4  # times slower, a stand-in for a weak phone's browser


def measure(run: Run) -> list[Figure]:
    served = centre(run.folder / "centre").start()
    settings = {"ALONGSIDE_CENTRE": served.url, "ALONGSIDE_TRAINING": "1"}
    app = Process("field_app.main", run.folder / "phone", "/", **settings).start()
    bare = Process("bench.bare", run.folder / "bare", "/").start()
    weight = {"after its start": [memory_mb(app), memory_mb(bare)]}
    try:
        with chromium() as browser:
            nurse, floor = Nurse(opened(browser, app, run), "amina.yusuf"), opened(browser, bare, run)
            nurse.sign_in()
            weight["one nurse signed in, in one browser"] = [memory_mb(app), memory_mb(bare)]
            nurse.screen.tap("new-incident")
            nurse.on("section-incident")
            nurse.open("incident")
            figures = [
                *taps(nurse.screen, floor, "as it is", 1, run.times(100, 12), TARGET_MS),
                *taps(nurse.screen, floor, f"browser slowed {SLOW} times", SLOW, run.times(100, 4), None),
            ]
            if not run.quick:
                rest_of_the_incident(nurse)
            weight["after its incident"] = [memory_mb(app)]
    finally:
        for process in (app, bare, served):
            process.kill()
    return [
        *figures,
        *(Figure("Memory", f"Phone app, {when}", mb[0], "MB", TARGET_MB, *mb[1:]) for when, mb in weight.items()),
    ]


def opened(browser: Browser, process: Process, run: Run) -> Screen:
    return window(browser, process, PHONE, run.folder, process.folder.name)


def taps(app: Screen, floor: Screen, how: str, slower: int, count: int, target: float | None) -> list[Figure]:
    mine: list[float] = []
    bare: list[float] = []
    for screen in (app, floor):
        throttle(screen, slower)
    for _ in range(ROUNDS):
        mine += timed(app, CHOICES, count // ROUNDS)
        bare += timed(floor, ("toggle",), count // ROUNDS // 2 or 1)
    for screen in (app, floor):
        throttle(screen, 1)
    return [
        Figure(AREA, f"Choice button, {how}, median", median(mine), "ms", target, median(bare), span(mine, "ms", 0)),
        Figure(AREA, f"Choice button, {how}, 95th percentile", percentile(mine, 95), "ms", None, percentile(bare, 95)),
    ]


def throttle(screen: Screen, slower: int) -> None:
    """Let Chromium run the page's main thread so many times slower. The server is not slowed."""
    screen.context.new_cdp_session(screen.page).send("Emulation.setCPUThrottlingRate", {"rate": slower})


def timed(screen: Screen, identifiers: tuple[str, ...], count: int) -> list[float]:
    """Milliseconds from each tap to its visible answer."""
    screen.at(identifiers[0]).wait_for(state="attached")
    screen.page.bring_to_front()
    return screen.page.evaluate(TAP, {"identifiers": identifiers, "count": count, "limit": ROUND_MS})


def rest_of_the_incident(nurse: Nurse) -> None:
    nurse.answer(source_of_contact=SourceOfContact.C999, location="Mill Road bridge")
    nurse.leave()
    nurse.stamp("Arrived")
    nurse.stamp("Engaged")
    nurse.open("contact")
    nurse.answer(contact_mode=Mode.FACE_TO_FACE, police_present=YesNo.YES)
    nurse.leave()


# Taps as a screen reader does, then looks at every frame until the control says that it is checked, or no longer is.
# The pause before a tap is of no fixed length, so that taps fall anywhere between two frames.
TAP = """async ({identifiers, count, limit}) => {
    const at = identifier => document.querySelector(`[flt-semantics-identifier="${identifier}"]`);
    const checked = identifier => {
        const place = at(identifier);
        const state = place && (place.hasAttribute('aria-checked') ? place : place.querySelector('[aria-checked]'));
        return state && state.getAttribute('aria-checked');
    };
    const frame = () => new Promise(requestAnimationFrame);
    const times = [], end = performance.now() + limit;
    for (let turn = 0; turn < count && performance.now() < end; turn++) {
        const identifier = identifiers[turn % identifiers.length];
        await new Promise(done => setTimeout(done, 60 + 50 * Math.random()));
        const before = checked(identifier);
        const place = at(identifier);
        const target = place.hasAttribute('flt-tappable') ? place : place.querySelector('[flt-tappable]') || place;
        const begun = performance.now();
        target.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, composed: true}));
        do {
            await frame();
            if (performance.now() - begun > 10000) throw new Error(`${identifier} does not answer`);
        } while ([before, null].includes(checked(identifier)));
        times.push(performance.now() - begun);
    }
    return times;
}"""
