"""Tables of the registry room.

Revision ID: 0002
"""

from alembic import op

from ankuan.platform.protection import append_only, by_court, public_reference, run_script
from ankuan.registry.roles import roles_as_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
create extension if not exists pg_trgm;

create table court (
  id integer not null,
  code text not null,
  name text not null,
  level text not null,
  parent_id integer,
  path integer[] not null,
  constraint pk_court primary key (id),
  constraint uq_court_code unique (code),
  constraint fk_court_parent_id foreign key (parent_id) references court (id),
  constraint ck_court_level check (level in ('high', 'intermediate', 'basic')),
  constraint ck_court_path check (path[cardinality(path)] = id and (parent_id is null) = (cardinality(path) = 1))
);

create table department (
  court_id integer not null,
  id uuid not null,
  name text not null,
  constraint pk_department primary key (court_id, id),
  constraint uq_department_court_id_name unique (court_id, name),
  constraint fk_department_court_id foreign key (court_id) references court (id)
);

create table staff (
  court_id integer not null,
  id uuid not null,
  number text not null,
  name text not null,
  department_id uuid,
  person_key text not null,
  active boolean not null default true,
  constraint pk_staff primary key (court_id, id),
  constraint uq_staff_court_id_number unique (court_id, number),
  constraint uq_staff_court_id_person_key unique (court_id, person_key),
  constraint ck_staff_person_key check (person_key <> ''),
  constraint fk_staff_court_id foreign key (court_id) references court (id),
  constraint fk_staff_court_id_department_id foreign key (court_id, department_id)
    references department (court_id, id)
);

create table role (
  name text not null,
  title_zh text not null,
  title_en text not null,
  position integer not null,
  constraint pk_role primary key (name)
);

create table role_permission (
  role text not null,
  permission text not null,
  reach text not null,
  constraint pk_role_permission primary key (role, permission),
  constraint fk_role_permission_role foreign key (role) references role (name),
  constraint ck_role_permission_reach
    check (reach in ('own_case', 'department', 'court', 'court_and_below', 'province'))
);

create table staff_role (
  court_id integer not null,
  staff_id uuid not null,
  role text not null,
  constraint pk_staff_role primary key (court_id, staff_id, role),
  constraint fk_staff_role_court_id_staff_id foreign key (court_id, staff_id) references staff (court_id, id),
  constraint fk_staff_role_role foreign key (role) references role (name)
);

create table court_case (
  court_id integer not null,
  id uuid not null,
  number text not null,
  number_typed text not null,
  number_key text not null,
  type_code text not null,
  year integer not null,
  department_id uuid,
  handler_id uuid,
  cause text,
  subject_amount_fen bigint,
  status text not null default 'open',
  registered_on date not null,
  closed_on date,
  status_reason text,
  registered_at timestamptz not null,
  constraint pk_court_case primary key (court_id, id),
  constraint uq_court_case_court_id_number_key unique (court_id, number_key),
  constraint fk_court_case_court_id foreign key (court_id) references court (id),
  constraint fk_court_case_court_id_department_id foreign key (court_id, department_id)
    references department (court_id, id),
  constraint fk_court_case_court_id_handler_id foreign key (court_id, handler_id) references staff (court_id, id),
  constraint ck_court_case_status check (status in ('open', 'suspended', 'closed')),
  constraint ck_court_case_closed_on check ((status = 'closed') = (closed_on is not null)),
  constraint ck_court_case_subject_amount_fen check (subject_amount_fen > 0)
);
create index ix_court_case_id on court_case (id);
create index ix_court_case_court_id_handler_id_id on court_case (court_id, handler_id, id);
create index ix_court_case_number_key_trigram on court_case using gin (number_key gin_trgm_ops);

