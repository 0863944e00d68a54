"""Events, cursors, counters, idempotency keys, alarms, files.

Revision ID: 0001
"""

from alembic import op

from ankuan.platform.protection import SCOPE_FUNCTION, append_only, by_court, public_reference, run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
create table event (
  xid xid8 not null default pg_current_xact_id(),
  id bigint not null generated always as identity,
  court_id integer not null,
  kind text not null,
  subject uuid not null,
  payload jsonb not null,
  actor text not null default current_setting('ankuan.actor', true),
  at timestamptz not null default clock_timestamp(),
  constraint pk_event primary key (xid, id)
);
create index ix_event_court_id_id on event (court_id, id);

create table consumer_cursor (
  consumer text not null,
  cursor text not null,
  moved_at timestamptz not null default clock_timestamp(),
  constraint pk_consumer_cursor primary key (consumer)
);

create table counter (
  court_id integer not null,
  name text not null,
  year integer not null,
  value bigint not null,
  constraint pk_counter primary key (court_id, name, year)
);

create table idempotency_key (
  actor text not null,
  key text not null,
  operation text not null,
  input_digest text not null,
  outcome jsonb,
  created_at timestamptz not null default clock_timestamp(),
  constraint pk_idempotency_key primary key (actor, key)
);

create table alarm (
  court_id integer not null,
  id uuid not null,
  kind text not null,
  subject_key text not null,
  message text not null,
  times integer not null default 1,
  raised_at timestamptz not null,
  last_at timestamptz not null,
  cleared_at timestamptz,
  cleared_by text,
  note text,
  constraint pk_alarm primary key (court_id, id)
);
create unique index uq_alarm_open on alarm (court_id, kind, subject_key) where cleared_at is null;

create table stored_file (
  court_id integer not null,
  id uuid not null,
  name text not null,
  sha256 text not null,
  size integer not null,
  content bytea not null,
  uploaded_by text not null,
  uploaded_at timestamptz not null,
  constraint pk_stored_file primary key (court_id, id)
);
"""


def upgrade() -> None:
    run_script(op.get_bind(), SCOPE_FUNCTION)
    run_script(op.get_bind(), TABLES)
    run_script(op.get_bind(), by_court("event", grants="select, insert") + append_only("event"))
    run_script(op.get_bind(), by_court("counter"))
    run_script(op.get_bind(), by_court("alarm"))
    run_script(op.get_bind(), by_court("stored_file", grants="select, insert"))
    run_script(op.get_bind(), public_reference("consumer_cursor", grants="select, insert, update"))
    run_script(
        op.get_bind(),
        """
        alter table idempotency_key enable row level security;
        alter table idempotency_key force row level security;
        create policy by_actor on idempotency_key
          using (actor = current_setting('ankuan.actor', true))
          with check (actor = current_setting('ankuan.actor', true));
        grant select, insert, update on idempotency_key to ankuan_app;
        """,
    )


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
