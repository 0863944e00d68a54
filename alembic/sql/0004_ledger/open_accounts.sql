-- Accounts are opened where missing, with a balance row where the kind has a floor. Numbers in the order given.
create function ledger_may_write(p_court int) returns boolean language sql stable as $$
  select ankuan_scope_is_all() or coalesce(p_court = any (ankuan_scope()), false)
$$;

create function ledger_open_accounts(p_court int, p_fund uuid[], p_kind text[], p_owner uuid[])
returns bigint[] language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  opened bigint[];
begin
  if not ledger_may_write(p_court) then
    raise exception 'account_not_found' using errcode = 'AK011', detail = '{}';
  end if;
  insert into ledger_account (court_id, fund_account_id, kind, owner_id)
  select distinct p_court, t.fund, t.kind, t.owner
    from unnest(p_fund, p_kind, p_owner) as t (fund, kind, owner)
   where not exists (select 1 from ledger_account a
                      where a.court_id = p_court and a.fund_account_id = t.fund and a.kind = t.kind
                        and a.owner_id is not distinct from t.owner)
   order by 2, 3, 4
  on conflict on constraint uq_ledger_account_owner do nothing;
  select array_agg(a.id order by t.position) into opened
    from unnest(p_fund, p_kind, p_owner) with ordinality as t (fund, kind, owner, position)
    join ledger_account a on a.court_id = p_court and a.fund_account_id = t.fund and a.kind = t.kind
                         and a.owner_id is not distinct from t.owner;
  insert into ledger_balance (court_id, account_id, is_held)
  select a.court_id, a.id, a.kind = 'held' from ledger_account a
   where a.court_id = p_court and a.id = any (opened) and a.kind in ('case', 'held', 'unidentified')
     and not exists (select 1 from ledger_balance b where b.court_id = p_court and b.account_id = a.id)
   order by a.id
  on conflict do nothing;
  return opened;
end $$;
