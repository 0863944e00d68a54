create table fund_account (
  court_id integer not null,
  id uuid not null,
  bank_id text not null,
  account_no text not null,
  name text not null,
  adjustment_account_no text,
  settings jsonb not null,
  finality_seconds integer not null default 21600,
  in_flight_limit integer not null default 8,
  cursor text,
  polled_at timestamptz,
  poll_after timestamptz,
  poll_failures integer not null default 0,
  active boolean not null default true,
  constraint pk_fund_account primary key (court_id, id),
  constraint uq_fund_account_court_id_bank_id_account_no unique (court_id, bank_id, account_no),
  constraint fk_fund_account_court_id foreign key (court_id) references court (id),
  constraint ck_fund_account_finality check (finality_seconds > 0),
  constraint ck_fund_account_in_flight check (in_flight_limit > 0)
);

create table case_account (
  court_id integer not null,
  case_id uuid not null,
  fund_account_id uuid not null,
  sub_account_no text not null,
  linked_at timestamptz not null,
  constraint pk_case_account primary key (court_id, case_id),
  constraint fk_case_account_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id),
  constraint fk_case_account_court_id_case_id foreign key (court_id, case_id) references court_case (court_id, id)
);

create table bank_line (
  court_id integer not null,
  id uuid not null,
  fund_account_id uuid not null,
  source text not null,
  bank_key text not null,
  fingerprint text not null,
  direction text not null,
  kind text not null,
  amount_fen bigint not null,
  booked_on date not null,
  booked_at timestamptz,
  sub_account_no text,
  counter_name text not null,
  counter_account text not null,
  counter_bank text not null,
  remark text not null,
  balance_after_fen bigint,
  bank_ref text,
  client_ref text,
  adjustment_ref text,
  seen_at timestamptz not null,
  constraint pk_bank_line primary key (court_id, id),
  constraint fk_bank_line_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id),
  constraint ck_bank_line_amount check (amount_fen > 0),
  constraint ck_bank_line_direction check (direction in ('credit', 'debit')),
  constraint ck_bank_line_kind check (kind in ('external', 'adjustment', 'returned', 'fee', 'interest')),
  constraint ck_bank_line_source check (source in ('poll', 'mt940', 'camt053'))
);
create index ix_bank_line_fingerprint on bank_line (court_id, fund_account_id, fingerprint);
create index ix_bank_line_client_ref on bank_line (court_id, client_ref) where client_ref is not null;
create index ix_bank_line_booked on bank_line (court_id, fund_account_id, booked_on, id);

create table bank_line_sighting (
  court_id integer not null,
  fund_account_id uuid not null,
  bank_key text not null,
  line_id uuid not null,
  source text not null,
  seen_at timestamptz not null,
  constraint pk_bank_line_sighting primary key (court_id, fund_account_id, bank_key),
  -- A feed tells a booking by one key; a second key of the same feed is a second booking.
  constraint uq_bank_line_sighting_court_id_line_id_source unique (court_id, line_id, source),
  constraint fk_bank_line_sighting_court_id_line_id
    foreign key (court_id, line_id) references bank_line (court_id, id)
);

