"""Tables of the disbursement room.

Revision ID: 0007
"""

from alembic import op

from ankuan.platform.protection import append_only, by_court, run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
create table disbursement (
  court_id integer not null,
  id uuid not null,
  number text not null,
  case_id uuid not null,
  case_number text not null,
  fund_account_id uuid not null,
  kind text not null,
  purpose text not null,
  status text not null,
  version integer not null,
  digest text not null,
  total_fen bigint not null,
  plan jsonb not null default '[]',
  approved_level integer not null default 0,
  next_role text,
  payer_bank text,
  requested_by uuid not null,
  created_at timestamptz not null,
  submitted_at timestamptz,
  changed_at timestamptz not null,
  constraint pk_disbursement primary key (court_id, id),
  constraint uq_disbursement_court_id_number unique (court_id, number),
  constraint fk_disbursement_court_id_case_id foreign key (court_id, case_id) references court_case (court_id, id),
  constraint fk_disbursement_court_id_fund_account_id foreign key (court_id, fund_account_id)
    references fund_account (court_id, id),
  constraint fk_disbursement_court_id_requested_by foreign key (court_id, requested_by) references staff (court_id, id),
  constraint ck_disbursement_kind check (kind in (
    'pay_party', 'refund_payer', 'refund_court_fee', 'litigation_fee', 'enforcement_fee', 'fine', 'criminal_fine',
    'other_court', 'bankruptcy_administrator', 'deposit')),
  constraint ck_disbursement_status check (status in (
    'draft', 'in_approval', 'approved', 'audited', 'released', 'settled', 'partly_settled', 'failed', 'withdrawn',
    'rejected')),
  constraint ck_disbursement_total_fen check (total_fen > 0),
  constraint ck_disbursement_digest check (digest ~ '^[0-9a-f]{64}$'),
  constraint ck_disbursement_next_role check ((next_role is not null) = (status = 'in_approval'))
);
create index ix_disbursement_court_id_status_id on disbursement (court_id, status, id);
create index ix_disbursement_court_id_case_id_id on disbursement (court_id, case_id, id);
create index ix_disbursement_id on disbursement (id);

create table disbursement_line (
  court_id integer not null,
  id uuid not null,
  disbursement_id uuid not null,
  version integer not null,
  line_no integer not null,
  payee_name text not null,
  payee_account_cipher bytea not null,
  payee_account_masked text not null,
  payee_account_index text not null,
  payee_bank_name text not null,
  payee_bank_code text,
  amount_fen bigint not null,
  party_id uuid,
  hold_id uuid,
  instruction_id uuid,
  outcome text,
  outcome_at timestamptz,
  constraint pk_disbursement_line primary key (court_id, id),
  constraint uq_disbursement_line_court_id_disbursement_id_version_line_no
    unique (court_id, disbursement_id, version, line_no),
  constraint fk_disbursement_line_court_id_disbursement_id foreign key (court_id, disbursement_id)
    references disbursement (court_id, id),
  constraint fk_disbursement_line_court_id_party_id foreign key (court_id, party_id) references party (court_id, id),
  constraint ck_disbursement_line_amount_fen check (amount_fen > 0),
  constraint ck_disbursement_line_outcome check (outcome in ('settled', 'refused')),
  constraint ck_disbursement_line_outcome_at check ((outcome is null) = (outcome_at is null)),
  constraint ck_disbursement_line_outcome_of_instruction check (outcome is null or instruction_id is not null),
  constraint ck_disbursement_line_instruction_of_hold check (instruction_id is null or hold_id is not null)
);
create index ix_disbursement_line_court_id_payee_account_index
  on disbursement_line (court_id, payee_account_index, amount_fen);
create unique index uq_disbursement_line_court_id_instruction_id
  on disbursement_line (court_id, instruction_id) where instruction_id is not null;

create table disbursement_act (
  court_id integer not null,
  id uuid not null,
  disbursement_id uuid not null,
  act text not null,
  version integer not null,
  digest text not null,
  level integer not null default 0,
  staff_id uuid not null,
  staff_name text not null,
  role text not null,
  person_key text not null,
  comment text,
  at timestamptz not null,
  constraint pk_disbursement_act primary key (court_id, id),
  constraint fk_disbursement_act_court_id_disbursement_id foreign key (court_id, disbursement_id)
    references disbursement (court_id, id),
  constraint ck_disbursement_act_act check (act in (
    'create', 'edit', 'submit', 'approve', 'send_back', 'reject', 'withdraw', 'audit', 'release')),
  constraint ck_disbursement_act_level check ((act = 'approve') = (level > 0)),
  constraint ck_disbursement_act_person_key check (person_key <> '')
);
create index ix_disbursement_act_court_id_disbursement_id_id on disbursement_act (court_id, disbursement_id, id);
create unique index uq_disbursement_act_person on disbursement_act (court_id, disbursement_id, version, person_key)
  where act in ('submit', 'approve', 'audit', 'release');
create unique index uq_disbursement_act_once on disbursement_act (court_id, disbursement_id, version, act, level)
  where act in ('submit', 'approve', 'audit', 'release');

