"""The centre's tables. Every primary key begins with the organisation, and every unique constraint holds it.

So one database, a partitioned one or one distributed by organisation takes the schema unchanged. A table that is added
later has no foreign keys: a database that is distributed already could not take them. `change_log` is the truth;
`record_view`, `incident_view`, `incident_cosigner` and `undecided` can be made anew from it. Times are milliseconds
since 1970 where the centre made them, and text in UTC where they come from a record.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    text,
    true,
)

# Few rows are any of these: their indexes hold only those, and a query names them in the same words.
TOLD, AGAIN, HELD = "tell > 0", "number_again", "verdict = 'held'"
OPEN, AWAITED = "cleared_at = ''", "referral_due_at > ''"
ACCEPTABLE = ("sealed_after_leaving", "void_before")  # codes of void changes that a supervisor may accept

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(referred_table_name)s"}
)


def keys(*names: str, kind: type = Text) -> list[Column]:
    """Columns of the primary key."""
    return [Column(name, kind, primary_key=True, autoincrement=False) for name in names]


def must(*names: str, kind: type = Text) -> list[Column]:
    """Columns that every row gives a value."""
    return [Column(name, kind, nullable=False) for name in names]


def words(*names: str) -> list[Column]:
    """Texts that may be empty, and are where a row does not give them."""
    return [Column(name, Text, nullable=False, server_default="") for name in names]


def counts(*names: str) -> list[Column]:
    """Numbers that are 0 where a row does not give them."""
    return [Column(name, BigInteger, nullable=False, server_default="0") for name in names]


def maybe(*names: str, kind: type = BigInteger) -> list[Column]:
    """Columns that may be null."""
    return [Column(name, kind) for name in names]


def flag(name: str, *, default: bool = False) -> Column:
    return Column(name, Boolean, nullable=False, server_default=true() if default else false())


def few(name: str, *columns: str, which: str) -> Index:
    """An index of only those rows of which this holds."""
    return Index(name, *columns, sqlite_where=text(which), postgresql_where=text(which))


def belongs(table: str, *columns: str) -> ForeignKeyConstraint:
    """A foreign key into a table of the same organisation."""
    return ForeignKeyConstraint(["org", *columns], [f"{table}.org", *(f"{table}.{column}" for column in columns)])


organisation = Table(
    "organisation",
    metadata,
    *keys("org"),
    *must("name", "epoch"),
    *must("created_ms", kind=BigInteger),
    flag("training"),
)

counter = Table("counter", metadata, *keys("org"), *must("seq", kind=BigInteger), belongs("organisation"))

team = Table("team", metadata, *keys("org", "team_id"), *must("name"), belongs("organisation"))

practitioner = Table(
    "practitioner",
    metadata,
    *keys("org", "practitioner_id"),
    *must("username", "name", "role", "password_hash"),
    *words("registration_number", "collar_number", "force"),
    flag("active", default=True),
    belongs("organisation"),
    Index("uq_practitioner_username", "org", "username", unique=True),
)

membership = Table(
    "membership",
    metadata,
    *keys("org", "practitioner_id", "team_id"),
    belongs("practitioner", "practitioner_id"),
    belongs("team", "team_id"),
)

device = Table(
    "device",
    metadata,
    *keys("org", "device_id"),
    *must("public_key", "name"),
    *maybe("team_id", kind=Text),
    flag("revoked"),
    *must("enrolled_ms", kind=BigInteger),
    *maybe("last_seen_ms"),
    *words("app_version"),
    *counts("hello_count", "reported_seq"),
    *words("reported_head"),
    *counts("stored_to", "missing"),
    *maybe("missing_since_ms", "clock_offset_ms"),
    belongs("organisation"),
)

enrolment = Table(
    "enrolment",
    metadata,
    *keys("org", "device_id", "practitioner_id", "user_public_key"),
    *must("at_ms", kind=BigInteger),
    belongs("device", "device_id"),
    belongs("practitioner", "practitioner_id"),
)

# What somebody could do on a device until `ended_ms`: sealed work that arrives later is judged by it.
ended_grant = Table(
    "ended_grant",
    metadata,
    *keys("org", "device_id", "practitioner_id", "team_id", "role"),
    *keys("ended_ms", kind=BigInteger),
    *must("contact_ms", "contact_seq", kind=BigInteger),
    *maybe("clock_offset_ms"),
)

session = Table(
    "session",
    metadata,
    *keys("org", "token_sha256"),
    *must("practitioner_id", "device_id"),
    *must("created_ms", "expires_ms", kind=BigInteger),
    belongs("practitioner", "practitioner_id"),
    belongs("device", "device_id"),
    Index("ix_session_expires", "org", "expires_ms"),
)

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    *keys("org", "subject"),
    *must("since_ms", kind=BigInteger),
    *counts("failures"),
    Index("ix_sign_in_failure_since", "org", "since_ms"),
)

# Two teams may have an incident under one id: each is an incident of its own.
incident_scope = Table(
    "incident_scope", metadata, *keys("org", "incident_id", "scope"), *must("first_seq", kind=BigInteger)
)

scope_head = Table("scope_head", metadata, *keys("org", "scope"), *must("seq", kind=BigInteger), *must("chain"))

change_log = Table(
    "change_log",
    metadata,
    *keys("org"),
    *keys("seq", kind=BigInteger),
    *must("scope", "change_id", "record_id", "incident_id", "device_id"),
    *must("device_seq", kind=BigInteger),
    *must("kind", "op", "author", "role"),
    *must("received_ms", kind=BigInteger),
    *must("chain"),
    flag("void"),
    flag("number_again"),  # another change before it has its device's number
    *must("verdict"),
    *words("code", "field", "advice"),
    Column("tell", Integer, nullable=False, server_default="0"),
    *must("body", kind=LargeBinary),
    Index("uq_change_log_change", "org", "change_id", unique=True),
    Index("uq_change_log_scope", "org", "scope", "seq", unique=True),
    Index("ix_change_log_device", "org", "device_id", "device_seq"),
    Index("ix_change_log_incident", "org", "incident_id", "seq"),
    few("ix_change_log_tell", "org", "device_id", which=TOLD),
    few("ix_change_log_again", "org", "device_id", which=AGAIN),
    few("ix_change_log_held", "org", "code", which=HELD),
)

# Void changes that a supervisor may accept, until one has: few rows of the log.
undecided = Table(
    "undecided",
    metadata,
    *keys("org", "change_id"),
    *must("scope", "incident_id", "author"),
    *must("seq", "received_ms", kind=BigInteger),
)

waiting = Table("waiting", metadata, *keys("org", "waits_for", "change_id"))  # held, until this has come

record_view = Table(
    "record_view",
    metadata,
    *keys("org", "record_id", "scope"),
    *must("incident_id", "kind"),
    *must("form_version", "changes", "clashes", kind=Integer),
    flag("retracted"),
    *must("first_at", "last_at", "heads", "answers"),
    Index("ix_record_view_incident", "org", "incident_id"),
)

incident_view = Table(
    "incident_view",
    metadata,
    *keys("org", "incident_id", "scope"),
    *must("label", "standing"),
    *words("nature", "cad_ref", "car", "shift"),
    *must("opened_at"),
    *words("cleared_at", "signed_at", "s136_starts_at", "s136_ends_at", "referral_due_at"),
    *must("ribbon"),
    *words("author"),
    *counts("clashes", "changes"),
    *must("updated_ms", "last_seq", kind=BigInteger),
    *must("search"),
    # one for each way a list can be sorted, so that a page is read in its order
    Index("ix_incident_view_opened", "org", "scope", "opened_at", "incident_id"),
    Index("ix_incident_view_updated", "org", "scope", "last_seq", "incident_id"),
    Index("ix_incident_view_signed", "org", "scope", "signed_at", "incident_id"),
    Index("ix_incident_view_label", "org", "scope", "label", "incident_id"),
    Index("ix_incident_view_standing", "org", "scope", "standing", "incident_id"),
    Index("ix_incident_view_car", "org", "scope", "car", "incident_id"),
    few("ix_incident_view_open", "org", "scope", which=OPEN),
    few("ix_incident_view_referral", "org", "scope", "referral_due_at", which=AWAITED),
    Index("ix_incident_view_shift", "org", "shift", "scope"),
)

incident_cosigner = Table(
    "incident_cosigner",
    metadata,
    *keys("org", "incident_id", "scope", "force", "collar_number"),
    *must("last_seq", kind=BigInteger),
    Index("ix_incident_cosigner_officer", "org", "force", "collar_number", "last_seq"),
)

read_log = Table(
    "read_log",
    metadata,
    *keys("org", "read_id"),
    *must("at_ms", kind=BigInteger),
    *must("practitioner_id", "device_id", "what"),
    *words("incident_id", "scope"),
    *counts("from_seq", "to_seq"),
    Index("ix_read_log_incident", "org", "incident_id"),
    Index("ix_read_log_reader", "org", "practitioner_id", "at_ms"),
)

# Each name the history has had. Numbers up to `after_seq` were given before it began.
epoch = Table(
    "epoch", metadata, *keys("org", "epoch"), *must("began_ms", "after_seq", kind=BigInteger), *words("reason")
)

device_command = Table(
    "device_command",
    metadata,
    *keys("org", "device_id", "command_id"),
    *must("kind"),
    *must("issued_ms", kind=BigInteger),
    *must("issued_by"),
    *maybe("done_ms"),
)