create table instruction (
  court_id integer not null,
  id uuid not null,
  fund_account_id uuid not null,
  purpose text not null,
  origin_id uuid not null,
  issue_no integer not null,
  case_id uuid,
  client_ref text not null,
  amount_fen bigint not null,
  pay_from_sub_account text,
  payee_account text not null,
  payee_name text not null,
  payee_bank_name text not null,
  payee_bank_code text,
  to_sub_account text,
  adjustment_ref text,
  reason_text text not null,
  origin_digest text,
  content_digest text not null,
  created_at timestamptz not null,

  state text not null,
  sends integer not null default 0,
  sent integer not null default 0,
  first_sent_at timestamptz,
  last_sent_at timestamptz,
  word text,
  word_at timestamptz,
  refused_at timestamptz,
  refused_first integer,
  refused_last integer,
  not_found_at timestamptz,
  settled_at timestamptz,
  booked_on date,
  bank_ref text,
  bank_code text,
  bank_message text,
  next_try_at timestamptz,
  lease_token uuid,
  lease_until timestamptz,

  constraint pk_instruction primary key (court_id, id),
  constraint uq_instruction_court_id_client_ref unique (court_id, client_ref),
  constraint uq_instruction_court_id_origin_id_issue_no unique (court_id, origin_id, issue_no),
  constraint fk_instruction_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id),
  constraint fk_instruction_court_id_case_id foreign key (court_id, case_id) references court_case (court_id, id),
  constraint ck_instruction_amount check (amount_fen > 0),
  constraint ck_instruction_purpose check (purpose in ('payment', 'adjustment')),
  constraint ck_instruction_adjustment check (
    purpose <> 'adjustment' or (to_sub_account is not null and adjustment_ref is not null)),
  constraint ck_instruction_state check (
    state in ('ready', 'sending', 'accepted', 'awaiting_bank', 'settled', 'refused', 'unknown')),
  -- The court stands in the reference, so that uniqueness within the court is uniqueness everywhere, and nobody can
  -- learn of another court's references by trying them.
  constraint ck_instruction_client_ref check (
    client_ref ~ '^[0-9]{20}$' and left(client_ref, 4) = lpad(court_id::text, 4, '0')),
  constraint ck_instruction_lease check ((lease_token is null) = (lease_until is null)),
  constraint ck_instruction_sends check (sent between 0 and sends),
  constraint ck_instruction_word check (word is null or word in ('accepted', 'awaiting_bank')),
  -- What is not final is always due some time: nothing can be forgotten.
  constraint ck_instruction_due check (state in ('settled', 'refused') or next_try_at is not null),
  constraint ck_instruction_settled check ((state = 'settled') = (settled_at is not null))
);
create index ix_instruction_case on instruction (court_id, case_id);
create index ix_instruction_due on instruction (next_try_at) where next_try_at is not null;
create index ix_instruction_held on instruction (lease_until) where lease_until is not null;

create table instruction_attempt (
  court_id integer not null,
  id uuid not null,
  instruction_id uuid not null,
  kind text not null,
  number integer not null,
  plugin text not null,
  started_at timestamptz not null,
  constraint pk_instruction_attempt primary key (court_id, id),
  constraint fk_instruction_attempt_court_id_instruction_id
    foreign key (court_id, instruction_id) references instruction (court_id, id),
  constraint ck_instruction_attempt_kind check (kind in ('submit', 'query'))
);
create index ix_instruction_attempt_instruction on instruction_attempt (court_id, instruction_id, id);
create unique index uq_instruction_attempt_submit on instruction_attempt (court_id, instruction_id, number)
  where kind = 'submit';

create table instruction_fact (
  court_id integer not null,
  id uuid not null,
  instruction_id uuid not null,
  kind text not null,
  answer text,
  code text not null,
  message text not null,
  line_id uuid,
  state_before text not null,
  state_after text not null,
  money text not null,
  at timestamptz not null,
  constraint pk_instruction_fact primary key (court_id, id),
  constraint fk_instruction_fact_court_id_instruction_id
    foreign key (court_id, instruction_id) references instruction (court_id, id)
);
create index ix_instruction_fact_instruction on instruction_fact (court_id, instruction_id, id);

create table raw_message (
  court_id integer not null,
  id uuid not null,
  fund_account_id uuid not null,
  instruction_id uuid,
  operation text not null,
  request bytea not null,
  response bytea,
  note text not null,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  constraint pk_raw_message primary key (court_id, id),
  constraint fk_raw_message_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id)
);
create index ix_raw_message_instruction on raw_message (court_id, instruction_id, id);

create table statement_import (
  court_id integer not null,
  id uuid not null,
  fund_account_id uuid not null,
  file_name text not null,
  sha256 text not null,
  format text not null,
  imported_at timestamptz not null,
  imported_by text not null,
  row_count integer not null,
  recorded integer not null,
  duplicates integer not null,
  rejected integer not null,
  constraint pk_statement_import primary key (court_id, id),
  constraint fk_statement_import_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id),
  constraint ck_statement_import_rows check (row_count = recorded + duplicates + rejected)
);
create index ix_statement_import_fund_account on statement_import (court_id, fund_account_id, id);

create table statement_import_row (
  court_id integer not null,
  import_id uuid not null,
  row_no integer not null,
  outcome text not null,
  reason text,
  text text not null,
  amount_fen bigint,
  line_id uuid,
  constraint pk_statement_import_row primary key (court_id, import_id, row_no),
  constraint fk_statement_import_row_court_id_import_id
    foreign key (court_id, import_id) references statement_import (court_id, id),
  constraint ck_statement_import_row_outcome check (outcome in ('recorded', 'duplicate', 'rejected')),
  constraint ck_statement_import_row_reason check ((outcome = 'rejected') = (reason is not null))
);