create table review_check (
  court_id integer not null,
  id uuid not null,
  disbursement_id uuid not null,
  version integer not null,
  stage text not null,
  name text not null,
  outcome text not null,
  reason text not null,
  at timestamptz not null,
  constraint pk_review_check primary key (court_id, id),
  constraint fk_review_check_court_id_disbursement_id foreign key (court_id, disbursement_id)
    references disbursement (court_id, id),
  constraint ck_review_check_stage check (stage in ('submit', 'release')),
  constraint ck_review_check_outcome check (outcome in ('pass', 'warn', 'block'))
);
create index ix_review_check_court_id_disbursement_id_id on review_check (court_id, disbursement_id, id);

create table payment_receipt (
  court_id integer not null,
  id uuid not null,
  line_id uuid not null,
  number text not null,
  check_code text not null,
  facts jsonb not null,
  issued_at timestamptz not null,
  constraint pk_payment_receipt primary key (court_id, id),
  constraint uq_payment_receipt_court_id_number unique (court_id, number),
  constraint uq_payment_receipt_court_id_line_id unique (court_id, line_id),
  constraint uq_payment_receipt_court_id_check_code unique (court_id, check_code),
  constraint fk_payment_receipt_court_id_line_id foreign key (court_id, line_id)
    references disbursement_line (court_id, id)
);
"""

# The life of a disbursement: what may follow what, and that content changes only together with version and digest,
# back in draft (I6). transitions.py says the same; a test compares the two.
LIFE = """
create function ankuan_disbursement_life() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a disbursement is never deleted' using errcode = 'AK001';
  end if;
  if tg_op = 'INSERT' then
    if (new.status, new.version, new.approved_level, new.plan) is distinct from ('draft', 1, 0, '[]'::jsonb) then
      raise exception 'a disbursement begins as a draft' using errcode = '23514', constraint = 'ck_disbursement_life';
    end if;
    return new;
  end if;
  if (new.court_id, new.id, new.number, new.case_id, new.fund_account_id, new.kind, new.requested_by, new.created_at)
     is distinct from
     (old.court_id, old.id, old.number, old.case_id, old.fund_account_id, old.kind, old.requested_by, old.created_at)
  then
    raise exception 'what a disbursement is about never changes'
      using errcode = '23514', constraint = 'ck_disbursement_content';
  end if;
  if new.status <> old.status and (old.status || '>' || new.status) <> all (array[
    'draft>in_approval', 'draft>withdrawn',
    'in_approval>approved', 'in_approval>draft', 'in_approval>rejected', 'in_approval>withdrawn',
    'approved>audited', 'approved>draft', 'approved>rejected', 'approved>withdrawn',
    'audited>released', 'audited>draft', 'audited>withdrawn',
    'released>settled', 'released>partly_settled', 'released>failed',
    'failed>partly_settled', 'failed>settled', 'partly_settled>settled'
  ]) then
    raise exception 'a disbursement does not go from % to %', old.status, new.status
      using errcode = '23514', constraint = 'ck_disbursement_life';
  end if;
  if (new.version, new.digest, new.purpose, new.total_fen, new.case_number)
     is distinct from (old.version, old.digest, old.purpose, old.total_fen, old.case_number) then
    if new.version <> old.version + 1 or new.digest = old.digest or new.status <> 'draft' then
      raise exception 'content changes only as a new version in draft'
        using errcode = '23514', constraint = 'ck_disbursement_content';
    end if;
  elsif old.status <> 'draft' and new.status = 'draft' then
    raise exception 'back in draft is a new version' using errcode = '23514', constraint = 'ck_disbursement_content';
  end if;
  if new.status = 'draft' then
    if (new.approved_level, new.plan) is distinct from (0, '[]'::jsonb) then
      raise exception 'a draft has no approvals' using errcode = '23514', constraint = 'ck_disbursement_life';
    end if;
  elsif old.status <> 'draft' and new.plan <> old.plan then
    raise exception 'the plan of approval is fixed at submission'
      using errcode = '23514', constraint = 'ck_disbursement_content';
  end if;
  return new;
end $$;
create trigger life before insert or update or delete on disbursement
  for each row execute function ankuan_disbursement_life();
