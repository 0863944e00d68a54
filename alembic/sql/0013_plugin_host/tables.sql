create table bank_endpoint (
  court_id integer not null,
  fund_account_id uuid not null,
  state text not null,
  since timestamptz,
  failures integer not null,
  retry_at timestamptz,
  last_ok_at timestamptz,
  last_error text not null,
  p50_ms integer not null,
  p99_ms integer not null,
  calls bigint not null default 0,
  updated_at timestamptz not null,
  constraint pk_bank_endpoint primary key (court_id, fund_account_id),
  constraint fk_bank_endpoint_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id),
  constraint ck_bank_endpoint_state check (state in ('closed', 'open', 'half_open'))
);

create table plugin_call (
  plugin_id text not null,
  operation text not null,
  calls bigint not null,
  failures bigint not null,
  total_ms bigint not null,
  buckets bigint[] not null,
  constraint pk_plugin_call primary key (plugin_id, operation)
);

create table plugin_state (
  plugin_id text not null,
  number integer not null,
  enabled boolean not null,
  changed_by text not null,
  changed_at timestamptz not null,
  reason text not null,
  constraint pk_plugin_state primary key (plugin_id, number)
);

create table raw_message_purge (
  court_id integer not null,
  purged_on date not null,
  messages bigint not null,
  youngest_at timestamptz not null,
  constraint pk_raw_message_purge primary key (court_id, purged_on)
);

-- lasting: about orders, lines, openings, receipts. passing: failed polls, balances, lists.
alter table raw_message add about text not null default 'lasting';
alter table raw_message add reason text;
alter table raw_message add constraint ck_raw_message_about check (about in ('lasting', 'passing'));
create index ix_raw_message_started on raw_message (court_id, started_at);
create index ix_raw_message_passing on raw_message (court_id, started_at) where about = 'passing';
