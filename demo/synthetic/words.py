"""The words of synthetic incidents: names that nobody has, places that are nowhere, and sentences to put together.

No name here is a person's, no street or postcode exists (no postcode begins with Q), and no sentence comes from a
record. `TEXTS`: by the name of a question, the parts of its answer, each with its alternatives. `{…}` is filled by the
incident.
"""

from typing import Any


def _listed(block: str) -> tuple[str, ...]:
    """The entries of a block of text, divided by commas."""
    return tuple(" ".join(block.split()).split(", "))


GIVEN = _listed("""
Bracken, Sorrel, Teasel, Flint, Cobalt, Umber, Quill, Pebble, Larkspur, Rowanberry, Saffrony, Tamarix, Osier,
Fennelle, Marlow-Test, Juniperine, Cinder, Basalt, Yarrow, Opaline, Thistle, Zephyrine, Corvin, Lichen, Heronel,
Sedgely, Plover, Gannet, Vetch, Mica
""")
FAMILY = (
    _listed("Test, Sample, Mock, Dummy, Quern, Sluice, Lode, Marl, Peat, Drove, Reed, Wicker"),
    _listed("wick, mere, holt, thorpe, garth, field, ditch, wold, beck, croft, stow, hythe"),
)
STREETS = _listed("""
Sluice Lane, Eelcatcher Row, Pumphouse Drove, Teasel Close, Old Lode Street, Windpump Way, Sedge Green, Twelve Foot
Bank, Peatcutters Road, Heron Gate, Reedling Terrace, Turbary Hill
""")
TOWNS = {
    "Marl Gidding": "huntingdonshire",
    "Fenwick Lode": "fenland",
    "Oxmere St Giles": "cambridge",
    "Great Sallow": "peterborough",
    "Nether Teasel": "huntingdonshire",
    "Drovehythe": "fenland",
    "Wickenmoor": "east_cambridgeshire",
}
WHERE = {
    "street": "{street}, {town}, outside the shops",
    "danger": "{danger} near {street}, {town}",
    "public_building": "Library on {street}, {town}",
    "outside_home": "Pavement outside {number} {street}, {town}",
    "home": "{number} {street}, {town}, Q{number}X 4ZZ",
    "hospital": "Emergency department, {town} Infirmary",
    "rural": "Field gate on the {town} road, by {street}",
    "unclear": "Somewhere off {street}, {town}: caller not sure",
    "custody": "Custody suite, {town}",
}
DANGER = {
    "bridge": "Footbridge",
    "railway": "Level crossing",
    "water": "Lock gates",
    "height": "Car park roof",
    "road": "Slip road",
}


