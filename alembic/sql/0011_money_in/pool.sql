-- The next free sub-account is the first entry of an index that holds nothing else, whatever the table has grown to.
-- No other index has this order: by id alone the planner would walk the primary key, past all that were bound before.
create index ix_sub_account_free on sub_account (court_id, fund_account_id, opened_at, id) where status = 'free';

-- A request is carried out online, some at a time, or by reading what the bank has generated, page after page.
-- ``cursor`` is how far it was read, ``told`` how many the bank told, ``opened`` how many of them were new.
alter table pool_request
  add column kind text not null default 'online',
  add column cursor text,
  add column told integer not null default 0,
  alter column wanted drop not null,
  drop constraint ck_pool_request_wanted,
  add constraint ck_pool_request_wanted check (
    case kind when 'online' then wanted is not null and wanted between 1 and 1000 else wanted is null end),
  add constraint ck_pool_request_kind check (kind in ('online', 'pool')),
  add constraint ck_pool_request_told check (told >= 0);
-- One reader a fund account: two would read the same pages.
create unique index uq_pool_request_reading on pool_request (court_id, fund_account_id)
  where kind = 'pool' and finished_at is null;
create index ix_pool_request_fund_account on pool_request (court_id, fund_account_id, id);
