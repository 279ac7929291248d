"""mass quizzes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_bonus",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_day_bonus_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_bonus")),
        sa.UniqueConstraint("person_id", "source", name=op.f("uq_day_bonus_person_id_source")),
    )
    with op.batch_alter_table("day_bonus", schema=None) as batch_op:
        batch_op.create_index("ix_day_bonus_day", ["person_id", "day"], unique=False)

    op.create_table(
        "mass_quiz",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column("bank_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "blueprint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("total_marks", sa.Numeric(precision=8, scale=2), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("counting", sa.String(length=12), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("points_for", sa.String(length=8), nullable=False),
        sa.Column("names", sa.String(length=20), nullable=False),
        sa.Column("reserved_only", sa.Boolean(), nullable=False),
        sa.Column("explains", sa.Boolean(), nullable=False),
        sa.Column("board_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("places_on", sa.Date(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["question_bank.id"], name=op.f("fk_mass_quiz_bank_id")
        ),
        sa.ForeignKeyConstraint(
            ["blueprint_id"], ["blueprint.id"], name=op.f("fk_mass_quiz_blueprint_id")
        ),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_mass_quiz_board_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_mass_quiz_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mass_quiz_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_quiz")),
    )
    with op.batch_alter_table("mass_quiz", schema=None) as batch_op:
        batch_op.create_index("ix_mass_quiz_open", ["closes_at", "opens_at"], unique=False)
        batch_op.create_index("ix_mass_quiz_place", ["organisation_id", "closes_at"], unique=False)

    op.create_table(
        "mass_quiz_place",
        sa.Column("quiz_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "organisation_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("average", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("share", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_mass_quiz_place_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["mass_quiz.id"], name=op.f("fk_mass_quiz_place_quiz_id")
        ),
        sa.PrimaryKeyConstraint("quiz_id", "organisation_id", name=op.f("pk_mass_quiz_place")),
    )
    with op.batch_alter_table("mass_quiz_place", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mass_quiz_place_average", ["quiz_id", "kind", "average"], unique=False
        )
        batch_op.create_index(
            "ix_mass_quiz_place_share", ["quiz_id", "kind", "share"], unique=False
        )
        batch_op.create_index(
            "ix_mass_quiz_place_total", ["quiz_id", "kind", "total"], unique=False
        )

    op.create_table(
        "mass_quiz_standing",
        sa.Column("quiz_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mass_quiz_standing_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["mass_quiz.id"], name=op.f("fk_mass_quiz_standing_quiz_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["organisation.id"], name=op.f("fk_mass_quiz_standing_team_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["organisation.id"], name=op.f("fk_mass_quiz_standing_unit_id")
        ),
        sa.PrimaryKeyConstraint("quiz_id", "person_id", name=op.f("pk_mass_quiz_standing")),
    )
    with op.batch_alter_table("mass_quiz_standing", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mass_quiz_standing_order",
            ["quiz_id", sa.literal_column("marks DESC"), "seconds", "reached_at"],
            unique=False,
        )
        batch_op.create_index("ix_mass_quiz_standing_person", ["person_id"], unique=False)
        batch_op.create_index("ix_mass_quiz_standing_team", ["quiz_id", "team_id"], unique=False)
        batch_op.create_index("ix_mass_quiz_standing_unit", ["quiz_id", "unit_id"], unique=False)
        batch_op.create_index(
            "ix_mass_quiz_standing_waiting",
            ["quiz_id"],
            unique=False,
            postgresql_where=sa.text("waiting = true"),
            sqlite_where=sa.text("waiting = true"),
        )

    op.create_table(
        "mass_quiz_try",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quiz_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("try_no", sa.Integer(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("seed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("items", sa.JSON(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("void_reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("given_back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mass_quiz_try_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["quiz_id"], ["mass_quiz.id"], name=op.f("fk_mass_quiz_try_quiz_id")
        ),
        sa.ForeignKeyConstraint(
            ["voided_by"], ["person.id"], name=op.f("fk_mass_quiz_try_voided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_quiz_try")),
        sa.UniqueConstraint(
            "quiz_id",
            "person_id",
            "day",
            "try_no",
            name=op.f("uq_mass_quiz_try_quiz_id_person_id_day_try_no"),
        ),
        sa.UniqueConstraint(
            "quiz_id",
            "person_id",
            "is_open",
            name=op.f("uq_mass_quiz_try_quiz_id_person_id_is_open"),
        ),
    )
    with op.batch_alter_table("mass_quiz_try", schema=None) as batch_op:
        batch_op.create_index(
            "ix_mass_quiz_try_open",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("is_open = true"),
            sqlite_where=sa.text("is_open = true"),
        )
        batch_op.create_index(batch_op.f("ix_mass_quiz_try_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mass_quiz_try", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mass_quiz_try_person_id"))
        batch_op.drop_index(
            "ix_mass_quiz_try_open",
            postgresql_where=sa.text("is_open = true"),
            sqlite_where=sa.text("is_open = true"),
        )

    op.drop_table("mass_quiz_try")
    with op.batch_alter_table("mass_quiz_standing", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_mass_quiz_standing_waiting",
            postgresql_where=sa.text("waiting = true"),
            sqlite_where=sa.text("waiting = true"),
        )
        batch_op.drop_index("ix_mass_quiz_standing_unit")
        batch_op.drop_index("ix_mass_quiz_standing_team")
        batch_op.drop_index("ix_mass_quiz_standing_person")
        batch_op.drop_index("ix_mass_quiz_standing_order")

    op.drop_table("mass_quiz_standing")
    with op.batch_alter_table("mass_quiz_place", schema=None) as batch_op:
        batch_op.drop_index("ix_mass_quiz_place_total")
        batch_op.drop_index("ix_mass_quiz_place_share")
        batch_op.drop_index("ix_mass_quiz_place_average")

    op.drop_table("mass_quiz_place")
    with op.batch_alter_table("mass_quiz", schema=None) as batch_op:
        batch_op.drop_index("ix_mass_quiz_place")
        batch_op.drop_index("ix_mass_quiz_open")

    op.drop_table("mass_quiz")
    with op.batch_alter_table("day_bonus", schema=None) as batch_op:
        batch_op.drop_index("ix_day_bonus_day")

    op.drop_table("day_bonus")
