-- What ledger_post raises when an entry found no accounts, or an account has not enough.
create function ledger_refuse_accounts(p_court int[], p_debit bigint[], p_credit bigint[]) returns void
language plpgsql as $$
declare
  missing bigint;
  apart record;
begin
  select t.account into missing
    from unnest(p_court || p_court, p_debit || p_credit) as t (court, account)
   where not exists (select 1 from ledger_account a where a.court_id = t.court and a.id = t.account)
   order by 1 limit 1;
  if found then
    raise exception 'account_not_found' using errcode = 'AK011',
      detail = jsonb_build_object('account_id', missing)::text;
  end if;
  select t.debit, t.credit into apart
    from unnest(p_court, p_debit, p_credit) as t (court, debit, credit)
    join ledger_account d on d.court_id = t.court and d.id = t.debit
    join ledger_account c on c.court_id = t.court and c.id = t.credit
   where d.fund_account_id <> c.fund_account_id limit 1;
  if found then
    raise exception 'accounts_apart' using errcode = 'AK014',
      detail = jsonb_build_object('debit_account', apart.debit, 'credit_account', apart.credit)::text;
  end if;
end $$;

create function ledger_refuse_short(
  p_court int[], p_debit bigint[], p_credit bigint[], p_amount bigint[], p_moved bigint[])
returns void language plpgsql as $$
declare
  short record;
begin
  select b.account_id, -(b.balance_fen + c.delta) as fen into short
    from ledger_balance b
    join (select t.court, t.account, sum(t.delta)::bigint as delta
            from (select court, debit, -amount from unnest(p_court, p_debit, p_amount) as l (court, debit, amount)
                  union all
                  select court, credit, amount from unnest(p_court, p_credit, p_amount) as r (court, credit, amount)
                 ) as t (court, account, delta)
           group by t.court, t.account) as c on c.court = b.court_id and c.account = b.account_id
   where b.account_id <> all (coalesce(p_moved, '{}'))
   order by b.account_id limit 1;
  raise exception 'insufficient_balance' using errcode = 'AK010',
    detail = jsonb_build_object('account_id', short.account_id, 'short_fen', short.fen)::text;
end $$;
