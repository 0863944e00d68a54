create table ledger_account (
  court_id integer not null,
  id bigint not null generated always as identity,
  fund_account_id uuid not null,
  kind text not null,
  owner_id uuid,
  constraint pk_ledger_account primary key (court_id, id),
  constraint uq_ledger_account_owner unique nulls not distinct (court_id, fund_account_id, kind, owner_id),
  constraint uq_ledger_account_fund unique (court_id, fund_account_id, id),
  constraint ck_ledger_account_kind check (kind in
    ('bank', 'case', 'held', 'unidentified', 'treasury_due', 'interest', 'suspense', 'in_transit')),
  constraint ck_ledger_account_owner check ((kind in ('case', 'held')) <= (owner_id is not null))
);
create index ix_ledger_account_owner_id on ledger_account (court_id, owner_id) where owner_id is not null;

-- A transfer row: the two legs of an entry are one amount, so they sum to zero by construction (I1). Both accounts
-- belong to one fund account, so its bank balance equals what is owed out of it, also by construction (I3).
create sequence ledger_entry_id_seq as bigint cache 1;
create table ledger_entry (
  court_id integer not null,
  id bigint not null default nextval('ledger_entry_id_seq'),
  fund_account_id uuid not null,
  posting_id uuid not null,
  debit_account bigint not null,
  credit_account bigint not null,
  amount_fen bigint not null,
  effective_on date not null,
  recorded_at timestamptz not null,
  reverses_id bigint,
  source text not null,
  source_ref text not null,
  kind text not null,
  memo text not null,
  constraint pk_ledger_entry primary key (court_id, id),
  constraint uq_ledger_entry_source unique (court_id, source, source_ref),
  constraint ck_ledger_entry_amount check (amount_fen > 0 and amount_fen < 100000000000000000),
  constraint ck_ledger_entry_accounts check (debit_account <> credit_account),
  constraint ck_ledger_entry_source check (source <> '' and source_ref <> '' and kind <> ''),
  constraint fk_ledger_entry_debit_account foreign key (court_id, fund_account_id, debit_account)
    references ledger_account (court_id, fund_account_id, id),
  constraint fk_ledger_entry_credit_account foreign key (court_id, fund_account_id, credit_account)
    references ledger_account (court_id, fund_account_id, id),
  constraint fk_ledger_entry_reverses_id foreign key (court_id, reverses_id) references ledger_entry (court_id, id)
);
alter sequence ledger_entry_id_seq owned by ledger_entry.id;
create index ix_ledger_entry_debit_account on ledger_entry (court_id, debit_account, id);
create index ix_ledger_entry_credit_account on ledger_entry (court_id, credit_account, id);
create unique index uq_ledger_entry_reverses_id on ledger_entry (court_id, reverses_id) where reverses_id is not null;

-- Only accounts with a floor have a row here. reserved_fen stands on held accounts: what their reserved holds sum to.
create table ledger_balance (
  court_id integer not null,
  account_id bigint not null,
  balance_fen bigint not null default 0,
  reserved_fen bigint not null default 0,
  is_held boolean not null,
  constraint pk_ledger_balance primary key (court_id, account_id),
  constraint fk_ledger_balance_account_id foreign key (court_id, account_id) references ledger_account (court_id, id),
  constraint ck_ledger_balance_floor check (balance_fen >= 0),
  constraint ck_ledger_balance_limit check (balance_fen < 100000000000000000),
  constraint ck_ledger_balance_reserved check (is_held or reserved_fen = 0)
) with (fillfactor = 50);

create table ledger_hold (
  court_id integer not null,
  id uuid not null,
  fund_account_id uuid not null,
  case_id uuid not null,
  origin_id uuid not null,
  amount_fen bigint not null,
  state text not null default 'reserved',
  reserved_at timestamptz not null,
  ended_at timestamptz,
  constraint pk_ledger_hold primary key (court_id, id),
  constraint ck_ledger_hold_amount check (amount_fen > 0 and amount_fen < 100000000000000000),
  constraint ck_ledger_hold_state check (state in ('reserved', 'posted', 'voided')),
  constraint ck_ledger_hold_ended check ((state = 'reserved') = (ended_at is null))
);
-- What a hold was made for leaves at most once (I5): one origin has one hold that is reserved or posted.
create unique index uq_ledger_hold_origin_id on ledger_hold (court_id, origin_id) where state <> 'voided';
create index ix_ledger_hold_case_id on ledger_hold (court_id, case_id);

-- Entries up to ledger_fold_mark.through_id, summed by day: by account, or for case and held accounts by kind only
-- (account_id 0). The sum of the whole is the fold plus the entries behind the mark.
create table ledger_fold (
  court_id integer not null,
  fund_account_id uuid not null,
  kind text not null,
  account_id bigint not null,
  effective_on date not null,
  debit_fen bigint not null,
  credit_fen bigint not null,
  constraint pk_ledger_fold primary key (court_id, fund_account_id, kind, account_id, effective_on)
);
create index ix_ledger_fold_account_id on ledger_fold (court_id, account_id, effective_on) where account_id <> 0;
create table ledger_fold_mark (
  court_id integer not null,
  through_id bigint not null default 0,
  next_id bigint not null default 0,
  next_xid xid8 not null default '0',
  constraint pk_ledger_fold_mark primary key (court_id)
);
