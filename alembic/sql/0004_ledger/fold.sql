create function ledger_fold_court(p_court int) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  mark ledger_fold_mark;
  newest bigint;
begin
  if not ledger_may_write(p_court) then
    raise exception 'account_not_found' using errcode = 'AK011', detail = '{}';
  end if;
  -- Looked at before this transaction takes its own id: whoever took an entry id up to here had his own before, so that
  -- ours lies above all of them. (The snapshot's xmax would not do: younger transactions than that may be running.) A
  -- caller that has written already has its id too early, and sets no mark.
  if pg_current_xact_id_if_assigned() is null then
    select coalesce(max(id), 0) into newest from ledger_entry where court_id = p_court;
  end if;
  insert into ledger_fold_mark (court_id) values (p_court) on conflict do nothing;
  select * into mark from ledger_fold_mark where court_id = p_court for update;
  -- Whoever took an id up to next_id had a transaction id below next_xid; all those transactions have ended.
  if mark.next_id > mark.through_id and mark.next_xid <= pg_snapshot_xmin(pg_current_snapshot()) then
    insert into ledger_fold (court_id, fund_account_id, kind, account_id, effective_on, debit_fen, credit_fen)
    select p_court, a.fund_account_id, a.kind, case when a.kind in ('case', 'held') then 0 else a.id end,
           l.effective_on, sum(l.debit)::bigint, sum(l.credit)::bigint
      from (select debit_account, effective_on, amount_fen, 0 from ledger_entry
             where court_id = p_court and id > mark.through_id and id <= mark.next_id
            union all
            select credit_account, effective_on, 0, amount_fen from ledger_entry
             where court_id = p_court and id > mark.through_id and id <= mark.next_id
           ) as l (account, effective_on, debit, credit)
      join ledger_account a on a.court_id = p_court and a.id = l.account
     group by 2, 3, 4, 5
    on conflict on constraint pk_ledger_fold do update
      set debit_fen = ledger_fold.debit_fen + excluded.debit_fen,
          credit_fen = ledger_fold.credit_fen + excluded.credit_fen;
    mark.through_id := mark.next_id;
    update ledger_fold_mark set through_id = mark.through_id where court_id = p_court;
  end if;
  -- A mark from the future comes from another cluster: the data were restored there, and transaction ids began anew.
  if newest is not null
     and (mark.next_id <= mark.through_id or mark.next_xid > pg_snapshot_xmax(pg_current_snapshot())) then
    update ledger_fold_mark set next_id = newest, next_xid = pg_current_xact_id() where court_id = p_court;
  end if;
  return mark.through_id;
end $$;