create table case_number_history (
  court_id integer not null,
  case_id uuid not null,
  number_key text not null,
  number text not null,
  replaced_at timestamptz not null,
  reason text not null,
  constraint pk_case_number_history primary key (court_id, case_id, number_key),
  constraint fk_case_number_history_court_id_case_id foreign key (court_id, case_id)
    references court_case (court_id, id)
);
create index ix_case_number_history_court_id_number_key on case_number_history (court_id, number_key);

create table party (
  court_id integer not null,
  id uuid not null,
  case_id uuid not null,
  name text not null,
  role text not null,
  kind text not null,
  identifier_masked text,
  identifier_cipher bytea,
  phone_masked text,
  phone_cipher bytea,
  constraint pk_party primary key (court_id, id),
  constraint fk_party_court_id_case_id foreign key (court_id, case_id) references court_case (court_id, id),
  constraint ck_party_role
    check (role in ('applicant', 'respondent', 'plaintiff', 'defendant', 'third_party', 'other')),
  constraint ck_party_kind check (kind in ('natural', 'legal', 'other')),
  constraint ck_party_identifier check ((identifier_masked is null) = (identifier_cipher is null)),
  constraint ck_party_phone check ((phone_masked is null) = (phone_cipher is null))
);
create index ix_party_court_id_case_id on party (court_id, case_id);
create index ix_party_court_id_name on party (court_id, name);

create table policy (
  court_id integer not null,
  name text not null,
  version integer not null,
  effective_from date not null,
  value jsonb not null,
  constraint pk_policy primary key (court_id, name, version),
  constraint fk_policy_court_id foreign key (court_id) references court (id),
  constraint ck_policy_version check (version > 0)
);

create table calendar_day (
  day date not null,
  works boolean not null,
  note text not null default '',
  constraint pk_calendar_day primary key (day)
);

create table calendar_year (
  year integer not null,
  constraint pk_calendar_year primary key (year)
);
"""

# One person, one of the powers request, approve, audit, release (failures §2.3, I10). The service refuses it first;
# this holds whatever writes the table. Checked at the end of the transaction, so that roles can be exchanged in it.
SEPARATION = """
create function ankuan_exclusive_powers(roles text[]) returns text[] language sql stable as $$
  select coalesce(array_agg(distinct permission order by permission), '{}') from role_permission
   where role = any (roles)
     and permission in ('disbursement.request', 'disbursement.approve', 'disbursement.audit', 'disbursement.release')
$$;
create function ankuan_check_separation() returns trigger language plpgsql as $$
declare powers text[];
begin
  -- Two transactions that give one person a role each would not see each other without this lock.
  perform 1 from staff where court_id = new.court_id and id = new.staff_id for no key update;
  select ankuan_exclusive_powers(array_agg(role)) into powers
    from staff_role where court_id = new.court_id and staff_id = new.staff_id;
  if cardinality(powers) > 1 then
    raise exception 'one person may not hold %', powers
      using errcode = '23514', constraint = 'ck_staff_role_separation';
  end if;
  return null;
end $$;
create constraint trigger separation after insert or update on staff_role deferrable initially deferred
  for each row execute function ankuan_check_separation();
"""

# A court's rules hold for the courts below it, so those may read them.
POLICY_FROM_ABOVE = """
create policy from_above on policy for select using (
  court_id in (select unnest(path) from court where id = any ((select ankuan_scope())::int[]))
);
"""


def upgrade() -> None:
    bind = op.get_bind()
    run_script(bind, TABLES)
    run_script(bind, SEPARATION)
    run_script(bind, roles_as_sql())
    for table in ("court", "role", "role_permission", "calendar_day", "calendar_year"):
        run_script(bind, public_reference(table))
    for table in ("department", "staff", "court_case"):
        run_script(bind, by_court(table))
    run_script(bind, by_court("staff_role", grants="select, insert, delete"))
    run_script(bind, by_court("party", grants="select, insert"))
    run_script(bind, by_court("case_number_history", grants="select, insert") + append_only("case_number_history"))
    run_script(bind, by_court("policy", grants="select, insert") + append_only("policy") + POLICY_FROM_ABOVE)


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
