"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change_log",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("void", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("number_again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("field", sa.Text(), server_default="", nullable=False),
        sa.Column("advice", sa.Text(), server_default="", nullable=False),
        sa.Column("tell", sa.Integer(), server_default="0", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("org", "seq"),
    )
    op.create_index("ix_change_log_device", "change_log", ["org", "device_id", "device_seq"], unique=False)
    op.create_index(
        "ix_change_log_again",
        "change_log",
        ["org", "device_id"],
        unique=False,
        sqlite_where=sa.text("number_again"),
        postgresql_where=sa.text("number_again"),
    )
    op.create_index(
        "ix_change_log_held",
        "change_log",
        ["org", "code"],
        unique=False,
        sqlite_where=sa.text("verdict = 'held'"),
        postgresql_where=sa.text("verdict = 'held'"),
    )
    op.create_index("ix_change_log_incident", "change_log", ["org", "incident_id", "seq"], unique=False)
    op.create_index(
        "ix_change_log_tell",
        "change_log",
        ["org", "device_id"],
        unique=False,
        sqlite_where=sa.text("tell > 0"),
        postgresql_where=sa.text("tell > 0"),
    )
    op.create_index("uq_change_log_change", "change_log", ["org", "change_id"], unique=True)
    op.create_index("uq_change_log_scope", "change_log", ["org", "scope", "seq"], unique=True)
    op.create_table(
        "device_command",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("device_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("command_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("org", "device_id", "command_id"),
    )
    op.create_table(
        "ended_grant",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("device_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("practitioner_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_ms", sa.BigInteger(), nullable=False),
        sa.Column("contact_seq", sa.BigInteger(), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("org", "device_id", "practitioner_id", "team_id", "role", "ended_ms"),
    )
    op.create_table(
        "epoch",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("org", "epoch"),
    )
    op.create_table(
        "incident_cosigner",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("incident_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("force", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("collar_number", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "incident_id", "scope", "force", "collar_number"),
    )
    op.create_index(
        "ix_incident_cosigner_officer", "incident_cosigner", ["org", "force", "collar_number", "last_seq"], unique=False
    )
    op.create_table(
        "incident_scope",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("incident_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "incident_id", "scope"),
    )
    op.create_table(
        "incident_view",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("incident_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), server_default="", nullable=False),
        sa.Column("cad_ref", sa.Text(), server_default="", nullable=False),
        sa.Column("car", sa.Text(), server_default="", nullable=False),
        sa.Column("shift", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("cleared_at", sa.Text(), server_default="", nullable=False),
        sa.Column("signed_at", sa.Text(), server_default="", nullable=False),
        sa.Column("s136_starts_at", sa.Text(), server_default="", nullable=False),
        sa.Column("s136_ends_at", sa.Text(), server_default="", nullable=False),
        sa.Column("referral_due_at", sa.Text(), server_default="", nullable=False),
        sa.Column("ribbon", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("clashes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("changes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "incident_id", "scope"),
    )
    op.create_index(
        "ix_incident_view_opened", "incident_view", ["org", "scope", "opened_at", "incident_id"], unique=False
    )
    op.create_index(
        "ix_incident_view_updated", "incident_view", ["org", "scope", "last_seq", "incident_id"], unique=False
    )
    op.create_index(
        "ix_incident_view_signed", "incident_view", ["org", "scope", "signed_at", "incident_id"], unique=False
    )
    op.create_index("ix_incident_view_label", "incident_view", ["org", "scope", "label", "incident_id"], unique=False)
    op.create_index(
        "ix_incident_view_standing", "incident_view", ["org", "scope", "standing", "incident_id"], unique=False
    )
    op.create_index("ix_incident_view_car", "incident_view", ["org", "scope", "car", "incident_id"], unique=False)
    op.create_index(
        "ix_incident_view_open",
        "incident_view",
        ["org", "scope"],
        unique=False,
        sqlite_where=sa.text("cleared_at = ''"),
        postgresql_where=sa.text("cleared_at = ''"),
    )
    op.create_index(
        "ix_incident_view_referral",
        "incident_view",
        ["org", "scope", "referral_due_at"],
        unique=False,
        sqlite_where=sa.text("referral_due_at > ''"),
        postgresql_where=sa.text("referral_due_at > ''"),
    )
    op.create_index("ix_incident_view_shift", "incident_view", ["org", "shift", "scope"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("training", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("org"),
    )
    op.create_table(
        "read_log",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("read_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("practitioner_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("from_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("to_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("org", "read_id"),
    )
    op.create_index("ix_read_log_incident", "read_log", ["org", "incident_id"], unique=False)
    op.create_index("ix_read_log_reader", "read_log", ["org", "practitioner_id", "at_ms"], unique=False)
    op.create_table(
        "record_view",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("clashes", sa.Integer(), nullable=False),
        sa.Column("retracted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("first_at", sa.Text(), nullable=False),
        sa.Column("last_at", sa.Text(), nullable=False),
        sa.Column("heads", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "record_id", "scope"),
    )
    op.create_index("ix_record_view_incident", "record_view", ["org", "incident_id"], unique=False)
    op.create_table(
        "scope_head",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org", "scope"),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("org", "subject"),
    )
    op.create_index("ix_sign_in_failure_since", "sign_in_failure", ["org", "since_ms"], unique=False)
    op.create_table(
        "undecided",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org", "change_id"),
    )
    op.create_table(
        "waiting",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("waits_for", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("change_id", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("org", "waits_for", "change_id"),
    )
    op.create_table(
        "counter",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.org"], name=op.f("fk_counter_organisation")),
        sa.PrimaryKeyConstraint("org"),
    )
    op.create_table(
        "device",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("device_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("revoked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("enrolled_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("app_version", sa.Text(), server_default="", nullable=False),
        sa.Column("hello_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reported_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reported_head", sa.Text(), server_default="", nullable=False),
        sa.Column("stored_to", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("missing", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("missing_since_ms", sa.BigInteger(), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["org"], ["organisation.org"], name=op.f("fk_device_organisation")),
        sa.PrimaryKeyConstraint("org", "device_id"),
    )
    op.create_table(
        "practitioner",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("practitioner_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), server_default="", nullable=False),
        sa.Column("collar_number", sa.Text(), server_default="", nullable=False),
        sa.Column("force", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.org"], name=op.f("fk_practitioner_organisation")),
        sa.PrimaryKeyConstraint("org", "practitioner_id"),
    )
    op.create_index("uq_practitioner_username", "practitioner", ["org", "username"], unique=True)
    op.create_table(
        "team",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["org"], ["organisation.org"], name=op.f("fk_team_organisation")),
        sa.PrimaryKeyConstraint("org", "team_id"),
    )
    op.create_table(
        "enrolment",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("device_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("practitioner_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("user_public_key", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org", "device_id"], ["device.org", "device.device_id"], name=op.f("fk_enrolment_device")
        ),
        sa.ForeignKeyConstraint(
            ["org", "practitioner_id"],
            ["practitioner.org", "practitioner.practitioner_id"],
            name=op.f("fk_enrolment_practitioner"),
        ),
        sa.PrimaryKeyConstraint("org", "device_id", "practitioner_id", "user_public_key"),
    )
    op.create_table(
        "membership",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("practitioner_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("team_id", sa.Text(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["org", "practitioner_id"],
            ["practitioner.org", "practitioner.practitioner_id"],
            name=op.f("fk_membership_practitioner"),
        ),
        sa.ForeignKeyConstraint(["org", "team_id"], ["team.org", "team.team_id"], name=op.f("fk_membership_team")),
        sa.PrimaryKeyConstraint("org", "practitioner_id", "team_id"),
    )
    op.create_table(
        "session",
        sa.Column("org", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("token_sha256", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("practitioner_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org", "device_id"], ["device.org", "device.device_id"], name=op.f("fk_session_device")
        ),
        sa.ForeignKeyConstraint(
            ["org", "practitioner_id"],
            ["practitioner.org", "practitioner.practitioner_id"],
            name=op.f("fk_session_practitioner"),
        ),
        sa.PrimaryKeyConstraint("org", "token_sha256"),
    )
    op.create_index("ix_session_expires", "session", ["org", "expires_ms"], unique=False)
