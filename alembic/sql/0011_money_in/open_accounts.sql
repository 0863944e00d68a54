-- As in 0004, but by key: "is not distinct from" cannot use the index, and a page of arrivals opens a thousand accounts
-- beside ten thousands that stand.
create or replace function ledger_open_accounts(p_court int, p_fund uuid[], p_kind text[], p_owner uuid[])
returns bigint[] language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  opened bigint[];
begin
  if not ledger_may_write(p_court) then
    raise exception 'account_not_found' using errcode = 'AK011', detail = '{}';
  end if;
  opened := ledger_find_accounts(p_court, p_fund, p_kind, p_owner);
  if array_position(opened, null) is not null then
    insert into ledger_account (court_id, fund_account_id, kind, owner_id)
    select distinct p_court, t.fund, t.kind, t.owner
      from unnest(p_fund, p_kind, p_owner, opened) as t (fund, kind, owner, account)
     where t.account is null
     order by 2, 3, 4
    on conflict on constraint uq_ledger_account_owner do nothing;
    opened := ledger_find_accounts(p_court, p_fund, p_kind, p_owner);
  end if;
  insert into ledger_balance (court_id, account_id, is_held)
  select p_court, t.account, t.kind = 'held'
    from unnest(p_kind, opened) as t (kind, account)
   where t.kind in ('case', 'held', 'unidentified')
     and not exists (select from ledger_balance b where b.court_id = p_court and b.account_id = t.account)
   order by t.account
  on conflict do nothing;
  return opened;
end $$;

-- Their numbers in the order given; null for one that is not open.
create function ledger_find_accounts(p_court int, p_fund uuid[], p_kind text[], p_owner uuid[])
returns bigint[] language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
  return array(
    select case when t.owner is null
                then (select a.id from ledger_account a
                       where a.court_id = p_court and a.fund_account_id = t.fund and a.kind = t.kind
                         and a.owner_id is null)
                else (select a.id from ledger_account a
                       where a.court_id = p_court and a.fund_account_id = t.fund and a.kind = t.kind
                         and a.owner_id = t.owner)
           end
      from unnest(p_fund, p_kind, p_owner) with ordinality as t (fund, kind, owner, position)
     order by t.position);
end $$;
revoke execute on function ledger_find_accounts from public;