"""

LINES = """
create function ankuan_disbursement_line_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a line is never deleted' using errcode = 'AK001';
  end if;
  if tg_op = 'INSERT' then
    if not exists (select from disbursement d
                    where d.court_id = new.court_id and d.id = new.disbursement_id
                      and d.version = new.version and d.status = 'draft') then
      raise exception 'lines are added to the present version of a draft only'
        using errcode = '23514', constraint = 'ck_disbursement_line_content';
    end if;
    if (new.hold_id, new.instruction_id, new.outcome) is distinct from (null::uuid, null::uuid, null::text) then
      raise exception 'a new line has no history' using errcode = '23514', constraint = 'ck_disbursement_line_content';
    end if;
    return new;
  end if;
  if (new.court_id, new.id, new.disbursement_id, new.version, new.line_no, new.payee_name, new.payee_account_cipher,
      new.payee_account_masked, new.payee_account_index, new.payee_bank_name, new.payee_bank_code, new.amount_fen,
      new.party_id)
     is distinct from
     (old.court_id, old.id, old.disbursement_id, old.version, old.line_no, old.payee_name, old.payee_account_cipher,
      old.payee_account_masked, old.payee_account_index, old.payee_bank_name, old.payee_bank_code, old.amount_fen,
      old.party_id) then
    raise exception 'the content of a line never changes'
      using errcode = '23514', constraint = 'ck_disbursement_line_content';
  end if;
  if (old.instruction_id is not null and new.instruction_id is distinct from old.instruction_id)
     or (old.hold_id is not null and new.hold_id is distinct from old.hold_id
         and old.outcome is distinct from 'refused')
     or (old.outcome = 'settled' and new.outcome is distinct from 'settled')
     or (old.outcome = 'refused' and new.outcome is null) then
    raise exception 'what became of a line is written once'
      using errcode = '23514', constraint = 'ck_disbursement_line_fate';
  end if;
  return new;
end $$;
create trigger guard before insert or update or delete on disbursement_line
  for each row execute function ankuan_disbursement_line_guard();
"""

# I6 and I10 at the moment of the act. The disbursement's row is locked by the use case; the unique indexes win races.
ACTS = """
create function ankuan_disbursement_act_guard() returns trigger language plpgsql as $$
begin
  if not exists (select from disbursement d
                  where d.court_id = new.court_id and d.id = new.disbursement_id
                    and d.version = new.version and d.digest = new.digest) then
    raise exception 'an act is bound to the present content'
      using errcode = '23514', constraint = 'ck_disbursement_act_content';
  end if;
  if new.act in ('approve', 'audit', 'release') and exists (
    select from disbursement_act a
     where a.court_id = new.court_id and a.disbursement_id = new.disbursement_id and a.person_key = new.person_key
       and a.act in ('create', 'edit', 'submit')) then
    raise exception 'who makes a request does not decide on it'
      using errcode = '23514', constraint = 'ck_disbursement_act_maker';
  end if;
  return new;
end $$;
create trigger guard before insert on disbursement_act for each row execute function ankuan_disbursement_act_guard();
"""

# At the end of the transaction: the total is the sum of the lines, and each status is backed by its acts on exactly
# this version and digest.
BACKED = """
create function ankuan_disbursement_backed() returns trigger language plpgsql as $$
declare
  d disbursement;
  target uuid;
  lines bigint;
begin
  if tg_table_name = 'disbursement' then target := new.id; else target := new.disbursement_id; end if;
  select * into d from disbursement where court_id = new.court_id and id = target;
  select coalesce(sum(amount_fen), 0) into lines from disbursement_line
   where court_id = d.court_id and disbursement_id = d.id and version = d.version;
  if lines <> d.total_fen then
    raise exception 'total % is not the sum of the lines %', d.total_fen, lines
      using errcode = '23514', constraint = 'ck_disbursement_total';
  end if;
  if d.status in ('draft', 'withdrawn', 'rejected') then return null; end if;
  if (select array_agg(act || level order by act, level) from disbursement_act
       where court_id = d.court_id and disbursement_id = d.id and version = d.version and digest = d.digest
         and act in ('submit', 'approve', 'audit', 'release'))
     is distinct from (
       select array_agg(needed order by needed) from (
         select 'submit0' as needed
         union all select 'approve' || generate_series(1, d.approved_level)
         union all select 'audit0' where d.status not in ('in_approval', 'approved')
         union all select 'release0' where d.status not in ('in_approval', 'approved', 'audited')) as steps)
     or (d.approved_level = jsonb_array_length(d.plan)) = (d.status = 'in_approval') then
    raise exception 'status % is not backed by its acts', d.status
      using errcode = '23514', constraint = 'ck_disbursement_acts';
  end if;
  return null;
end $$;
create constraint trigger backed after insert or update on disbursement deferrable initially deferred
  for each row execute function ankuan_disbursement_backed();
create constraint trigger backed after insert on disbursement_line deferrable initially deferred
  for each row execute function ankuan_disbursement_backed();
create constraint trigger backed after insert on disbursement_act deferrable initially deferred
  for each row execute function ankuan_disbursement_backed();
"""


def upgrade() -> None:
    bind = op.get_bind()
    for script in (TABLES, LIFE, LINES, ACTS, BACKED):
        run_script(bind, script)
    changing = "version, digest, purpose, total_fen, case_number, status, plan, approved_level, next_role, payer_bank"
    run_script(bind, by_court("disbursement", grants=f"select, insert, update ({changing}, submitted_at, changed_at)"))
    fate = "hold_id, instruction_id, outcome, outcome_at"
    run_script(bind, by_court("disbursement_line", grants=f"select, insert, update ({fate})"))
    for history in ("disbursement_act", "review_check", "payment_receipt"):
        run_script(bind, by_court(history, grants="select, insert") + append_only(history))


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
