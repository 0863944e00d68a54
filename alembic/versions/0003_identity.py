"""Tables of the identity room.

Revision ID: 0003
"""

from alembic import op

from ankuan.platform.protection import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
create table credential (
  court_id integer not null,
  staff_id uuid not null,
  login text not null,
  password_hash text not null,
  changed_at timestamptz not null,
  constraint pk_credential primary key (court_id, staff_id),
  constraint uq_credential_login unique (login),
  constraint ck_credential_login check (login = lower(login) and login <> ''),
  constraint ck_credential_password_hash check (password_hash like '$argon2id$%'),
  constraint fk_credential_court_id_staff_id foreign key (court_id, staff_id) references staff (court_id, id)
);

create table sign_in_guard (
  login_digest text not null,
  failures integer not null,
  locked_until timestamptz,
  last_at timestamptz not null,
  constraint pk_sign_in_guard primary key (login_digest)
);
create index ix_sign_in_guard_last_at on sign_in_guard (last_at);

create table user_session (
  court_id integer not null,
  id uuid not null,
  staff_id uuid not null,
  token_digest text not null,
  standing text not null,
  remote text not null,
  user_agent text not null,
  began_at timestamptz not null,
  seen_at timestamptz not null,
  ended_at timestamptz,
  ended_why text,
  constraint pk_user_session primary key (court_id, id),
  constraint uq_user_session_token_digest unique (token_digest),
  constraint ck_user_session_token_digest check (length(token_digest) = 64),
  constraint ck_user_session_ended check ((ended_at is null) = (ended_why is null)),
  constraint fk_user_session_court_id_staff_id foreign key (court_id, staff_id) references staff (court_id, id)
);
create index ix_user_session_court_id_staff_id on user_session (court_id, staff_id);

create table api_token (
  court_id integer not null,
  id uuid not null,
  staff_id uuid not null,
  name text not null,
  token_digest text not null,
  issued_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  constraint pk_api_token primary key (court_id, id),
  constraint uq_api_token_token_digest unique (token_digest),
  constraint ck_api_token_token_digest check (length(token_digest) = 64),
  constraint fk_api_token_court_id_staff_id foreign key (court_id, staff_id) references staff (court_id, id)
);
create unique index uq_api_token_valid on api_token (court_id, staff_id, name) where revoked_at is null;
"""

# Secrets: no person's scope shows them, not even to a query that was smuggled in. Rows are never deleted, except
# old counts of failed attempts.
SECRETS = """
alter table {table} enable row level security;
alter table {table} force row level security;
create policy platform_only on {table}
  using ((select ankuan_scope_is_all())) with check ((select ankuan_scope_is_all()));
grant select, insert, update ({updated}) on {table} to ankuan_app;
"""


def upgrade() -> None:
    bind = op.get_bind()
    run_script(bind, TABLES)
    run_script(bind, SECRETS.format(table="credential", updated="password_hash, changed_at"))
    run_script(bind, SECRETS.format(table="user_session", updated="seen_at, ended_at, ended_why"))
    run_script(bind, SECRETS.format(table="api_token", updated="revoked_at"))
    run_script(bind, SECRETS.format(table="sign_in_guard", updated="failures, locked_until, last_at"))
    run_script(bind, "grant delete on sign_in_guard to ankuan_app;")


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
