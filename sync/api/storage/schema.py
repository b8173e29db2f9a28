"""The centre's tables. Every primary key begins with the organisation, and every unique constraint holds it.

So one database, a partitioned one or one distributed by organisation takes the schema unchanged. A table that is added
later has no foreign keys: a database that is distributed already could not take them. `change_log` is the truth;
`record_view`, `incident_view` and `incident_cosigner` can be made anew from it. Times are milliseconds since 1970 where
the centre made them, and text in UTC where they come from a record.
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

# Few rows are either: their indexes hold only those, and a query names them in the same words.
TOLD, FORKED = "tell > 0", "code = 'fork'"

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(referred_table_name)s"}
)


def key(name: str, kind: type = Text) -> Column:
    return Column(name, kind, primary_key=True, autoincrement=False)


def must(name: str, kind: type = Text) -> Column:
    return Column(name, kind, nullable=False)


def words(name: str) -> Column:
    return Column(name, Text, nullable=False, server_default="")


def belongs(table: str, *columns: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["org", *columns], [f"{table}.org", *(f"{table}.{column}" for column in columns)])


def count(name: str) -> Column:
    return Column(name, BigInteger, nullable=False, server_default="0")


organisation = Table("organisation", metadata, key("org"), must("name"), must("epoch"), must("created_ms", BigInteger))

counter = Table("counter", metadata, key("org"), must("seq", BigInteger), belongs("organisation"))

team = Table("team", metadata, key("org"), key("team_id"), must("name"), belongs("organisation"))

practitioner = Table(
    "practitioner",
    metadata,
    key("org"),
    key("practitioner_id"),
    must("username"),
    must("name"),
    must("role"),
    must("password_hash"),
    words("registration_number"),
    words("collar_number"),
    words("force"),
    Column("active", Boolean, nullable=False, server_default=true()),
    belongs("organisation"),
    Index("uq_practitioner_username", "org", "username", unique=True),
)

membership = Table(
    "membership",
    metadata,
    key("org"),
    key("practitioner_id"),
    key("team_id"),
    belongs("practitioner", "practitioner_id"),
    belongs("team", "team_id"),
)

device = Table(
    "device",
    metadata,
    key("org"),
    key("device_id"),
    must("public_key"),
    must("name"),
    Column("team_id", Text),
    Column("revoked", Boolean, nullable=False, server_default=false()),
    must("enrolled_ms", BigInteger),
    Column("last_seen_ms", BigInteger),
    words("app_version"),
    count("reported_seq"),
    words("reported_head"),
    count("stored_to"),
    count("missing"),
    Column("missing_since_ms", BigInteger),
    Column("clock_offset_ms", BigInteger),
    belongs("organisation"),
)

enrolment = Table(
    "enrolment",
    metadata,
    key("org"),
    key("device_id"),
    key("practitioner_id"),
    key("user_public_key"),
    must("at_ms", BigInteger),
    belongs("device", "device_id"),
    belongs("practitioner", "practitioner_id"),
)

session = Table(
    "session",
    metadata,
    key("org"),
    key("token_sha256"),
    must("practitioner_id"),
    must("device_id"),
    must("created_ms", BigInteger),
    must("expires_ms", BigInteger),
    belongs("practitioner", "practitioner_id"),
    belongs("device", "device_id"),
    Index("ix_session_expires", "org", "expires_ms"),
)

sign_in_failure = Table(
    "sign_in_failure", metadata, key("org"), key("subject"), key("since_ms", BigInteger), count("failures")
)

incident_scope = Table("incident_scope", metadata, key("org"), key("incident_id"), must("scope"))

scope_head = Table("scope_head", metadata, key("org"), key("scope"), must("seq", BigInteger), must("chain"))

change_log = Table(
    "change_log",
    metadata,
    key("org"),
    key("seq", BigInteger),
    must("scope"),
    must("change_id"),
    must("record_id"),
    must("incident_id"),
    must("device_id"),
    must("device_seq", BigInteger),
    must("kind"),
    must("op"),
    must("author"),
    must("role"),
    must("received_ms", BigInteger),
    must("chain"),
    Column("void", Boolean, nullable=False, server_default=false()),
    must("verdict"),
    words("code"),
    words("field"),
    words("advice"),
    Column("tell", Integer, nullable=False, server_default="0"),
    must("body", LargeBinary),
    Index("uq_change_log_change", "org", "change_id", unique=True),
    Index("uq_change_log_scope", "org", "scope", "seq", unique=True),
    Index("ix_change_log_device", "org", "device_id", "device_seq"),
    Index("ix_change_log_incident", "org", "incident_id", "seq"),
    Index("ix_change_log_tell", "org", "device_id", sqlite_where=text(TOLD), postgresql_where=text(TOLD)),
    Index("ix_change_log_fork", "org", "device_id", sqlite_where=text(FORKED), postgresql_where=text(FORKED)),
)

waiting = Table("waiting", metadata, key("org"), key("waits_for"), key("change_id"))  # held, until this has come

record_view = Table(
    "record_view",
    metadata,
    key("org"),
    key("record_id"),
    must("incident_id"),
    must("scope"),
    must("kind"),
    must("form_version", Integer),
    must("changes", Integer),
    must("clashes", Integer),
    Column("retracted", Boolean, nullable=False, server_default=false()),
    must("first_at"),
    must("last_at"),
    must("heads"),
    must("answers"),
    Index("ix_record_view_incident", "org", "incident_id"),
    Index("ix_record_view_kind", "org", "kind"),
)

incident_view = Table(
    "incident_view",
    metadata,
    key("org"),
    key("incident_id"),
    must("scope"),
    must("label"),
    must("standing"),
    words("nature"),
    words("cad_ref"),
    words("car"),
    words("shift"),
    must("opened_at"),
    words("cleared_at"),
    words("signed_at"),
    words("s136_starts_at"),
    words("s136_ends_at"),
    words("referral_due_at"),
    must("ribbon"),
    words("author"),
    count("clashes"),
    count("changes"),
    must("updated_ms", BigInteger),
    must("last_seq", BigInteger),
    must("search"),
    Index("ix_incident_view_opened", "org", "scope", "opened_at", "incident_id"),
    Index("ix_incident_view_standing", "org", "scope", "standing"),
    Index("ix_incident_view_cleared", "org", "scope", "cleared_at"),
    Index("ix_incident_view_referral", "org", "scope", "referral_due_at"),
)

incident_cosigner = Table(
    "incident_cosigner",
    metadata,
    key("org"),
    key("incident_id"),
    key("force"),
    key("collar_number"),
    Index("ix_incident_cosigner_officer", "org", "force", "collar_number"),
)

read_log = Table(
    "read_log",
    metadata,
    key("org"),
    key("read_id"),
    must("at_ms", BigInteger),
    must("practitioner_id"),
    must("device_id"),
    must("what"),
    words("incident_id"),
    words("scope"),
    count("from_seq"),
    count("to_seq"),
    Index("ix_read_log_incident", "org", "incident_id"),
    Index("ix_read_log_at", "org", "at_ms"),
)

# Each name the history has had. Numbers up to `after_seq` were given before it began.
epoch = Table(
    "epoch",
    metadata,
    key("org"),
    key("epoch"),
    must("began_ms", BigInteger),
    must("after_seq", BigInteger),
    words("reason"),
)

device_order = Table(
    "device_order",
    metadata,
    key("org"),
    key("device_id"),
    key("order_id"),
    must("kind"),
    must("issued_ms", BigInteger),
    must("issued_by"),
    Column("done_ms", BigInteger),
)
