-- What the bank's plugin declares, noted at each account: transactions obey it without asking the plugin.
alter table fund_account
  add column ref_length integer not null default 20,
  add column ref_alphabet text not null default '0123456789',
  add column has_sub_accounts boolean not null default true,
  add column adjusts boolean not null default true,
  add column is_paper boolean not null default false,
  add column files_decide boolean not null default false;

-- Why and until when an order waits to be sent; shown to people, decided anew at each look.
alter table instruction
  add column waits_for text,
  add column waits_until timestamptz,
  add constraint ck_instruction_waits check (
    waits_for is null or waits_for in ('payments', 'large_value', 'calendar', 'adjustment'));

-- Short references have no room for the court, so that they are unique in the whole house instead.
alter table instruction drop constraint uq_instruction_court_id_client_ref;
alter table instruction add constraint uq_instruction_client_ref unique (client_ref);
alter table instruction drop constraint ck_instruction_client_ref;
alter table instruction add constraint ck_instruction_client_ref check (
  (client_ref ~ '^[0-9]{20}$' and left(client_ref, 4) = lpad(court_id::text, 4, '0'))
  or client_ref ~ '^[0-9]{6}[0-9A-Za-z]{4,13}$');

alter table bank_line drop constraint ck_bank_line_kind;
alter table bank_line add constraint ck_bank_line_kind check (
  kind in ('external', 'adjustment', 'returned', 'reversal', 'fee', 'interest'));

create table bank_notice (
  court_id integer not null,
  id uuid not null,
  fund_account_id uuid not null,
  notice_id text not null,
  kind text not null,
  client_ref text,
  instruction_id uuid,
  verdict text not null,
  headers bytea not null,
  body bytea not null,
  received_at timestamptz not null,
  times integer not null default 1,
  last_at timestamptz not null,
  constraint pk_bank_notice primary key (court_id, id),
  constraint uq_bank_notice_court_id_fund_account_id_notice_id unique (court_id, fund_account_id, notice_id),
  constraint fk_bank_notice_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id),
  -- No key to the instruction: whoever commits an answer holds its row, and a bank that calls waits for nobody.
  constraint ck_bank_notice_kind check (kind in ('movement', 'order', 'other')),
  constraint ck_bank_notice_verdict check (verdict in ('poll', 'query', 'no_need', 'unknown_order', 'other')),
  constraint ck_bank_notice_times check (times > 0)
);

create table paper_print (
  court_id integer not null,
  id uuid not null,
  instruction_id uuid not null,
  sheet text not null,
  number integer not null,
  printed_at timestamptz not null,
  printed_by text not null,
  printed_by_id uuid,
  constraint pk_paper_print primary key (court_id, id),
  constraint uq_paper_print_court_id_instruction_id_sheet_number unique (court_id, instruction_id, sheet, number),
  constraint fk_paper_print_court_id_instruction_id
    foreign key (court_id, instruction_id) references instruction (court_id, id),
  constraint ck_paper_print_sheet check (sheet in ('order', 'list')),
  constraint ck_paper_print_number check (number > 0)
);

create table paper_confirmation (
  court_id integer not null,
  id uuid not null,
  line_id uuid not null,
  instruction_id uuid not null,
  reason text not null,
  confirmed_at timestamptz not null,
  confirmed_by text not null,
  confirmed_by_id uuid,
  constraint pk_paper_confirmation primary key (court_id, id),
  -- A booking executes one order, and an order is executed by one booking.
  constraint uq_paper_confirmation_court_id_line_id unique (court_id, line_id),
  constraint uq_paper_confirmation_court_id_instruction_id unique (court_id, instruction_id),
  constraint fk_paper_confirmation_court_id_line_id
    foreign key (court_id, line_id) references bank_line (court_id, id),
  constraint fk_paper_confirmation_court_id_instruction_id
    foreign key (court_id, instruction_id) references instruction (court_id, id),
  constraint ck_paper_confirmation_reason check (char_length(reason) between 1 and 500)
);
