"""Notices by short message, and the phone numbers they go to.

Revision ID: 0008
"""

from alembic import op

from ankuan.platform.protection import by_court, run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
create table staff_contact (
  court_id integer not null,
  staff_id uuid not null,
  phone_cipher bytea not null,
  phone_masked text not null,
  set_at timestamptz not null,
  constraint pk_staff_contact primary key (court_id, staff_id),
  constraint fk_staff_contact_court_id_staff_id foreign key (court_id, staff_id) references staff (court_id, id)
);

create table notice (
  court_id integer not null,
  id uuid not null,
  kind text not null,
  about uuid not null,
  staff_id uuid not null,
  body text not null,
  state text not null,
  attempts integer not null default 0,
  next_at timestamptz,
  taken_until timestamptz,
  provider text,
  provider_ref text,
  answer text,
  created_at timestamptz not null,
  ended_at timestamptz,
  constraint pk_notice primary key (court_id, id),
  constraint uq_notice_court_id_about_kind_staff_id unique (court_id, about, kind, staff_id),
  constraint fk_notice_court_id_staff_id foreign key (court_id, staff_id) references staff (court_id, id),
  constraint ck_notice_state check (state in ('waiting', 'sending', 'sent', 'refused', 'unknown')),
  constraint ck_notice_next_at check ((state = 'waiting') = (next_at is not null)),
  constraint ck_notice_taken_until check ((state = 'sending') = (taken_until is not null)),
  constraint ck_notice_ended_at check ((state in ('sent', 'refused', 'unknown')) = (ended_at is not null))
);
create index ix_notice_due on notice (next_at) where state = 'waiting';
create index ix_notice_taken on notice (taken_until) where state = 'sending';

-- What was sent, or may have been sent, is never sent again.
create function notice_life() returns trigger language plpgsql as $$
begin
  if (old.state, new.state) not in (('waiting', 'waiting'), ('waiting', 'sending'), ('sending', 'waiting'),
                                    ('sending', 'sent'), ('sending', 'refused'), ('sending', 'unknown'))
     or (new.court_id, new.id, new.kind, new.about, new.staff_id, new.body, new.created_at)
        is distinct from (old.court_id, old.id, old.kind, old.about, old.staff_id, old.body, old.created_at) then
    raise exception 'a notice goes from waiting over sending to its end' using errcode = 'AK001';
  end if;
  return new;
end $$;
create trigger notice_life before update on notice for each row execute function notice_life();
"""


def upgrade() -> None:
    run_script(op.get_bind(), TABLES)
    for table in ("staff_contact", "notice"):
        run_script(op.get_bind(), by_court(table))


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
