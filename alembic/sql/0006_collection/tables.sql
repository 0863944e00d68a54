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
create index ix_sub_account_fund_account on sub_account (court_id, fund_account_id, status, id);

create table sub_account_binding (
  court_id integer not null,
  id uuid not null,
  sub_account_id uuid not null,
  case_id uuid not null,
  bound_at timestamptz not null,
  released_at timestamptz,
  constraint pk_sub_account_binding primary key (court_id, id),
  constraint fk_sub_account_binding_court_id_sub_account_id
    foreign key (court_id, sub_account_id) references sub_account (court_id, id),
  constraint fk_sub_account_binding_court_id_case_id
    foreign key (court_id, case_id) references court_case (court_id, id)
);
create unique index uq_sub_account_binding_open on sub_account_binding (court_id, sub_account_id)
  where released_at is null;

-- A case that found the pool empty.
create table sub_account_wish (
  court_id integer not null,
  case_id uuid not null,
  asked_at timestamptz not null,
  served_at timestamptz,
  constraint pk_sub_account_wish primary key (court_id, case_id),
  constraint fk_sub_account_wish_court_id_case_id foreign key (court_id, case_id) references court_case (court_id, id)
);
create index ix_sub_account_wish_open on sub_account_wish (court_id, case_id) where served_at is null;

create table pool_request (
  court_id integer not null,
  id uuid not null,
  fund_account_id uuid not null,
  wanted integer not null,
  opened integer not null default 0,
  asked_by text not null,
  asked_at timestamptz not null,
  taken_until timestamptz,
  finished_at timestamptz,
  constraint pk_pool_request primary key (court_id, id),
  constraint fk_pool_request_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id),
  constraint ck_pool_request_wanted check (wanted between 1 and 1000),
  constraint ck_pool_request_opened check (opened >= 0)
);
create index ix_pool_request_open on pool_request (court_id, id) where finished_at is null;

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
  payer_account_masked text not null,
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
create index ix_receipt_id on receipt (id);
create index ix_receipt_open on receipt (court_id, id) include (amount_fen, allocated_fen)
  where allocated_fen < amount_fen;
create index ix_receipt_booked_on on receipt (booked_on, court_id) include (amount_fen);

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
  constraint fk_allocation_court_id_entry_id
    foreign key (court_id, entry_id) references ledger_entry (court_id, id),
  constraint ck_allocation_amount check (amount_fen > 0),
  constraint ck_allocation_adjustment check (adjustment in ('none', 'due', 'ordered', 'settled', 'refused')),
  constraint ck_allocation_adjust_after check ((adjustment = 'due') = (adjust_after is not null)),
  constraint ck_allocation_undone check ((undone_at is null) = (undone_by is null))
);
create index ix_allocation_receipt on allocation (court_id, receipt_id);
create index ix_allocation_case on allocation (court_id, case_id);
create index ix_allocation_due on allocation (adjust_after) where adjustment = 'due';
