"""Sub-accounts, receipts, allocations.

Revision ID: 0006
"""

from alembic import op

from ankuan.platform.protection import by_court, run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
create table sub_account (
  court_id integer not null,
  id uuid not null,
  fund_account_id uuid not null,
  number text not null,
  name text not null,
  status text not null,
  case_id uuid,
  opened_at timestamptz not null,
  bound_at timestamptz,
  constraint pk_sub_account primary key (court_id, id),
  constraint uq_sub_account_court_id_fund_account_id_number unique (court_id, fund_account_id, number),
  constraint fk_sub_account_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id),
  constraint fk_sub_account_court_id_case_id foreign key (court_id, case_id) references court_case (court_id, id),
  constraint ck_sub_account_status check (status in ('free', 'bound', 'frozen', 'closed', 'cooling')),
  constraint ck_sub_account_bound_has_case check ((status in ('bound', 'frozen')) = (case_id is not null))
);
create unique index uq_sub_account_case on sub_account (court_id, case_id) where case_id is not null;
create index ix_sub_account_free on sub_account (court_id, fund_account_id, id) where status = 'free';

create table sub_account_binding (
  court_id integer not null,
  id uuid not null,
  sub_account_id uuid not null,
  case_id uuid not null,
  bound_at timestamptz not null,
  released_at timestamptz,
  constraint pk_sub_account_binding primary key (court_id, id),
  constraint fk_sub_account_binding_court_id_sub_account_id
    foreign key (court_id, sub_account_id) references sub_account (court_id, id)
);
create index ix_sub_account_binding_sub_account on sub_account_binding (court_id, sub_account_id);

create table receipt (
  court_id integer not null,
  id uuid not null,
  number text not null,
  fund_account_id uuid not null,
  bank_line_id uuid not null,
  amount_fen bigint not null,
  allocated_fen bigint not null,
  booked_on date not null,
  arrived_at timestamptz not null,
  payer_name text not null,
  payer_account text not null,
  payer_bank text not null,
  remark text not null,
  sub_account_no text,
  adjustment_ref text,
  status text not null,
  match_rule text not null,
  match_explanation jsonb not null,
  constraint pk_receipt primary key (court_id, id),
  constraint uq_receipt_court_id_bank_line_id unique (court_id, bank_line_id),
  constraint uq_receipt_court_id_number unique (court_id, number),
  constraint fk_receipt_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id),
  constraint fk_receipt_court_id_bank_line_id
    foreign key (court_id, bank_line_id) references bank_line (court_id, id),
  constraint ck_receipt_amount check (amount_fen > 0),
  constraint ck_receipt_allocated check (allocated_fen between 0 and amount_fen),
  constraint ck_receipt_status check (
    status = case when allocated_fen = 0 then 'unidentified'
                  when allocated_fen < amount_fen then 'partly_allocated' else 'allocated' end)
);
create index ix_receipt_arrived on receipt (court_id, arrived_at, id);
create index ix_receipt_open on receipt (court_id, arrived_at, id) where allocated_fen < amount_fen;

create table allocation (
  court_id integer not null,
  id uuid not null,
  receipt_id uuid not null,
  case_id uuid not null,
  amount_fen bigint not null,
  reason text not null,
  allocated_by text not null,
  allocated_by_id uuid,
  allocated_at timestamptz not null,
  entry_id bigint not null,
  adjustment text not null,
  adjust_after timestamptz,
  undone_at timestamptz,
  undone_by text,
  undo_reason text,
  constraint pk_allocation primary key (court_id, id),
  constraint fk_allocation_court_id_receipt_id foreign key (court_id, receipt_id) references receipt (court_id, id),
  constraint fk_allocation_court_id_case_id foreign key (court_id, case_id) references court_case (court_id, id),
  constraint ck_allocation_amount check (amount_fen > 0),
  constraint ck_allocation_adjustment check (adjustment in ('none', 'due', 'ordered', 'settled', 'refused'))
);
create index ix_allocation_receipt on allocation (court_id, receipt_id);
create index ix_allocation_case on allocation (court_id, case_id);
create index ix_allocation_due on allocation (adjust_after) where adjustment = 'due' and undone_at is null;

-- I4, judged when the transaction ends: what a receipt says is allocated is the sum of its active allocations.
create function receipt_is_allocated_as_it_says() returns trigger language plpgsql as $$
declare
  wanted record;
begin
  select r.allocated_fen as said,
         coalesce((select sum(a.amount_fen) from allocation a
                    where a.court_id = r.court_id and a.receipt_id = r.id and a.undone_at is null), 0) as found
    into wanted
    from receipt r
   where r.court_id = new.court_id
     and r.id = case when tg_table_name = 'receipt' then new.id
                     else (to_jsonb(new) ->> 'receipt_id')::uuid end;
  if wanted.said is distinct from wanted.found then
    raise exception 'I4: receipt says % fen allocated, allocations sum to %', wanted.said, wanted.found
      using errcode = 'AK004';
  end if;
  return null;
end $$;
create constraint trigger i4_receipt after insert or update on receipt
  deferrable initially deferred for each row execute function receipt_is_allocated_as_it_says();
create constraint trigger i4_allocation after insert or update on allocation
  deferrable initially deferred for each row execute function receipt_is_allocated_as_it_says();

-- What has arrived never changes; only how much of it is allocated does.
create function receipt_facts_are_fixed() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'allocated_fen' - 'status') is distinct from (to_jsonb(old) - 'allocated_fen' - 'status') then
    raise exception 'facts of a receipt are fixed' using errcode = 'AK001';
  end if;
  return new;
end $$;
create trigger receipt_facts_are_fixed before update on receipt
  for each row execute function receipt_facts_are_fixed();
"""


def upgrade() -> None:
    if not op.get_bind().exec_driver_sql("select to_regclass('fund_account')").scalar():
        return
    run_script(op.get_bind(), TABLES)
    for table in ("sub_account", "sub_account_binding", "receipt", "allocation"):
        run_script(op.get_bind(), by_court(table))


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