def _parsed(block: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """By each name at the beginning of an entry: the parts of the text, each with its alternatives."""
    texts = {}
    for line in block.replace("\n  ", " ").strip().splitlines():
        names, _, parts = line.partition(": ")
        alternatives = tuple(tuple(part.split(" / ")) for part in parts.split(" | "))
        texts |= dict.fromkeys(names.split(", "), alternatives)
    return texts


# question, question:outcome: parts, divided by |, each with its alternatives, divided by /
TEXTS = _parsed("""
officer_question: Person in distress at {street}. / Called to {town}, person tearful and shouting. / Found at
  {street}, not making sense to us. | Is section 136 the right thing? / What is the best way to help now? / Are they
  known, and is there a plan? | Is there anything on your record that we should know before we go closer? / They say
  they have a worker but not who. / {relative} is here and wants to take them home.
advice_given: Calm and willing to talk, so section 136 is not needed as things are. / A plan with the family is the
  less restrictive way. / A physical cause has to be ruled out first. | Ring {service}, number given. / Record holds a
  plan: follow it, number given. / Take to ED by agreement if wounds need care. | Ring back if anything changes. / I
  stay on the line until they are home. / Offered to come to the scene. | Gave what the record holds that is needed
  now: known to services, a plan from the summer, what helps and what makes it worse. / Nothing on the record under
  that name. Asked the officer to look for tablets, for wounds and for who else is in the house. / Talked through with
  the officer what to say first, whom to ask to stay, and when to ring 999 instead of me.
advice_not_accepted_reason: The officer judged that it could not wait. / The person walked off meanwhile.
rcrp_rationale: Call log and record read. / Caller rung back. / Log, markers and record looked through. | No crime
  told, and no act under way. / Voices heard behind the caller; no weapon told. / Person said by the caller to be at
  home and safe. | Health can be there sooner. / Family are with the person. / Caller agrees to stay on the line. |
  Rung back at once: {relative} is with them, the door is open, nothing has been taken, and they will wait for the
  call. / Three calls this month, each about the same worry; a plan is on the record and says who is to be rung first.
  / The caller is two streets away, has not seen them today, and was told what is known and what will be done next.
rcrp_agency: {service} / Ambulance service / Own community team
rcrp_accepted_by, acknowledged_by: {colleague}, shift lead
unknown_person_descriptor: Adult, about {age}, slim, / Adult, about {age}, tall, / About {age}, medium build, | green
  coat, / grey hooded top, / work clothes, | no marks seen. / bird tattoo on the left wrist. / scar on the chin.
what_helps: Low voices and time. / Being told what happens next. / Somebody they know. / A quiet place away from
  lights.
services_detail: Community team, {town}. / {service}. / Under the GP, seen by {service} last year. | Care coordinator
  told today. / Next appointment next week. / Plan on the record: ring the team first.
allergies: None known / None known / None known / Penicillin: rash
medicines: None known / None known / Sertraline 50 mg in the morning / Olanzapine 10 mg at night, some doses missed
next_of_kin: {relative}, number on file / {relative}, in the house / Nobody named
family_view: {relative} says: not sleeping for days. / {relative} wants help and not hospital. / {relative} asks to be
  rung.
gp_practice: {town} surgery / Not registered / Lode Health Centre
setting: In the open, then sitting in the car / Front room / A quiet room / Interview room / By phone
others_present: {officer} at a distance / {relative} for part of it / Nobody else / {officer} throughout, at the
  person's wish
presenting_situation: Distress growing over about a week. / Sudden crisis this evening. / Long-standing difficulty,
  worse since the weekend. / Came out of the house after an argument. | Lost a job this week. / A relationship ended.
  / Rent overdue and a letter about it came today. / Anniversary of a death. / No reason they can name. | Rang for
  help. / Was seen by a passer-by, who rang. / {relative} rang. / Officers came across them at {street}. | Wants to
  sleep and to be left in peace. / Wants somebody to talk to tomorrow. / Wants to go home. / Cannot say what would
  help. | Spoke at length of the evenings, which are the worst part of the day, and of a friend who moved away in the
  spring. / Says that it built up over weeks: little sleep, meals left out, calls not answered, and then one letter
  too many. / Tells it in order once there is time: what was said at work, the walk home in the rain, and how it all
  went quiet. | {relative} has seen the change since about Monday and asks what to watch for. / Nobody else has
  noticed, as far as they know. / Neighbours have been kind and are told no more than that somebody was unwell.
psychiatric_history: One admission some years ago. / Never admitted. / Several contacts with {service}. / Has been
  given several diagnoses and finds them of little use. | Talking therapy helped. / Stopped medicines in the summer. /
  Has a plan with the team.
social_circumstances: Rents a flat alone. / Lives with {relative}. / Staying with friends. / No fixed address at
  present. | Works nights. / Not working since spring. / Studies part time. | Debts told. / A dog at home. / Close to
  {relative}. | Money is short until the end of the month and there is food in the house for two days. / Sees
  {relative} most weekends; they talk about football and not about this. / Used to swim on Thursdays and would like to
  again; the bus is the difficulty.
mse_appearance: Dressed for the weather. / Wet through, coat given. / Neat. | Tearful at first, calmer later. /
  Restless, pacing. / Sat still, looked at the ground. | Eye contact kept. / Little eye contact.
mse_speech: Quiet. / Fast, could be slowed. / Normal rate and volume. | Answers to the point. / Says little. / Long
  pauses.
mse_mood: Says: “worn out”. / Says: “empty”. / Says: “scared, all the time”. / Says: “fine”, and cries.
mse_affect: Reactive. / Flat. / Anxious. / Labile. | Fits what is told. / Brightens when the dog is named.
mse_thought_form: Easy to follow. / Jumps between topics, comes back when asked. / Hard to follow in places.
mse_thought_content: No delusions heard. / Preoccupied with the last week. / Believes that neighbours listen through
  the wall. | Thoughts of dying told, see Safety. / No thoughts of harming anybody. / No thoughts of suicide told when
  asked.
mse_perception: No hallucinations reported or seen. / Hears a voice that comments, knows it from before. / Seemed to
  listen to somebody once.
mse_cognition: Knows time, place and person. / Knows person and place, not the day. | Attention kept. / Easily
  distracted.
mse_insight: Wants help with sleep. / Wants help with what to do next. / Does not see a need for help. | Can say what
  makes it worse. / Agrees that tonight is hard.
mse_rapport: Took time. / Easy. / Guarded. | Better once police stepped back. / Good by the end.
red_flag_action: 999 called at {clock}, ambulance crew took over. / Taken to ED at {clock} by agreement. / Wound
  dressed on scene, ED by agreement at {clock}.
substances: About six cans since the afternoon, as told. / Cannabis in the evening, as told. / Wine, perhaps a bottle.
  | Awake, follows the talk. / Assessed now and to be seen again tomorrow.
suicidal_thinking: Thoughts: since Monday. / Thoughts: on and off for years. / Thoughts: today only. | Plan: none
  made. / Plan: went out without one. / Plan: had thought of it, told nobody. | Past attempts: none told. / Past
  attempts: one, years ago. | What changes it: talking. / What changes it: not being alone.
means_action: {relative} keeps the medicines. / Walked away from the place together. / Handed over by agreement,
  {officer} holds it.
strengths: Close to {relative}. / Looks after a dog. / Good at their work. / Walks every morning. | Wants to be at a
  niece's birthday. / Asked for help today. / Has come through this before. | Faith matters. / Plays in a band. /
  Friends next door.
safety_formulation: Crisis after a loss. / Long strain and no sleep. / Frightened, and alone with it. | Makes it
  worse: nights and drink. / Makes it worse: noise and being touched. / Makes it worse: letters about money. | Makes
  it better: company. / Makes it better: a plan with times. / Makes it better: {relative}. | Needs now: sleep. / Needs
  now: a quiet place. / Needs now: food, warmth and somebody there. | Needs later: help with debts. / Needs later: a
  review of medicines. / Needs later: someone to talk to each week. | It comes when several things come together, and
  goes when one of them is taken away; they could name three of them without help. / What is new is the tiredness: the
  same worries were there in the summer and could be carried then. / They see the next two days as the hard ones, and
  want them planned hour by hour.
plan_warning_signs: Not sleeping for two nights. / Not answering the phone. / Drinking before noon. | Thinking that
  nobody would notice. / Going quiet with {relative}.
plan_own_steps: Walk, music, a shower. / Breathe and count, as practised. / Cook something. | Put the phone away after
  ten. / Write it down and leave it until morning.
plan_distraction: The library, and {relative}. / The allotment. / The dog, and the field behind the house.
plan_people: {relative}, number in the phone. / A neighbour, next door. / A friend from work. | May be rung at night.
  / Knows about today.
plan_professionals: 111 and choose mental health, 999 in danger, Samaritans 116 123. | {service}, number written down.
  / Own worker on weekdays.
plan_safe_place: {relative} keeps the tablets. / Nothing needed at home. / Blades out of the room, {relative} has
  them.
plan_reasons: The children. / The dog. / Work I like. | A birthday next month. / Seeing the sea again. / {relative}.
self_harm_method: Scratches with scissors / Cut with a kitchen knife / Hit a wall
self_harm_injury: Shallow, left forearm, no tendon. Cleaned and dressed. / Bruised knuckles, moves all fingers.
self_harm_intent: Says: “to make it stop for a minute”. / Says: “to feel something”. Not to die.
self_harm_circumstances: Alone in the bathroom, door unlocked. / At home, after the argument.
self_harm_precipitants: A message, and no sleep. / Rent letter opened today.
self_harm_help: Rang {relative} / Told officers at once / Rang 111
overdose_substance: Paracetamol 500 mg
overdose_quantity: 8 tablets, as told; 8 gone from the packet
overdose_intent: To sleep / Not sure now
substance_effect: Follows the talk; to be seen again tomorrow as well. / Slow at times, understands questions.
care_coordinator: {colleague}, {service}
advice_rationale: Can keep to a plan and has company. / Less restrictive, and agreed by the person. / Known plan on
  the record says so.
rcrp_decided_by: {nurse}, with the control room supervisor
address: {number} {street}, {town}
school: {town} Academy
parental_responsibility: {relative}, told by phone at {clock}
options_why_not: Would not come away from danger for any of them. / Refused each; could not be left.
follow_up: {service}, call within 24 hours
force_by, search_by, scene_told: {officer}
force_injuries: None seen, none told.
force_checked: {nurse}, on scene, {clock}
search_found: Nothing found.
safety_plan: As made today with the person, by its headings on the record.
raised_with: {colleague}, manager on duty
reference: SG-{number}{number}
parents_told: Yes, {relative} was there.
received_by: {colleague}, duty worker
physical_summary: No physical red flag told to me; see the assessment.
communication_needs: Plain words, time, one voice.
no_copy_reason: Said they did not want one.
concern: Young person in crisis; home is strained, care is given.
child_concern: Young person in crisis; school and home told.
subject: The young person, at home with {relative}.
local_authority: County council
not_referred: Already open to the council's team, told by phone at {clock}.
harm_to_others: None found. / None found. Shouted at nobody in particular. / Pushed {relative} last week, no injury
  told.
impression: Acute distress after a loss. / Crisis on top of a long strain. / Frightened by voices, and able to say so.
  / Distress with alcohol; to be seen again when it has worn off. | Wants to be helped. / Can keep to a plan tonight.
  / Has people. | No sign of a physical cause found here; to be thought of again if they become confused or feverish.
  / Alcohol is part of the evening and not the whole of it. / A working view only, from one meeting under a street
  lamp.
plan, recommendation: Agreed step by step and read back; each step has a name and a time. / They chose the order, and
  wrote the first two steps down themselves. / Short on purpose: tonight, tomorrow morning, tomorrow evening. | Home
  with {relative}. / Stays at home tonight, {relative} with them. / To a friend's for the night. | {service} rings at
  10:00 tomorrow. / {service} to review within 24 hours. / Own team told, call tomorrow. | Knows how to ring 111 and
  choose mental health. / Numbers written down and in the phone. / Will ring 999 if it gets worse.
plan:s136, recommendation:s136: To the place of safety with officers. / Place of safety told and ready. | Assessment
  there by doctor and AMHP. / Doctor and AMHP told. | {relative} told, with agreement. / Asked that nobody be told. /
  Needs quiet, and one person who talks.
plan:ed, recommendation:ed: ED by agreement, wounds and bloods first. / ED by agreement, physical cause to be ruled
  out. | Liaison team there told. / Liaison team to see before leaving. | {relative} goes along. / Goes willingly.
receiving_unit:s136: {place}
receiving_unit:arrest: Custody suite, {town}
receiving_unit:cafe: Night café, Fenwick Lode
reason: Review, and support with sleep. / Assessment at home, and help with what led to this. / Follow-up after a
  crisis. | Please ring first. / Please see with {relative}. / Prefers texts.
grounds: At the edge, would not come back. / Walked in front of cars. / Answered somebody who was not there. | Could
  not say where they were going. / Shook and cried, would not be left. / Pulled away when asked to wait.
information_shared: What was seen; what the record holds that is needed now. / Known to services; plan read out.
consultation_advice: Needs a place of safety and an assessment. / Less restrictive ways were tried and refused. / Ask
  for an ambulance first.
officer_decision: Section 136(1)(a).
consultation_reason: In danger at that moment; no time to ring.
someone_informed: {relative}, at {clock}. / Asked that nobody be told.
situation: Person in crisis at {street}, {town}. / Found distressed at {street}, {town}. | Talked with, calmer now. /
  Came along by agreement. / Detained by officers, see the record. | Weather cold, coat and water given. Came away
  from the road of their own will and sat in the car. / No injury seen. Phone and keys with them. / {relative} was
  told where they are.
background: Known to {service}. / No contact with services before today, as far as the record shows. / Under the GP. |
  No known allergies told. / Medicines as listed.
assessment: Assessed on scene, see the assessment. | No physical red flag. / Physical health looked at, see the list.
support_reason: Calm and willing. Agreed with {colleague} and {officer}. / May walk off. Agreed with {colleague} and
  {officer}.
receiving_unit: {town} Infirmary, ED / Health-based place of safety, {town} / {service}
receiving_clinician: {colleague}
receiving_clinician_role: Nurse in charge, registration shown / Doctor on duty, registration shown
property_removed: None. / Phone and keys, with the person.
medicines_removed: None. / One box, with the receiving nurse.
weapons_removed: None.
people_informed: {relative}, by phone, with agreement. / Nobody, at the person's wish.
home_secured: No dependants. Home locked; keys with the person. / Dog with a neighbour. Home locked.
service: {service}
""")
CODES: dict[str, tuple[Any, ...]] = {  # by form and question: likelier than any answer of the list
    "person.family_contact_agreed": ("yes",),
    "person.nhs_number_unavailable": ("not_known", "withheld"),
    "contact.delay_reasons": (["no_staff"], ["ambulance"], ["ed_queue"]),
    "detention.search_extent": (["outer_coat"],),
    "gp_letter.wanted": ("send", "send", "declined"),
    "gp_letter.info_basis": ("direct_care",),
    "gp_letter.person_copy": ("yes", "no"),
    "safeguarding.decision": ("refer", "known"),
    "safeguarding.consent": ("yes",),
}
SERVICES = (
    "First Response, Drovehythe",
    "Crisis and home treatment, Marl Gidding",
    "Night café, Fenwick Lode",
    "Duty team, Great Sallow",
)
RELATIVES = _listed(
    "a sister, a brother, their mother, their father, their partner, a friend, a daughter, a son, a neighbour"
)
LONG = (  # for a question that came after this list
    "Talked through; as far as known, nothing more.",
    "Written down as it was told, and read back.",
    "Looked at together. Agreed to go on so.",
)
SHORT = ("As told on scene", "Noted, see above", "As recorded today")
