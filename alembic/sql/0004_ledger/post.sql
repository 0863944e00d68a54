-- The only door to balances (mechanism 5). Arrays in, one row per entry, all of one length.
-- Answers the entries' numbers in the order given, and which of them stood already.
-- AK010 floor, AK011 account, AK012 other content, AK013 number of entries, AK014 two fund accounts, AK015 reversal.
create function ledger_post(
  p_court int[], p_source text[], p_ref text[], p_posting uuid[], p_debit bigint[], p_credit bigint[],
  p_amount bigint[], p_on date[], p_kind text[], p_memo text[], p_reverses bigint[], p_now timestamptz,
  out ids bigint[], out repeated boolean[])
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
-- One plan for 1 and for 10,000 entries, made once a connection: planning anew costs four times the work itself. It may
-- be made while the tables are still empty, so it must not read them whole.
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  wanted int := cardinality(p_court);
  floored int;
  done int;
  fresh bigint[] := p_amount;
  moved bigint[];
  problem jsonb;
begin
  if wanted = 0 or wanted > 10000 then
    raise exception 'a posting has 1 to 10000 entries, not %', wanted using errcode = 'AK013';
  end if;
  if not ankuan_scope_is_all() and exists (
      select 1 from (select distinct unnest(p_court) as court) c where not ledger_may_write(c.court)) then
    raise exception 'account_not_found' using errcode = 'AK011', detail = '{}';
  end if;
  -- The fold trusts that whoever took an entry id already had a transaction id.
  perform pg_current_xact_id();

  -- Every caller locks in the same order: balances by account, then entries that are reversed, then source references.
  -- Two calls can wait for each other, but never in a circle.
  perform 1 from ledger_balance b
    where (b.court_id, b.account_id) in (select t.court, t.account
                                           from unnest(p_court || p_court, p_debit || p_credit) as t (court, account))
    order by b.court_id, b.account_id for no key update;
  get diagnostics floored = row_count;
  if array_remove(p_reverses, null) <> '{}' then
    perform 1 from ledger_entry e
      where (e.court_id, e.id) in (select t.court, t.entry from unnest(p_court, p_reverses) as t (court, entry))
      order by e.court_id, e.id for no key update;
  end if;

  ids := array(select nextval('ledger_entry_id_seq') from generate_series(1, wanted));
  insert into ledger_entry (court_id, id, fund_account_id, posting_id, debit_account, credit_account, amount_fen,
                            effective_on, recorded_at, reverses_id, source, source_ref, kind, memo)
  select t.court, t.id, d.fund_account_id, t.posting, t.debit, t.credit, t.amount, t.day, p_now, t.reverses, t.source,
         t.ref, t.kind, t.memo
    from unnest(p_court, ids, p_posting, p_debit, p_credit, p_amount, p_on, p_reverses, p_source, p_ref, p_kind, p_memo)
         as t (court, id, posting, debit, credit, amount, day, reverses, source, ref, kind, memo)
    join ledger_account d on d.court_id = t.court and d.id = t.debit
    join ledger_account c on c.court_id = t.court and c.id = t.credit and c.fund_account_id = d.fund_account_id
   order by t.court, t.source, t.ref, t.id
  on conflict (court_id, source, source_ref) do nothing;
  get diagnostics done = row_count;

  if done = wanted then
    repeated := array_fill(false, array[wanted]);
  else
    perform ledger_refuse_accounts(p_court, p_debit, p_credit);
    select array_agg(e.id order by t.position), array_agg(e.id <> t.id order by t.position),
           array_agg(case when e.id = t.id then t.amount else 0 end order by t.position),
           (jsonb_agg(jsonb_build_object('source', t.source, 'source_ref', t.ref) order by t.position) filter (
              where (e.debit_account, e.credit_account, e.amount_fen, e.effective_on, e.kind, e.memo)
                    is distinct from (t.debit, t.credit, t.amount, t.day, t.kind, t.memo)
                 or e.reverses_id is distinct from t.reverses)) -> 0
      into ids, repeated, fresh, problem
      from unnest(p_court, ids, p_debit, p_credit, p_amount, p_on, p_reverses, p_source, p_ref, p_kind, p_memo)
           with ordinality
           as t (court, id, debit, credit, amount, day, reverses, source, ref, kind, memo, position)
      join ledger_entry e on e.court_id = t.court and e.source = t.source and e.source_ref = t.ref;
    if problem is not null then
      raise exception 'posting_conflict' using errcode = 'AK012', detail = problem::text;
    end if;
    if cardinality(ids) is distinct from wanted then
      raise exception 'an entry was neither written nor found' using errcode = 'AK013';
    end if;
  end if;

  if floored > 0 then
    with change as (
      select t.court, t.account, sum(t.delta)::bigint as delta
        from (select court, debit, -amount from unnest(p_court, p_debit, fresh) as l (court, debit, amount)
              union all
              select court, credit, amount from unnest(p_court, p_credit, fresh) as r (court, credit, amount)
             ) as t (court, account, delta)
       group by t.court, t.account
    ), done as (
      update ledger_balance b set balance_fen = b.balance_fen + c.delta
        from change c
       where b.court_id = c.court and b.account_id = c.account and b.balance_fen + c.delta >= 0
      returning b.account_id)
    select array_agg(account_id) into moved from done;
    if coalesce(cardinality(moved), 0) <> floored then
      perform ledger_refuse_short(p_court, p_debit, p_credit, fresh, moved);
    end if;
  end if;

  insert into event (court_id, kind, subject, payload)
  select t.court, 'ledger.posted', t.posting, jsonb_build_object('entries', count(*))
    from unnest(p_court, p_posting, repeated) as t (court, posting, repeated)
   where not t.repeated group by t.court, t.posting;
end $$;
