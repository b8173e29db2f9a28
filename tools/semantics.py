"""What is asked of the page of a Flet app: scripts over Flutter's semantics tree. Chromium runs them."""

ENABLE = """() => {
    if (document.querySelector('flt-semantics-host flt-semantics')) return true;
    const place = document.querySelector('flt-semantics-placeholder');
    if (place) {
        const box = place.getBoundingClientRect();
        place.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true,
            clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}));
    }
    return false;
}"""

FIELD = """identifier => {
    const at = document.querySelector(`[flt-semantics-identifier="${identifier}"]`);
    return at && (['INPUT', 'TEXTAREA'].includes(at.tagName) ? at : at.querySelector('input,textarea'));
}"""
FOCUS = f"""identifier => {{
    const field = ({FIELD})(identifier);
    if (field) {{ field.blur(); field.focus(); }}  // Flutter hears only of a focus that is new
}}"""
FOCUSED = f"""identifier => {{
    const field = ({FIELD})(identifier);
    const heard = field && (field.hasAttribute('enterkeyhint') || field.getAttribute('autocorrect') === 'on');
    return field !== null && field === document.activeElement && heard;
}}"""

FIRST = """prefix => {
    const at = document.querySelector(`[flt-semantics-identifier^="${prefix}"]`);
    return at === null ? '' : at.getAttribute('flt-semantics-identifier');
}"""
ON = """identifier => {
    const at = document.querySelector(`[flt-semantics-identifier="${identifier}"]`);
    const inside = at !== null && at.querySelector('[aria-checked="true"]') !== null;
    return at !== null && (at.getAttribute('aria-checked') === 'true' || inside);
}"""
READS = """pattern => {
    const wanted = new RegExp('^' + pattern);
    const all = [...document.querySelectorAll('flt-semantics, flt-semantics span')];
    return all.map(at => wanted.exec(at.ariaLabel ?? at.textContent)).filter(Boolean).map(match => match[1]);
}"""

PRESS = """e => {
    const at = e.hasAttribute('flt-tappable') ? e : e.querySelector('[flt-tappable]');
    if (at) at.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true, composed: true}));
    return at !== null;
}"""

PRESS_IF = f"selector => {{ const e = document.querySelector(selector); return e !== null && ({PRESS})(e); }}"

# What a person reads has stayed as it is for so many frames; after the second number it is left at that.
SETTLED = """([still, most]) => new Promise(done => {
    let quiet = 0, all = 0;
    const watch = new MutationObserver(() => { quiet = 0; });
    watch.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
    const frame = () => {
        if (++quiet >= still || ++all >= most) { watch.disconnect(); done(); }
        else requestAnimationFrame(frame);
    };
    frame();
})"""

AT_END = """() => {
    const at = document.activeElement, end = (at.value ?? '').length;
    return at.selectionStart === end && at.selectionEnd === end;
}"""
